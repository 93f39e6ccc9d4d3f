/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host as guests see it. Its UUID is not among it: a guest has its own.
 */
#include "engine/host-view.h"

static const struct
{
  VbDmi word;
  VbSysinfoBlock block;
  int name;
} entries[] = {
  { VB_DMI_BIOS_VENDOR, VB_SYSINFO_BIOS, VB_SYSINFO_BIOS_VENDOR },
  { VB_DMI_BIOS_VERSION, VB_SYSINFO_BIOS, VB_SYSINFO_BIOS_VERSION },
  { VB_DMI_BIOS_DATE, VB_SYSINFO_BIOS, VB_SYSINFO_BIOS_DATE },
  { VB_DMI_BIOS_RELEASE, VB_SYSINFO_BIOS, VB_SYSINFO_BIOS_RELEASE },
  { VB_DMI_SYSTEM_VENDOR, VB_SYSINFO_SYSTEM, VB_SYSINFO_SYSTEM_MANUFACTURER },
  { VB_DMI_PRODUCT_NAME, VB_SYSINFO_SYSTEM, VB_SYSINFO_SYSTEM_PRODUCT },
  { VB_DMI_PRODUCT_VERSION, VB_SYSINFO_SYSTEM, VB_SYSINFO_SYSTEM_VERSION },
  { VB_DMI_PRODUCT_SERIAL, VB_SYSINFO_SYSTEM, VB_SYSINFO_SYSTEM_SERIAL },
  { VB_DMI_PRODUCT_SKU, VB_SYSINFO_SYSTEM, VB_SYSINFO_SYSTEM_SKU },
  { VB_DMI_PRODUCT_FAMILY, VB_SYSINFO_SYSTEM, VB_SYSINFO_SYSTEM_FAMILY },
};

VbQemuHost *
vb_host_view_new (const VbHostFacts *facts)
{
  VbQemuHost *host =
      vb_qemu_host_new (facts->cpu_vendor, (const char *const *) facts->cpu_features);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (*facts->dmi[entries[i].word] != '\0')
      vb_sysinfo_add (&host->sysinfo, entries[i].block, entries[i].name,
                      facts->dmi[entries[i].word]);
  return host;
}
