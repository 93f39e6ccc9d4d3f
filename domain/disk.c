/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <disk> element: medium, format, bus and target. Disks from a folder or the network are kept
 * whole. Whether two disks collide is not decided here.
 */
#include "domain/disk.h"

#include <stddef.h>
#include <string.h>

#include "domain/device-class.h"
#include "domain/disk-target.h"

#define MAX_TOKEN_LENGTH 64

static const char *const type_words[] = { "file", "block", "dir", "network", NULL };
static const char *const device_words[] = { "disk", "cdrom", "floppy", NULL };
static const char *const bus_words[] = {
  "ide", "fdc", "scsi", "virtio", "xen", "usb", "sata", NULL
};
static const char *const cache_words[] = { "default", "none", "writethrough", "writeback", NULL };
static const char *const error_policy_words[] = { "default", "stop", "ignore", "enospace", NULL };
static const char *const io_words[] = { "default", "threads", "native", NULL };

const VbEnumTable vb_disk_type_table = { type_words, "disk type" };
const VbEnumTable vb_disk_device_table = { device_words, "disk device" };
const VbEnumTable vb_disk_bus_table = { bus_words, "disk bus" };
const VbEnumTable vb_disk_cache_table = { cache_words, "cache mode" };
const VbEnumTable vb_disk_error_policy_table = { error_policy_words, "error policy" };
const VbEnumTable vb_disk_io_table = { io_words, "way of input and output" };

/* The attribute of <source> that each type of disk has, in the order of the types. */
static const char *const source_attributes[] = { "file", "dev", "dir", "protocol" };

static int
parse_type (VbXmlReader *reader, xmlNode *element)
{
  int type = vb_xml_reader_enum (reader, element, "type", &vb_disk_type_table, 0,
                                 G_N_ELEMENTS (source_attributes));
  xmlNode *source;

  if (type < (int) G_N_ELEMENTS (source_attributes))
    return type;
  source = vb_xml_reader_peek_child (element, "source");
  for (int i = 0; source != NULL && i < (int) G_N_ELEMENTS (source_attributes); i++)
    {
      g_autofree char *value = vb_xml_reader_peek_attribute (source, source_attributes[i]);

      if (value != NULL)
        return i;
    }
  return VB_DISK_TYPE_FILE;
}

static void
parse_source (VbXmlReader *reader, xmlNode *element, VbDisk *disk)
{
  xmlNode *source = vb_xml_reader_child (reader, element, "source");
  const char *attribute = source_attributes[disk->type];
  g_autofree char *given = source != NULL ? vb_xml_reader_peek_attribute (source, attribute) : NULL;

  disk->source = vb_xml_reader_path (reader, source, attribute);
  /* One that was plugged into a running machine may have a medium that no path names. */
  if (disk->device == VB_DISK_DEVICE_DISK && !reader->live && (given == NULL || given[0] == '\0'))
    vb_xml_reader_error (reader, source != NULL ? source : element, NULL,
                         "a disk needs a medium: <source %s='/…'/> is missing", attribute);
}

static void
parse_driver (VbXmlReader *reader, xmlNode *element, VbDisk *disk)
{
  xmlNode *driver = vb_xml_reader_child (reader, element, "driver");
  int value;

  disk->driver_name = vb_xml_reader_token (reader, driver, "name", "_-", MAX_TOKEN_LENGTH);
  disk->format = vb_xml_reader_token (reader, driver, "type", "_-", MAX_TOKEN_LENGTH);
  if (disk->format == NULL)
    disk->format = g_strdup ("raw");
  value = vb_xml_reader_enum (reader, driver, "cache", &vb_disk_cache_table, 0, 0);
  disk->cache = value > 0 ? (VbDiskCache) value : VB_DISK_CACHE_DEFAULT;
  value = vb_xml_reader_enum (reader, driver, "error_policy", &vb_disk_error_policy_table, 0, 0);
  disk->error_policy = value > 0 ? (VbDiskErrorPolicy) value : VB_DISK_ERROR_POLICY_DEFAULT;
  value = vb_xml_reader_enum (reader, driver, "io", &vb_disk_io_table, 1, 0);
  disk->io = value > 0 ? (VbDiskIo) value : VB_DISK_IO_DEFAULT;
}

