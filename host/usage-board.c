/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices that a machine cannot run without, or that hold its own secrets, by what they are: bridges,
 * hubs, interrupt controllers, the management engine, a TPM.
 */
#include "host/usage-private.h"

#define TPM_CLASS "/sys/class/tpm"
#define USB_CLASS_HUB 0x09
#define VENDOR_INTEL 0x8086

/* PCI class codes, of PCI Code and ID Assignment Specification 1.11. The first row that fits counts. */
typedef struct
{
  guint32 class_code;
  guint32 mask;
  guint16 vendor_id; /* 0: any */
  VbSafety safety;
  const char *reason;
} BoardRow;

static const BoardRow board_rows[] = {
  { 0x060100, 0xffff00, 0, VB_SAFETY_FORBIDDEN, "it is the bridge to the devices of the board" },
  { 0x060000, 0xff0000, 0, VB_SAFETY_FORBIDDEN, "it is a bridge that other devices are behind" },
  { 0x0c0500, 0xffff00, 0, VB_SAFETY_FORBIDDEN,
    "it is the SMBus that memory modules and sensors of the board are on" },
  { 0x0c8000, 0xffff00, VENDOR_INTEL, VB_SAFETY_WARN,
    "it is a bus that chips of the board may be on" },
  { 0x078000, 0xffff00, VENDOR_INTEL, VB_SAFETY_FORBIDDEN, "it is the management engine" },
  { 0x080000, 0xffff00, 0, VB_SAFETY_FORBIDDEN, "it is an interrupt controller" },
  { 0x080600, 0xffff00, 0, VB_SAFETY_FORBIDDEN, "it is the IOMMU" },
  { 0x080100, 0xffff00, 0, VB_SAFETY_SAFE, NULL }, /* DMA engines */
  { 0x080500, 0xffff00, 0, VB_SAFETY_SAFE, NULL }, /* readers of SD cards */
  { 0x080000, 0xff0000, 0, VB_SAFETY_WARN, "it is a part of the board" },
  { 0x050200, 0xffff00, 0, VB_SAFETY_FORBIDDEN, "it is memory of this machine" },
  { 0x050000, 0xff0000, 0, VB_SAFETY_WARN, "it is a memory controller" },
};

static const char *
judge_pci (const VbHostDevice *device, VbSafety *safety)
{
  for (guint i = 0; i < G_N_ELEMENTS (board_rows); i++)
    {
      const BoardRow *row = &board_rows[i];
      if ((device->pci.class_code & row->mask) == row->class_code &&
          (row->vendor_id == 0 || row->vendor_id == device->vendor_id))
        {
          *safety = row->safety;
          return row->reason;
        }
    }
  return NULL;
}

const char *
vb_host_usage_judge_board (const VbHostDevice *device, VbSafety *safety)
{
  if (device->kind == VB_HOST_DEVICE_PCI)
    return judge_pci (device, safety);
  if (device->usb.device_class != USB_CLASS_HUB)
    return NULL;
  *safety = VB_SAFETY_FORBIDDEN;
  return "it is a hub that other devices are behind";
}

void
vb_host_usage_read_board (VbHostUsage *usage)
{
  g_auto (GStrv) names = vb_sysfs_list (usage->sysfs, TPM_CLASS);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = vb_sysfs_resolve (usage->sysfs, TPM_CLASS, names[i]);
      if (path != NULL)
        vb_host_usage_add (usage, VB_SAFETY_FORBIDDEN, path, "holds the TPM of this machine");
    }
}
