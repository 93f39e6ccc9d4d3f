/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Follows what QEMU keeps for each drive: it notes an error that it stops the guest for, and forgets
 * all of them when the guest goes on. Errors that the guest is told of, or not, are none.
 */
#include "qemu/io-status.h"

#include "qemu/instance-private.h"
#include "qemu/medium.h"

static const char *const words[] = {
  [VB_IO_OK] = "ok",
  [VB_IO_FAILED] = "failed",
  [VB_IO_NOSPACE] = "nospace",
};

const char *
vb_io_status_to_string (VbIoStatus status)
{
  return words[status];
}

static VbIoStatus
read_status (const char *word)
{
  for (guint status = 0; status < G_N_ELEMENTS (words); status++)
    if (g_strcmp0 (words[status], word) == 0)
      return (VbIoStatus) status;
  return VB_IO_OK;
}

VbIoStatus
vb_qemu_instance_get_io_status (VbQemuInstance *instance, const char *alias)
{
  return (VbIoStatus) GPOINTER_TO_UINT (g_hash_table_lookup (instance->io_errors, alias));
}

/* Whether that is news. */
static gboolean
set_status (VbQemuInstance *instance, const char *alias, VbIoStatus status)
{
  if (vb_qemu_instance_get_io_status (instance, alias) == status)
    return FALSE;
  if (status == VB_IO_OK)
    g_hash_table_remove (instance->io_errors, alias);
  else
    g_hash_table_insert (instance->io_errors, g_strdup (alias), GUINT_TO_POINTER (status));
  return TRUE;
}

void
vb_instance_set_io_status (VbQemuInstance *instance, const char *alias, VbIoStatus status)
{
  if (set_status (instance, alias, status))
    vb_instance_emit (instance, VB_INSTANCE_IO_STATUS);
}

void
vb_instance_forget_io_errors (VbQemuInstance *instance)
{
  if (g_hash_table_size (instance->io_errors) == 0)
    return;
  g_hash_table_remove_all (instance->io_errors);
  vb_instance_emit (instance, VB_INSTANCE_IO_STATUS);
}

void
vb_instance_take_io_status (VbQemuInstance *instance, const QmpValue *drives)
{
  gboolean is_news = FALSE;

  for (guint i = 0; i < instance->domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (instance->domain->devices, i);
      g_autoptr (QmpValue) drive =
          device->kind == VB_DEVICE_DISK ? vb_medium_find_drive (drives, device->alias) : NULL;
      if (drive != NULL)
        is_news |= set_status (instance, device->alias,
                               read_status (qmp_value_get_string (drive, "io-status")));
    }
  if (is_news)
    vb_instance_emit (instance, VB_INSTANCE_IO_STATUS);
}
