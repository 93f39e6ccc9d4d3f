/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU reads firmware, kernel and initrd before it has a monitor, and cannot take them as
 * descriptors: what is missing is better told here.
 */
#include "qemu/boot-files.h"

#include <errno.h>
#include <unistd.h>

gboolean
vb_boot_files_check (const VbDomain *domain, GError **error)
{
  const struct
  {
    const char *element;
    const char *path;
  } files[] = {
    { "loader", domain->os.loader },
    { "kernel", domain->os.kernel },
    { "initrd", domain->os.initrd },
  };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (files[i].path != NULL && access (files[i].path, R_OK) < 0)
      {
        g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                     "%s '%s' cannot be read: %s; create it or correct <%s>", files[i].element,
                     files[i].path, g_strerror (errno), files[i].element);
        return FALSE;
      }
  return TRUE;
}
