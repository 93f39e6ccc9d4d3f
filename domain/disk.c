/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <disk> element: format, bus, target and what else is said of a disk beside its medium. Whether
 * two disks collide is not decided here.
 */
#include "domain/disk.h"

#include <stddef.h>
#include <string.h>

#include "domain/device-class.h"
#include "domain/disk-source.h"
#include "domain/disk-target.h"
#include "domain/domain-parts.h"
#include "domain/uuid.h"

#define MAX_TOKEN_LENGTH 64

static const char *const device_words[] = { "disk", "cdrom", "floppy", NULL };
static const char *const bus_words[] = { "ide", "fdc",  "scsi", "virtio", "xen",
                                         "usb", "sata", "uml",  NULL };
/* A bus of one kind of domain alone is not among those that a message recommends. */
static const char *const usual_bus_words[] = { "ide", "fdc", "scsi", "virtio",
                                               "xen", "usb", "sata", NULL };
static const char *const cache_words[] = { "default", "none", "writethrough", "writeback", NULL };
static const char *const error_policy_words[] = { "default", "stop", "ignore", "enospace", NULL };
static const char *const io_words[] = { "default", "threads", "native", NULL };
static const char *const encryption_words[] = { "none", "default", "qcow", "luks", NULL };
static const char *const secret_words[] = { "passphrase", NULL };

const VbEnumTable vb_disk_device_table = { device_words, "disk device" };
const VbEnumTable vb_disk_bus_table = { bus_words, "disk bus" };
const VbEnumTable vb_disk_cache_table = { cache_words, "cache mode" };
const VbEnumTable vb_disk_error_policy_table = { error_policy_words, "error policy" };
const VbEnumTable vb_disk_io_table = { io_words, "way of input and output" };
const VbEnumTable vb_disk_encryption_table = { encryption_words, "encryption format" };
static const VbEnumTable usual_bus_table = { usual_bus_words, "disk bus" };
static const VbEnumTable secret_table = { secret_words, "type of secret" };

