/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every default made explicit, so that a definition says the same on each start and after each
 * release of this program.
 */
#include <string.h>

#include "domain/aliases.h"
#include "domain/chardev-port.h"
#include "domain/domain-parts.h"
#include "domain/implied.h"
#include "domain/mac.h"

static const guint default_vram_kib[] = {
  [VB_VIDEO_VGA] = 9216, [VB_VIDEO_CIRRUS] = 9216, [VB_VIDEO_VMVGA] = 9216,
  [VB_VIDEO_XEN] = 4096, [VB_VIDEO_VBOX] = 8192,   [VB_VIDEO_QXL] = 65536,
};

static void
complete_video (VbDomain *domain, VbDevice *device)
{
  VbVideo *video = (VbVideo *) device;

  if (video->vram_kib == 0)
    video->vram_kib = default_vram_kib[video->model];
  if (video->heads == 0)
    video->heads = 1;
}

static gboolean
is_port_taken (const VbDomain *domain, VbDeviceKind kind, guint port)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbChardev *chardev = g_ptr_array_index (domain->devices, i);

      if (chardev->base.kind == kind && chardev->target_port == port)
        return TRUE;
    }
  return FALSE;
}

static void
complete_ports (VbDomain *domain, VbDeviceKind kind)
{
  guint port = 0;

  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbChardev *chardev = g_ptr_array_index (domain->devices, i);

      if (chardev->base.kind != kind || chardev->target_port != VB_CHARDEV_NO_PORT)
        continue;
      while (is_port_taken (domain, kind, port))
        port++;
      chardev->target_port = port;
    }
}

static gboolean
is_mac_taken (const VbDomain *domain, const char *mac)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbInterface *interface = g_ptr_array_index (domain->devices, i);

      if (interface->base.kind == VB_DEVICE_INTERFACE && g_strcmp0 (interface->mac, mac) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
complete_interface (VbDomain *domain, VbDevice *device)
{
  VbInterface *interface = (VbInterface *) device;

  while (interface->mac == NULL)
    {
      g_autofree char *mac = vb_mac_generate (domain->type == VB_DOMAIN_TYPE_XEN);

      if (!is_mac_taken (domain, mac))
        interface->mac = g_steal_pointer (&mac);
    }
  if (interface->port.type != VB_VIRTUAL_PORT_NONE && interface->port.instance_id == NULL)
    interface->port.instance_id = g_uuid_string_random ();
}

static void (*const complete_device[VB_N_DEVICE_KINDS]) (VbDomain *domain, VbDevice *device) = {
  [VB_DEVICE_INTERFACE] = complete_interface,
  [VB_DEVICE_VIDEO] = complete_video,
};

static void
complete_devices (VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);

      if (complete_device[device->kind] != NULL)
        complete_device[device->kind](domain, device);
    }
}

static gboolean
has_boot_orders (const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    if (((const VbDevice *) g_ptr_array_index (domain->devices, i))->boot_order > 0)
      return TRUE;
  for (guint i = 0; domain->kept != NULL && i < domain->kept->len; i++)
    if (((const VbKept *) g_ptr_array_index (domain->kept, i))->boot_order > 0)
      return TRUE;
  return FALSE;
}

static void
complete_boot (VbDomain *domain)
{
  VbOs *os = &domain->os;

  if (os->type != VB_OS_TYPE_HVM || os->n_boot > 0 || os->kernel != NULL ||
      has_boot_orders (domain))
    return;
  os->boot = g_new (guint8, 1);
  os->boot[0] = VB_BOOT_HARDDISK;
  os->n_boot = 1;
}

void
vb_domain_complete (VbDomain *domain, const VbDomain *previous, const char *const *retired_aliases)
{
  if (domain->uuid == NULL)
    domain->uuid = previous != NULL ? g_strdup (previous->uuid) : g_uuid_string_random ();
  complete_boot (domain);
  complete_ports (domain, VB_DEVICE_SERIAL);
  complete_ports (domain, VB_DEVICE_CONSOLE);
  vb_implied_add_devices (domain);
  vb_domain_sort_devices (domain);
  vb_aliases_assign (domain, previous, retired_aliases); /* and MACs from @previous */
  complete_devices (domain);
  vb_ignored_refresh_paths (domain);
}
