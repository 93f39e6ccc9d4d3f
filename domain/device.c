/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every device has: kind, alias, address, boot order, and a row in the table of classes.
 */
#include "domain/device-class.h"

#include <string.h>

#include "domain/number.h"
#include "domain/secret.h"

#define MAX_ALIAS_LENGTH 64

static const VbDeviceClass *const classes[VB_N_DEVICE_KINDS] = {
  [VB_DEVICE_DISK] = &vb_disk_class,
  [VB_DEVICE_CONTROLLER] = &vb_controller_class,
  [VB_DEVICE_INTERFACE] = &vb_interface_class,
  [VB_DEVICE_SMARTCARD] = &vb_smartcard_class,
  [VB_DEVICE_SERIAL] = &vb_serial_class,
  [VB_DEVICE_PARALLEL] = &vb_parallel_class,
  [VB_DEVICE_CONSOLE] = &vb_console_class,
  [VB_DEVICE_CHANNEL] = &vb_channel_class,
  [VB_DEVICE_INPUT] = &vb_input_class,
  [VB_DEVICE_GRAPHICS] = &vb_graphics_class,
  [VB_DEVICE_SOUND] = &vb_sound_class,
  [VB_DEVICE_VIDEO] = &vb_video_class,
  [VB_DEVICE_HOSTDEV] = &vb_hostdev_class,
  [VB_DEVICE_WATCHDOG] = &vb_watchdog_class,
  [VB_DEVICE_MEMBALLOON] = &vb_memballoon_class,
};

static char **
get_string (const VbDevice *device, guint16 offset)
{
  return (char **) ((char *) device + offset);
}

static VbSecret **
get_secret (const VbDevice *device, guint16 offset)
{
  return (VbSecret **) ((char *) device + offset);
}

VbDevice *
vb_device_new (VbDeviceKind kind)
{
  VbDevice *device = g_malloc0 (classes[kind]->size);

  device->kind = kind;
  return device;
}

VbDevice *
vb_device_copy (const VbDevice *device)
{
  const VbDeviceClass *class = classes[device->kind];
  VbDevice *copy = g_memdup2 (device, class->size);

  copy->alias = g_strdup (device->alias);
  copy->kept = vb_kept_list_copy (device->kept);
  for (const guint16 *offset = class->strings; *offset != 0; offset++)
    *get_string (copy, *offset) = g_strdup (*get_string (device, *offset));
  if (class->secret != 0)
    *get_secret (copy, class->secret) = vb_secret_copy (*get_secret (device, class->secret));
  if (class->copy_rest != NULL)
    class->copy_rest (copy, device);
  return copy;
}

void
vb_device_free (VbDevice *device)
{
  const VbDeviceClass *class = classes[device->kind];

  for (const guint16 *offset = class->strings; *offset != 0; offset++)
    g_free (*get_string (device, *offset));
  if (class->secret != 0)
    vb_secret_free (*get_secret (device, class->secret));
  if (class->clear_rest != NULL)
    class->clear_rest (device);
  g_free (device->alias);
  g_clear_pointer (&device->kept, g_ptr_array_unref);
  g_free (device);
}

gboolean
vb_device_equal (const VbDevice *a, const VbDevice *b)
{
  g_autoptr (VbSecret) text_a = vb_secret_take (vb_device_format (a, VB_FORMAT_SECURE));
  g_autoptr (VbSecret) text_b = vb_secret_take (vb_device_format (b, VB_FORMAT_SECURE));

  return g_str_equal (vb_secret_reveal (text_a), vb_secret_reveal (text_b));
}

const char *
vb_device_kind_to_string (VbDeviceKind kind)
{
  return classes[kind]->element;
}

int
vb_device_kind_from_element (const xmlNode *element)
{
  for (int kind = 0; kind < VB_N_DEVICE_KINDS; kind++)
    if (vb_xml_reader_has_name (element, classes[kind]->element))
      return kind;
  return -1;
}

const char *
vb_device_name_from_alias (VbDeviceKind kind, const char *alias)
{
  const char *element = classes[kind]->element;
  gsize length = strlen (element);

  if (strncmp (alias, element, length) == 0 && alias[length] != '\0')
    return alias + length;
  return alias;
}

