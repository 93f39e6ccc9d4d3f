/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A private bus with the object layer on one connection and a client on another.
 */
#include "tests/bus/fixture.h"
#include "tests/fixtures/guard.h"
#include "tests/fixtures/sandbox.h"

#include "engine/lifecycle.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

#define TIMEOUT_MS 60000

/* Runs in GDBus's own thread, which is where the order of messages is that of the wire. */
static GDBusMessage *
note_message (GDBusConnection *client, GDBusMessage *message, gboolean incoming, gpointer data)
{
  Fixture *fixture = data;

  if (incoming && g_strcmp0 (g_dbus_message_get_sender (message),
                             g_dbus_connection_get_unique_name (fixture->service)) == 0)
    {
      g_mutex_lock (&fixture->lock);
      g_ptr_array_add (fixture->messages, g_object_ref (message));
      g_mutex_unlock (&fixture->lock);
    }
  return message;
}

static void
got_result (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **place = data;

  *place = g_object_ref (result);
}

static void
load_engine (Fixture *fixture)
{
  VbEngineConfig *config = g_new0 (VbEngineConfig, 1);
  g_autofree char *host_root = g_build_filename (fixture->folder, "host", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  config->state_dir = g_build_filename (fixture->folder, "state", NULL);
  config->runtime_dir = g_build_filename (fixture->folder, "run", NULL);
  config->log_dir = g_build_filename (fixture->folder, "log", NULL);
  /* One for all tests of a program, so that one of them asks the emulator. */
  config->cache_dir = g_build_filename (guard_get_folder (), "cache", NULL);
  config->cgroups = vb_cgroups_new (host_root, VB_CGROUP_MANAGER_USER);
  config->qemu = (VbQemuSettings){
    .uid = -1,
    .gid = -1,
    .sandbox = TRUE,
    .reject_deprecated = TRUE,
    .start_timeout_ms = TIMEOUT_MS,
    .command_timeout_ms = TIMEOUT_MS,
    .quit_timeout_ms = TIMEOUT_MS,
  };
  fixture->engine = vb_engine_new (config, fixture->host, fixture->host_devices);
  vb_engine_load_async (fixture->engine, NULL, got_result, &result);
  fixture_wait_for (result != NULL);
  vb_engine_load_finish (fixture->engine, result, &error);
  g_assert_no_error (error);
}

/* What emulators can do is no news to a test about something else. */
static void
ask_emulators (Fixture *fixture)
{
  VbCapabilities *capabilities = vb_engine_get_capabilities (fixture->engine);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vb_capabilities_complete_async (capabilities, NULL, NULL, got_result, &result);
  fixture_wait_for (result != NULL);
  vb_capabilities_complete_finish (capabilities, result, &error);
  g_assert_no_error (error);
}

void
fixture_load_host_devices (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vb_host_devices_load_async (fixture->host_devices, NULL, got_result, &result);
  fixture_wait_for (result != NULL);
  vb_host_devices_load_finish (fixture->host_devices, result, &error);
  g_assert_no_error (error);
}

static void
make_host_devices (Fixture *fixture)
{
  g_autofree char *root = g_build_filename (fixture->folder, "host", NULL);

  fixture->host_tree = host_tree_new_in (root);
  fixture->host_devices = vb_host_devices_new (root);
  fixture_load_host_devices (fixture);
}

static void
ignore_signal (GDBusConnection *client,
               const char *sender,
               const char *path,
               const char *interface,
               const char *signal,
               GVariant *parameters,
               gpointer data)
{
}

/* The last reference must be the one that is dropped here. */
#define drop(object)                                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gpointer pointer = (object);                                                                   \
    g_object_add_weak_pointer (pointer, &pointer);                                                 \
    g_object_unref (pointer);                                                                      \
    fixture_wait_for (pointer == NULL);                                                            \
  }                                                                                                \
  G_STMT_END

void
fixture_unexport (Fixture *fixture)
{
  g_assert_cmpuint (vb_bus_tree_get_n_calls (fixture->tree), ==, 0);
  vb_bus_tree_unexport (fixture->tree);
  drop (fixture->tree);
}

