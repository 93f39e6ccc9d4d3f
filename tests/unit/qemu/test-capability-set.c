/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sets of each host in cases/capabilities: NAME.host, with a group for each emulator and what it
 * has told, gives NAME.sets, one set a line. With VB_GOLDEN_UPDATE set, the files are written anew.
 */
#include "qemu/capability-set.h"

#include "qemu/architecture.h"
#include "qemu/emulator-facts-private.h"
#include "emulator-answers.h"

#include <string.h>

#define SUFFIX ".host"

static GKeyFile *
read_host (const char *stem)
{
  g_autofree char *path = g_strconcat (stem, SUFFIX, NULL);
  g_autoptr (GError) error = NULL;
  GKeyFile *host = g_key_file_new ();

  g_key_file_load_from_file (host, path, 0, &error);
  g_assert_no_error (error);
  return host;
}

/* (transfer full) (nullable): what the emulator of that group has told */
static VbEmulatorFacts *
read_facts (GKeyFile *host, const char *group)
{
  g_autofree char *failure = g_key_file_get_string (host, group, "error", NULL);
  g_autofree char *target = g_key_file_get_string (host, group, "target", NULL);

  if (failure != NULL)
    return vb_emulator_facts_new_failed (failure);
  if (target == NULL)
    return NULL;
  return make_answers (target, g_key_file_get_boolean (host, group, "kvm", NULL));
}

static void
clear_source (gpointer data)
{
  g_clear_pointer (&((VbCapabilitySource *) data)->facts, vb_emulator_facts_unref);
}

/* (transfer full) */
static GPtrArray *
build_sets (GKeyFile *host)
{
  g_auto (GStrv) groups = g_key_file_get_groups (host, NULL);
  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (VbCapabilitySource));
  g_autofree char *arch = g_key_file_get_string (host, "host", "arch", NULL);
  g_autofree char *capabilities = g_key_file_get_string (host, "host", "xen", NULL);
  g_autofree char *emulator = g_key_file_get_string (host, "host", "xen-emulator", NULL);
  g_autofree char *loader = g_key_file_get_string (host, "host", "xen-loader", NULL);
  VbCapabilityXen xen = { capabilities, emulator, loader };

  g_array_set_clear_func (sources, clear_source);
  for (guint i = 1; groups[i] != NULL; i++)
    {
      VbCapabilitySource source = { groups[i], read_facts (host, groups[i]) };

      g_array_append_val (sources, source);
    }
  return vb_capability_sets_build ((VbCapabilitySource *) (gpointer) sources->data, sources->len,
                                   g_key_file_get_boolean (host, "host", "kvm", NULL), arch,
                                   capabilities != NULL ? &xen : NULL);
}

static const char *
tell_facts (const VbEmulatorFacts *facts)
{
  if (facts == NULL)
    return "not asked";
  return vb_emulator_facts_get_error (facts) != NULL ? "broken" : "asked";
}

static void
print_types (GString *text, const VbCapabilitySet *set)
{
  for (guint i = 0; i < set->domain_types->len; i++)
    {
      VbDomainType type = g_array_index (set->domain_types, VbDomainType, i);
      const VbCapabilityOverride *override = vb_capability_set_get_override (set, type);

      g_string_append_printf (text, "  %s", vb_enum_to_string (&vb_domain_type_table, (int) type));
      if (override != NULL)
        g_string_append_printf (text, " by %s (%s)", override->emulator,
                                tell_facts (override->facts));
      if (override != NULL && override->loader != NULL)
        g_string_append_printf (text, " with %s", override->loader);
      g_string_append_c (text, '\n');
      g_assert_true (vb_capability_set_get_facts (set, type) ==
                     (override != NULL ? override->facts : set->facts));
    }
}

static void
print_set (GString *text, const VbCapabilitySet *set)
{
  g_string_append_printf (text, "%s %s, %u bits",
                          vb_enum_to_string (&vb_os_type_table, (int) set->os_type), set->arch,
                          set->word_size);
  if (set->emulator != NULL)
    g_string_append_printf (text, ", by %s (%s)", set->emulator, tell_facts (set->facts));
  if (set->loader != NULL)
    g_string_append_printf (text, ", with %s", set->loader);
  g_string_append_printf (text, "%s%s", set->pae ? ", pae" : "", set->nonpae ? ", nonpae" : "");
  if (set->has_acpi)
    g_string_append_printf (text, ", acpi %d %d", set->acpi_default, set->acpi_toggle);
  if (set->has_apic)
    g_string_append_printf (text, ", apic %d %d", set->apic_default, set->apic_toggle);
  g_string_append_c (text, '\n');
  print_types (text, set);
}

