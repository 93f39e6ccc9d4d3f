/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU reads firmware, kernel and initrd before it has a monitor, and cannot take them as
 * descriptors: what is missing is better told here. One that is no file could hold QEMU up for ever.
 */
#include "qemu/boot-files.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

static gboolean
check_file (const char *element, const char *path, GError **error)
{
  GStatBuf status;

  if (access (path, R_OK) < 0 || g_stat (path, &status) < 0)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "%s '%s' cannot be read: %s; create it or correct <%s>", element, path,
                 g_strerror (errno), element);
  else if (!S_ISREG (status.st_mode))
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "%s '%s' is no regular file; correct <%s>", element, path, element);
  else
    return TRUE;
  return FALSE;
}

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
    if (files[i].path != NULL && !check_file (files[i].element, files[i].path, error))
      return FALSE;
  return TRUE;
}
