/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The boot order: an order at the devices stands over <boot dev>, where each kind means its first
 * device.
 */
#include "qemu/boot-order.h"

#include <string.h>

static gboolean
is_of_kind (const VbDevice *device, VbBootDevice kind)
{
  static const guint8 disk_kinds[] = {
    [VB_DISK_DEVICE_DISK] = VB_BOOT_HARDDISK,
    [VB_DISK_DEVICE_CDROM] = VB_BOOT_CDROM,
    [VB_DISK_DEVICE_FLOPPY] = VB_BOOT_FLOPPY,
  };
  if (device->kind == VB_DEVICE_DISK)
    return disk_kinds[((const VbDisk *) device)->device] == kind;
  return device->kind == VB_DEVICE_INTERFACE && kind == VB_BOOT_NETWORK;
}

static guint
find_first_on_bus (const VbDomain *domain, VbDiskBus bus)
{
  guint i = 0;
  for (; i < domain->devices->len; i++)
    {
      const VbDisk *disk = g_ptr_array_index (domain->devices, i);
      if (disk->base.kind == VB_DEVICE_DISK && disk->bus == bus)
        break;
    }
  return i;
}

/* "vdb" is before "vdaa". */
static int
compare_targets (const char *a, const char *b)
{
  gsize a_length = strlen (a);
  gsize b_length = strlen (b);
  return a_length != b_length ? (a_length < b_length ? -1 : 1) : strcmp (a, b);
}

/* Disks count bus by bus, as the buses are first named, and on a bus by their names. */
static gboolean
is_before (const VbDomain *domain, const VbDevice *device, const VbDevice *other)
{
  const VbDisk *disk = (const VbDisk *) device;
  const VbDisk *other_disk = (const VbDisk *) other;
  if (device->kind != VB_DEVICE_DISK)
    return FALSE;
  if (disk->bus == other_disk->bus)
    return compare_targets (disk->target, other_disk->target) < 0;
  return find_first_on_bus (domain, disk->bus) < find_first_on_bus (domain, other_disk->bus);
}

static const VbDevice *
first_of_kind (const VbDomain *domain, VbBootDevice kind)
{
  const VbDevice *first = NULL;
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      if (is_of_kind (device, kind) && (first == NULL || is_before (domain, device, first)))
        first = device;
    }
  return first;
}

static gboolean
has_device_orders (const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    if (((const VbDevice *) g_ptr_array_index (domain->devices, i))->boot_order != 0)
      return TRUE;
  return FALSE;
}

guint
vb_boot_index (const VbDomain *domain, const VbDevice *device)
{
  if (has_device_orders (domain))
    return device->boot_order;
  for (guint i = 0; i < domain->os.n_boot; i++)
    if (is_of_kind (device, domain->os.boot[i]) &&
        first_of_kind (domain, domain->os.boot[i]) == device)
      return i + 1;
  return 0;
}
