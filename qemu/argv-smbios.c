/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <smbios>: what the guest reads of the machine's maker and model, out of <sysinfo> or out of the
 * host. The UUID is the domain's in any case.
 */
#include "qemu/argv-parts.h"

/* QEMU's words for the entries of each block, which is a table of that type in SMBIOS. */
static const char *const bios_keys[] = {
  [VB_SYSINFO_BIOS_VENDOR] = "vendor",
  [VB_SYSINFO_BIOS_VERSION] = "version",
  [VB_SYSINFO_BIOS_DATE] = "date",
  [VB_SYSINFO_BIOS_RELEASE] = "release",
};
static const char *const system_keys[] = {
  [VB_SYSINFO_SYSTEM_MANUFACTURER] = "manufacturer",
  [VB_SYSINFO_SYSTEM_PRODUCT] = "product",
  [VB_SYSINFO_SYSTEM_VERSION] = "version",
  [VB_SYSINFO_SYSTEM_SERIAL] = "serial",
  [VB_SYSINFO_SYSTEM_UUID] = "uuid",
  [VB_SYSINFO_SYSTEM_SKU] = "sku",
  [VB_SYSINFO_SYSTEM_FAMILY] = "family",
};

static const struct
{
  const char *const *keys;
  guint n_keys;
} blocks[VB_N_SYSINFO_BLOCKS] = {
  [VB_SYSINFO_BIOS] = { bios_keys, G_N_ELEMENTS (bios_keys) },
  [VB_SYSINFO_SYSTEM] = { system_keys, G_N_ELEMENTS (system_keys) },
};

static void
add_block (VbArgv *argv, const VbSysinfo *sysinfo, VbSysinfoBlock block)
{
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < blocks[block].n_keys; i++)
    {
      const char *value = vb_sysinfo_get (sysinfo, block, (int) i);
      g_autofree char *escaped = value != NULL ? vb_argv_escape (value) : NULL;
      if (value != NULL)
        g_string_append_printf (words, ",%s=%s", blocks[block].keys[i], escaped);
    }
  if (words->len > 0)
    vb_argv_add_format (argv, "-smbios", "type=%d%s", (int) block, words->str);
}

void
vb_argv_add_smbios (VbArgv *argv, const VbSysinfo *host)
{
  const VbSysinfo *const sources[] = {
    [VB_SMBIOS_HOST] = host,
    [VB_SMBIOS_SYSINFO] = &argv->domain->sysinfo,
  };
  const VbSysinfo *sysinfo =
      argv->domain->os.smbios < G_N_ELEMENTS (sources) ? sources[argv->domain->os.smbios] : NULL;
  for (int block = 0; sysinfo != NULL && block < VB_N_SYSINFO_BLOCKS; block++)
    add_block (argv, sysinfo, (VbSysinfoBlock) block);
}
