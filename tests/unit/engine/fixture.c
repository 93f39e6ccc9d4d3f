/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fixture of the engine's tests.
 */
#include "fixture.h"

#include "tests/fixtures/guard.h"
#include "tests/fixtures/sandbox.h"

#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* (element-type utf8): warnings come from threads, too. */
static GPtrArray *warnings;
static GMutex warnings_lock;
static guint n_fixtures;

static GLogWriterOutput
collect_warnings (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  if ((level & G_LOG_LEVEL_WARNING) == 0)
    return g_log_writer_default (level, fields, n_fields, user_data);
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      {
        g_mutex_lock (&warnings_lock);
        g_ptr_array_add (warnings, g_strdup (fields[i].value));
        g_mutex_unlock (&warnings_lock);
      }
  return G_LOG_WRITER_HANDLED;
}

static VbEngine *
make_engine (Fixture *fixture)
{
  VbEngineConfig *config = g_new0 (VbEngineConfig, 1);
  gint64 qemu_id = fixture->qemu_uid != 0 ? (gint64) fixture->qemu_uid : -1;
  g_autofree char *host_root = fixture_path (fixture, "host");
  g_autoptr (VbHostDevices) host_devices = NULL;

  config->state_dir = fixture_path (fixture, "state");
  config->runtime_dir = fixture_path (fixture, "run");
  config->log_dir = fixture_path (fixture, "log");
  /* One for all tests of a program, so that one of them asks the emulator. */
  config->cache_dir = fixture_path (fixture, "../cache");
  config->cgroups = vb_cgroups_new (host_root, VB_CGROUP_MANAGER_USER);
  config->qemu = (VbQemuSettings){ .uid = qemu_id,
                                   .gid = qemu_id,
                                   .sandbox = TRUE,
                                   .reject_deprecated = TRUE,
                                   .start_timeout_ms = 60000,
                                   .command_timeout_ms = 60000,
                                   .quit_timeout_ms = 2000 };
  host_devices = vb_host_devices_new (host_root);
  return vb_engine_new (config, fixture->host, host_devices);
}

static void
collect_running (VbMachine *machine, gpointer user_data)
{
  if (vb_machine_get_state (machine) != VB_STATE_SHUTOFF)
    g_ptr_array_add (user_data, g_object_ref (machine));
}

static void
end_all (Fixture *fixture)
{
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_object_unref);

  vb_registry_foreach (vb_engine_get_registry (fixture->engine), collect_running, running);
  for (guint i = 0; i < running->len; i++)
    fixture_assert_ok (fixture_destroy (fixture, running->pdata[i], 0));
}

void
fixture_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  warnings = g_ptr_array_new_with_free_func (g_free);
  g_log_set_writer_func (collect_warnings, NULL, NULL);
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("%u", ++n_fixtures);

  fixture->root = g_build_filename (guard_get_folder (), name, NULL);
  g_assert_cmpint (g_mkdir (fixture->root, 0700), ==, 0);
  fixture->host = vb_host_new (NULL);
  fixture_open (fixture);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  end_all (fixture);
  fixture_close (fixture);
  g_object_unref (fixture->host);
  g_free (fixture->root);
  for (guint i = 0; i < warnings->len; i++)
    g_test_message ("warning: %s", (char *) warnings->pdata[i]);
  g_assert_cmpuint (warnings->len, ==, 0);
}

GError *
fixture_try_open (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VbEngine) engine = make_engine (fixture);
  GError *error = NULL;

  vb_engine_load_async (engine, NULL, fixture_got, &result);
  fixture_wait (&result);
  if (vb_engine_load_finish (engine, result, &error))
    fixture->engine = g_steal_pointer (&engine);
  return error;
}

void
fixture_open (Fixture *fixture)
{
  fixture_assert_ok (fixture_try_open (fixture));
}

void
fixture_close (Fixture *fixture)
{
  /* What is under way keeps the engine. */
  g_object_add_weak_pointer (G_OBJECT (fixture->engine), (gpointer *) &fixture->engine);
  g_object_unref (fixture->engine);
  while (fixture->engine != NULL)
    g_main_context_iteration (NULL, TRUE);
}

char *
fixture_path (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->root, name, NULL);
}

