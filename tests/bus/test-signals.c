/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is told without being asked: one signal for a change, before the reply, in the right order,
 * and never anything that a later reading contradicts.
 */
#include "tests/bus/fixture.h"
#include "tests/fixtures/guard.h"

#include "engine/lifecycle.h"
#include "engine/run.h"
#include "qmp/qmp.h"

#include <signal.h>
#include <string.h>

#define NO_OPTIONS g_variant_new ("(@a{sv})", no_options)
#define DISK "org.virtbus1.Disk"

#define ONE_DISK "<disk device='cdrom'><target dev='hda' bus='ide'/></disk>"
#define TWO_DISKS ONE_DISK "<disk device='cdrom'><target dev='hdb' bus='ide'/></disk>"

static void
call_domain (Fixture *fixture, const char *method, GVariant *arguments)
{
  g_autoptr (GVariant) reply = fixture_call (fixture, UUID_PATH, DOMAIN, method, arguments);
}

static void
forget_signals (Fixture *fixture)
{
  g_autofree char *log = fixture_take_log (fixture);
}

static void
assert_log (Fixture *fixture, const char *expected)
{
  g_autofree char *log = fixture_take_log (fixture);

  g_assert_cmpstr (log, ==, expected);
}

#define DOMAIN_CHANGED "PropertiesChanged " UUID_PATH " " DOMAIN "\n"

/* The same after changes of the domain itself, such as of what is allowed while work goes on. */
static void
assert_log_ends (Fixture *fixture, const char *expected)
{
  g_autofree char *log = fixture_take_log (fixture);
  const char *rest = log;

  while (g_str_has_prefix (rest, DOMAIN_CHANGED))
    rest += strlen (DOMAIN_CHANGED);
  g_assert_cmpstr (rest, ==, expected);
}

static void
test_added (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", ONE_DISK);
  assert_log (fixture, "InterfacesAdded " ROOT " " UUID_PATH "\n"
                       "reply\n");
}

static void
test_removed (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", ONE_DISK);
  forget_signals (fixture);
  call_domain (fixture, "Undefine", NO_OPTIONS);
  assert_log_ends (fixture, "InterfacesRemoved " UUID_PATH " " UUID_PATH "/disk_hda\n"
                            "InterfacesRemoved " UUID_PATH " " UUID_PATH "/controller_ide0\n"
                            "InterfacesRemoved " UUID_PATH " " UUID_PATH "/memballoon_balloon0\n"
                            "InterfacesRemoved " ROOT " " UUID_PATH "\n"
                            "reply\n");
}

/* One signal with the new values, and it is there before the reply. */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) changes = NULL;
  g_autofree char *text = NULL;
  guint n_signals;

  fixture_define (fixture, "a", ONE_DISK);
  forget_signals (fixture);
  call_domain (fixture, "SetTitle", g_variant_new ("(s@a{sv})", "T", no_options));
  changes = fixture_take_changes (fixture, UUID_PATH, DOMAIN, &n_signals);
  text = g_variant_print (changes, FALSE);
  g_assert_nonnull (strstr (text, "'Title': <'T'>"));
  g_assert_nonnull (strstr (text, "'ConfigGeneration': <uint64 2>"));
  g_assert_null (strstr (text, "Name"));
  g_assert_null (strstr (text, "Devices"));

  call_domain (fixture, "SetTitle", g_variant_new ("(s@a{sv})", "U", no_options));
  g_free (text);
  text = fixture_take_log (fixture);
  g_assert_true (g_str_has_suffix (text, DOMAIN_CHANGED "reply\n"));
  g_assert_null (strstr (text, "/disk"));
}

/* The live and the stored side change at one instant: neither is seen as pending for the other. */
static void
test_changed_both_sides (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) changes = NULL;
  guint n_signals;

  fixture_define (fixture, "a", "");
  fixture_start (fixture);
  forget_signals (fixture);
  call_domain (fixture, "SetTitle", g_variant_new ("(s@a{sv})", "T", no_options));
  changes = fixture_take_changes (fixture, UUID_PATH, DOMAIN, &n_signals);
  g_assert_cmpuint (n_signals, ==, 1);
  g_assert_false (g_variant_lookup (changes, "Pending", "@a{sv}", NULL));
  g_assert_false (g_variant_lookup (changes, "PendingChanges", "b", NULL));
}

