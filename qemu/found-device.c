/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From QEMU's types to kinds of devices: a table. Of a card's back end QEMU tells no more than the
 * name, so that the one type of interface that domains have is taken for it.
 */
#include "qemu/found-device.h"

#include "qemu/card-models.h"

#include <string.h>

#define PERIPHERAL "/machine/peripheral/"
/* What an XML document takes as a disk's serial number */
#define SERIAL_CHARACTERS G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.+- "

typedef struct Row Row;
struct Row
{
  const char *type; /* of QEMU's, without what says which PCI it speaks */
  VbDevice *(*make) (const Row *row, const VbDomain *domain, const VbFound *found);
  int value;         /* bus of a disk, type of an input or a controller */
  VbScsiModel model; /* of a controller */
  gboolean is_cdrom;
};

static const char *const disk_properties[] = { "serial",  "share-rw",   "scsi-id",
                                               "channel", "parent_bus", NULL };
static const char *const interface_properties[] = { "mac", NULL };
static const char *const no_properties[] = { NULL };

/* (transfer full) (nullable) */
static char *
get_text (const VbFound *found, const char *property)
{
  const char *text = qmp_value_get_string (found->properties, property);
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

/* (nullable): the controller that the disk's bus belongs to */
static const VbController *
find_controller (const VbDomain *domain, const VbFound *found)
{
  const char *bus = qmp_value_get_string (found->properties, "parent_bus");
  g_auto (GStrv) parts = NULL;
  const VbDevice *device;
  if (bus == NULL || !g_str_has_prefix (bus, PERIPHERAL))
    return NULL;
  parts = g_strsplit (bus + strlen (PERIPHERAL), "/", 2);
  device = vb_domain_find_device (domain, parts[0]);
  return device != NULL && device->kind == VB_DEVICE_CONTROLLER ? (const VbController *) device
                                                                : NULL;
}

static void
place_on_scsi (VbDisk *disk, const VbDomain *domain, const VbFound *found)
{
  const VbController *controller = find_controller (domain, found);
  disk->base.address = (VbAddress){
    .type = VB_ADDRESS_DRIVE,
    .controller = (guint16) (controller != NULL ? controller->index : 0),
    .bus = (guint8) qmp_value_get_uint (found->properties, "channel", 0),
    .unit = (guint16) qmp_value_get_uint (found->properties, "scsi-id", 0),
  };
}

static void
take_medium (VbDisk *disk, const VbFound *found)
{
  g_auto (VbMedium) medium = { 0 };
  disk->format = g_strdup ("raw");
  if (!vb_medium_find (found->blocks, found->id, &medium))
    return;
  g_free (disk->format);
  disk->format = g_strdup (medium.format);
  disk->type = medium.type;
  disk->source = g_steal_pointer (&medium.source);
  disk->read_only = medium.read_only || disk->device == VB_DISK_DEVICE_CDROM;
  disk->cache = medium.cache;
}

static VbDevice *
make_disk (const Row *row, const VbDomain *domain, const VbFound *found)
{
  VbDisk *disk = (VbDisk *) vb_device_new (VB_DEVICE_DISK);
  g_autofree char *serial = get_text (found, "serial");
  disk->bus = (VbDiskBus) row->value;
  disk->device = row->is_cdrom ? VB_DISK_DEVICE_CDROM : VB_DISK_DEVICE_DISK;
  disk->target = vb_domain_find_free_target (domain, disk->bus);
  disk->shareable = qmp_value_get_boolean (found->properties, "share-rw", FALSE);
  if (serial != NULL && strspn (serial, SERIAL_CHARACTERS) == strlen (serial))
    disk->serial = g_steal_pointer (&serial);
  take_medium (disk, found);
  if (disk->bus == VB_DISK_BUS_SCSI)
    place_on_scsi (disk, domain, found);
  return &disk->base;
}

static VbDevice *
make_interface (const VbFound *found, const char *model)
{
  VbInterface *interface = (VbInterface *) vb_device_new (VB_DEVICE_INTERFACE);
  interface->type = VB_INTERFACE_USER;
  interface->mac = get_text (found, "mac");
  interface->model = g_strdup (model);
  return &interface->base;
}

static VbDevice *
make_input (const Row *row, const VbDomain *domain, const VbFound *found)
{
  VbInput *input = (VbInput *) vb_device_new (VB_DEVICE_INPUT);
  input->type = (VbInputType) row->value;
  input->bus = VB_INPUT_BUS_USB;
  return &input->base;
}

static VbDevice *
make_memballoon (const Row *row, const VbDomain *domain, const VbFound *found)
{
  VbMemballoon *balloon = (VbMemballoon *) vb_device_new (VB_DEVICE_MEMBALLOON);
  balloon->model = VB_MEMBALLOON_VIRTIO;
  return &balloon->base;
}

static VbDevice *
make_controller (const Row *row, const VbDomain *domain, const VbFound *found)
{
  VbController *controller = (VbController *) vb_device_new (VB_DEVICE_CONTROLLER);
  controller->type = (VbControllerType) row->value;
  while (vb_domain_find_controller (domain, controller->type, controller->index) != NULL)
    controller->index++;
  controller->model = row->model;
  return &controller->base;
}

/* Cards are in card-models.c. */
static const Row rows[] = {
  { "virtio-blk-pci", make_disk, VB_DISK_BUS_VIRTIO },
  { "scsi-hd", make_disk, VB_DISK_BUS_SCSI },
  { "scsi-cd", make_disk, VB_DISK_BUS_SCSI, .is_cdrom = TRUE },
  { "ide-hd", make_disk, VB_DISK_BUS_IDE },
  { "ide-cd", make_disk, VB_DISK_BUS_IDE, .is_cdrom = TRUE },
  { "usb-storage", make_disk, VB_DISK_BUS_USB },
  { "usb-tablet", make_input, VB_INPUT_TABLET },
  { "usb-mouse", make_input, VB_INPUT_MOUSE },
  { "virtio-balloon-pci", make_memballoon },
  { "piix3-usb-uhci", make_controller, VB_CONTROLLER_USB },
  { "piix4-usb-uhci", make_controller, VB_CONTROLLER_USB },
  { "pci-ohci", make_controller, VB_CONTROLLER_USB },
  { "usb-ehci", make_controller, VB_CONTROLLER_USB },
  { "ich9-usb-ehci1", make_controller, VB_CONTROLLER_USB },
  { "nec-usb-xhci", make_controller, VB_CONTROLLER_USB },
  { "qemu-xhci", make_controller, VB_CONTROLLER_USB },
  { "usb-ccid", make_controller, VB_CONTROLLER_CCID },
  { "ich9-ahci", make_controller, VB_CONTROLLER_SATA },
  { "virtio-serial-pci", make_controller, VB_CONTROLLER_VIRTIO_SERIAL },
  { "virtio-scsi-pci", make_controller, VB_CONTROLLER_SCSI, VB_SCSI_MODEL_VIRTIO_SCSI },
  { "lsi53c895a", make_controller, VB_CONTROLLER_SCSI, VB_SCSI_MODEL_LSILOGIC },
  { "mptsas1068", make_controller, VB_CONTROLLER_SCSI, VB_SCSI_MODEL_LSISAS1068 },
  { "pvscsi", make_controller, VB_CONTROLLER_SCSI, VB_SCSI_MODEL_VMPVSCSI },
};

/* (transfer full): the same device for old and for new guests is one device here */
static char *
plain_type (const char *type)
{
  static const char *const suffixes[] = { "-non-transitional", "-transitional" };
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (type, suffixes[i]))
      return g_strndup (type, strlen (type) - strlen (suffixes[i]));
  return g_strdup (type);
}