void
fixture_export (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->tree = vb_bus_tree_new (fixture->service, fixture->engine,
                                   VB_AUTHORITY (fixture->authority), fixture->system_mode);
  vb_bus_tree_export (fixture->tree, &error);
  g_assert_no_error (error);
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_build_filename (guard_get_folder (), "XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (fixture->folder));
  private_bus_start (&fixture->bus);
  fixture->service = private_bus_connect (&fixture->bus);
  fixture->client = private_bus_connect (&fixture->bus);
  fixture->host = vb_host_new (NULL);
  make_host_devices (fixture);
  load_engine (fixture);
  if (!fixture->leaves_emulators)
    ask_emulators (fixture);

  fixture->authority = scripted_authority_new ();
  fixture->system_mode = data != NULL;
  fixture_export (fixture);

  g_mutex_init (&fixture->lock);
  fixture->messages = g_ptr_array_new_with_free_func (g_object_unref);
  g_dbus_connection_add_filter (fixture->client, note_message, fixture, NULL);
  g_dbus_connection_signal_subscribe (fixture->client,
                                      g_dbus_connection_get_unique_name (fixture->service), NULL,
                                      NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, ignore_signal,
                                      NULL, NULL);
}

static void
end_machine (VbMachine *machine, gpointer data)
{
  if (vb_machine_get_state (machine) != VB_STATE_SHUTOFF)
    g_ptr_array_add (data, g_object_ref (machine));
}

static void
end_machines (Fixture *fixture)
{
  g_autoptr (GPtrArray) machines = g_ptr_array_new_with_free_func (g_object_unref);

  vb_registry_foreach (vb_engine_get_registry (fixture->engine), end_machine, machines);
  for (guint i = 0; i < machines->len; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      sandbox_assert (vb_machine_get_pid (g_ptr_array_index (machines, i)));
      vb_engine_destroy_async (fixture->engine, g_ptr_array_index (machines, i), 0, NULL,
                               got_result, &result);
      fixture_wait_for (result != NULL);
      g_assert_true (vb_engine_destroy_finish (fixture->engine, result, NULL));
    }
}

static int
remove_entry (const char *path, const struct stat *info, int type, struct FTW *position)
{
  return remove (path);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  end_machines (fixture);
  fixture_unexport (fixture);
  drop (fixture->engine);
  drop (fixture->host_devices);
  host_tree_free (fixture->host_tree);
  drop (fixture->authority);
  drop (fixture->host);
  g_dbus_connection_close_sync (fixture->client, NULL, NULL);
  g_dbus_connection_close_sync (fixture->service, NULL, NULL);
  g_object_unref (fixture->client);
  g_object_unref (fixture->service);
  private_bus_stop (&fixture->bus);
  g_ptr_array_unref (fixture->messages);
  g_mutex_clear (&fixture->lock);
  nftw (fixture->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  g_free (fixture->folder);
}

void
reply_clear (Reply *reply)
{
  g_clear_pointer (&reply->value, g_variant_unref);
  g_clear_error (&reply->error);
  reply->is_there = FALSE;
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  Reply *reply = data;

  reply->value = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &reply->error);
  reply->is_there = TRUE;
}

void
fixture_send (GDBusConnection *client,
              Fixture *fixture,
              const char *path,
              const char *interface,
              const char *method,
              GVariant *parameters,
              GDBusCallFlags flags,
              Reply *reply)
{
  g_dbus_connection_call (client, g_dbus_connection_get_unique_name (fixture->service), path,
                          interface, method, parameters, NULL, flags, TIMEOUT_MS, NULL, on_reply,
                          reply);
}

GVariant *
fixture_try (Fixture *fixture,
             const char *path,
             const char *interface,
             const char *method,
             GVariant *parameters,
             GError **error)
{
  g_auto (Reply) reply = { NULL };

  fixture_send (fixture->client, fixture, path, interface, method, parameters,
                G_DBUS_CALL_FLAGS_NONE, &reply);
  fixture_wait_for (reply.is_there);
  if (reply.error != NULL)
    g_propagate_error (error, g_steal_pointer (&reply.error));
  return g_steal_pointer (&reply.value);
}

GVariant *
fixture_call (Fixture *fixture,
              const char *path,
              const char *interface,
              const char *method,
              GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = fixture_try (fixture, path, interface, method, parameters, &error);

  g_assert_no_error (error);
  return value;
}

char *
fixture_fail (Fixture *fixture,
              const char *path,
              const char *interface,
              const char *method,
              GVariant *parameters,
              const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = fixture_try (fixture, path, interface, method, parameters, &error);
  g_autofree char *remote = NULL;

  g_assert_null (value);
  remote = g_dbus_error_get_remote_error (error);
  if (g_strcmp0 (remote, name) != 0)
    g_test_message ("%s: %s", method, error->message);
  g_assert_cmpstr (remote, ==, name);
  g_dbus_error_strip_remote_error (error);
  return g_strdup (error->message);
}

GVariant *
options (const char *name, ...)
{
  GVariantBuilder builder;
  va_list arguments;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  va_start (arguments, name);
  for (; name != NULL; name = va_arg (arguments, const char *))
    g_variant_builder_add (&builder, "{sv}", name, va_arg (arguments, GVariant *));
  va_end (arguments);
  return g_variant_builder_end (&builder);
}

char *
domain_xml (const char *name, const char *uuid, const char *devices)
{
  g_autofree char *identity =
      uuid != NULL ? g_strdup_printf ("<uuid>%s</uuid>", uuid) : g_strdup ("");

  return g_strdup_printf (
      "<domain type='qemu'><name>%s</name>%s<memory unit='MiB'>64</memory>"
      "<vcpu>1</vcpu><os><type arch='x86_64'>hvm</type></os><features><acpi/></features>"
      "<devices>%s</devices></domain>",
      name, identity, devices);
}

void
fixture_define (Fixture *fixture, const char *name, const char *devices)
{
  g_autofree char *xml = domain_xml (name, UUID, devices);
  g_autoptr (GVariant) reply = fixture_call (fixture, ROOT, MANAGER, "DefineDomain",
                                             g_variant_new ("(s@a{sv})", xml, no_options));
  const char *path;

  g_variant_get (reply, "(&o)", &path);
  g_assert_cmpstr (path, ==, UUID_PATH);
}

void
fixture_start (Fixture *fixture)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, UUID_PATH, DOMAIN, "Start",
                    g_variant_new ("(@a{sv})",
                                   options ("paused", g_variant_new_boolean (TRUE), NULL)));

  g_assert_cmpstr (g_variant_get_type_string (reply), ==, "()");
}

