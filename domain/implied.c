/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a definition means without saying so. Knows the machines of QEMU and Xen as far as the format
 * promises devices that nobody wrote.
 */
#include "domain/implied.h"

#include "domain/board.h"
#include "domain/chardev-source-xml.h"
#include "domain/device-class.h"
#include "domain/disk-target.h"
#include "domain/domain-parts.h"
#include "domain/places.h"

#define MAX_CONTROLLERS (VB_ADDRESS_MAX_CONTROLLER + 1)

static const VbDevice *
find_first (const VbDomain *domain, VbDeviceKind kind)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);

      if (device->kind == kind)
        return device;
    }
  return NULL;
}

static gboolean
has_kept (const VbDomain *domain, VbDeviceKind kind)
{
  for (guint i = 0; domain->kept != NULL && i < domain->kept->len; i++)
    {
      const VbKept *kept = g_ptr_array_index (domain->kept, i);

      if (g_str_equal (kept->parent, "devices") &&
          vb_kept_is_element (kept, vb_device_kind_to_string (kind)))
        return TRUE;
    }
  return FALSE;
}

/* Devices of types that are not handled count: they are there, if without effect. */
static gboolean
has_any (const VbDomain *domain, VbDeviceKind kind)
{
  return find_first (domain, kind) != NULL || has_kept (domain, kind);
}

gboolean
vb_implied_get_drive_address (const VbDisk *disk, VbAddress *address)
{
  if (disk->base.address.type == VB_ADDRESS_DRIVE)
    {
      *address = disk->base.address;
      return TRUE;
    }
  return disk->base.address.type == VB_ADDRESS_NONE && vb_disk_derive_address (disk, address);
}

/* Whether @device needs a controller that it names by number; else %FALSE. */
static gboolean
get_controller (const VbDevice *device, VbControllerType *type, guint *index)
{
  const VbDisk *disk = (const VbDisk *) device;
  VbAddress address = device->address;

  switch (vb_device_get_address_type (device))
    {
    case VB_ADDRESS_DRIVE:
      *index = vb_implied_get_drive_address (disk, &address) ? address.controller : 0;
      return vb_disk_bus_get_controller (disk->bus, type) && address.type == VB_ADDRESS_DRIVE;
    case VB_ADDRESS_VIRTIO_SERIAL:
      *type = VB_CONTROLLER_VIRTIO_SERIAL;
      *index = address.controller;
      return TRUE;
    case VB_ADDRESS_CCID:
      *type = VB_CONTROLLER_CCID;
      *index = address.controller;
      return TRUE;
    case VB_ADDRESS_USB:
      *type = VB_CONTROLLER_USB;
      *index = address.bus;
      return TRUE;
    case VB_ADDRESS_NONE:
    case VB_ADDRESS_PCI:
      break;
    }
  return FALSE;
}

typedef struct
{
  guint n_needed[VB_N_CONTROLLER_TYPES];
  GHashTable *present[VB_N_CONTROLLER_TYPES]; /* (owned) (element-type guint) */
  guint n_open[VB_ADDRESS_USB + 1];           /* devices by their type of address */
} Controllers;

static void
count_controllers (Controllers *controllers, const VbDomain *domain)
{
  for (guint type = 0; type < VB_N_CONTROLLER_TYPES; type++)
    controllers->present[type] = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      const VbController *controller = (const VbController *) device;
      VbControllerType type;
      guint index;

      if (get_controller (device, &type, &index))
        controllers->n_needed[type] =
            MAX (controllers->n_needed[type], MIN (index + 1, MAX_CONTROLLERS));
      if (device->kind == VB_DEVICE_CONTROLLER)
        g_hash_table_add (controllers->present[controller->type],
                          GUINT_TO_POINTER (controller->index + 1));
      controllers->n_open[vb_device_get_address_type (device)] +=
          vb_device_has_open_address (device);
    }
}

static gboolean
is_present (const Controllers *controllers, VbControllerType type, guint index)
{
  return g_hash_table_contains (controllers->present[type], GUINT_TO_POINTER (index + 1));
}

static guint
count_parts (guint n, guint n_in_part)
{
  return (n + n_in_part - 1) / n_in_part;
}

/* Ports that are not chosen yet take as many controllers as these have room; a card reader sits on
 * usb. */
static void
add_needs (Controllers *controllers, const VbDomain *domain)
{
  guint *n_serial = &controllers->n_needed[VB_CONTROLLER_VIRTIO_SERIAL];
  guint *n_usb = &controllers->n_needed[VB_CONTROLLER_USB];
  guint n_on_usb = controllers->n_open[VB_ADDRESS_USB];

  for (guint index = 0; index < controllers->n_needed[VB_CONTROLLER_CCID]; index++)
    n_on_usb += !is_present (controllers, VB_CONTROLLER_CCID, index);
  *n_serial = MAX (*n_serial, count_parts (controllers->n_open[VB_ADDRESS_VIRTIO_SERIAL],
                                           VB_CONTROLLER_MAX_PORTS - 1));
  *n_usb = MAX (*n_usb, count_parts (n_on_usb, vb_places_count_usb_devices (domain)));
}

void
vb_implied_foreach_missing_controller (const VbDomain *domain,
                                       VbImpliedControllerFunc func,
                                       gpointer data)
{
  Controllers controllers = { 0 };

  if (!vb_domain_type_is_qemu (domain->type))
    return;
  count_controllers (&controllers, domain);
  add_needs (&controllers, domain);
  for (guint type = 0; type < VB_N_CONTROLLER_TYPES; type++)
    {
      for (guint index = 0; index < controllers.n_needed[type]; index++)
        if (!is_present (&controllers, type, index))
          func (type, index, data);
      g_hash_table_unref (controllers.present[type]);
    }
}

