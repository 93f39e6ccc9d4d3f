/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading the facts about this machine. Every path is below one root folder, so that a test can
 * show a machine of its own.
 */
#include "host/host-facts.h"

#include "host/cpu-info.h"
#include "host/kvm.h"
#include "host/xen.h"

#include <sys/utsname.h>

/* (transfer full): the file's text, "" where it cannot be read */
static char *
read_text (const char *root, const char *path)
{
  g_autofree char *full = g_build_filename (root, path, NULL);
  char *text = NULL;
  if (!g_file_get_contents (full, &text, NULL, NULL))
    return g_strdup ("");
  return text;
}

/* A word that the kernel tells in a file, and in uname() where it has no such file. */
static char *
read_word (const char *root, const char *path, const char *fallback)
{
  g_autofree char *word = g_strstrip (read_text (root, path));
  return *word != '\0' ? g_steal_pointer (&word) : g_strdup (fallback);
}

static const char *const dmi_files[VB_N_DMI] = {
  [VB_DMI_BIOS_VENDOR] = "bios_vendor",
  [VB_DMI_BIOS_VERSION] = "bios_version",
  [VB_DMI_BIOS_DATE] = "bios_date",
  [VB_DMI_BIOS_RELEASE] = "bios_release",
  [VB_DMI_SYSTEM_VENDOR] = "sys_vendor",
  [VB_DMI_PRODUCT_NAME] = "product_name",
  [VB_DMI_PRODUCT_VERSION] = "product_version",
  [VB_DMI_PRODUCT_SERIAL] = "product_serial",
  [VB_DMI_PRODUCT_SKU] = "product_sku",
  [VB_DMI_PRODUCT_FAMILY] = "product_family",
};

/* Firmware may say anything: what a guest is told is one printable line. */
static char *
read_dmi (const char *root, VbDmi word)
{
  g_autofree char *path = g_build_filename ("sys/class/dmi/id", dmi_files[word], NULL);
  char *text = g_strstrip (read_text (root, path));
  for (char *c = text; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      *c = '?';
  return text;
}

static guint64
read_memory_kib (const char *root)
{
  g_autofree char *text = read_text (root, "proc/meminfo");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "MemTotal:"))
      return g_ascii_strtoull (lines[i] + strlen ("MemTotal:"), NULL, 10);
  return 0;
}

static gboolean
has_entries (const char *root, const char *path)
{
  g_autofree char *full = g_build_filename (root, path, NULL);
  g_autoptr (GDir) dir = g_dir_open (full, 0, NULL);
  return dir != NULL && g_dir_read_name (dir) != NULL;
}

VbHostFacts *
vb_host_facts_read (const char *root)
{
  g_autoptr (VbHostFacts) facts = g_new0 (VbHostFacts, 1);
  g_autofree char *cpu_text = NULL;
  g_autofree char *kvm_path = NULL;
  struct utsname system;

  if (root == NULL)
    root = "/";
  uname (&system);
  cpu_text = read_text (root, "proc/cpuinfo");
  kvm_path = g_build_filename (root, "dev/kvm", NULL);

  facts->host_name = read_word (root, "proc/sys/kernel/hostname", system.nodename);
  facts->architecture = read_word (root, "proc/sys/kernel/arch", system.machine);
  for (int word = 0; word < VB_N_DMI; word++)
    facts->dmi[word] = read_dmi (root, (VbDmi) word);
  vb_cpu_info_parse (cpu_text, facts);
  facts->memory_kib = read_memory_kib (root);
  facts->kvm_usable =
      vb_kvm_probe (kvm_path, (const char *const *) facts->cpu_features, &facts->kvm_reason);
  facts->iommu_enabled = has_entries (root, "sys/kernel/iommu_groups");
  vb_xen_read (root, facts);
  return g_steal_pointer (&facts);
}

void
vb_host_facts_free (VbHostFacts *facts)
{
  for (int word = 0; word < VB_N_DMI; word++)
    g_free (facts->dmi[word]);
  g_free (facts->host_name);
  g_free (facts->architecture);
  g_free (facts->cpu_model);
  g_free (facts->cpu_vendor);
  g_strfreev (facts->cpu_features);
  g_free (facts->kvm_reason);
  g_free (facts->xen_capabilities);
  g_free (facts->xen_emulator);
  g_free (facts->xen_loader);
  g_free (facts);
}

gboolean
vb_host_facts_equal (const VbHostFacts *a, const VbHostFacts *b)
{
  return g_str_equal (a->host_name, b->host_name) &&
         g_str_equal (a->architecture, b->architecture) &&
         g_str_equal (a->cpu_model, b->cpu_model) && g_str_equal (a->cpu_vendor, b->cpu_vendor) &&
         g_strv_equal ((const char *const *) a->cpu_features,
                       (const char *const *) b->cpu_features) &&
         a->cpu_sockets == b->cpu_sockets && a->cpu_cores == b->cpu_cores &&
         a->cpu_threads == b->cpu_threads && a->memory_kib == b->memory_kib &&
         a->kvm_usable == b->kvm_usable && g_str_equal (a->kvm_reason, b->kvm_reason) &&
         a->iommu_enabled == b->iommu_enabled &&
         g_strcmp0 (a->xen_capabilities, b->xen_capabilities) == 0 &&
         g_strcmp0 (a->xen_emulator, b->xen_emulator) == 0 &&
         g_strcmp0 (a->xen_loader, b->xen_loader) == 0;
}