static gboolean
has_partitions (VbDomainType type)
{
  return type != VB_DOMAIN_TYPE_KVM && type != VB_DOMAIN_TYPE_QEMU && type != VB_DOMAIN_TYPE_KQEMU;
}

/* Gives the bus that the target's name suggests; -1 after an error. */
static int
parse_target_name (VbXmlReader *reader, xmlNode *target, VbDisk *disk)
{
  g_autofree char *text = vb_xml_reader_required_attribute (reader, target, "dev");
  const char *name = text;
  const char *partition;
  VbDiskBus bus;
  guint index;

  if (text == NULL)
    return -1;
  if (g_str_has_prefix (name, "ioemu:"))
    name += strlen ("ioemu:");
  if (!vb_disk_target_parse (name, &bus, &index, &partition))
    {
      vb_xml_reader_error (reader, target, "dev",
                           "\"%s\" is not a disk target; known: hda, sda, vda, xvda, fda and so on",
                           text);
      return -1;
    }
  if (partition[0] != '\0' && !has_partitions (reader->domain_type))
    {
      vb_xml_reader_error (reader, target, "dev", "\"%s\" names a partition; write \"%.*s\"", text,
                           (int) (partition - name), name);
      return -1;
    }
  disk->target = g_strdup (name);
  return (int) bus;
}

static void
check_floppy (VbXmlReader *reader, xmlNode *target, const VbDisk *disk)
{
  gboolean is_floppy = disk->device == VB_DISK_DEVICE_FLOPPY;
  gboolean is_named_floppy = g_str_has_prefix (disk->target, "fd");

  if (is_floppy && !is_named_floppy)
    vb_xml_reader_error (reader, target, "dev", "a floppy's target must be \"fda\", \"fdb\" or so");
  if (disk->device == VB_DISK_DEVICE_DISK && is_named_floppy)
    vb_xml_reader_error (reader, target, "dev", "\"%s\" is a floppy's target, not a disk's",
                         disk->target);
  if (is_floppy != (disk->bus == VB_DISK_BUS_FDC))
    vb_xml_reader_error (reader, target, "bus", "a %s cannot be on bus \"%s\"",
                         vb_enum_to_string (&vb_disk_device_table, disk->device),
                         vb_enum_to_string (&vb_disk_bus_table, disk->bus));
}

static void
parse_target (VbXmlReader *reader, xmlNode *element, VbDisk *disk)
{
  xmlNode *target = vb_xml_reader_required_child (reader, element, "target");
  int suggested = parse_target_name (reader, target, disk);
  int bus;

  if (disk->device == VB_DISK_DEVICE_FLOPPY)
    suggested = VB_DISK_BUS_FDC;
  else if (suggested < 0)
    suggested = VB_DISK_BUS_IDE;
  bus = vb_xml_reader_enum (reader, target, "bus", &vb_disk_bus_table, 0, suggested);
  if (bus < 0)
    return;
  disk->bus = (VbDiskBus) bus;
  if (disk->target != NULL)
    check_floppy (reader, target, disk);
}

static void
parse_serial (VbXmlReader *reader, xmlNode *element, VbDisk *disk)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "serial");
  g_autofree char *serial = vb_xml_reader_word (reader, child);

  if (serial == NULL || serial[0] == '\0')
    return;
  if (vb_xml_is_token (serial, "_.+- ", 255))
    disk->serial = g_steal_pointer (&serial);
  else
    vb_xml_reader_error (reader, child, NULL,
                         "\"%s\" must be letters, digits, blanks or any of \"_.+-\"", serial);
}

static void
parse_disk_address (VbXmlReader *reader, xmlNode *element, VbDisk *disk)
{
  g_autofree char *owner =
      g_strdup_printf ("a disk on bus \"%s\"", vb_enum_to_string (&vb_disk_bus_table, disk->bus));
  VbControllerType controller;
  VbAddressType fitting = VB_ADDRESS_NONE;

  if (disk->bus == VB_DISK_BUS_VIRTIO)
    fitting = VB_ADDRESS_PCI;
  else if (vb_disk_bus_get_controller (disk->bus, &controller))
    fitting = VB_ADDRESS_DRIVE;
  vb_address_parse (reader, element, fitting, owner, &disk->base.address);
}

