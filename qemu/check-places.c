/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where devices sit inside the guest: places that there are not, and buses that are full. That two
 * devices are not in one place is seen to when a definition is read.
 */
#include "qemu/argv-parts.h"
#include "qemu/check-parts.h"

/* Whether what can be placed has been. */
static gboolean
is_placed (const VbDomain *domain)
{
  return (domain->type == VB_DOMAIN_TYPE_KVM || domain->type == VB_DOMAIN_TYPE_QEMU) &&
         domain->os.type == VB_OS_TYPE_HVM;
}

static void
check_number (VbCheck *check, const VbDisk *disk, const char *name, guint number, guint n_numbers)
{
  g_autofree char *attribute = g_strdup_printf ("/address/@%s", name);
  if (number >= n_numbers)
    vb_check_refuse_device (check, &disk->base, attribute,
                            "%s %u is not there; the last %s of its %s controller is %u", name,
                            number, name, vb_enum_to_string (&vb_disk_bus_table, (int) disk->bus),
                            n_numbers - 1);
}

static gboolean
is_built_in (VbDiskBus bus)
{
  return bus == VB_DISK_BUS_IDE || bus == VB_DISK_BUS_FDC;
}

static void
check_drive_address (VbCheck *check, const VbDisk *disk)
{
  static const struct
  {
    guint n_buses; /* 0: no drive addresses */
    guint n_units; /* 0: it depends on the controller */
  } ranges[] = {
    [VB_DISK_BUS_IDE] = { 2, 2 },  [VB_DISK_BUS_FDC] = { 1, 2 }, [VB_DISK_BUS_SCSI] = { 1, 0 },
    [VB_DISK_BUS_SATA] = { 1, 6 }, [VB_DISK_BUS_UML] = { 0, 0 },
  };
  const VbAddress *address = &disk->base.address;
  guint n_units = ranges[disk->bus].n_units;
  const VbController *controller;
  if (address->type != VB_ADDRESS_DRIVE)
    return;
  if (is_built_in (disk->bus) && address->controller > 0)
    {
      vb_check_refuse_device (check, &disk->base, "/target",
                              "the machine has one %s controller, for %u drives; %s",
                              vb_enum_to_string (&vb_disk_bus_table, (int) disk->bus),
                              ranges[disk->bus].n_buses * n_units,
                              disk->bus == VB_DISK_BUS_IDE ? "use bus scsi or sata" : "remove it");
      return;
    }
  controller = vb_domain_find_controller (check->domain, VB_CONTROLLER_SCSI, address->controller);
  if (n_units == 0 && controller != NULL)
    n_units = vb_argv_scsi_count_units (controller);
  check_number (check, disk, "bus", address->bus, ranges[disk->bus].n_buses);
  check_number (check, disk, "unit", address->unit, n_units);
}

/* The slot of the ISA bridge has controllers at its other functions. */
static gboolean
is_function_of_board (const VbCheck *check, const VbDevice *device)
{
  const VbController *controller = (const VbController *) device;
  if (device->kind != VB_DEVICE_CONTROLLER || controller->index != 0)
    return FALSE;
  if (controller->type == VB_CONTROLLER_USB)
    return check->board == VB_BOARD_PC && device->address.slot == 1;
  return controller->type == VB_CONTROLLER_IDE;
}

static void
check_pci_address (VbCheck *check, const VbDevice *device)
{
  const VbAddress *address = &device->address;
  gboolean has_places =
      is_placed (check->domain) && (check->board == VB_BOARD_PC || check->board == VB_BOARD_Q35);
  if (vb_device_get_address_type (device) != VB_ADDRESS_PCI)
    return;
  /* Controllers that the board has built in are on no bus there. */
  if (vb_board_get_pci_bus (check->board) == NULL && !vb_argv_has_device (check->domain, device))
    return;
  if (vb_board_get_pci_bus (check->board) == NULL)
    vb_check_refuse_device (check, device, "/address", "machine 'isapc' has no PCI bus");
  else if (address->type == VB_ADDRESS_NONE && has_places &&
           vb_argv_has_device (check->domain, device))
    vb_check_refuse_device (check, device, "",
                            "the machine's PCI bus has no slot left; remove a device");
  else if (address->domain != 0 || address->bus != 0)
    vb_check_refuse_device (check, device, "/address", "only PCI domain 0 and bus 0 are supported");
  else if (address->function != 0 && !is_function_of_board (check, device))
    vb_check_refuse_device (check, device, "/address/@function",
                            "only function 0 is supported; use another slot");
}

static void
check_serial_port (VbCheck *check, const VbDevice *device)
{
  const VbAddress *address = &device->address;
  const VbController *controller;
  if (is_placed (check->domain) && vb_device_has_open_address (device))
    vb_check_refuse_device (check, device, "/address/@controller",
                            "virtio-serial controller %u has no port left; leave the address out",
                            address->controller);
  controller =
      vb_domain_find_controller (check->domain, VB_CONTROLLER_VIRTIO_SERIAL, address->controller);
  if (controller != NULL && controller->ports > 0 && address->port >= controller->ports)
    vb_check_refuse_device (check, device, "/address/@port",
                            "port %u is not there: the controller has ports 0 to %u", address->port,
                            controller->ports - 1);
}

/* From the controller through the hubs. */
static void
check_usb_port (VbCheck *check, const VbDevice *device)
{
  const VbAddress *address = &device->address;
  guint n_ports = vb_board_count_usb_ports (check->board);
  if (is_placed (check->domain) && vb_device_has_open_address (device))
    vb_check_refuse_device (check, device, "/address/@bus",
                            "usb controller %u has no port left; leave the address out",
                            address->bus);
  for (guint i = 0; i < VB_ADDRESS_USB_DEPTH && address->usb_ports[i] != 0; i++)
    {
      if (address->usb_ports[i] > n_ports)
        vb_check_refuse_device (check, device, "/address/@port",
                                "port %u is not there: a usb %s has ports 1 to %u",
                                address->usb_ports[i], i == 0 ? "controller" : "hub", n_ports);
      n_ports = VB_USB_HUB_PORTS;
    }
}

static void
check_drive (VbCheck *check, const VbDevice *device)
{
  check_drive_address (check, (const VbDisk *) device);
}

void
vb_check_place (VbCheck *check, const VbDevice *device)
{
  static void (*const checks[]) (VbCheck * check, const VbDevice *device) = {
    [VB_ADDRESS_DRIVE] = check_drive,
    [VB_ADDRESS_VIRTIO_SERIAL] = check_serial_port,
    [VB_ADDRESS_USB] = check_usb_port,
  };
  check_pci_address (check, device);
  if (device->address.type < G_N_ELEMENTS (checks) && checks[device->address.type] != NULL)
    checks[device->address.type](check, device);
}
