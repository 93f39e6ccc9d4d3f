/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Network cards by the words of <model type='…'>. Pure.
 */
#pragma once

#include <glib.h>

/* (nullable): QEMU's name of the card; %NULL where there is none. @model %NULL: the default card */
const char *vb_card_model_to_driver (const char *model);
/* (nullable): the reverse */
const char *vb_card_model_from_driver (const char *driver);
/* (transfer full): "virtio, e1000, …" */
char *vb_card_model_list (void);
