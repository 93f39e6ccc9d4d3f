/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What would do instead, as messages list it.
 */
#pragma once

#include <glib.h>

/* (transfer full): "ide, sata or scsi" */
char *vb_alternatives_join (const char *const *words);
