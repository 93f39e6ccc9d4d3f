/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two tables. The codes of PCI are assigned by PCI-SIG ("PCI Code and ID Assignment Specification"),
 * those of USB by USB-IF (usb.org/defined-class-codes).
 */
#include "host/device-class.h"

typedef struct
{
  guint code; /* class and subclass: 0xCCSS */
  const char *name;
} ClassName;

/* A class without regard to the subclass */
static const ClassName pci_classes[] = {
  { 0x0000, "Unclassified device" },
  { 0x0100, "Mass storage controller" },
  { 0x0200, "Network controller" },
  { 0x0300, "Display controller" },
  { 0x0400, "Multimedia controller" },
  { 0x0500, "Memory controller" },
  { 0x0600, "Bridge" },
  { 0x0700, "Communication controller" },
  { 0x0800, "Generic system peripheral" },
  { 0x0900, "Input device controller" },
  { 0x0a00, "Docking station" },
  { 0x0b00, "Processor" },
  { 0x0c00, "Serial bus controller" },
  { 0x0d00, "Wireless controller" },
  { 0x0e00, "Intelligent controller" },
  { 0x0f00, "Satellite communications controller" },
  { 0x1000, "Encryption controller" },
  { 0x1100, "Signal processing controller" },
  { 0x1200, "Processing accelerators" },
  { 0x1300, "Non-Essential Instrumentation" },
  { 0x4000, "Coprocessor" },
};

static const ClassName pci_subclasses[] = {
  { 0x0000, "Non-VGA unclassified device" },
  { 0x0001, "VGA compatible unclassified device" },
  { 0x0005, "Image coprocessor" },
  { 0x0100, "SCSI storage controller" },
  { 0x0101, "IDE interface" },
  { 0x0102, "Floppy disk controller" },
  { 0x0103, "IPI bus controller" },
  { 0x0104, "RAID bus controller" },
  { 0x0105, "ATA controller" },
  { 0x0106, "SATA controller" },
  { 0x0107, "Serial Attached SCSI controller" },
  { 0x0108, "Non-Volatile memory controller" },
  { 0x0109, "Universal Flash Storage controller" },
  { 0x0200, "Ethernet controller" },
  { 0x0201, "Token ring network controller" },
  { 0x0202, "FDDI network controller" },
  { 0x0203, "ATM network controller" },
  { 0x0204, "ISDN controller" },
  { 0x0205, "WorldFip controller" },
  { 0x0206, "PICMG controller" },
  { 0x0207, "Infiniband controller" },
  { 0x0208, "Fabric controller" },
  { 0x0300, "VGA compatible controller" },
  { 0x0301, "XGA compatible controller" },
  { 0x0302, "3D controller" },
  { 0x0400, "Multimedia video controller" },
  { 0x0401, "Multimedia audio controller" },
  { 0x0402, "Computer telephony device" },
  { 0x0403, "Audio device" },
  { 0x0500, "RAM memory" },
  { 0x0501, "FLASH memory" },
  { 0x0502, "CXL" },
  { 0x0600, "Host bridge" },
  { 0x0601, "ISA bridge" },
  { 0x0602, "EISA bridge" },
  { 0x0603, "MicroChannel bridge" },
  { 0x0604, "PCI bridge" },
  { 0x0605, "PCMCIA bridge" },
  { 0x0606, "NuBus bridge" },
  { 0x0607, "CardBus bridge" },
  { 0x0608, "RACEway bridge" },
  { 0x0609, "Semi-transparent PCI-to-PCI bridge" },
  { 0x060a, "InfiniBand to PCI host bridge" },
  { 0x0700, "Serial controller" },
  { 0x0701, "Parallel controller" },
  { 0x0702, "Multiport serial controller" },
  { 0x0703, "Modem" },
  { 0x0704, "GPIB controller" },
  { 0x0705, "Smart Card controller" },
  { 0x0800, "PIC" },
  { 0x0801, "DMA controller" },
  { 0x0802, "Timer" },
  { 0x0803, "RTC" },
  { 0x0804, "PCI Hot-plug controller" },
  { 0x0805, "SD Host controller" },
  { 0x0806, "IOMMU" },
  { 0x0880, "System peripheral" },
  { 0x0899, "Timing Card" },
  { 0x0900, "Keyboard controller" },
  { 0x0901, "Digitizer Pen" },
  { 0x0902, "Mouse controller" },
  { 0x0903, "Scanner controller" },
  { 0x0904, "Gameport controller" },
  { 0x0a00, "Generic Docking Station" },
  { 0x0a80, "Docking Station" },
  { 0x0b00, "386" },
  { 0x0b01, "486" },
  { 0x0b02, "Pentium" },
  { 0x0b10, "Alpha" },
  { 0x0b20, "Power PC" },
  { 0x0b30, "MIPS" },
  { 0x0b40, "Co-processor" },
  { 0x0c00, "FireWire (IEEE 1394)" },
  { 0x0c01, "ACCESS Bus" },
  { 0x0c02, "SSA" },
  { 0x0c03, "USB controller" },
  { 0x0c04, "Fibre Channel" },
  { 0x0c05, "SMBus" },
  { 0x0c06, "InfiniBand" },
  { 0x0c07, "IPMI Interface" },
  { 0x0c08, "SERCOS interface" },
  { 0x0c09, "CANBUS" },
  { 0x0d00, "IRDA controller" },
  { 0x0d01, "Consumer IR controller" },
  { 0x0d10, "RF controller" },
  { 0x0d11, "Bluetooth" },
  { 0x0d12, "Broadband" },
  { 0x0d20, "802.1a controller" },
  { 0x0d21, "802.1b controller" },
  { 0x0e00, "I2O" },
  { 0x0f01, "Satellite TV controller" },
  { 0x0f02, "Satellite audio communication controller" },
  { 0x0f03, "Satellite voice communication controller" },
  { 0x0f04, "Satellite data communication controller" },
  { 0x1000, "Network and computing encryption device" },
  { 0x1010, "Entertainment encryption device" },
  { 0x1100, "DPIO module" },
  { 0x1101, "Performance counters" },
  { 0x1110, "Communication synchronizer" },
  { 0x1120, "Signal processing management" },
  { 0x1201, "SNIA Smart Data Accelerator Interface (SDXI) controller" },
};

