/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The facts about a machine that a test shows in a folder, and about this one.
 */
#include "host/host.h"

#include <unistd.h>

#include <glib/gstdio.h>

typedef struct
{
  char *root; /* (owned) */
} Fixture;

static const char x86_cpuinfo[] = "processor\t: 0\n"
                                  "vendor_id\t: GenuineIntel\n"
                                  "model name\t: Example CPU @ 2.40GHz\n"
                                  "physical id\t: 0\n"
                                  "siblings\t: 4\n"
                                  "cpu cores\t: 2\n"
                                  "flags\t\t: vmx fpu sse2 fpu\n"
                                  "\n"
                                  "processor\t: 1\n"
                                  "vendor_id\t: GenuineIntel\n"
                                  "model name\t: Example CPU @ 2.40GHz\n"
                                  "physical id\t: 1\n"
                                  "siblings\t: 4\n"
                                  "cpu cores\t: 2\n"
                                  "flags\t\t: vmx fpu sse2\n";

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  fixture->root = g_dir_make_tmp ("virtbus-host-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_tree (fixture->root);
  g_free (fixture->root);
}

static void
put (Fixture *fixture, const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *full = g_build_filename (fixture->root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (full, text, -1, &error);
  g_assert_no_error (error);
}

static void
test_facts (Fixture *fixture, gconstpointer data)
{
  static const char *const features[] = { "fpu", "sse2", "vmx", NULL };
  g_autoptr (VbHost) host = NULL;
  const VbHostFacts *facts;

  put (fixture, "proc/cpuinfo", x86_cpuinfo);
  put (fixture, "proc/meminfo", "MemFree: 1 kB\nMemTotal:       16384256 kB\n");
  put (fixture, "proc/sys/kernel/hostname", "attic\n");
  put (fixture, "proc/sys/kernel/arch", "x86_64\n");
  put (fixture, "sys/kernel/iommu_groups/0/type", "DMA\n");
  host = vb_host_new (fixture->root);
  facts = vb_host_get_facts (host);

  g_assert_cmpstr (facts->host_name, ==, "attic");
  g_assert_cmpstr (facts->architecture, ==, "x86_64");
  g_assert_cmpstr (facts->cpu_model, ==, "Example CPU @ 2.40GHz");
  g_assert_cmpstr (facts->cpu_vendor, ==, "GenuineIntel");
  g_assert_true (g_strv_equal ((const char *const *) facts->cpu_features, features));
  g_assert_cmpuint (facts->cpu_sockets, ==, 2);
  g_assert_cmpuint (facts->cpu_cores, ==, 2);
  g_assert_cmpuint (facts->cpu_threads, ==, 2);
  g_assert_cmpuint (facts->memory_kib, ==, 16384256);
  g_assert_true (facts->iommu_enabled);
}

static void
test_without_topology (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbHost) host = NULL;
  const VbHostFacts *facts;

  put (fixture, "proc/cpuinfo",
       "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n\n"
       "processor\t: 1\nFeatures\t: fp asimd\n\nprocessor\t: 2\n");
  host = vb_host_new (fixture->root);
  facts = vb_host_get_facts (host);
  g_assert_cmpuint (facts->cpu_sockets, ==, 1);
  g_assert_cmpuint (facts->cpu_cores, ==, 3);
  g_assert_cmpuint (facts->cpu_threads, ==, 1);
  g_assert_cmpstr (facts->cpu_vendor, ==, "0x41");
  g_assert_cmpuint (g_strv_length (facts->cpu_features), ==, 2);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbHost) host = vb_host_new (fixture->root);
  const VbHostFacts *facts = vb_host_get_facts (host);
  g_assert_cmpstr (facts->host_name, !=, "");
  g_assert_cmpstr (facts->architecture, !=, "");
  g_assert_cmpstr (facts->cpu_model, ==, "");
  g_assert_cmpuint (facts->cpu_sockets, ==, 1);
  g_assert_cmpuint (facts->memory_kib, ==, 0);
  g_assert_false (facts->iommu_enabled);
}

typedef struct
{
  const char *name;
  const char *flags;
  const char *node; /* (nullable): content of dev/kvm */
  const char *reason;
} KvmCase;

static const KvmCase kvm_cases[] = {
  { "/host/kvm/no-module-intel", "vmx", NULL, "*load the module kvm_intel" },
  { "/host/kvm/no-module-amd", "svm", NULL, "*load the module kvm_amd" },
  { "/host/kvm/no-virtualization", "fpu", NULL, "*enable it in the firmware*" },
  { "/host/kvm/other-device", "vmx", "", "*is not the device of KVM" },
};

static void
test_kvm_reason (Fixture *fixture, gconstpointer data)
{
  const KvmCase *test = data;
  g_autofree char *cpuinfo = g_strdup_printf ("processor: 0\nflags: %s\n", test->flags);
  g_autoptr (VbHost) host = NULL;
  const VbHostFacts *facts;

  put (fixture, "proc/cpuinfo", cpuinfo);
  if (test->node != NULL)
    put (fixture, "dev/kvm", test->node);
  host = vb_host_new (fixture->root);
  facts = vb_host_get_facts (host);
  g_assert_false (facts->kvm_usable);
  if (!g_pattern_match_simple (test->reason, facts->kvm_reason))
    g_error ("unexpected reason: %s", facts->kvm_reason);
}

