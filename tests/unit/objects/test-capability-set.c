/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the object of a capability set shows and lists, whatever its emulators have told, and the exact
 * messages where they have not.
 */
#include "engine/engine-error.h"
#include "objects/capability-lists.h"
#include "objects/capability-set.h"
#include "qemu/facts-builder.h"
#include "qemu/qemu-error.h"

static const char answers[] =
    "{'query-version': {'qemu': {'major': 7, 'minor': 2, 'micro': 22}, 'package': ''},"
    " 'query-target': {'arch': 'x86_64'}, 'query-kvm': {'enabled': %s, 'present': true},"
    " 'query-machines': ["
    "  {'name': 'pc-i440fx-7.2', 'alias': 'pc', 'is-default': true, 'cpu-max': 255},"
    "  {'name': 'pc-i440fx-1.7', 'cpu-max': 255, 'deprecated': true}],"
    " 'query-cpu-definitions': [{'name': 'qemu64', 'unavailable-features': []},"
    "  {'name': 'EPYC', 'unavailable-features': ['sse4a', 'svm']}],"
    " 'qom-list-types': [{'name': 'object', 'abstract': true}, {'name': 'secret', 'parent': "
    "'object'}],"
    " 'query-qmp-schema': [{'name': 'stop', 'meta-type': 'command', 'arg-type': '0'}]}";

static VbEmulatorFacts *
make_facts (gboolean has_kvm)
{
  g_autofree char *json = g_strdup_printf (answers, has_kvm ? "true" : "false");
  g_autoptr (GError) error = NULL;
  VbEmulatorFacts *facts;

  facts = vb_emulator_facts_new_from_replies (g_strdelimit (json, "'", '"'), &error);
  g_assert_no_error (error);
  return facts;
}

/* (transfer full) */
static VbCapabilitySet *
make_set (VbCapabilitySource *sources, guint n_sources, const VbCapabilityXen *xen, guint index)
{
  g_autoptr (GPtrArray) sets = vb_capability_sets_build (sources, n_sources, TRUE, "x86_64", xen);

  g_assert_cmpuint (sets->len, >, index);
  return vb_capability_set_ref (g_ptr_array_index (sets, index));
}

