/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the host can run, as it changes with the emulators in a folder of the test's own; and what a
 * start and a validation do with it. The emulators are scripts that count how often they were run.
 */
#include "fixture.h"

#include "tests/fixtures/guard.h"

#include <string.h>

#include <glib/gstdio.h>

#define REAL_QEMU "/usr/bin/qemu-system-x86_64"
#define N_ASKERS 50

typedef struct
{
  Fixture engine;
  char *bin; /* (owned) folder of the emulators */
  VbHost *host;
  VbCapabilities *capabilities; /* (owned) (nullable) */
  GString *log;                 /* (owned) what has changed */
} Setting;

static void
note_change (VbCapabilities *capabilities,
             VbCapabilitySet *before,
             VbCapabilitySet *after,
             GString *log)
{
  const VbCapabilitySet *set = after != NULL ? after : before;
  VbCapabilitySet *found = vb_capabilities_find (capabilities, set->os_type, set->arch);

  g_assert_true (found == after);
  g_string_append_printf (log, "%s%s%s ", before == NULL ? "+" : "", after == NULL ? "-" : "",
                          set->arch);
}

static void
open_capabilities (Setting *setting, const char *host_root)
{
  VbEmulatorsConfig config = {
    .search_path = setting->bin, .uid = -1, .gid = -1, .timeout_ms = 60000, .retry_ms = G_MAXUINT
  };

  setting->host = vb_host_new (host_root);
  setting->capabilities = vb_capabilities_new (setting->host, &config);
  g_signal_connect (setting->capabilities, "changed", G_CALLBACK (note_change), setting->log);
}

static void
set_up (Setting *setting, gconstpointer data)
{
  fixture_set_up (&setting->engine, data);
  setting->log = g_string_new (NULL);
  setting->bin = fixture_path (&setting->engine, "bin");
  g_assert_cmpint (g_mkdir (setting->bin, 0755), ==, 0);
}

static void
tear_down (Setting *setting, gconstpointer data)
{
  g_clear_object (&setting->capabilities);
  g_clear_object (&setting->host);
  g_free (setting->bin);
  g_string_free (setting->log, TRUE);
  fixture_tear_down (&setting->engine, data);
}

/* Puts a script there in the place of what was. (transfer full): its path */
static char *
install (Setting *setting, const char *name, const char *rest)
{
  g_autofree char *runs = fixture_path (&setting->engine, "runs");
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\nprintf x >>%s\n%s", runs, rest);
  g_autofree char *new_path = fixture_path (&setting->engine, "new");
  char *path = g_build_filename (setting->bin, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (new_path, script, -1, G_FILE_SET_CONTENTS_NONE, 0755, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (new_path, path), ==, 0);
  return path;
}

#define BECOMES_QEMU "exec " REAL_QEMU " \"$@\"\n"
#define CRASHES "echo 'it hurts' >&2; exit 3\n"
#define HANGS "exec sleep 10000\n"

static gsize
count_runs (Setting *setting)
{
  g_autofree char *runs = fixture_read (&setting->engine, "runs");

  return runs != NULL ? strlen (runs) : 0;
}

static void
wait_for_log (Setting *setting, const char *expected)
{
  while (strcmp (setting->log->str, expected) != 0)
    g_main_context_iteration (NULL, TRUE);
  g_string_truncate (setting->log, 0);
}

/* @set: (nullable) */
static void
complete (Setting *setting, VbCapabilitySet *set)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vb_capabilities_complete_async (setting->capabilities, set, NULL, fixture_got, &result);
  fixture_wait (&result);
  g_assert_true (vb_capabilities_complete_finish (setting->capabilities, result, &error));
  g_assert_no_error (error);
}

static VbCapabilitySet *
find (Setting *setting, const char *arch)
{
  return vb_capabilities_find (setting->capabilities, VB_OS_TYPE_HVM, arch);
}