GVariant *
fixture_get (Fixture *fixture, const char *path, const char *interface, const char *property)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, path, PROPERTIES, "Get", g_variant_new ("(ss)", interface, property));
  GVariant *value;

  g_variant_get (reply, "(v)", &value);
  return value;
}

GVariant *
fixture_get_all (Fixture *fixture, const char *path, const char *interface)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, path, PROPERTIES, "GetAll", g_variant_new ("(s)", interface));

  return g_variant_get_child_value (reply, 0);
}

void
fixture_assert_text (Fixture *fixture,
                     const char *path,
                     const char *interface,
                     const char *property,
                     const char *expected)
{
  g_autoptr (GVariant) value = fixture_get (fixture, path, interface, property);
  g_autofree char *text = g_variant_print (value, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

/* (transfer full): what came so far */
static GPtrArray *
take_messages (Fixture *fixture)
{
  GPtrArray *messages;

  g_mutex_lock (&fixture->lock);
  messages = fixture->messages;
  fixture->messages = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_unlock (&fixture->lock);
  return messages;
}

static gboolean
is_change (GDBusMessage *message)
{
  return g_strcmp0 (g_dbus_message_get_member (message), "PropertiesChanged") == 0;
}

char *
fixture_take_log (Fixture *fixture)
{
  g_autoptr (GPtrArray) messages = take_messages (fixture);
  GString *log = g_string_new (NULL);

  for (guint i = 0; i < messages->len; i++)
    {
      GDBusMessage *message = g_ptr_array_index (messages, i);
      GVariant *body = g_dbus_message_get_body (message);
      const char *path = g_dbus_message_get_path (message);
      const char *subject = "";

      if (g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_SIGNAL)
        {
          g_string_append (log, "reply\n");
          continue;
        }
      g_variant_get_child (body, 0,
                           g_str_equal (g_dbus_message_get_interface (message), OBJECT_MANAGER)
                               ? "&o"
                               : "&s",
                           &subject);
      g_string_append_printf (log, "%s %s %s\n", g_dbus_message_get_member (message), path,
                              subject);
    }
  return g_string_free (log, FALSE);
}

GVariant *
fixture_take_changes (Fixture *fixture, const char *path, const char *interface, guint *n_signals)
{
  g_autoptr (GPtrArray) messages = take_messages (fixture);
  g_auto (GVariantDict) changes = G_VARIANT_DICT_INIT (NULL);

  *n_signals = 0;
  for (guint i = 0; i < messages->len; i++)
    {
      GDBusMessage *message = g_ptr_array_index (messages, i);
      g_autoptr (GVariantIter) changed = NULL;
      g_autoptr (GVariantIter) invalidated = NULL;
      const char *name, *property;
      GVariant *value;

      if (!is_change (message) || !g_str_equal (g_dbus_message_get_path (message), path))
        continue;
      g_variant_get (g_dbus_message_get_body (message), "(&sa{sv}as)", &name, &changed,
                     &invalidated);
      g_assert_cmpuint (g_variant_iter_n_children (invalidated), ==, 0);
      if (!g_str_equal (name, interface))
        continue;
      g_assert_cmpuint (g_variant_iter_n_children (changed), >, 0);
      while (g_variant_iter_loop (changed, "{&sv}", &property, &value))
        g_variant_dict_insert_value (&changes, property, value);
      (*n_signals)++;
    }
  return g_variant_ref_sink (g_variant_dict_end (&changes));
}
