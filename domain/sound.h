/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <sound> element.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_SOUND_ES1370,
  VB_SOUND_SB16,
  VB_SOUND_AC97,
  VB_SOUND_ICH6,
  VB_SOUND_PCSPK, /* the speaker that every PC has */
} VbSoundModel;

extern const VbEnumTable vb_sound_model_table;

typedef struct
{
  VbDevice base;
  VbSoundModel model;
} VbSound;