char *
fixture_read (Fixture *fixture, const char *name)
{
  g_autofree char *path = fixture_path (fixture, name);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

void
fixture_write (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = fixture_path (fixture, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

void
fixture_expect_warning (const char *part)
{
  for (guint i = 0; i < warnings->len; i++)
    if (strstr (warnings->pdata[i], part) != NULL)
      {
        g_ptr_array_remove_index (warnings, i);
        return;
      }
  for (guint i = 0; i < warnings->len; i++)
    g_test_message ("warning: %s", (char *) warnings->pdata[i]);
  g_error ("no warning with '%s'", part);
}

void
fixture_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
fixture_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

char *
fixture_xml (const char *name, const char *uuid, const char *more, const char *devices)
{
  g_autofree char *uuid_element =
      uuid != NULL ? g_strdup_printf ("<uuid>%s</uuid>", uuid) : g_strdup ("");

  return g_strdup_printf ("<domain type='qemu'><name>%s</name>%s<memory unit='KiB'>16384</memory>"
                          "<os><type arch='x86_64' machine='pc'>hvm</type></os>"
                          "<features><acpi/></features>%s<devices>%s"
                          "</devices></domain>",
                          name, uuid_element, more != NULL ? more : "",
                          devices != NULL ? devices : "<memballoon model='none'/>");
}

VbMachine *
fixture_find (Fixture *fixture, const char *name)
{
  return vb_registry_find_name (vb_engine_get_registry (fixture->engine), name);
}

VbMachine *
fixture_define (Fixture *fixture, const char *xml)
{
  static const VbDefineOptions options = { .owner = "alice" };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  VbMachine *machine;

  vb_engine_define_async (fixture->engine, xml, &options, NULL, fixture_got, &result);
  fixture_wait (&result);
  machine = vb_engine_define_finish (fixture->engine, result, &error);
  g_assert_no_error (error);
  return machine;
}

GError *
fixture_try_define (Fixture *fixture, const char *xml, const VbDefineOptions *options)
{
  static const VbDefineOptions none = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  vb_engine_define_async (fixture->engine, xml, options != NULL ? options : &none, NULL,
                          fixture_got, &result);
  fixture_wait (&result);
  vb_engine_define_finish (fixture->engine, result, &error);
  return error;
}

char *
fixture_validate (Fixture *fixture,
                  const char *xml,
                  gboolean check_start,
                  VbDiagnostics **diagnostics)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *canonical;

  vb_engine_validate_async (fixture->engine, xml, check_start, NULL, fixture_got, &result);
  fixture_wait (&result);
  canonical = vb_engine_validate_finish (fixture->engine, result, diagnostics, &error);
  g_assert_no_error (error);
  return canonical;
}

GError *
fixture_undefine (Fixture *fixture, VbMachine *machine)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  vb_engine_undefine_async (fixture->engine, machine, NULL, fixture_got, &result);
  fixture_wait (&result);
  vb_engine_undefine_finish (fixture->engine, result, &error);
  return error;
}

GError *
fixture_modify (Fixture *fixture,
                VbMachine *machine,
                VbOperation operation,
                const char *text,
                guint64 number,
                VbScope scope)
{
  VbModification modification = { operation, text, number, scope };
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  vb_engine_modify_async (fixture->engine, machine, &modification, NULL, fixture_got, &result);
  fixture_wait (&result);
  vb_engine_modify_finish (fixture->engine, result, &error);
  return error;
}

GError *
fixture_start (Fixture *fixture, VbMachine *machine, gboolean paused)
{
  VbStartOptions options = { .paused = paused };

  return fixture_start_with (fixture, machine, &options);
}

static void
note_event (VbMachine *machine, const char *kind, GVariant *details, gpointer kinds)
{
  g_ptr_array_add (kinds, g_strdup (kind));
}

/* (transfer none) (element-type utf8): of what @machine has told since its last start, what nobody has
 * waited for */
static GPtrArray *
get_events (VbMachine *machine)
{
  GPtrArray *kinds = g_object_get_data (G_OBJECT (machine), "events");

  if (kinds == NULL)
    {
      kinds = g_ptr_array_new_with_free_func (g_free);
      g_object_set_data_full (G_OBJECT (machine), "events", kinds,
                              (GDestroyNotify) g_ptr_array_unref);
      g_signal_connect (machine, "event", G_CALLBACK (note_event), kinds);
    }
  return kinds;
}

void
fixture_wait_event (VbMachine *machine, const char *kind)
{
  GPtrArray *kinds = get_events (machine);
  guint at;

  while (!g_ptr_array_find_with_equal_func (kinds, kind, g_str_equal, &at))
    g_main_context_iteration (NULL, TRUE);
  g_ptr_array_remove_index (kinds, at);
}

GError *
fixture_start_with (Fixture *fixture, VbMachine *machine, const VbStartOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  g_ptr_array_set_size (get_events (machine), 0);
  vb_engine_start_async (fixture->engine, machine, options, NULL, fixture_got, &result);
  fixture_wait (&result);
  vb_engine_start_finish (fixture->engine, result, &error);
  sandbox_assert (vb_machine_get_pid (machine));
  return error;
}

GError *
fixture_operate (Fixture *fixture, VbMachine *machine, VbOperation operation)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  vb_engine_operate_async (fixture->engine, machine, operation, NULL, fixture_got, &result);
  fixture_wait (&result);
  vb_engine_operate_finish (fixture->engine, result, &error);
  return error;
}

GError *
fixture_destroy (Fixture *fixture, VbMachine *machine, guint grace_ms)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  vb_engine_destroy_async (fixture->engine, machine, grace_ms, NULL, fixture_got, &result);
  fixture_wait (&result);
  vb_engine_destroy_finish (fixture->engine, result, &error);
  return error;
}

VbMachine *
fixture_define_small (Fixture *fixture, const char *more, const char *devices)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, more, devices);

  return fixture_define (fixture, xml);
}

VbMachine *
fixture_start_small (Fixture *fixture, const char *more, const char *devices)
{
  VbMachine *machine = fixture_define_small (fixture, more, devices);

  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  return machine;
}

void
fixture_assert_no_folder (Fixture *fixture)
{
  g_autofree char *folder = fixture_path (fixture, "run/" UUID_A);

  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

VbMachine *
fixture_create (Fixture *fixture, const char *xml, const VbStartOptions *options, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  VbMachine *machine;

  vb_engine_create_async (fixture->engine, xml, options, NULL, fixture_got, &result);
  fixture_wait (&result);
  machine = vb_engine_create_finish (fixture->engine, result, error);
  if (machine != NULL)
    sandbox_assert (vb_machine_get_pid (machine));
  return machine;
}

void
fixture_wait_state (VbMachine *machine, VbState state, VbStateReason reason)
{
  while (vb_machine_get_state (machine) != state || vb_machine_get_state_reason (machine) != reason)
    g_main_context_iteration (NULL, TRUE);
}
