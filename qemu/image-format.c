/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table. VHDX and VPC know backing files as well, but QEMU does not read such images.
 */
#include "qemu/image-format.h"

static const VbImageFormat formats[] = {
  { "raw", TRUE, FALSE },    { "qcow2", TRUE, TRUE }, { "qcow", TRUE, TRUE },
  { "qed", TRUE, TRUE },     { "vmdk", TRUE, TRUE },  { "vdi", TRUE, FALSE },
  { "vpc", TRUE, FALSE },    { "vhdx", TRUE, FALSE }, { "bochs", FALSE, FALSE },
  { "cloop", FALSE, FALSE }, { "dmg", FALSE, FALSE },
};

const VbImageFormat *
vb_image_format_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (formats[i].name, name))
      return &formats[i];
  return NULL;
}