/* What may not be opened cannot be shown to root, who may open everything; a link to itself fails in
 * another way for everybody. */
static void
test_kvm_cannot_open (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbHost) host = NULL;
  g_autofree char *node = g_build_filename (fixture->root, "dev", "kvm", NULL);
  put (fixture, "dev/null", "");
  g_assert_cmpint (symlink ("kvm", node), ==, 0);
  host = vb_host_new (fixture->root);
  g_assert_false (vb_host_get_facts (host)->kvm_usable);
  g_assert_true (g_str_has_prefix (vb_host_get_facts (host)->kvm_reason, "cannot open "));
}

typedef struct
{
  const char *name;
  const char *type;         /* (nullable): content of sys/hypervisor/type */
  const char *uuid;         /* (nullable) */
  const char *capabilities; /* (nullable) */
  const char *expected;     /* (nullable) */
} XenCase;

#define NO_UUID "00000000-0000-0000-0000-000000000000\n"

static const XenCase xen_cases[] = {
  { "/host/xen/none", NULL, NULL, NULL, NULL },
  { "/host/xen/control-domain", "xen\n", NO_UUID, "xen-3.0-x86_64 hvm-3.0-x86_64 \n",
    "xen-3.0-x86_64 hvm-3.0-x86_64" },
  { "/host/xen/without-uuid", "xen\n", NULL, "xen-3.0-x86_32p", "xen-3.0-x86_32p" },
  { "/host/xen/guest", "xen\n", "d0a1b2c3-0000-0000-0000-000000000001\n", "xen-3.0-x86_64", NULL },
  { "/host/xen/other-hypervisor", "other\n", NO_UUID, "xen-3.0-x86_64", NULL },
  { "/host/xen/no-capabilities", "xen\n", NO_UUID, NULL, NULL },
  { "/host/xen/no-text", "xen\n", NO_UUID, "xen-3.0-\377", NULL },
};

static void
test_xen (Fixture *fixture, gconstpointer data)
{
  const XenCase *test = data;
  g_autoptr (VbHost) host = NULL;
  const VbHostFacts *facts;

  if (test->type != NULL)
    put (fixture, "sys/hypervisor/type", test->type);
  if (test->uuid != NULL)
    put (fixture, "sys/hypervisor/uuid", test->uuid);
  if (test->capabilities != NULL)
    put (fixture, "sys/hypervisor/properties/capabilities", test->capabilities);
  put (fixture, "usr/lib/xen/bin/qemu-dm", "");
  put (fixture, "usr/lib/xen-4.14/boot/hvmloader", "");
  put (fixture, "usr/lib/xen-4.17/boot/hvmloader", "");
  host = vb_host_new (fixture->root);
  facts = vb_host_get_facts (host);
  g_assert_cmpstr (facts->xen_capabilities, ==, test->expected);
  g_assert_cmpstr (facts->xen_emulator, ==,
                   test->expected != NULL ? "/usr/lib/xen/bin/qemu-dm" : NULL);
  g_assert_cmpstr (facts->xen_loader, ==,
                   test->expected != NULL ? "/usr/lib/xen-4.17/boot/hvmloader" : NULL);
}

/* A text without end is not the hypervisor's. */
static void
test_xen_long (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autoptr (VbHost) host = NULL;

  put (fixture, "sys/hypervisor/type", "xen");
  put (fixture, "sys/hypervisor/properties/capabilities", text);
  host = vb_host_new (fixture->root);
  g_assert_null (vb_host_get_facts (host)->xen_capabilities);
}

static void
test_this_machine (void)
{
  g_autoptr (VbHost) host = vb_host_new (NULL);
  const VbHostFacts *facts = vb_host_get_facts (host);
  g_assert_cmpstr (facts->host_name, ==, g_get_host_name ());
  g_assert_cmpuint (facts->memory_kib, >, 0);
  g_assert_cmpuint (facts->cpu_sockets * facts->cpu_cores * facts->cpu_threads, >, 0);
  g_assert_true (facts->kvm_usable == (*facts->kvm_reason == '\0'));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/host/facts", Fixture, NULL, set_up, test_facts, tear_down);
  g_test_add ("/host/without-topology", Fixture, NULL, set_up, test_without_topology, tear_down);
  g_test_add ("/host/empty", Fixture, NULL, set_up, test_empty, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (kvm_cases); i++)
    g_test_add (kvm_cases[i].name, Fixture, &kvm_cases[i], set_up, test_kvm_reason, tear_down);
  g_test_add ("/host/kvm/cannot-open", Fixture, NULL, set_up, test_kvm_cannot_open, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (xen_cases); i++)
    g_test_add (xen_cases[i].name, Fixture, &xen_cases[i], set_up, test_xen, tear_down);
  g_test_add ("/host/xen/long", Fixture, NULL, set_up, test_xen_long, tear_down);
  g_test_add_func ("/host/this-machine", test_this_machine);
  return g_test_run ();
}