static void
test_complete (Setting *setting, gconstpointer data)
{
  g_autofree char *x86 = install (setting, "qemu-system-x86_64", BECOMES_QEMU);
  g_autofree char *arm = install (setting, "qemu-system-arm", CRASHES);
  GAsyncResult *results[N_ASKERS] = { NULL };
  g_autoptr (GPtrArray) sets = NULL;
  VbEmulatorMachine machine;

  open_capabilities (setting, NULL);
  sets = vb_capabilities_list (setting->capabilities);
  g_assert_cmpuint (sets->len, ==, 2);
  g_assert_null (find (setting, "x86_64")->facts);
  g_assert_cmpuint (count_runs (setting), ==, 0);

  for (guint i = 0; i < N_ASKERS; i++)
    vb_capabilities_complete_async (setting->capabilities, find (setting, "x86_64"), NULL,
                                    fixture_got, &results[i]);
  g_assert_true (find (setting, "x86_64")->is_probing);
  for (guint i = 0; i < N_ASKERS; i++)
    {
      fixture_wait (&results[i]);
      g_assert_true (vb_capabilities_complete_finish (setting->capabilities, results[i], NULL));
      g_assert_nonnull (find (setting, "x86_64")->facts);
      g_assert_false (find (setting, "x86_64")->is_probing);
      g_object_unref (results[i]);
    }
  g_assert_cmpuint (count_runs (setting), ==, 1);
  vb_emulator_facts_get_machine (find (setting, "x86_64")->facts, 0, &machine);
  g_assert_cmpstr (machine.name, ==, "pc");
  g_assert_cmpstr (setting->log->str, ==, "x86_64 x86_64 ");

  /* An emulator that cannot be asked says so, and harms no other. */
  complete (setting, NULL);
  g_assert_cmpuint (count_runs (setting), ==, 2);
  g_assert_nonnull (strstr (vb_emulator_facts_get_error (find (setting, "arm")->facts), "hurts"));
  g_assert_true (find (setting, "arm") == find (setting, "armv7l"));
  g_assert_null (find (setting, "mips"));
}

static void
test_changes (Setting *setting, gconstpointer data)
{
  g_autofree char *x86 = install (setting, "qemu-system-x86_64", CRASHES);
  g_autofree char *sparc = NULL;

  open_capabilities (setting, NULL);
  complete (setting, NULL);
  wait_for_log (setting, "x86_64 x86_64 ");
  g_free (install (setting, "qemu-system-x86_64", BECOMES_QEMU));
  wait_for_log (setting, "x86_64 ");
  g_assert_null (vb_emulator_facts_get_error (find (setting, "x86_64")->facts));
  sparc = install (setting, "qemu-system-sparc", CRASHES);
  wait_for_log (setting, "+sparc ");
  g_assert_cmpint (g_unlink (x86), ==, 0);
  wait_for_log (setting, "-x86_64 ");
  g_assert_cmpuint (count_runs (setting), ==, 2);
}

