/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements and attributes that this program does not handle: kept verbatim beside the noun they
 * were written in, so that nothing a user wrote is lost.
 */
#pragma once

#include <glib.h>

typedef struct
{
  char *parent; /* (owned) element they stand in, relative to the noun: "", "os", "source" */
  char *text;   /* (owned) the element's whole XML, or an attribute as ` name="value"` */
  char *path;   /* (owned) as told in `Ignored`: "/domain/devices/watchdog" */
  guint line;
  gboolean is_attribute;
} VbKept;

VbKept *vb_kept_copy (const VbKept *kept);
void vb_kept_free (VbKept *kept);