static VbDevice *
add_device (VbDomain *domain, VbDeviceKind kind)
{
  VbDevice *device = vb_device_new (kind);

  g_ptr_array_add (domain->devices, device);
  return device;
}

static void
add_controller (VbControllerType type, guint index, gpointer data)
{
  VbController *controller = (VbController *) add_device (data, VB_DEVICE_CONTROLLER);

  controller->type = type;
  controller->index = index;
  controller->base.alias = vb_device_derive_alias (&controller->base);
}

static gboolean
has_mouse (const VbDomain *domain, VbInputBus bus)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbInput *input = g_ptr_array_index (domain->devices, i);

      if (input->base.kind == VB_DEVICE_INPUT && input->type == VB_INPUT_MOUSE && input->bus == bus)
        return TRUE;
    }
  return FALSE;
}

gboolean
vb_implied_is_qemu_machine (const VbDomain *domain)
{
  return vb_domain_type_is_qemu (domain->type) && domain->os.type == VB_OS_TYPE_HVM;
}

static gboolean
has_promised_devices (const VbDomain *domain)
{
  return vb_implied_is_qemu_machine (domain) || domain->type == VB_DOMAIN_TYPE_XEN;
}

/* The first console of a full machine is another name of its first serial port. */
static gboolean
needs_console (const VbDomain *domain)
{
  return vb_implied_is_qemu_machine (domain) && find_first (domain, VB_DEVICE_SERIAL) != NULL &&
         !has_any (domain, VB_DEVICE_CONSOLE);
}

static gboolean
needs_serial (const VbDomain *domain)
{
  const VbChardev *console = (const VbChardev *) find_first (domain, VB_DEVICE_CONSOLE);

  return vb_implied_is_qemu_machine (domain) && console != NULL &&
         console->target_type == VB_CHARDEV_TARGET_SERIAL && !has_any (domain, VB_DEVICE_SERIAL);
}

static VbInputBus
get_mouse_bus (const VbDomain *domain)
{
  return domain->os.type == VB_OS_TYPE_HVM ? VB_INPUT_BUS_PS2 : VB_INPUT_BUS_XEN;
}

static gboolean
has_mouse_port (const VbDomain *domain)
{
  return domain->os.type != VB_OS_TYPE_HVM || vb_board_of (domain) != VB_BOARD_OTHER;
}

/* A display comes with something to point with, which only the PC has a port for, and something to
 * show. */
static gboolean
needs_mouse (const VbDomain *domain)
{
  return has_promised_devices (domain) && has_mouse_port (domain) &&
         has_any (domain, VB_DEVICE_GRAPHICS) && !has_mouse (domain, get_mouse_bus (domain));
}

static gboolean
needs_video (const VbDomain *domain)
{
  return (has_promised_devices (domain) || domain->type == VB_DOMAIN_TYPE_VBOX) &&
         has_any (domain, VB_DEVICE_GRAPHICS) && !has_any (domain, VB_DEVICE_VIDEO);
}

static gboolean
needs_memballoon (const VbDomain *domain)
{
  return has_promised_devices (domain) && !has_any (domain, VB_DEVICE_MEMBALLOON);
}

static VbVideoModel
get_video_model (const VbDomain *domain)
{
  if (domain->type == VB_DOMAIN_TYPE_VBOX)
    return VB_VIDEO_VBOX;
  return domain->os.type == VB_OS_TYPE_HVM ? VB_VIDEO_CIRRUS : VB_VIDEO_XEN;
}

static void
count_controller (VbControllerType type, guint index, gpointer data)
{
  guint *n_devices = data;

  (*n_devices)++;
}

guint
vb_implied_count_devices (const VbDomain *domain)
{
  guint n_devices = (guint) needs_console (domain) + (guint) needs_serial (domain) +
                    (guint) needs_mouse (domain) + (guint) needs_video (domain) +
                    (guint) needs_memballoon (domain);

  vb_implied_foreach_missing_controller (domain, count_controller, &n_devices);
  return n_devices;
}

static void
add_chardev_like (VbDomain *domain, VbDeviceKind kind, VbDeviceKind model_kind)
{
  const VbChardev *model = (const VbChardev *) find_first (domain, model_kind);
  VbChardev *chardev = (VbChardev *) add_device (domain, kind);

  vb_chardev_source_copy (&chardev->source, &model->source);
  chardev->target_port = model->target_port;
}

void
vb_implied_add_devices (VbDomain *domain)
{
  if (needs_console (domain))
    add_chardev_like (domain, VB_DEVICE_CONSOLE, VB_DEVICE_SERIAL);
  else if (needs_serial (domain))
    add_chardev_like (domain, VB_DEVICE_SERIAL, VB_DEVICE_CONSOLE);
  if (needs_mouse (domain))
    ((VbInput *) add_device (domain, VB_DEVICE_INPUT))->bus = get_mouse_bus (domain);
  if (needs_video (domain))
    ((VbVideo *) add_device (domain, VB_DEVICE_VIDEO))->model = get_video_model (domain);
  if (needs_memballoon (domain))
    ((VbMemballoon *) add_device (domain, VB_DEVICE_MEMBALLOON))->model =
        domain->type == VB_DOMAIN_TYPE_XEN ? VB_MEMBALLOON_XEN : VB_MEMBALLOON_VIRTIO;
}

void
vb_implied_add_controllers (VbDomain *domain)
{
  vb_implied_foreach_missing_controller (domain, add_controller, domain);
}
