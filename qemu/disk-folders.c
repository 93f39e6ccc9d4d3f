/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU takes no descriptor for a folder: it has to find its own way there, and what it cannot do is
 * better told here. What else is in the folder it tells itself.
 */
#include "qemu/disk-folders.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>

typedef struct
{
  const VbDisk *disk;
  const char *reader; /* whom messages name */
} Folder;

static gboolean
list (gpointer data, GError **error)
{
  const Folder *folder = data;
  DIR *dir = opendir (folder->disk->source);

  if (dir != NULL)
    {
      closedir (dir);
      return TRUE;
    }
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
               errno == EACCES
                   ? "disk '%s': %s cannot read the folder '%s': %s; let that user read "
                     "it and all above it"
                   : "disk '%s': %s cannot read the folder '%s': %s; correct <source "
                     "dir>",
               folder->disk->target, folder->reader, folder->disk->source, g_strerror (errno));
  return FALSE;
}

/* (transfer full) */
static char *
describe_user (gint64 uid)
{
  struct passwd entry;
  struct passwd *found = NULL;
  char buffer[4096];

  if (uid < 0)
    return g_strdup ("the service's user");
  if (getpwuid_r ((uid_t) uid, &entry, buffer, sizeof buffer, &found) != 0 || found == NULL)
    return g_strdup_printf ("user %" G_GINT64_FORMAT ", whom QEMU runs as,", uid);
  return g_strdup_printf ("user '%s', whom QEMU runs as,", found->pw_name);
}

static gboolean
check_folder (const VbDisk *disk, const VbOpening *opening, GError **error)
{
  g_autofree char *owner_name =
      g_strdup_printf ("user '%s'", opening->owner != NULL ? opening->owner : "");
  g_autofree char *qemu_name = describe_user (opening->qemu->uid);
  Folder as_owner = { disk, owner_name };
  Folder as_qemu = { disk, qemu_name };

  return (opening->owner == NULL || vb_rights_run (opening->rights, list, &as_owner, error)) &&
         vb_rights_run (opening->qemu, list, &as_qemu, error);
}

gboolean
vb_disk_folders_check (const VbDomain *domain, const VbOpening *opening, GError **error)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDisk *disk = g_ptr_array_index (domain->devices, i);
      if (disk->base.kind == VB_DEVICE_DISK && disk->type == VB_DISK_TYPE_DIR &&
          disk->source != NULL && !check_folder (disk, opening, error))
        return FALSE;
    }
  return TRUE;
}
