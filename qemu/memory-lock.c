/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The limit of locked memory, as the kernel counts it for VFIO: the guest's memory and what QEMU maps
 * for its devices.
 */
#include "qemu/memory-lock.h"

#include <errno.h>
#include <sys/resource.h>

#define BYTES_PER_KIB G_GUINT64_CONSTANT (1024)
#define DEVICES_BYTES (G_GUINT64_CONSTANT (1) << 30)

static gboolean
has_pci_hostdev (const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbHostdev *hostdev = g_ptr_array_index (domain->devices, i);
      if (hostdev->base.kind == VB_DEVICE_HOSTDEV && hostdev->type == VB_HOSTDEV_PCI)
        return TRUE;
    }
  return FALSE;
}

guint64
vb_memory_lock_get_bytes (const VbDomain *domain)
{
  guint64 bytes;
  if (!has_pci_hostdev (domain))
    return 0;
  if (!g_uint64_checked_mul (&bytes, domain->memory_kib, BYTES_PER_KIB) ||
      !g_uint64_checked_add (&bytes, bytes, DEVICES_BYTES))
    return G_MAXUINT64;
  return bytes;
}

/* Only the kernel knows whether it would let us: the limit is raised, and put back. */
gboolean
vb_memory_lock_check (guint64 bytes, GError **error)
{
  struct rlimit former, wanted;
  if (getrlimit (RLIMIT_MEMLOCK, &former) < 0 || former.rlim_max >= bytes)
    return TRUE;
  wanted = (struct rlimit){ .rlim_cur = former.rlim_cur, .rlim_max = bytes };
  if (setrlimit (RLIMIT_MEMLOCK, &wanted) == 0)
    return setrlimit (RLIMIT_MEMLOCK, &former) == 0;
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
               "a guest with a PCI device of the host needs %" G_GUINT64_FORMAT
               " MiB of locked memory, and the service may give it %" G_GUINT64_FORMAT
               "; raise the service's limit (LimitMEMLOCK=infinity in its unit)",
               bytes >> 20, (guint64) former.rlim_max >> 20);
  return FALSE;
}