/* What changes at one instant is one signal. */
static void
test_coalesced (Fixture *fixture, gconstpointer data)
{
  VbRegistry *registry = vb_engine_get_registry (fixture->engine);
  g_autoptr (GVariant) changes = NULL;
  VbMachine *machine;
  guint n_signals;

  fixture_define (fixture, "a", "");
  fixture_start (fixture);
  forget_signals (fixture);
  machine = vb_registry_find_name (registry, "a");
  g_assert_cmpint (kill (vb_machine_get_pid (machine), SIGKILL), ==, 0);
  fixture_wait_for (vb_machine_get_state (machine) == VB_STATE_SHUTOFF);
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'shutoff'");
  changes = fixture_take_changes (fixture, UUID_PATH, DOMAIN, &n_signals);
  g_assert_cmpuint (n_signals, ==, 1);
  for (guint i = 0; i < 5; i++)
    {
      static const char *const names[] = { "State", "StateReason", "Id", "Pid", "LastError" };
      g_autoptr (GVariant) value = g_variant_lookup_value (changes, names[i], NULL);
      g_test_message ("%s", names[i]);
      g_assert_nonnull (value);
    }
}

/* A client that follows the signals knows what one that reads gets. */
static void
assert_followed (Fixture *fixture, const char *path, const char *interface, GVariant *before)
{
  guint n_signals;
  g_autoptr (GVariant) changes = fixture_take_changes (fixture, path, interface, &n_signals);
  g_autoptr (GVariant) after = fixture_get_all (fixture, path, interface);
  GVariantIter properties;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&properties, after);
  while (g_variant_iter_loop (&properties, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) old_value = g_variant_lookup_value (before, name, NULL);
      g_autoptr (GVariant) new_value = g_variant_lookup_value (changes, name, NULL);

      g_test_message ("%s", name);
      g_assert_cmpvariant (new_value != NULL ? new_value : old_value, value);
    }
}

static void
follow (Fixture *fixture, const char *path, const char *interface, const char *step)
{
  g_autoptr (GVariant) before = NULL;

  forget_signals (fixture);
  before = fixture_get_all (fixture, path, interface);
  if (g_str_equal (step, "start"))
    fixture_start (fixture);
  else if (g_str_equal (step, "redefine"))
    fixture_define (fixture, "a",
                    TWO_DISKS "<graphics type='vnc' port='5999'/><serial type='null'/>");
  else if (g_str_equal (step, "SetTitle"))
    call_domain (fixture, step, g_variant_new ("(s@a{sv})", step, no_options));
  else
    call_domain (fixture, step, NO_OPTIONS);
  assert_followed (fixture, path, interface, before);
}

static void
test_followed (Fixture *fixture, gconstpointer data)
{
  static const char *const steps[] = { "SetTitle", "start",   "Resume",
                                       "redefine", "Suspend", "Destroy" };
  static const struct
  {
    const char *path;
    const char *interface;
  } objects[] = {
    { UUID_PATH, DOMAIN },
    { UUID_PATH "/graphics_vnc0", DEVICE },
    { UUID_PATH "/graphics_vnc0", "org.virtbus1.Graphics" },
    { UUID_PATH "/serial_0", "org.virtbus1.CharDevice" },
    { UUID_PATH "/memballoon_balloon0", "org.virtbus1.MemBalloon" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      fixture_define (fixture, "a", "<graphics type='vnc' autoport='yes'/><serial type='pty'/>");
      for (guint step = 0; step < G_N_ELEMENTS (steps); step++)
        {
          g_test_message ("%s %s", objects[i].path, steps[step]);
          follow (fixture, objects[i].path, objects[i].interface, steps[step]);
        }
    }
}

/* Devices come before they are listed, and are no longer listed when they go. */
static void
test_devices (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", ONE_DISK);
  fixture_start (fixture);
  forget_signals (fixture);
  fixture_define (fixture, "a", TWO_DISKS);
  assert_log_ends (fixture, "InterfacesAdded " UUID_PATH " " UUID_PATH "/disk_hdb\n" DOMAIN_CHANGED
                            "reply\n");
  fixture_assert_text (fixture, UUID_PATH "/disk_hda", DEVICE, "PlugState", "'attached'");
  fixture_assert_text (fixture, UUID_PATH "/disk_hdb", DEVICE, "PlugState", "'config-only'");
  fixture_assert_text (fixture, UUID_PATH "/disk_hdb", DEVICE, "Live", "false");
  fixture_assert_text (fixture, UUID_PATH "/disk_hdb", DEVICE, "Config", "true");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "PendingChanges", "true");
  forget_signals (fixture);
  fixture_define (fixture, "a", ONE_DISK);
  assert_log_ends (fixture, "InterfacesRemoved " UUID_PATH " " UUID_PATH "/disk_hdb\n"
                            "reply\n");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "PendingChanges", "false");
}