static const Row *
find_row (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].type, type))
      return &rows[i];
  return NULL;
}

const char *const *
vb_found_device_list_properties (const char *type)
{
  g_autofree char *plain = plain_type (type);
  const Row *row = find_row (plain);
  if (row != NULL)
    return row->make == make_disk ? disk_properties : no_properties;
  return vb_card_model_from_driver (plain) != NULL ? interface_properties : NULL;
}

/* @is_root: whether @devices are on the first bus; others have no number before the firmware ran */
static gboolean
find_pci_address (const QmpValue *devices, const char *id, gboolean is_root, VbAddress *address)
{
  guint length = devices != NULL ? qmp_value_get_length (devices) : 0;
  for (guint i = 0; i < length; i++)
    {
      g_autoptr (QmpValue) device = qmp_value_get_element (devices, i);
      g_autoptr (QmpValue) bridge = qmp_value_get (device, "pci_bridge");
      g_autoptr (QmpValue) behind = bridge != NULL ? qmp_value_get (bridge, "devices") : NULL;
      guint64 bus = qmp_value_get_uint (device, "bus", 0);
      if (g_strcmp0 (qmp_value_get_string (device, "qdev_id"), id) == 0)
        {
          *address = (VbAddress){
            .type = VB_ADDRESS_PCI,
            .bus = (guint8) bus,
            .slot = (guint8) qmp_value_get_uint (device, "slot", 0),
            .function = (guint8) qmp_value_get_uint (device, "function", 0),
          };
          return is_root || bus > 0;
        }
      if (find_pci_address (behind, id, FALSE, address))
        return TRUE;
    }
  return FALSE;
}

static void
take_pci_address (VbDevice *device, const VbFound *found)
{
  for (guint i = 0; found->pci != NULL && i < qmp_value_get_length (found->pci); i++)
    {
      g_autoptr (QmpValue) bus = qmp_value_get_element (found->pci, i);
      g_autoptr (QmpValue) devices = qmp_value_get (bus, "devices");
      VbAddress address;
      if (find_pci_address (devices, found->id, TRUE, &address))
        device->address = address;
    }
}

VbDevice *
vb_found_device_new (const VbDomain *domain, const VbFound *found)
{
  g_autofree char *plain = plain_type (found->type);
  const Row *row = find_row (plain);
  const char *card = vb_card_model_from_driver (plain);
  VbDevice *device;

  if (row == NULL && card == NULL)
    return NULL;
  device = row != NULL ? row->make (row, domain, found) : make_interface (found, card);
  device->alias = g_strdup (found->id);
  take_pci_address (device, found);
  return device;
}
