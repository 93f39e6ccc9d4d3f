/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <graphics> element: how the guest's display is served.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_GRAPHICS_VNC
} VbGraphicsType;

extern const VbEnumTable vb_graphics_type_table;

typedef struct
{
  VbDevice base;
  VbGraphicsType type;
  gboolean autoport;
  int port;                /* -1: chosen when the domain starts */
  char *listen;            /* (owned) (nullable) IP address; %NULL: 127.0.0.1 */
  char *socket;            /* (owned) (nullable) absolute path, instead of port and listen */
  char *keymap;            /* (owned) (nullable) */
  char *password;          /* (owned) (nullable) wiped when freed, written only with
                          %VB_FORMAT_SECURE */
  char *password_valid_to; /* (owned) (nullable) "2011-04-09T15:51:00" UTC */
} VbGraphics;