static void
test_pending (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml =
      g_strdup_printf ("<domain type='qemu'><name>a</name><uuid>%s</uuid><title>New</title>"
                       "<memory unit='MiB'>64</memory><vcpu>2</vcpu>"
                       "<os><type arch='x86_64'>hvm</type></os><devices>"
                       "<disk device='cdrom'><source file='/c'/><target dev='hda' "
                       "bus='ide'/><serial>S</serial></disk>"
                       "<graphics type='vnc' autoport='yes'/></devices></domain>",
                       UUID);
  g_autoptr (GVariant) reply = NULL;

  fixture_define (fixture, "a", ONE_DISK "<graphics type='vnc' autoport='yes'/>");
  fixture_start (fixture);
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Pending", "{}");
  reply = fixture_call (fixture, ROOT, MANAGER, "DefineDomain",
                        g_variant_new ("(s@a{sv})", xml, no_options));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Pending",
                       "{'Title': <'New'>, 'MaxVcpus': <uint32 2>, 'CurrentVcpus': <uint32 2>}");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "MaxVcpus", "1");
  fixture_assert_text (fixture, UUID_PATH "/disk_hda", DEVICE, "Pending",
                       "{'Source': <'/c'>, 'Serial': <'S'>}");
  fixture_assert_text (fixture, UUID_PATH "/disk_hda", DISK, "Source", "''");
  fixture_assert_text (fixture, UUID_PATH "/graphics_vnc0", DEVICE, "Pending", "{}");
  call_domain (fixture, "Destroy", NO_OPTIONS);
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Pending", "{}");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Title", "'New'");
  fixture_assert_text (fixture, UUID_PATH "/disk_hda", DISK, "Source", "'/c'");
}

static void
test_event (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);

  fixture_define (fixture, "a", "");
  fixture_start (fixture);
  call_domain (fixture, "Reset", NO_OPTIONS);
  while (strstr (log->str, "Event " UUID_PATH " reset\n") == NULL)
    {
      g_autofree char *more = fixture_take_log (fixture);
      g_string_append (log, more);
      if (*more == '\0')
        g_main_context_iteration (NULL, FALSE);
    }
}

/* News of the host that are none are not told. */
static void
test_host (Fixture *fixture, gconstpointer data)
{
  g_signal_emit_by_name (fixture->host, "changed");
  fixture_assert_text (fixture, ROOT, MANAGER, "Mode", "'session'");
  assert_log (fixture, "reply\n");
}

static VbMachine *
start_for (Fixture *fixture, GDBusConnection *client)
{
  g_auto (Reply) reply = { NULL };

  fixture_define (fixture, "a", "");
  fixture_send (client, fixture, UUID_PATH, DOMAIN, "Start",
                g_variant_new ("(@a{sv})",
                               options ("paused", g_variant_new_boolean (TRUE), "autodestroy",
                                        g_variant_new_boolean (TRUE), NULL)),
                0, &reply);
  fixture_wait_for (reply.is_there);
  g_assert_no_error (reply.error);
  return vb_registry_find_name (vb_engine_get_registry (fixture->engine), "a");
}

static void
leave (Fixture *fixture, GDBusConnection *leaving, VbMachine *machine)
{
  g_assert_cmpint (vb_machine_get_state (machine), ==, VB_STATE_PAUSED);
  g_dbus_connection_close_sync (leaving, NULL, NULL);
  g_object_unref (leaving);
  fixture_wait_for (vb_machine_get_state (machine) == VB_STATE_SHUTOFF);
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "StateReason", "'daemon'");
}

static void
test_autodestroy (Fixture *fixture, gconstpointer data)
{
  GDBusConnection *leaving = private_bus_connect (&fixture->bus);

  leave (fixture, leaving, start_for (fixture, leaving));
}

/* A service that comes anew knows whose machines it has found. */
static void
test_autodestroy_after_restart (Fixture *fixture, gconstpointer data)
{
  GDBusConnection *leaving = private_bus_connect (&fixture->bus);
  VbMachine *machine = start_for (fixture, leaving);

  fixture_unexport (fixture);
  fixture_export (fixture);
  leave (fixture, leaving, machine);
}

/* The owner is the user who called. */
static void
test_owner (Fixture *fixture, gconstpointer data)
{
  g_autofree char *user = g_strdup_printf ("'%s'", g_get_user_name ());

  fixture_define (fixture, "a", "");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Owner", user);
  fixture_assert_text (fixture, ROOT, MANAGER, "Mode", "'system'");
}