static void
test_case (gconstpointer data)
{
  g_autofree char *stem = g_test_build_filename (G_TEST_DIST, "cases", "capabilities", data, NULL);
  g_autofree char *path = g_strconcat (stem, ".sets", NULL);
  g_autoptr (GKeyFile) host = read_host (stem);
  g_autoptr (GPtrArray) sets = build_sets (host);
  g_autoptr (GPtrArray) same = build_sets (host);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *expected = NULL;

  for (guint i = 0; i < sets->len; i++)
    print_set (text, g_ptr_array_index (sets, i));
  if (g_getenv ("VB_GOLDEN_UPDATE") != NULL)
    g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
  g_assert_cmpstr (text->str, ==, expected);

  /* Equal is what was made of the same, and nothing else. */
  g_assert_cmpuint (sets->len, ==, same->len);
  for (guint i = 0; i < sets->len; i++)
    for (guint j = 0; j < same->len; j++)
      g_assert_cmpint (vb_capability_set_equal (sets->pdata[i], same->pdata[j]), ==, i == j);
}

/* One change of a host after the other makes the set another one. */
static void
test_differences (void)
{
  g_autoptr (VbEmulatorFacts) facts = make_answers ("x86_64", FALSE);
  g_autoptr (VbEmulatorFacts) kvm_facts = make_answers ("x86_64", TRUE);
  VbCapabilityXen xen = { "hvm-3.0-x86_64", NULL, NULL };
  VbCapabilityXen xen_with_loader = { "hvm-3.0-x86_64", NULL, "/hvmloader" };
  VbCapabilityXen xen_with_emulator = { "hvm-3.0-x86_64", "/qemu-dm", "/hvmloader" };
  const struct
  {
    const char *path;
    VbEmulatorFacts *facts;
    gboolean kvm_usable;
    const VbCapabilityXen *xen;
  } rows[] = {
    { "/a/qemu-system-x86_64", NULL, FALSE, NULL },
    { "/b/qemu-system-x86_64", NULL, FALSE, NULL },
    { "/b/qemu-system-x86_64", facts, FALSE, NULL },
    { "/b/qemu-system-x86_64", kvm_facts, FALSE, NULL },
    { "/b/qemu-system-x86_64", kvm_facts, TRUE, NULL },
    { "/b/qemu-system-x86_64", kvm_facts, TRUE, &xen },
    { "/b/qemu-system-x86_64", kvm_facts, TRUE, &xen_with_loader },
    { "/b/qemu-system-x86_64", kvm_facts, TRUE, &xen_with_emulator },
  };
  g_autoptr (GPtrArray) before = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      VbCapabilitySource source = { rows[i].path, rows[i].facts };
      g_autoptr (GPtrArray) sets =
          vb_capability_sets_build (&source, 1, rows[i].kvm_usable, "x86_64", rows[i].xen);

      g_assert_cmpuint (sets->len, ==, 1);
      if (before != NULL)
        g_assert_false (vb_capability_set_equal (before->pdata[0], sets->pdata[0]));
      g_clear_pointer (&before, g_ptr_array_unref);
      before = g_steal_pointer (&sets);
    }
}

static void
test_architectures (void)
{
  static const struct
  {
    const char *arch;
    const char *qemu;
    const char *set;
    guint word_size;
  } rows[] = {
    { "i686", "i386", "i686", 32 },       { "i386", "i386", "i686", 32 },
    { "x86_64", "x86_64", "x86_64", 64 }, { "arm", "arm", "armv7l", 32 },
    { "armv7l", "arm", "armv7l", 32 },    { "ppc64le", "ppc64", "ppc64", 64 },
    { "ppc", "ppc", "ppc", 32 },          { "s390x", "s390x", "s390x", 64 },
    { "foo64", "foo64", "foo64", 64 },    { "foo", "foo", "foo", 32 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpstr (vb_architecture_to_qemu (rows[i].arch), ==, rows[i].qemu);
      g_assert_cmpstr (vb_architecture_to_set (rows[i].arch), ==, rows[i].set);
      g_assert_cmpuint (vb_architecture_get_word_size (rows[i].arch), ==, rows[i].word_size);
    }
  g_assert_cmpstr (vb_architecture_get_package ("armv7l"), ==, "qemu-system-arm");
  g_assert_cmpstr (vb_architecture_get_package ("foo"), ==, "qemu-system");
  g_assert_true (vb_architecture_is_emulated_by ("i686", "x86_64"));
  g_assert_true (vb_architecture_is_emulated_by ("i686", "i386"));
  g_assert_false (vb_architecture_is_emulated_by ("x86_64", "i386"));
  g_assert_true (vb_architecture_is_native ("i386", "x86_64"));
  g_assert_false (vb_architecture_is_native ("x86_64", "i686"));
  g_assert_true (vb_architecture_is_native ("ppc64le", "ppc64"));
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *file;

  g_test_init (&argc, &argv, NULL);
  folder = g_test_build_filename (G_TEST_DIST, "cases", "capabilities", NULL);
  dir = g_dir_open (folder, 0, NULL);
  while ((file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, SUFFIX))
      {
        char *name = g_strndup (file, strlen (file) - strlen (SUFFIX));
        g_autofree char *path = g_strconcat ("/capability-set/", name, NULL);

        g_ptr_array_add (names, name);
        g_test_add_data_func (path, name, test_case);
      }
  g_assert_cmpuint (names->len, >, 0);
  g_test_add_func ("/capability-set/differences", test_differences);
  g_test_add_func ("/capability-set/architectures", test_architectures);
  return g_test_run ();
}