static void
assert_shown (VbCapabilitySet *set, const char *name, const char *expected)
{
  VbView view;
  const VbInterfaceTable *const *tables;
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL;

  g_test_message ("%s", name);
  vb_capability_set_kind.init_view (&view, set);
  tables = vb_capability_set_kind.get_tables (set);
  value = g_variant_ref_sink (vb_property_row_find (tables[0], name)->get (&view));
  text = g_variant_print (value, FALSE);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_ready (void)
{
  g_autoptr (VbEmulatorFacts) facts = make_facts (TRUE);
  VbCapabilitySource source = { "/bin/qemu-system-x86_64", facts, FALSE };
  g_autoptr (VbCapabilitySet) set = make_set (&source, 1, NULL, 0);

  assert_shown (set, "OsType", "'hvm'");
  assert_shown (set, "Architecture", "'x86_64'");
  assert_shown (set, "WordSize", "64");
  assert_shown (set, "State", "'ready'");
  assert_shown (set, "Error", "''");
  assert_shown (set, "DomainTypes", "['kvm', 'qemu']");
  assert_shown (set, "Emulator", "'/bin/qemu-system-x86_64'");
  assert_shown (set, "EmulatorVersion", "'7.2.22'");
  assert_shown (set, "Loader", "''");
  assert_shown (set, "DefaultMachine", "'pc'");
  assert_shown (set, "Machines",
                "[('pc', 'pc-i440fx-7.2', 255, false), ('pc-i440fx-7.2', 'pc-i440fx-7.2', 255, "
                "false), ('pc-i440fx-1.7', 'pc-i440fx-1.7', 255, true)]");
  assert_shown (set, "Features", "{'acpi': (true, true), 'apic': (true, false)}");
  assert_shown (set, "DomainTypeOverrides", "{}");
}

/* Before it was asked, what the program's name tells is known. */
static void
test_not_asked (void)
{
  VbCapabilitySource source = { "/bin/qemu-system-i386", NULL, FALSE };
  g_autoptr (VbCapabilitySet) unknown = make_set (&source, 1, NULL, 0);
  g_autoptr (VbCapabilitySet) probing = NULL;

  source.is_busy = TRUE;
  probing = make_set (&source, 1, NULL, 0);
  g_assert_false (vb_capability_set_equal (unknown, probing));
  assert_shown (unknown, "State", "'unknown'");
  assert_shown (probing, "State", "'probing'");
  assert_shown (probing, "Architecture", "'i686'");
  assert_shown (probing, "WordSize", "32");
  assert_shown (probing, "EmulatorVersion", "''");
  assert_shown (probing, "DefaultMachine", "''");
  assert_shown (probing, "Machines", "[]");
  assert_shown (probing, "Features",
                "{'acpi': (true, true), 'apic': (true, false), 'pae': (false, true), 'nonpae': "
                "(true, true)}");
}

/* KVM has a program of its own, which can differ in all. */
static void
test_override (void)
{
  g_autoptr (VbEmulatorFacts) qemu = make_facts (FALSE);
  g_autoptr (VbEmulatorFacts) kvm = make_facts (TRUE);
  VbCapabilitySource sources[] = {
    { "/bin/qemu-kvm", NULL, FALSE },
    { "/bin/qemu-system-x86_64", qemu, FALSE },
  };
  g_autoptr (VbCapabilitySet) unknown = make_set (sources, 2, NULL, 0);
  g_autoptr (VbCapabilitySet) ready = NULL;

  assert_shown (unknown, "State", "'unknown'");
  assert_shown (unknown, "DomainTypeOverrides", "{'kvm': {'Emulator': <'/bin/qemu-kvm'>}}");
  sources[0].facts = kvm;
  ready = make_set (sources, 2, NULL, 0);
  assert_shown (ready, "State", "'ready'");
  assert_shown (ready, "Emulator", "'/bin/qemu-system-x86_64'");
  assert_shown (ready, "DomainTypeOverrides",
                "{'kvm': {'Emulator': <'/bin/qemu-kvm'>, 'Machines': <[('pc', 'pc-i440fx-7.2', "
                "uint32 255, false), ('pc-i440fx-7.2', 'pc-i440fx-7.2', 255, false), "
                "('pc-i440fx-1.7', 'pc-i440fx-1.7', 255, true)]>}}");
}

static void
test_xen (void)
{
  const VbCapabilityXen xen = { "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p", "/xen/qemu",
                                "/xen/loader" };
  g_autoptr (VbCapabilitySet) set = make_set (NULL, 0, &xen, 0);

  assert_shown (set, "Architecture", "'i686'");
  assert_shown (set, "State", "'ready'");
  assert_shown (set, "DomainTypes", "['xen']");
  assert_shown (set, "Loader", "'/xen/loader'");
  assert_shown (set, "Features",
                "{'acpi': (true, true), 'apic': (true, false), 'pae': (false, true), 'nonpae': "
                "(true, true)}");
}

/* @rows: (transfer floating) (nullable) */
static void
assert_rows (GVariant *rows, const GError *error, const char *expected)
{
  g_autoptr (GVariant) owned = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  owned = g_variant_ref_sink (rows);
  text = g_variant_print (owned, FALSE);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_refused (gconstpointer rows, GError **error, GQuark domain, int code, const char *message)
{
  g_assert_null (rows);
  g_assert_error (*error, domain, code);
  g_assert_cmpstr ((*error)->message, ==, message);
  g_clear_error (error);
}

static void
test_cpus (void)
{
  g_autoptr (VbEmulatorFacts) facts = make_facts (TRUE);
  VbCapabilitySource source = { "/bin/qemu-system-x86_64", facts, FALSE };
  g_autoptr (VbCapabilitySet) set = make_set (&source, 1, NULL, 0);
  static const char cpus[] = "[('EPYC', false, ['sse4a', 'svm']), ('qemu64', true, [])]";
  g_autoptr (GError) error = NULL;

  assert_rows (vb_capability_list_cpus (set, NULL, &error), error, cpus);
  assert_rows (vb_capability_list_cpus (set, "kvm", &error), error, cpus);
  assert_refused (vb_capability_list_cpus (set, "qemu", &error), &error, VB_ENGINE_ERROR,
                  VB_ENGINE_ERROR_UNSUPPORTED,
                  "ListCpuModels: the CPU models of the domain type 'qemu' are not known, those of "
                  "'kvm' are");
  assert_refused (vb_capability_list_cpus (set, "xen", &error), &error, VB_ENGINE_ERROR,
                  VB_ENGINE_ERROR_INVALID_ARGUMENT,
                  "ListCpuModels: option 'domain-type': 'xen' is no domain type of this capability "
                  "set; known: kvm, qemu");
}

/* Whatever keeps the emulator from telling */
static void
test_no_facts (void)
{
  const VbCapabilityXen xen = { "hvm-3.0-x86_32", "/xen/qemu", NULL };
  VbCapabilitySource source = { "/bin/qemu-system-x86_64", NULL, FALSE };
  g_autoptr (VbCapabilitySet) of_xen = make_set (NULL, 0, &xen, 0);
  g_autoptr (VbCapabilitySet) unknown = make_set (&source, 1, NULL, 0);
  g_autoptr (VbEmulatorFacts) broken = vb_emulator_facts_new_failed ("it is broken");
  g_autoptr (VbCapabilitySet) failed = NULL;
  g_autoptr (GError) error = NULL;
  const struct
  {
    const VbCapabilitySet *set;
    GQuark domain;
    int code;
    const char *message;
  } rows[] = {
    { of_xen, VB_ENGINE_ERROR, VB_ENGINE_ERROR_UNSUPPORTED,
      "the emulator of Xen does not tell what it can; QEMU does" },
    { unknown, VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY,
      "the emulator /bin/qemu-system-x86_64 was replaced while it was asked; try again" },
    { NULL, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR, "it is broken" },
  };

  source.facts = broken;
  failed = make_set (&source, 1, NULL, 0);
  assert_shown (failed, "State", "'failed'");
  assert_shown (failed, "Error", "'it is broken'");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const VbCapabilitySet *set = rows[i].set != NULL ? rows[i].set : failed;

      assert_refused (vb_capability_list_cpus (set, NULL, &error), &error, rows[i].domain,
                      rows[i].code, rows[i].message);
      assert_refused (vb_capability_list_devices (set, NULL, &error), &error, rows[i].domain,
                      rows[i].code, rows[i].message);
      assert_refused (vb_capability_get_xml (set, NULL, NULL, &error), &error, rows[i].domain,
                      rows[i].code, rows[i].message);
      assert_refused (vb_capability_find_device (set, "a", &error), &error, rows[i].domain,
                      rows[i].code, rows[i].message);
    }
  assert_refused (vb_capability_describe_device (broken, "a", &error), &error, VB_QEMU_ERROR,
                  VB_QEMU_ERROR_EMULATOR, "it is broken");
}

static void
test_no_device (void)
{
  g_autoptr (VbEmulatorFacts) facts = make_facts (FALSE);
  VbCapabilitySource source = { "/bin/qemu-system-x86_64", facts, FALSE };
  g_autoptr (VbCapabilitySet) set = make_set (&source, 1, NULL, 0);
  g_autoptr (GError) error = NULL;

  assert_rows (vb_capability_list_devices (set, NULL, &error), error, "[]");
  assert_refused (vb_capability_list_devices (set, "network", &error), &error, VB_ENGINE_ERROR,
                  VB_ENGINE_ERROR_INVALID_ARGUMENT,
                  "ListDeviceModels: option 'category': 'network' is no category; known: ");
  assert_refused (vb_capability_find_device (set, "rdp", &error), &error, VB_ENGINE_ERROR,
                  VB_ENGINE_ERROR_NOT_FOUND,
                  "the capability set x86_64_hvm has no device model 'rdp'; ListDeviceModels lists "
                  "those that it has");
  assert_refused (vb_capability_describe_device (facts, "rdp", &error), &error, VB_ENGINE_ERROR,
                  VB_ENGINE_ERROR_NOT_FOUND, "the emulator does not tell of a device model 'rdp'");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/capability-set/ready", test_ready);
  g_test_add_func ("/capability-set/not-asked", test_not_asked);
  g_test_add_func ("/capability-set/override", test_override);
  g_test_add_func ("/capability-set/xen", test_xen);
  g_test_add_func ("/capability-set/cpus", test_cpus);
  g_test_add_func ("/capability-set/no-facts", test_no_facts);
  g_test_add_func ("/capability-set/no-device", test_no_device);
  return g_test_run ();
}
