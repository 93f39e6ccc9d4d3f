/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Define, redefine, undefine, the setters and the registry, with nothing running.
 */
#include "fixture.h"
#include "tests/fixtures/guard.h"

#include <string.h>

static const char nic[] = "<interface type='user'/>";

static void
count_changes (VbMachine *machine, guint facets, gpointer user_data)
{
  *(guint *) user_data |= facets;
}

static void
count_machine (VbRegistry *registry, VbMachine *machine, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_define (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", NULL, NULL, NULL);
  VbRegistry *registry = vb_engine_get_registry (fixture->engine);
  guint n_added = 0;
  VbMachine *machine;

  g_signal_connect (registry, "added", G_CALLBACK (count_machine), &n_added);
  machine = fixture_define (fixture, xml);
  g_assert_cmpuint (n_added, ==, 1);
  g_assert_true (g_uuid_string_is_valid (vb_machine_get_uuid (machine)));
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 1);
  g_assert_cmpstr (vb_machine_get_owner (machine), ==, "alice");
  g_assert_true (vb_machine_is_persistent (machine));
  g_assert_cmpint (vb_machine_get_id (machine), ==, -1);
  g_assert_cmpint (vb_machine_get_pid (machine), ==, 0);
  g_assert_null (vb_machine_get_live (machine));
  g_assert_cmpuint (vb_machine_get_balloon_kib (machine), ==, 16384);
  g_assert_true (vb_machine_allows (machine, VB_OPERATION_START));
  g_assert_false (vb_machine_allows (machine, VB_OPERATION_DESTROY));
  g_assert_true (vb_engine_is_idle (fixture->engine));
  g_signal_handlers_disconnect_by_data (registry, &n_added);
}

static void
test_invalid (Fixture *fixture, gconstpointer data)
{
  fixture_assert_error (fixture_try_define (fixture, "<domain", NULL), VB_DOMAIN_ERROR,
                        VB_DOMAIN_ERROR_MALFORMED);
  fixture_assert_error (fixture_try_define (fixture, "<domain type='qemu'/>", NULL),
                        VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_INVALID);
}

static void
test_redefine (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *changed = fixture_xml ("a", UUID_A, "<description>x</description>", NULL);
  VbMachine *machine = fixture_define (fixture, xml);
  guint facets = 0;

  g_signal_connect (machine, "changed", G_CALLBACK (count_changes), &facets);
  g_assert_true (fixture_define (fixture, changed) == machine);
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 2);
  g_assert_cmpstr (vb_machine_get_definition (machine)->description, ==, "x");
  g_assert_cmpuint (facets, ==, VB_FACET_DOMAIN | VB_FACET_SETTINGS | VB_FACET_OPERATIONS);

  /* What is equal is no change. */
  g_assert_true (fixture_define (fixture, changed) == machine);
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 2);
  g_signal_handlers_disconnect_by_data (machine, &facets);
}

static void
test_conflicts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *changed = fixture_xml ("a", UUID_A, "<description>x</description>", NULL);
  g_autofree char *same_name = fixture_xml ("a", UUID_B, NULL, NULL);
  g_autofree char *no_uuid = fixture_xml ("a", NULL, NULL, NULL);
  g_autofree char *other_name = fixture_xml ("b", UUID_A, NULL, NULL);
  g_autofree char *new_one = fixture_xml ("c", UUID_B, NULL, NULL);
  VbDefineOptions options = { .expected_generation = 3 };
  g_autoptr (GError) error = NULL;

  fixture_define (fixture, xml);
  fixture_assert_error (fixture_try_define (fixture, same_name, NULL), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_ALREADY_EXISTS);
  fixture_assert_error (fixture_try_define (fixture, no_uuid, NULL), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_ALREADY_EXISTS);
  fixture_assert_error (fixture_try_define (fixture, other_name, NULL), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_ALREADY_EXISTS);

  error = fixture_try_define (fixture, changed, &options);
  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "generation 1, not 3"));
  fixture_assert_error (fixture_try_define (fixture, new_one, &options), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_CONFLICT);
  options.expected_generation = 1;
  fixture_assert_ok (fixture_try_define (fixture, changed, &options));

  options = (VbDefineOptions){ .fail_if_exists = TRUE };
  fixture_assert_error (fixture_try_define (fixture, xml, &options), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_ALREADY_EXISTS);
  fixture_assert_ok (fixture_try_define (fixture, new_one, &options));
  g_assert_cmpuint (vb_registry_get_n_machines (vb_engine_get_registry (fixture->engine)), ==, 2);
}