static void
test_cancelled (Setting *setting, gconstpointer data)
{
  g_autofree char *x86 = install (setting, "qemu-system-x86_64", HANGS);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  open_capabilities (setting, NULL);
  vb_capabilities_complete_async (setting->capabilities, NULL, cancellable, fixture_got, &result);
  g_cancellable_cancel (cancellable);
  fixture_wait (&result);
  g_assert_false (vb_capabilities_complete_finish (setting->capabilities, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Nothing of QEMU's: there is nobody to ask. */
static void
test_xen (Setting *setting, gconstpointer data)
{
  g_autofree char *root = fixture_path (&setting->engine, "host");
  g_autofree char *properties = g_build_filename (root, "sys/hypervisor/properties", NULL);

  g_assert_cmpint (g_mkdir_with_parents (properties, 0755), ==, 0);
  fixture_write (&setting->engine, "host/sys/hypervisor/type", "xen\n");
  fixture_write (&setting->engine, "host/sys/hypervisor/properties/capabilities",
                 "xen-3.0-x86_64 hvm-3.0-x86_64\n");
  open_capabilities (setting, root);
  complete (setting, NULL);
  g_assert_nonnull (find (setting, "x86_64"));
  g_assert_nonnull (vb_capabilities_find (setting->capabilities, VB_OS_TYPE_XEN, "x86_64"));
  g_assert_null (find (setting, "x86_64")->facts);
}

/* The engine's own, with what is installed here */

static VbEmulators *
get_emulators (Setting *setting)
{
  return vb_capabilities_get_emulators (vb_engine_get_capabilities (setting->engine.engine));
}

static VbMachine *
define_with (Setting *setting, const char *emulator)
{
  g_autofree char *devices =
      g_strdup_printf ("<emulator>%s</emulator><memballoon model='none'/>", emulator);

  return fixture_define_small (&setting->engine, NULL, devices);
}

/* What a caller merely names is not run, unless it is started. */
static void
test_validate_foreign (Setting *setting, gconstpointer data)
{
  g_autofree char *path = install (setting, "my-qemu", BECOMES_QEMU);
  g_autofree char *devices =
      g_strdup_printf ("<emulator>%s</emulator><memballoon model='none'/>", path);
  g_autofree char *xml = fixture_xml ("a", UUID_A, "<vcpu>300</vcpu>", devices);
  g_autofree char *canonical = NULL;
  g_autoptr (VbDiagnostics) before = NULL;
  g_autoptr (VbDiagnostics) after = NULL;
  VbMachine *machine;

  canonical = fixture_validate (&setting->engine, xml, TRUE, &before);
  g_assert_nonnull (canonical);
  g_assert_cmpuint (count_runs (setting), ==, 0);
  g_assert_cmpuint (vb_diagnostics_get_length (before), ==, 1);
  g_assert_cmpint (vb_diagnostics_get (before, 0)->severity, ==, VB_SEVERITY_INFO);
  g_assert_cmpstr (vb_diagnostics_get (before, 0)->path, ==, "/domain/devices/emulator");
  g_assert_nonnull (strstr (vb_diagnostics_get (before, 0)->message, path));

  machine = fixture_define (&setting->engine, xml);
  fixture_assert_error (fixture_start (&setting->engine, machine, FALSE), VB_QEMU_ERROR,
                        VB_QEMU_ERROR_UNSUPPORTED);
  g_assert_cmpuint (count_runs (setting), ==, 1);

  /* Now it is known. */
  g_assert_null (fixture_validate (&setting->engine, xml, TRUE, &after));
  g_assert_cmpstr (vb_diagnostics_get_first_error (after)->path, ==, "/domain/vcpu");
  g_assert_cmpuint (count_runs (setting), ==, 1);
}

static void
test_validate_installed (Setting *setting, gconstpointer data)
{
  static const char toaster[] = "<domain type='qemu'><name>a</name><memory>65536</memory><os>"
                                "<type arch='x86_64' machine='toaster'>hvm</type></os></domain>";
  g_autofree char *canonical = NULL;
  g_autoptr (VbDiagnostics) defined = NULL;
  g_autoptr (VbDiagnostics) started = NULL;

  g_assert_null (fixture_validate (&setting->engine, toaster, TRUE, &started));
  g_assert_cmpstr (vb_diagnostics_get_first_error (started)->path, ==, "/domain/os/type/@machine");
  g_assert_nonnull (vb_emulators_peek (get_emulators (setting), REAL_QEMU));

  canonical = fixture_validate (&setting->engine, toaster, FALSE, &defined);
  g_assert_nonnull (canonical);
  g_assert_cmpuint (vb_diagnostics_get_length (defined), ==, 1);
  g_assert_cmpint (vb_diagnostics_get (defined, 0)->severity, ==, VB_SEVERITY_WARNING);
}

/* Many at once, and again: one run to ask, one for each start. */
static void
test_start (Setting *setting, gconstpointer data)
{
  static const VbStartOptions options = { .paused = TRUE };
  g_autofree char *path = install (setting, "my-qemu", BECOMES_QEMU);
  g_autofree char *devices =
      g_strdup_printf ("<emulator>%s</emulator><memballoon model='none'/>", path);
  g_autofree char *other = fixture_xml ("b", UUID_B, NULL, devices);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  VbMachine *machine = define_with (setting, path);

  vb_engine_start_async (setting->engine.engine, machine, &options, NULL, fixture_got, &first);
  vb_engine_start_async (setting->engine.engine, fixture_define (&setting->engine, other), &options,
                         NULL, fixture_got, &second);
  fixture_wait (&first);
  fixture_wait (&second);
  g_assert_true (vb_engine_start_finish (setting->engine.engine, first, NULL));
  g_assert_true (vb_engine_start_finish (setting->engine.engine, second, NULL));
  g_assert_cmpuint (count_runs (setting), ==, 3);

  /* What is known costs a start no turn of the main loop: the record is there at once. */
  fixture_assert_ok (fixture_destroy (&setting->engine, machine, 0));
  g_clear_object (&first);
  vb_engine_start_async (setting->engine.engine, machine, &options, NULL, fixture_got, &first);
  {
    g_autofree char *record = fixture_read (&setting->engine, "run/" UUID_A "/record");

    g_assert_nonnull (record);
  }
  fixture_wait (&first);
  g_assert_true (vb_engine_start_finish (setting->engine.engine, first, NULL));
  g_assert_cmpuint (count_runs (setting), ==, 4);
}

static void
test_start_with_broken (Setting *setting, gconstpointer data)
{
  g_autofree char *path = install (setting, "my-qemu", CRASHES);
  VbMachine *machine = define_with (setting, path);
  g_autoptr (GError) error = fixture_start (&setting->engine, machine, FALSE);

  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_nonnull (strstr (error->message, "it hurts"));
  fixture_assert_state (machine, VB_STATE_SHUTOFF, VB_REASON_FAILED);
  fixture_assert_no_folder (&setting->engine);

  g_free (install (setting, "my-qemu", BECOMES_QEMU));
  fixture_assert_ok (fixture_start (&setting->engine, machine, FALSE));
}

/* An emulator that never answers holds nobody who does not want to wait. */
static void
test_destroy_while_asked (Setting *setting, gconstpointer data)
{
  static const VbStartOptions options = { 0 };
  g_autofree char *path = install (setting, "my-qemu", HANGS);
  VbMachine *machine = define_with (setting, path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vb_engine_start_async (setting->engine.engine, machine, &options, NULL, fixture_got, &result);
  fixture_assert_state (machine, VB_STATE_STARTING, VB_REASON_UNKNOWN);
  g_assert_false (vb_engine_is_idle (setting->engine.engine));
  fixture_assert_ok (fixture_destroy (&setting->engine, machine, 0));
  fixture_wait (&result);
  g_assert_false (vb_engine_start_finish (setting->engine.engine, result, &error));
  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_CANCELLED);
  fixture_assert_state (machine, VB_STATE_SHUTOFF, VB_REASON_DESTROYED);
  fixture_assert_no_folder (&setting->engine);
}

#define add(path, test)                                                                            \
  g_test_add ("/engine/capabilities/" path, Setting, NULL, set_up, test, tear_down)

static int
run (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  add ("complete", test_complete);
  add ("changes", test_changes);
  add ("cancelled", test_cancelled);
  add ("xen", test_xen);
  add ("validate-foreign", test_validate_foreign);
  add ("validate-installed", test_validate_installed);
  add ("start", test_start);
  add ("start-with-broken", test_start_with_broken);
  add ("destroy-while-asked", test_destroy_while_asked);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