const char *
vb_device_get_name (const VbDevice *device)
{
  const VbDeviceClass *class = classes[device->kind];

  if (class->name != 0)
    return *get_string (device, class->name);
  return device->alias != NULL ? vb_device_name_from_alias (device->kind, device->alias) : NULL;
}

char *
vb_device_derive_alias (const VbDevice *device)
{
  const VbDeviceClass *class = classes[device->kind];

  return class->derive_alias != NULL ? class->derive_alias (device) : NULL;
}

VbAddressType
vb_device_get_address_type (const VbDevice *device)
{
  const VbDeviceClass *class = classes[device->kind];

  return class->get_address_type != NULL ? class->get_address_type (device) : VB_ADDRESS_NONE;
}

VbAddressType
vb_device_is_on_pci (const VbDevice *device)
{
  return VB_ADDRESS_PCI;
}

/* A virtio-serial controller keeps port 0 for consoles: elsewhere it means any. */
gboolean
vb_device_has_open_address (const VbDevice *device)
{
  const VbAddress *address = &device->address;

  switch ((VbAddressType) address->type)
    {
    case VB_ADDRESS_NONE:
      return TRUE;
    case VB_ADDRESS_VIRTIO_SERIAL:
      return address->port == 0 && device->kind != VB_DEVICE_CONSOLE;
    case VB_ADDRESS_USB:
      return address->usb_ports[0] == 0;
    case VB_ADDRESS_PCI:
    case VB_ADDRESS_DRIVE:
    case VB_ADDRESS_CCID:
      break;
    }
  return FALSE;
}

static void
parse_alias (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "alias");
  g_autofree char *alias = NULL;
  g_autofree char *derived = NULL;

  if (child == NULL)
    return;
  alias = vb_xml_reader_token (reader, child, "name", "_.+-", MAX_ALIAS_LENGTH);
  /* What was plugged into a running machine is called what QEMU calls it. */
  derived = reader->live ? NULL : vb_device_derive_alias (device);
  if (alias != NULL && derived != NULL && !g_str_equal (alias, derived))
    vb_xml_reader_inform (reader, child, "name",
                          "\"%s\" is dropped: the alias of this %s is \"%s\"", alias,
                          classes[device->kind]->element, derived);
  else
    device->alias = g_steal_pointer (&alias);
}

static void
parse_boot_order (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "boot");
  guint64 order = 0;

  if (child == NULL)
    return;
  if (vb_xml_reader_required_number (reader, child, "order", 1, VB_DOMAIN_MAX_DEVICES, &order))
    device->boot_order = (guint) order;
}

guint
vb_device_peek_boot_order (xmlNode *element)
{
  xmlNode *child = vb_xml_reader_peek_child (element, "boot");
  g_autofree char *text = child != NULL ? vb_xml_reader_peek_attribute (child, "order") : NULL;
  guint64 order;

  if (text == NULL || !vb_number_parse (text, VB_DOMAIN_MAX_DEVICES, &order))
    return 0;
  return (guint) order;
}

VbDevice *
vb_device_parse (VbXmlReader *reader, xmlNode *element, VbDeviceKind kind)
{
  g_autoptr (VbDevice) device = vb_device_new (kind);

  if (!classes[kind]->parse (reader, element, device))
    return NULL;
  if (classes[kind]->is_bootable)
    parse_boot_order (reader, element, device);
  parse_alias (reader, element, device);
  device->kept = vb_xml_reader_keep_rest (reader, element);
  return g_steal_pointer (&device);
}

void
vb_device_write (const VbDevice *device, VbXmlWriter *writer)
{
  const VbDeviceClass *class = classes[device->kind];

  vb_xml_writer_begin_noun (writer, class->element, device->kept);
  class->format (device, writer);
  vb_xml_writer_begin_optional (writer, "boot");
  if (device->boot_order > 0)
    vb_xml_writer_number_attribute (writer, "order", device->boot_order);
  vb_xml_writer_end (writer);
  vb_xml_writer_begin_optional (writer, "alias");
  vb_xml_writer_attribute (writer, "name", device->alias);
  vb_xml_writer_end (writer);
  vb_address_format (&device->address, writer);
  vb_xml_writer_end (writer);
}

char *
vb_device_format (const VbDevice *device, VbFormatFlags flags)
{
  VbXmlWriter writer;

  vb_xml_writer_init (&writer, flags);
  vb_device_write (device, &writer);
  return vb_xml_writer_finish (&writer);
}
