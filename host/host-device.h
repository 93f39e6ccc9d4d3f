/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One PCI or USB device of this machine at one moment: an immutable value, which threads may share.
 * Texts are never %NULL: "" where there is nothing to tell. What comes from the hardware has been
 * made UTF-8 without control characters, of bounded length.
 */
#pragma once

#include <glib.h>

typedef enum
{
  VB_HOST_DEVICE_PCI,
  VB_HOST_DEVICE_USB,
} VbHostDeviceKind;

typedef enum
{
  VB_SAFETY_SAFE,      /* the host does not use it */
  VB_SAFETY_WARN,      /* the host would lose something it can do without */
  VB_SAFETY_FORBIDDEN, /* the host, or the user's way to it, depends on it */
} VbSafety;

typedef struct
{
  char *address;      /* (owned) "0000:00:1f.2" */
  guint32 class_code; /* 0xCCSSPP: class, subclass, programming interface */
  char *class_name;   /* (owned) "Ethernet controller" */
  gint iommu_group;   /* -1: none */
  char **group;    /* (owned) ids of all members of the group, itself included; empty: no group */
  gboolean viable; /* the group can be given to a guest: every other member is bound to vfio-pci,
                        to no driver, or is a bridge */
  char **blockers; /* (owned) ids of those members that are not so */
  char **reset_methods; /* (owned) as the kernel names them, in its order: "flr", "bus" */
  gboolean boot_vga;
  char *physical_function;  /* (owned) id; "": it is no virtual function */
  char **virtual_functions; /* (owned) ids */
} VbPciDevice;

typedef struct
{
  guint bus_number;
  guint device_number;
  char *port; /* (owned) socket that it is plugged into, "1-2.3"; "": a root hub, in none */
  char *serial_number;      /* (owned) */
  guint8 device_class;      /* 0: each interface has one of its own */
  char **interface_classes; /* (owned) "Human Interface Device", sorted, each once */
} VbUsbDevice;

typedef struct
{
  gatomicrefcount ref_count;
  VbHostDeviceKind kind;
  char *id;     /* (owned) last element of its path on the bus: "pci_0000_00_1f_2", "usb_001_004" */
  char *name;   /* (owned) for people: "Intel Corporation 82574L Gigabit Network Connection" */
  char *vendor; /* (owned) */
  char *product; /* (owned) */
  guint16 vendor_id;
  guint16 product_id;
  char *sysfs_path; /* (owned) "/sys/devices/pci0000:00/0000:00:1f.2", without a test's root */
  char *driver;     /* (owned) of a USB device those of its interfaces: "usbhid, snd-usb-audio" */
  VbSafety safety;
  char **safety_reasons; /* (owned) in words; empty where it is safe */
  union
  {
    VbPciDevice pci;
    VbUsbDevice usb;
  };
} VbHostDevice;

/* All texts empty, no group; to be filled before it is shared */
VbHostDevice *vb_host_device_new (VbHostDeviceKind kind);
/* For who wants a change: to be made before the copy is shared */
VbHostDevice *vb_host_device_copy (const VbHostDevice *device);
VbHostDevice *vb_host_device_ref (VbHostDevice *device);
void vb_host_device_unref (VbHostDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbHostDevice, vb_host_device_unref)
gboolean vb_host_device_equal (const VbHostDevice *a, const VbHostDevice *b);
/* Replaces what is in a field. @text: (transfer full) */
void vb_host_device_take_text (char **field, char *text);
/* @list: (transfer full) */
void vb_host_device_take_list (char ***field, char **list);
/* Sets the name, from vendor and product; of a product without a name it is @what it is and its ids */
void vb_host_device_set_name (VbHostDevice *device, const char *what);
/* "safe", "warn", "forbidden" */
const char *vb_safety_to_string (VbSafety safety);
/* "pci", "usb" */
const char *vb_host_device_kind_to_string (VbHostDeviceKind kind);
