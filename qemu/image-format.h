/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The formats of disk images that a guest may have.
 */
#pragma once

#include <glib.h>

typedef struct
{
  const char *name; /* in the XML, and QEMU's */
  gboolean is_writable;
  gboolean has_backing; /* it can name a file that holds what it does not */
} VbImageFormat;

/* (nullable) */
const VbImageFormat *vb_image_format_find (const char *name);