static void
parse_driver (VbXmlReader *reader, xmlNode *element, VbDisk *disk)
{
  xmlNode *driver = vb_xml_reader_child (reader, element, "driver");
  int value;

  disk->driver_name = vb_xml_reader_token (reader, driver, "name", "_-", MAX_TOKEN_LENGTH);
  disk->format = vb_xml_reader_token (reader, driver, "type", "_-", MAX_TOKEN_LENGTH);
  if (disk->format == NULL)
    disk->format = g_strdup (disk->type == VB_DISK_TYPE_DIR ? "fat" : "raw");
  value = vb_xml_reader_enum (reader, driver, "cache", &vb_disk_cache_table, 0, 0);
  disk->cache = value > 0 ? (VbDiskCache) value : VB_DISK_CACHE_DEFAULT;
  value = vb_xml_reader_enum (reader, driver, "error_policy", &vb_disk_error_policy_table, 0, 0);
  disk->error_policy = value > 0 ? (VbDiskErrorPolicy) value : VB_DISK_ERROR_POLICY_DEFAULT;
  value = vb_xml_reader_enum (reader, driver, "io", &vb_disk_io_table, 1, 0);
  disk->io = value > 0 ? (VbDiskIo) value : VB_DISK_IO_DEFAULT;
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
  if (partition[0] != '\0' && vb_domain_type_is_qemu (reader->domain_type))
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

static int
parse_bus (VbXmlReader *reader, xmlNode *target, int suggested)
{
  g_autofree char *word = target != NULL ? vb_xml_reader_peek_attribute (target, "bus") : NULL;
  gboolean is_usual = g_strcmp0 (word, bus_words[VB_DISK_BUS_UML]) != 0;

  return vb_xml_reader_enum (reader, target, "bus",
                             is_usual ? &usual_bus_table : &vb_disk_bus_table, 0, suggested);
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
  bus = parse_bus (reader, target, suggested);
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

static VbAddressType
get_address_type (const VbDevice *device)
{
  switch (((const VbDisk *) device)->bus)
    {
    case VB_DISK_BUS_IDE:
    case VB_DISK_BUS_FDC:
    case VB_DISK_BUS_SCSI:
    case VB_DISK_BUS_SATA:
      return VB_ADDRESS_DRIVE;
    case VB_DISK_BUS_VIRTIO:
      return VB_ADDRESS_PCI;
    case VB_DISK_BUS_USB:
      return VB_ADDRESS_USB;
    case VB_DISK_BUS_XEN:
    case VB_DISK_BUS_UML:
      break;
    }
  return VB_ADDRESS_NONE;
}

static void
parse_disk_address (VbXmlReader *reader, xmlNode *element, VbDisk *disk)
{
  g_autofree char *owner =
      g_strdup_printf ("a disk on bus \"%s\"", vb_enum_to_string (&vb_disk_bus_table, disk->bus));

  vb_address_parse (reader, element, get_address_type (&disk->base), owner, &disk->base.address);
}

static void
parse_secret (VbXmlReader *reader, xmlNode *encryption, VbDisk *disk)
{
  xmlNode *secret = vb_xml_reader_required_child (reader, encryption, "secret");
  g_autofree char *uuid = NULL;

  if (secret == NULL)
    return;
  vb_xml_reader_enum (reader, secret, "type", &secret_table, 0, VB_XML_REQUIRED);
  uuid = vb_xml_reader_required_attribute (reader, secret, "uuid");
  if (uuid == NULL)
    return;
  disk->secret_uuid = vb_uuid_normalize (uuid);
  if (disk->secret_uuid == NULL)
    vb_xml_reader_error (reader, secret, "uuid",
                         "\"%s\" is not a UUID: 32 hexadecimal digits, with dashes or without",
                         uuid);
}

/* The format's page calls the attribute `type`, everything else `format`. */
static void
parse_encryption (VbXmlReader *reader, xmlNode *element, VbDisk *disk)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "encryption");
  g_autofree char *format = NULL;
  g_autofree char *type = NULL;
  int value;

  if (child == NULL)
    return;
  format = vb_xml_reader_peek_attribute (child, "format");
  type = vb_xml_reader_peek_attribute (child, "type");
  value =
      vb_xml_reader_enum (reader, child, format == NULL && type != NULL ? "type" : "format",
                          &vb_disk_encryption_table, VB_DISK_ENCRYPTION_DEFAULT, VB_XML_REQUIRED);
  disk->encryption = value > 0 ? (VbDiskEncryption) value : VB_DISK_ENCRYPTION_DEFAULT;
  parse_secret (reader, child, disk);
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbDisk *disk = (VbDisk *) device;
  int type = vb_disk_type_parse (reader, element);
  int kind;

  disk->type = type > 0 ? (VbDiskType) type : VB_DISK_TYPE_FILE;
  kind = vb_xml_reader_enum (reader, element, "device", &vb_disk_device_table, 0, 0);
  disk->device = kind > 0 ? (VbDiskDevice) kind : VB_DISK_DEVICE_DISK;
  parse_driver (reader, element, disk);
  if (type >= 0 && kind >= 0)
    vb_disk_source_parse (reader, element, disk);
  parse_target (reader, element, disk);
  disk->read_only = vb_xml_reader_child (reader, element, "readonly") != NULL ||
                    disk->device == VB_DISK_DEVICE_CDROM;
  disk->shareable = vb_xml_reader_child (reader, element, "shareable") != NULL;
  parse_serial (reader, element, disk);
  parse_encryption (reader, element, disk);
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
format_encryption (const VbDisk *disk, VbXmlWriter *writer)
{
  if (disk->encryption == VB_DISK_ENCRYPTION_NONE)
    return;
  vb_xml_writer_begin (writer, "encryption");
  vb_xml_writer_attribute (writer, "format", encryption_words[disk->encryption]);
  vb_xml_writer_begin (writer, "secret");
  vb_xml_writer_attribute (writer, "type", secret_words[0]);
  vb_xml_writer_attribute (writer, "uuid", disk->secret_uuid);
  vb_xml_writer_end (writer);
  vb_xml_writer_end (writer);
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbDisk *disk = (const VbDisk *) device;

  vb_xml_writer_attribute (writer, "type", vb_enum_to_string (&vb_disk_type_table, disk->type));
  vb_xml_writer_attribute (writer, "device", device_words[disk->device]);
  format_driver (disk, writer);
  vb_disk_source_format (disk, writer);
  vb_xml_writer_begin (writer, "target");
  vb_xml_writer_attribute (writer, "dev", disk->target);
  vb_xml_writer_attribute (writer, "bus", bus_words[disk->bus]);
  vb_xml_writer_end (writer);
  vb_xml_writer_flag (writer, "readonly", disk->read_only);
  vb_xml_writer_flag (writer, "shareable", disk->shareable);
  vb_xml_writer_element (writer, "serial", disk->serial);
  format_encryption (disk, writer);
}

static void
copy_rest (VbDevice *copy, const VbDevice *device)
{
  ((VbDisk *) copy)->hosts = vb_disk_hosts_copy (((const VbDisk *) device)->hosts);
}

static void
clear_rest (VbDevice *device)
{
  g_clear_pointer (&((VbDisk *) device)->hosts, g_ptr_array_unref);
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
  .get_address_type = get_address_type,
  .copy_rest = copy_rest,
  .clear_rest = clear_rest,
  .strings = { offsetof (VbDisk, source), offsetof (VbDisk, image), offsetof (VbDisk, target),
               offsetof (VbDisk, driver_name), offsetof (VbDisk, format), offsetof (VbDisk, serial),
               offsetof (VbDisk, secret_uuid) },
  .name = offsetof (VbDisk, target),
  .derive_alias = derive_alias,
};
