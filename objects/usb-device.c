/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.UsbDevice: what a USB device of this host has besides.
 */
#include "objects/host-device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbUsbDevice *
usb_of (const VbView *view)
{
  return &view->host_device->usb;
}

static GVariant *
get_bus_number (const VbView *view)
{
  return g_variant_new_uint32 (usb_of (view)->bus_number);
}

static GVariant *
get_device_number (const VbView *view)
{
  return g_variant_new_uint32 (usb_of (view)->device_number);
}

static GVariant *
get_port (const VbView *view)
{
  return vb_value_from_foreign_text (usb_of (view)->port);
}

static GVariant *
get_serial_number (const VbView *view)
{
  return vb_value_from_foreign_text (usb_of (view)->serial_number);
}

static GVariant *
get_device_class (const VbView *view)
{
  return g_variant_new_byte (usb_of (view)->device_class);
}

static GVariant *
get_interface_classes (const VbView *view)
{
  return vb_value_from_foreign_texts (usb_of (view)->interface_classes);
}

static const VbPropertyRow properties[] = {
  { "BusNumber", 0, get_bus_number },
  { "DeviceNumber", 0, get_device_number },
  { "Port", 0, get_port },
  { "SerialNumber", VB_FACET_HOST, get_serial_number },
  { "DeviceClass", VB_FACET_HOST, get_device_class },
  { "InterfaceClasses", VB_FACET_HOST, get_interface_classes },
  { NULL },
};

const VbInterfaceTable vb_usb_device_interface_table = {
  .name = "org.virtbus1.UsbDevice",
  .info = &vb_bus_usb_device_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