/* User-mode Linux's disks. */
static gboolean
is_uml_disk (xmlNode *element)
{
  xmlNode *target = vb_xml_reader_peek_child (element, "target");
  g_autofree char *name = target != NULL ? vb_xml_reader_peek_attribute (target, "dev") : NULL;
  g_autofree char *bus = target != NULL ? vb_xml_reader_peek_attribute (target, "bus") : NULL;

  return name != NULL && bus == NULL && g_str_has_prefix (name, "ubd");
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbDisk *disk = (VbDisk *) device;
  int type = parse_type (reader, element);
  int kind;

  if (type > VB_DISK_TYPE_BLOCK || is_uml_disk (element))
    return FALSE;
  disk->type = type > 0 ? (VbDiskType) type : VB_DISK_TYPE_FILE;
  kind = vb_xml_reader_enum (reader, element, "device", &vb_disk_device_table, 0, 0);
  disk->device = kind > 0 ? (VbDiskDevice) kind : VB_DISK_DEVICE_DISK;
  parse_driver (reader, element, disk);
  if (type >= 0 && kind >= 0)
    parse_source (reader, element, disk);
  parse_target (reader, element, disk);
  disk->read_only = vb_xml_reader_child (reader, element, "readonly") != NULL ||
                    disk->device == VB_DISK_DEVICE_CDROM;
  disk->shareable = vb_xml_reader_child (reader, element, "shareable") != NULL;
  parse_serial (reader, element, disk);
  if (disk->target != NULL)
    parse_disk_address (reader, element, disk);
  return TRUE;
}

static void
format_driver (const VbDisk *disk, VbXmlWriter *writer)
{
  vb_xml_writer_begin (writer, "driver");
  vb_xml_writer_attribute (writer, "name", disk->driver_name);
  vb_xml_writer_attribute (writer, "type", disk->format);
  if (disk->cache != VB_DISK_CACHE_DEFAULT)
    vb_xml_writer_attribute (writer, "cache", cache_words[disk->cache]);
  if (disk->error_policy != VB_DISK_ERROR_POLICY_DEFAULT)
    vb_xml_writer_attribute (writer, "error_policy", error_policy_words[disk->error_policy]);
  if (disk->io != VB_DISK_IO_DEFAULT)
    vb_xml_writer_attribute (writer, "io", io_words[disk->io]);
  vb_xml_writer_end (writer);
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbDisk *disk = (const VbDisk *) device;

  vb_xml_writer_attribute (writer, "type", type_words[disk->type]);
  vb_xml_writer_attribute (writer, "device", device_words[disk->device]);
  format_driver (disk, writer);
  vb_xml_writer_begin_optional (writer, "source");
  vb_xml_writer_attribute (writer, source_attributes[disk->type], disk->source);
  vb_xml_writer_end (writer);
  vb_xml_writer_begin (writer, "target");
  vb_xml_writer_attribute (writer, "dev", disk->target);
  vb_xml_writer_attribute (writer, "bus", bus_words[disk->bus]);
  vb_xml_writer_end (writer);
  vb_xml_writer_flag (writer, "readonly", disk->read_only);
  vb_xml_writer_flag (writer, "shareable", disk->shareable);
  vb_xml_writer_element (writer, "serial", disk->serial);
}

static char *
derive_alias (const VbDevice *device)
{
  return g_strdup (((const VbDisk *) device)->target);
}

const VbDeviceClass vb_disk_class = {
  .element = "disk",
  .size = sizeof (VbDisk),
  .is_bootable = TRUE,
  .parse = parse,
  .format = format,
  .strings = { offsetof (VbDisk, source), offsetof (VbDisk, target), offsetof (VbDisk, driver_name),
               offsetof (VbDisk, format), offsetof (VbDisk, serial) },
  .name = offsetof (VbDisk, target),
  .derive_alias = derive_alias,
};