static const ClassName usb_classes[] = {
  { 0x01, "Audio" },
  { 0x02, "Communications" },
  { 0x03, "Human Interface Device" },
  { 0x05, "Physical Interface Device" },
  { 0x06, "Imaging" },
  { 0x07, "Printer" },
  { 0x08, "Mass Storage" },
  { 0x09, "Hub" },
  { 0x0a, "CDC Data" },
  { 0x0b, "Chip/SmartCard" },
  { 0x0d, "Content Security" },
  { 0x0e, "Video" },
  { 0x0f, "Personal Healthcare" },
  { 0x10, "Audio/Video" },
  { 0x11, "Billboard" },
  { 0x12, "Type-C Bridge" },
  { 0xdc, "Diagnostic" },
  { 0xe0, "Wireless" },
  { 0xef, "Miscellaneous Device" },
  { 0xfe, "Application Specific Interface" },
  { 0xff, "Vendor Specific Class" },
};

/* (nullable) */
static const char *
find_name (const ClassName *names, gsize n_names, guint code)
{
  for (gsize i = 0; i < n_names; i++)
    if (names[i].code == code)
      return names[i].name;
  return NULL;
}

const char *
vb_pci_class_get_name (guint32 code)
{
  const char *name = find_name (pci_subclasses, G_N_ELEMENTS (pci_subclasses), code >> 8);

  if (name == NULL)
    name = find_name (pci_classes, G_N_ELEMENTS (pci_classes), (code >> 8) & 0xff00);
  return name != NULL ? name : "PCI device";
}

const char *
vb_usb_class_get_name (guint8 code)
{
  const char *name = find_name (usb_classes, G_N_ELEMENTS (usb_classes), code);

  return name != NULL ? name : "Unknown class";
}
