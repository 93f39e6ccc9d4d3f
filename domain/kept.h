/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements and attributes that this program does not handle: kept verbatim beside the noun they
 * were written in, so that nothing a user wrote is lost.
 */
#pragma once

#include "domain/secret.h"

typedef struct
{
  char *parent;     /* (owned) element they stand in, relative to the noun: "", "os", "source" */
  char *text;       /* (owned) the element's whole XML, or an attribute as ` name="value"` */
  VbSecret *secret; /* (owned) (nullable) the same with its passwords, which are left out of @text;
                       written only with %VB_FORMAT_SECURE */
  char *path;       /* (owned) as told in `Ignored`: "/domain/devices/watchdog" */
  guint line;
  guint boot_order; /* of a device that is kept whole; 0: none */
  guint8 is_attribute;
  guint8 is_repetition; /* of an element that is handled and stands before it */
  guint8 is_namespace;  /* a declaration that something kept may need: no finding, not ignored */
} VbKept;

/* @kept: (nullable); (transfer full) (nullable) */
VbKept *vb_kept_copy (const VbKept *kept);
void vb_kept_free (VbKept *kept);
/* Whether it is an element of that name. */
gboolean vb_kept_is_element (const VbKept *kept, const char *name);
/* @list: (nullable) (element-type VbKept); (transfer full) (nullable) */
GPtrArray *vb_kept_list_copy (const GPtrArray *list);
