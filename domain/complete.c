/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every default made explicit, so that a definition says the same on each start and after each
 * release of this program.
 */
#include <string.h>

#include "domain/aliases.h"
#include "domain/chardev-source-xml.h"
#include "domain/chardev-target.h"
#include "domain/domain-parts.h"
#include "domain/implied.h"
#include "domain/mac.h"
#include "domain/pci-slots.h"
#include "domain/places.h"
#include "domain/text-hash.h"

#define DEFAULT_CERTIFICATE_DATABASE "/etc/pki/nssdb"

static const guint default_vram_kib[] = {
  [VB_VIDEO_VGA] = 9216, [VB_VIDEO_CIRRUS] = 9216, [VB_VIDEO_VMVGA] = 9216,
  [VB_VIDEO_XEN] = 4096, [VB_VIDEO_VBOX] = 8192,   [VB_VIDEO_QXL] = 65536,
};

typedef struct
{
  const VbDomain *domain;
  GHashTable *macs; /* (owned) (element-type utf8) of the domain's interfaces */
} Completion;

static void
complete_video (Completion *completion, VbDevice *device)
{
  VbVideo *video = (VbVideo *) device;

  if (video->vram_kib == 0)
    video->vram_kib = default_vram_kib[video->model];
  if (video->heads == 0)
    video->heads = 1;
}

static void
complete_controller (Completion *completion, VbDevice *device)
{
  VbController *controller = (VbController *) device;

  if (controller->type == VB_CONTROLLER_SCSI && controller->model == VB_SCSI_MODEL_DEFAULT &&
      vb_implied_is_qemu_machine (completion->domain))
    controller->model = VB_SCSI_MODEL_LSILOGIC;
}

static void
complete_ports (VbDomain *domain, VbDeviceKind kind)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);
  guint port = 0;

  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbChardev *chardev = g_ptr_array_index (domain->devices, i);

      if (chardev->base.kind == kind)
        g_hash_table_add (taken, GUINT_TO_POINTER (chardev->target_port));
    }
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbChardev *chardev = g_ptr_array_index (domain->devices, i);

      if (chardev->base.kind != kind || chardev->target_port != VB_CHARDEV_NO_PORT)
        continue;
      while (g_hash_table_contains (taken, GUINT_TO_POINTER (port)))
        port++;
      chardev->target_port = port++;
    }
}

/* A serial console is another name of the first serial port, or of the one that it implies. */
static void
complete_first_console (VbDomain *domain)
{
  const VbChardev *serial = NULL;
  VbChardev *console = NULL;

  for (guint i = 0; i < domain->devices->len && console == NULL; i++)
    {
      VbChardev *chardev = g_ptr_array_index (domain->devices, i);

      if (chardev->base.kind == VB_DEVICE_SERIAL && serial == NULL)
        serial = chardev;
      else if (chardev->base.kind == VB_DEVICE_CONSOLE)
        console = chardev;
    }
  if (console != NULL && console->target_type == VB_CHARDEV_TARGET_SERIAL &&
      console->target_port == VB_CHARDEV_NO_PORT)
    console->target_port = serial != NULL ? serial->target_port : 0;
}

static void
complete_chardev (Completion *completion, VbDevice *device)
{
  VbChardev *chardev = (VbChardev *) device;

  vb_chardev_source_complete (&chardev->source);
  if (chardev->source.type == VB_CHARDEV_TYPE_SPICEVMC && chardev->target_name == NULL)
    chardev->target_name = g_strdup (VB_CHARDEV_SPICE_NAME);
}

static void
complete_smartcard (Completion *completion, VbDevice *device)
{
  VbSmartcard *card = (VbSmartcard *) device;

  vb_chardev_source_complete (&card->source);
  if (card->mode == VB_SMARTCARD_HOST_CERTIFICATES && card->database == NULL)
    card->database = g_strdup (DEFAULT_CERTIFICATE_DATABASE);
}

static void
complete_interface (Completion *completion, VbDevice *device)
{
  VbInterface *interface = (VbInterface *) device;

  while (interface->mac == NULL)
    {
      g_autofree char *mac = vb_mac_generate (completion->domain->type == VB_DOMAIN_TYPE_XEN);

      if (g_hash_table_contains (completion->macs, mac))
        continue;
      interface->mac = g_steal_pointer (&mac);
      g_hash_table_add (completion->macs, interface->mac);
    }
  if (interface->port.type != VB_VIRTUAL_PORT_NONE && interface->port.instance_id == NULL)
    interface->port.instance_id = g_uuid_string_random ();
}

static void (*const complete_device[VB_N_DEVICE_KINDS]) (Completion *completion,
                                                         VbDevice *device) = {
  [VB_DEVICE_CONTROLLER] = complete_controller, [VB_DEVICE_INTERFACE] = complete_interface,
  [VB_DEVICE_SMARTCARD] = complete_smartcard,   [VB_DEVICE_SERIAL] = complete_chardev,
  [VB_DEVICE_PARALLEL] = complete_chardev,      [VB_DEVICE_CONSOLE] = complete_chardev,
  [VB_DEVICE_CHANNEL] = complete_chardev,       [VB_DEVICE_VIDEO] = complete_video,
};

static void
note_mac (Completion *completion, const VbDevice *device)
{
  const VbInterface *interface = (const VbInterface *) device;

  if (device->kind == VB_DEVICE_INTERFACE && interface->mac != NULL)
    g_hash_table_add (completion->macs, interface->mac);
}

static void
complete_devices (VbDomain *domain)
{
  Completion completion = { domain, g_hash_table_new (vb_text_hash, g_str_equal) };

  for (guint i = 0; i < domain->devices->len; i++)
    note_mac (&completion, g_ptr_array_index (domain->devices, i));
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);

      if (complete_device[device->kind] != NULL)
        complete_device[device->kind](&completion, device);
    }
  g_hash_table_unref (completion.macs);
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
  complete_ports (domain, VB_DEVICE_PARALLEL);
  complete_first_console (domain);
  complete_ports (domain, VB_DEVICE_CONSOLE);
  vb_implied_add_devices (domain);
  vb_domain_sort_devices (domain);
  vb_aliases_assign (domain, previous, retired_aliases); /* and MACs from @previous */
  vb_places_assign_units (domain, previous);
  vb_implied_add_controllers (domain);
  vb_places_assign_usb_ports (domain, previous);
  vb_implied_add_controllers (domain);
  vb_domain_sort_devices (domain);
  vb_pci_slots_assign (domain, previous);
  complete_devices (domain);
  vb_ignored_refresh_paths (domain);
}