static void
check_two_at_once (Fixture *fixture, const char *first, const char *second, guint n_after)
{
  static const VbDefineOptions options = { 0 };
  g_autoptr (GAsyncResult) first_result = NULL;
  g_autoptr (GAsyncResult) second_result = NULL;
  g_autoptr (GError) first_error = NULL;
  g_autoptr (GError) second_error = NULL;

  vb_engine_define_async (fixture->engine, first, &options, NULL, fixture_got, &first_result);
  vb_engine_define_async (fixture->engine, second, &options, NULL, fixture_got, &second_result);
  g_assert_false (vb_engine_is_idle (fixture->engine));
  fixture_wait (&first_result);
  fixture_wait (&second_result);
  vb_engine_define_finish (fixture->engine, first_result, &first_error);
  vb_engine_define_finish (fixture->engine, second_result, &second_error);
  g_assert_no_error (first_error);
  g_assert_error (second_error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY);
  g_assert_cmpuint (vb_registry_get_n_machines (vb_engine_get_registry (fixture->engine)), ==,
                    n_after);
  g_assert_true (vb_engine_is_idle (fixture->engine));
}

static void
test_two_at_once (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *a_again = fixture_xml ("a", UUID_A, "<title>1</title>", NULL);
  g_autofree char *a_third = fixture_xml ("a", UUID_A, "<title>2</title>", NULL);
  g_autofree char *b = fixture_xml ("b", UUID_B, NULL, NULL);
  g_autofree char *b_other = fixture_xml ("b", NULL, NULL, NULL);

  check_two_at_once (fixture, a, a_again, 1);
  check_two_at_once (fixture, b, b_other, 2);
  check_two_at_once (fixture, a_again, a_third, 2);
  g_assert_cmpuint (vb_machine_get_generation (fixture_find (fixture, "a")), ==, 2);
}

static void
test_aliases (Fixture *fixture, gconstpointer data)
{
  g_autofree char *with_nic = fixture_xml ("a", UUID_A, NULL, nic);
  g_autofree char *without = fixture_xml ("a", UUID_A, NULL, NULL);
  VbMachine *machine = fixture_define (fixture, with_nic);

  g_assert_nonnull (vb_domain_find_device (vb_machine_get_definition (machine), "net0"));
  /* The same interface stays itself: nothing changes, the MAC included. */
  fixture_define (fixture, with_nic);
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 1);
  fixture_define (fixture, without);
  g_assert_null (vb_domain_find_device (vb_machine_get_definition (machine), "net0"));
  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_define (fixture, with_nic);
  g_assert_null (vb_domain_find_device (vb_machine_get_definition (machine), "net0"));
  g_assert_nonnull (vb_domain_find_device (vb_machine_get_definition (machine), "net1"));
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 3);
}

static void
test_undefine (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autoptr (VbMachine) machine = g_object_ref (fixture_define (fixture, xml));
  g_autofree char *text = NULL;
  guint n_removed = 0;

  g_signal_connect (vb_engine_get_registry (fixture->engine), "removed", G_CALLBACK (count_machine),
                    &n_removed);
  fixture_assert_ok (fixture_undefine (fixture, machine));
  g_assert_cmpuint (n_removed, ==, 1);
  g_assert_null (fixture_find (fixture, "a"));
  text = fixture_read (fixture, "state/domains/" UUID_A ".xml");
  g_assert_null (text);

  /* Who still holds it can do nothing with it. */
  g_assert_false (vb_machine_allows (machine, VB_OPERATION_START));
  fixture_assert_error (fixture_undefine (fixture, machine), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_NOT_FOUND);
  fixture_assert_error (fixture_start (fixture, machine, FALSE), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_NOT_FOUND);
  fixture_assert_error (fixture_destroy (fixture, machine, 0), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_NOT_FOUND);
  fixture_assert_ok (fixture_try_define (fixture, xml, NULL));
  g_signal_handlers_disconnect_by_data (vb_engine_get_registry (fixture->engine), &n_removed);
}