static void
store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Somebody else tells QEMU something. */
static void
tell_qemu (VbQemuInstance *instance, const char *command, const char *arguments)
{
  g_autofree char *path = vb_qemu_instance_get_monitor_path (instance, VB_QEMU_MONITOR_SPARE);
  g_autoptr (QmpValue) value = qmp_value_parse (arguments, -1, NULL);
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) called = NULL;
  g_autoptr (QmpSession) session = NULL;
  g_autoptr (QmpValue) answer = NULL;
  g_autoptr (GError) error = NULL;

  qmp_session_connect_async (path, 0, NULL, store_result, &connected);
  fixture_wait_for (connected != NULL);
  session = qmp_session_connect_finish (connected, &error);
  g_assert_no_error (error);
  qmp_session_open_async (session, 0, NULL, store_result, &opened);
  fixture_wait_for (opened != NULL);
  g_assert_true (qmp_session_open_finish (session, opened, NULL));
  qmp_session_call_async (session, command, value, 0, NULL, store_result, &called);
  fixture_wait_for (called != NULL);
  answer = qmp_session_call_finish (session, called, &error);
  g_assert_no_error (error);
  qmp_session_close (session);
}

static void
refresh (VbQemuInstance *instance)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vb_qemu_instance_refresh_async (instance, NULL, store_result, &result);
  fixture_wait_for (result != NULL);
  vb_qemu_instance_refresh_finish (instance, result, &error);
  g_assert_no_error (error);
}

/* What others plug into a running machine is an object, and one that they take away is none. */
static void
test_plugged (Fixture *fixture, gconstpointer data)
{
  static const char path[] = UUID_PATH "/input_tab";
  VbRegistry *registry = vb_engine_get_registry (fixture->engine);
  VbQemuInstance *instance;
  g_autofree char *log = NULL;

  fixture_define (fixture, "a", "<controller type='usb' index='0'/>");
  fixture_start (fixture);
  instance = vb_machine_get_run (vb_registry_find_name (registry, "a"))->instance;
  forget_signals (fixture);
  tell_qemu (instance, "device_add",
             "{\"driver\": \"usb-tablet\", \"id\": \"tab\", \"bus\": \"usb0.0\"}");
  refresh (instance);
  fixture_assert_text (fixture, path, DEVICE, "Live", "true");
  fixture_assert_text (fixture, path, DEVICE, "Config", "false");
  fixture_assert_text (fixture, path, DEVICE, "PlugState", "'attached'");
  fixture_assert_text (fixture, path, DEVICE, "Alias", "'tab'");
  fixture_assert_text (fixture, path, DEVICE, "Pending", "{}");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "PendingChanges", "true");
  log = fixture_take_log (fixture);
  g_assert_true (g_str_has_prefix (log, "InterfacesAdded " UUID_PATH " " UUID_PATH
                                        "/input_tab\n" DOMAIN_CHANGED "reply\n"));

  tell_qemu (instance, "device_del", "{\"id\": \"tab\"}");
  fixture_wait_for (!vb_machine_has_pending_changes (vb_registry_find_name (registry, "a")));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "PendingChanges", "false");
  assert_log (fixture, DOMAIN_CHANGED "InterfacesRemoved " UUID_PATH " " UUID_PATH "/input_tab\n"
                                      "Event " UUID_PATH " device-removed\nreply\n");
}

/* A device of the definition that is taken away stays, for the next start. */
static void
test_unplugged (Fixture *fixture, gconstpointer data)
{
  static const char path[] = UUID_PATH "/input_0";
  VbRegistry *registry = vb_engine_get_registry (fixture->engine);
  VbMachine *machine;

  fixture_define (fixture, "a", "<input type='tablet' bus='usb'/>");
  fixture_start (fixture);
  machine = vb_registry_find_name (registry, "a");
  forget_signals (fixture);
  tell_qemu (vb_machine_get_run (machine)->instance, "device_del", "{\"id\": \"input0\"}");
  fixture_wait_for (vb_machine_has_pending_changes (machine));
  fixture_assert_text (fixture, path, DEVICE, "Live", "false");
  fixture_assert_text (fixture, path, DEVICE, "Config", "true");
  fixture_assert_text (fixture, path, DEVICE, "PlugState", "'config-only'");
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/bus/signals/added", test_added);
  fixture_add ("/bus/signals/removed", test_removed);
  fixture_add ("/bus/signals/changed", test_changed);
  fixture_add ("/bus/signals/changed-both-sides", test_changed_both_sides);
  fixture_add ("/bus/signals/coalesced", test_coalesced);
  fixture_add ("/bus/signals/followed", test_followed);
  fixture_add ("/bus/signals/devices", test_devices);
  fixture_add ("/bus/signals/pending", test_pending);
  fixture_add ("/bus/signals/event", test_event);
  fixture_add ("/bus/signals/plugged", test_plugged);
  fixture_add ("/bus/signals/unplugged", test_unplugged);
  fixture_add ("/bus/signals/host", test_host);
  fixture_add ("/bus/signals/autodestroy", test_autodestroy);
  fixture_add ("/bus/signals/autodestroy-after-restart", test_autodestroy_after_restart);
  fixture_add_system ("/bus/signals/owner", test_owner);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
