/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <controller>: what the board has built in is not added again.
 */
#include "qemu/argv-parts.h"

/* The adapter itself is one of the units of a narrow bus. */
static const struct
{
  const char *driver; /* (nullable): QEMU has none */
  guint n_units;
} scsi_models[] = {
  [VB_SCSI_MODEL_DEFAULT] = { "lsi53c895a", 7 },
  [VB_SCSI_MODEL_AUTO] = { "lsi53c895a", 7 },
  [VB_SCSI_MODEL_BUSLOGIC] = { NULL, 7 },
  [VB_SCSI_MODEL_LSILOGIC] = { "lsi53c895a", 7 },
  [VB_SCSI_MODEL_LSISAS1068] = { "mptsas1068", 8 },
  [VB_SCSI_MODEL_VMPVSCSI] = { "pvscsi", 64 },
  [VB_SCSI_MODEL_VIRTIO_SCSI] = { "virtio-scsi-pci", 256 },
};

guint
vb_argv_scsi_count_units (const VbController *controller)
{
  return scsi_models[controller->model].n_units;
}

/* (nullable): %NULL where there is none to add */
static const char *
driver_of (VbBoard board, const VbController *controller)
{
  switch (controller->type)
    {
    case VB_CONTROLLER_IDE:
      return NULL;
    case VB_CONTROLLER_FDC:
      return NULL; /* see vb_argv_add_floppy_controller() */
    case VB_CONTROLLER_SCSI:
      return scsi_models[controller->model].driver;
    case VB_CONTROLLER_SATA:
      return "ich9-ahci";
    case VB_CONTROLLER_VIRTIO_SERIAL:
      return "virtio-serial-pci";
    case VB_CONTROLLER_CCID:
      return "usb-ccid";
    case VB_CONTROLLER_USB:
      return board == VB_BOARD_PC ? "piix3-usb-uhci" : "qemu-xhci";
    }
  return NULL;
}

QmpValue *
vb_argv_controller_device (VbBoard board, const VbController *controller)
{
  const char *driver = driver_of (board, controller);
  QmpValue *device;
  if (driver == NULL)
    return NULL;
  device = vb_argv_new_device (driver);
  if (controller->ports > 0)
    qmp_value_set_uint (device, "max_ports", controller->ports);
  if (controller->has_vectors)
    qmp_value_set_uint (device, "vectors", controller->vectors);
  return device;
}

gboolean
vb_argv_controller_is_supported (VbBoard board, const VbController *controller)
{
  gboolean built_in =
      controller->type == VB_CONTROLLER_IDE || controller->type == VB_CONTROLLER_FDC;
  return built_in ? controller->index == 0 : driver_of (board, controller) != NULL;
}

char *
vb_argv_controller_bus (const VbDomain *domain, VbControllerType type, guint index)
{
  const VbController *controller = vb_domain_find_controller (domain, type, index);
  if (controller == NULL)
    return g_strdup_printf ("%s%u", vb_enum_to_string (&vb_controller_type_table, (int) type),
                            index);
  /* The buses of a SATA controller are its ports: the caller adds the port's number. */
  return g_strdup_printf (type == VB_CONTROLLER_SATA ? "%s" : "%s.0", controller->base.alias);
}

void
vb_argv_add_controller (VbArgv *argv, const VbDevice *device)
{
  QmpValue *json = vb_argv_controller_device (argv->board, (const VbController *) device);
  if (json != NULL)
    vb_argv_add_device (argv, device, json);
}

void
vb_argv_add_floppy_controller (VbArgv *argv)
{
  if (argv->board != VB_BOARD_Q35)
    return;
  for (guint i = 0; i < argv->domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (argv->domain->devices, i);
      if ((device->kind == VB_DEVICE_DISK && ((const VbDisk *) device)->bus == VB_DISK_BUS_FDC) ||
          (device->kind == VB_DEVICE_CONTROLLER &&
           ((const VbController *) device)->type == VB_CONTROLLER_FDC))
        {
          argv->device = device;
          vb_argv_add_device (argv, NULL, vb_argv_new_device ("isa-fdc"));
          argv->device = NULL;
          return;
        }
    }
}

/* The hub nearer to the controller comes first. */
static void
add_hubs (VbArgv *argv, const VbAddress *address, GHashTable *hubs)
{
  VbAddress hub;
  if (!vb_address_get_hub (address, &hub) || g_hash_table_contains (hubs, &hub))
    return;
  add_hubs (argv, &hub, hubs);
  g_hash_table_add (hubs, g_memdup2 (&hub, sizeof hub));
  vb_argv_add_hub (argv, &hub, vb_argv_new_device ("usb-hub"));
}

void
vb_argv_add_usb_hubs (VbArgv *argv)
{
  g_autoptr (GHashTable) hubs = g_hash_table_new_full ((GHashFunc) vb_address_hash,
                                                       (GEqualFunc) vb_address_equal, g_free, NULL);
  for (guint i = 0; i < argv->domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (argv->domain->devices, i);
      argv->device = device;
      if (device->address.type == VB_ADDRESS_USB)
        add_hubs (argv, &device->address, hubs);
    }
  argv->device = NULL;
}