static const struct
{
  VbOperation operation;
  const char *text;
  guint64 number;
  VbScope scope;
  int code; /* of VB_ENGINE_ERROR; -1: it is done */
} setter_rows[] = {
  { VB_OPERATION_SET_TITLE, "A title", 0, 0, -1 },
  { VB_OPERATION_SET_TITLE, "two\nlines", 0, 0, VB_ENGINE_ERROR_INVALID_ARGUMENT },
  { VB_OPERATION_SET_TITLE, "x", 0, VB_SCOPE_LIVE, VB_ENGINE_ERROR_INVALID_STATE },
  { VB_OPERATION_SET_DESCRIPTION, "long\ntext", 0, VB_SCOPE_CONFIG, -1 },
  { VB_OPERATION_SET_MEMORY, NULL, 8192, 0, -1 },
  { VB_OPERATION_SET_MEMORY, NULL, 0, 0, VB_ENGINE_ERROR_INVALID_ARGUMENT },
  { VB_OPERATION_SET_MEMORY, NULL, 16385, 0, VB_ENGINE_ERROR_INVALID_ARGUMENT },
  { VB_OPERATION_SET_MAX_MEMORY, NULL, 32768, 0, -1 },
  { VB_OPERATION_SET_MAX_MEMORY, NULL, 0, 0, VB_ENGINE_ERROR_INVALID_ARGUMENT },
  { VB_OPERATION_SET_MAX_MEMORY, NULL, G_MAXUINT64, 0, VB_ENGINE_ERROR_INVALID_ARGUMENT },
  { VB_OPERATION_SET_MAX_MEMORY, NULL, 32768, VB_SCOPE_LIVE, VB_ENGINE_ERROR_UNSUPPORTED },
  { VB_OPERATION_SET_VCPUS, NULL, 1, 0, -1 },
  { VB_OPERATION_SET_VCPUS, NULL, 0, 0, VB_ENGINE_ERROR_INVALID_ARGUMENT },
  { VB_OPERATION_SET_VCPUS, NULL, 5, 0, VB_ENGINE_ERROR_INVALID_ARGUMENT },
  { VB_OPERATION_SET_VCPUS, NULL, G_MAXUINT64, 0, VB_ENGINE_ERROR_INVALID_ARGUMENT },
  { VB_OPERATION_RENAME, "", 0, 0, VB_ENGINE_ERROR_INVALID_ARGUMENT },
  { VB_OPERATION_RENAME, "a/b", 0, 0, VB_ENGINE_ERROR_INVALID_ARGUMENT },
  { VB_OPERATION_RENAME, "b", 0, 0, VB_ENGINE_ERROR_ALREADY_EXISTS },
  { VB_OPERATION_RENAME, "a", 0, 0, -1 },
  { VB_OPERATION_RENAME, "a2", 0, 0, -1 },
};

static void
test_setters (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, "<vcpu current='2'>4</vcpu>", NULL);
  g_autofree char *other = fixture_xml ("b", UUID_B, NULL, NULL);
  VbMachine *machine = fixture_define (fixture, xml);
  const VbDomain *domain;

  fixture_define (fixture, other);
  for (gsize i = 0; i < G_N_ELEMENTS (setter_rows); i++)
    {
      g_autoptr (GError) error =
          fixture_modify (fixture, machine, setter_rows[i].operation, setter_rows[i].text,
                          setter_rows[i].number, setter_rows[i].scope);

      g_test_message ("row %zu: %s", i, error != NULL ? error->message : "done");
      if (setter_rows[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, VB_ENGINE_ERROR, setter_rows[i].code);
    }
  fixture_close (fixture);
  fixture_open (fixture);

  g_assert_null (fixture_find (fixture, "a"));
  machine = fixture_find (fixture, "a2");
  domain = vb_machine_get_definition (machine);
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 7);
  g_assert_cmpstr (domain->title, ==, "A title");
  g_assert_cmpstr (domain->description, ==, "long\ntext");
  g_assert_cmpuint (domain->current_memory_kib, ==, 8192);
  g_assert_cmpuint (domain->memory_kib, ==, 32768);
  g_assert_cmpuint (domain->current_vcpus, ==, 1);

  fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_SET_TITLE, "", 0, 0));
  g_assert_null (vb_machine_get_definition (machine)->title);
  fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_SET_MAX_MEMORY, NULL, 4096, 0));
  g_assert_cmpuint (vb_machine_get_definition (machine)->current_memory_kib, ==, 4096);
}

static void
collect_names (VbMachine *machine, gpointer user_data)
{
  g_string_append (user_data, vb_machine_get_name (machine));
}

