/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One row per kind of device: what generic code needs to know of it. Private to the room.
 */
#pragma once

#include "domain/address-xml.h"
#include "domain/device.h"
#include "domain/xml-reader.h"
#include "domain/xml-writer.h"

typedef struct
{
  const char *element; /* its name in XML and in object paths */
  gsize size;          /* of its struct */
  gboolean is_bootable;
  /* Reads all but what every device has. %FALSE, without a finding: of a type that is not handled,
   * so that the device is to be kept whole. */
  gboolean (*parse) (VbXmlReader *reader, xmlNode *element, VbDevice *device);
  void (*format) (const VbDevice *device, VbXmlWriter *writer);
  /* (nullable): the type of address that the device has; %NULL: none ever */
  VbAddressType (*get_address_type) (const VbDevice *device);
  /* (nullable): makes @copy's own what is owned beyond the strings, and frees it */
  void (*copy_rest) (VbDevice *copy, const VbDevice *device);
  void (*clear_rest) (VbDevice *device);
  /* Offsets of the owned strings; 0 ends the list. */
  guint16 strings[12];
  guint16 secret; /* the offset of an owned VbSecret; 0: none */
  guint16 name;   /* the offset of the one that names the device, instead of the alias; 0: none */
  /* (nullable): the alias that follows from what the device is (transfer full) */
  char *(*derive_alias) (const VbDevice *device);
} VbDeviceClass;

extern const VbDeviceClass vb_disk_class;
extern const VbDeviceClass vb_controller_class;
extern const VbDeviceClass vb_interface_class;
extern const VbDeviceClass vb_smartcard_class;
extern const VbDeviceClass vb_serial_class;
extern const VbDeviceClass vb_parallel_class;
extern const VbDeviceClass vb_console_class;
extern const VbDeviceClass vb_channel_class;
extern const VbDeviceClass vb_input_class;
extern const VbDeviceClass vb_graphics_class;
extern const VbDeviceClass vb_sound_class;
extern const VbDeviceClass vb_video_class;
extern const VbDeviceClass vb_hostdev_class;
extern const VbDeviceClass vb_watchdog_class;
extern const VbDeviceClass vb_memballoon_class;

/* The kind that an element's name means; -1 for none. */
int vb_device_kind_from_element (const xmlNode *element);
/* (transfer full) (nullable): %NULL where the device is of a type that is not handled; findings go
 * to @reader */
VbDevice *vb_device_parse (VbXmlReader *reader, xmlNode *element, VbDeviceKind kind);
/* As get_address_type(), for what is always on PCI. */
VbAddressType vb_device_is_on_pci (const VbDevice *device);
/* The order of a device's <boot>, 0 for none; without findings */
guint vb_device_peek_boot_order (xmlNode *element);
void vb_device_write (const VbDevice *device, VbXmlWriter *writer);
/* (transfer full) (nullable): the alias that follows from what the device is; %NULL for the kinds
 * whose aliases are given in turn */
char *vb_device_derive_alias (const VbDevice *device);
/* The name in an object path that a device of @kind has by @alias (transfer none) */
const char *vb_device_name_from_alias (VbDeviceKind kind, const char *alias);