static void
test_registry (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *b = fixture_xml ("12", UUID_B, NULL, NULL);
  VbRegistry *registry = vb_engine_get_registry (fixture->engine);
  VbMachine *machine_a = fixture_define (fixture, a);
  VbMachine *machine_b = fixture_define (fixture, b);
  g_autoptr (GString) names = g_string_new (NULL);

  g_assert_true (vb_registry_find (registry, UUID_A) == machine_a);
  g_assert_true (vb_registry_find (registry, "11111111111141118111111111111111") == machine_a);
  g_assert_true (vb_registry_find (registry, "a") == machine_a);
  g_assert_true (vb_registry_find (registry, "12") == machine_b);
  g_assert_null (vb_registry_find (registry, "13"));
  g_assert_null (vb_registry_find (registry, "-1"));
  g_assert_null (vb_registry_find (registry, ""));
  g_assert_null (vb_registry_find_uuid (registry, UUID_A "1"));
  g_assert_null (vb_registry_find_id (registry, -1));
  vb_registry_foreach (registry, collect_names, names);
  g_assert_cmpstr (names->str, ==, "a12");
}

static void
test_validate (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *taken = fixture_xml ("a", NULL, NULL, NULL);
  g_autoptr (VbDiagnostics) fine = NULL;
  g_autoptr (VbDiagnostics) broken = NULL;
  g_autoptr (VbDiagnostics) conflict = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *stored = NULL;

  fixture_define (fixture, xml);
  canonical = fixture_validate (fixture, xml, TRUE, &fine);
  g_assert_nonnull (canonical);
  g_assert_null (vb_diagnostics_get_first_error (fine));
  stored = vb_domain_format (vb_machine_get_definition (fixture_find (fixture, "a")), 0);
  g_assert_cmpstr (canonical, ==, stored);

  g_assert_null (fixture_validate (fixture, "<domain", FALSE, &broken));
  g_assert_nonnull (vb_diagnostics_get_first_error (broken));
  g_assert_null (fixture_validate (fixture, taken, FALSE, &conflict));
  g_assert_cmpstr (vb_diagnostics_get_first_error (conflict)->path, ==, "/domain/name");
  g_assert_cmpuint (vb_registry_get_n_machines (vb_engine_get_registry (fixture->engine)), ==, 1);
}

/* (nullable): the finding about that path */
static const VbDiagnostic *
find_diagnostic (const VbDiagnostics *diagnostics, const char *path)
{
  for (guint i = 0; i < vb_diagnostics_get_length (diagnostics); i++)
    if (g_str_equal (vb_diagnostics_get (diagnostics, i)->path, path))
      return vb_diagnostics_get (diagnostics, i);
  return NULL;
}

/* What cannot be started here can be defined, and is told. */
static void
test_validate_elsewhere (Fixture *fixture, gconstpointer data)
{
  static const char xml[] = "<domain type='kqemu'><name>a</name><memory>65536</memory>"
                            "<os><type>hvm</type></os></domain>";
  g_autoptr (VbDiagnostics) defined = NULL;
  g_autoptr (VbDiagnostics) started = NULL;
  g_autofree char *canonical = fixture_validate (fixture, xml, FALSE, &defined);
  const VbDiagnostic *finding = find_diagnostic (defined, "/domain/@type");

  g_assert_nonnull (canonical);
  g_assert_nonnull (finding);
  g_assert_cmpint (finding->severity, ==, VB_SEVERITY_WARNING);
  g_assert_cmpstr (finding->message, ==,
                   "a start here would be refused: domain type 'kqemu' cannot be started here; use "
                   "kvm or qemu");
  g_assert_null (fixture_validate (fixture, xml, TRUE, &started));
  g_assert_cmpint (find_diagnostic (started, "/domain/@type")->severity, ==, VB_SEVERITY_ERROR);
}

static int
run (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_test ("/engine/definition/define", test_define);
  fixture_test ("/engine/definition/invalid", test_invalid);
  fixture_test ("/engine/definition/redefine", test_redefine);
  fixture_test ("/engine/definition/conflicts", test_conflicts);
  fixture_test ("/engine/definition/two-at-once", test_two_at_once);
  fixture_test ("/engine/definition/aliases", test_aliases);
  fixture_test ("/engine/definition/validate-elsewhere", test_validate_elsewhere);
  fixture_test ("/engine/definition/undefine", test_undefine);
  fixture_test ("/engine/definition/setters", test_setters);
  fixture_test ("/engine/definition/registry", test_registry);
  fixture_test ("/engine/definition/validate", test_validate);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
