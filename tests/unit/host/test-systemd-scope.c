/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A manager of systemd's, played on a private bus: what it is asked for a process with limits, and
 * what comes of each of its answers. The machine is shown in a folder.
 */
#include "host/cgroup.h"
#include "host/host-error.h"

#include <unistd.h>

#include <glib/gstdio.h>

#include "tests/bus/private-bus.h"
#include "tests/fixtures/guard.h"

#define NAME "org.freedesktop.systemd1"
#define PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define SCOPE "virtbus-01234567-89ab-cdef-0123-456789abcdef"
#define JOB "/org/freedesktop/systemd1/job/42"

static const char interface_xml[] =
    "<node><interface name='" MANAGER "'>"
    "<method name='Subscribe'/>"
    "<method name='StartTransientUnit'><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='a(sv)' direction='in'/><arg type='a(sa(sv))' direction='in'/>"
    "<arg type='o' direction='out'/></method>"
    "<method name='SetUnitProperties'><arg type='s' direction='in'/><arg type='b' direction='in'/>"
    "<arg type='a(sv)' direction='in'/></method>"
    "</interface></node>";

typedef struct
{
  const char *job_result; /* of StartTransientUnit; %NULL: it is refused */
  guint n_conflicts;      /* how often the unit exists already, and goes then */
  const char *memory_max; /* what the kernel shows then; %NULL: no controller */
  GCancellable *stop;     /* (unowned) (nullable): cancelled while it is at work, for ever then */

  GDBusConnection *bus; /* (owned) */
  char *root;           /* (owned) */
  guint n_subscribed;
  char *asked; /* (owned) (nullable): the arguments, printed */
} Manager;

static PrivateBus private_bus;

static void
put (const Manager *manager, const char *path, const char *text)
{
  g_autofree char *full = g_build_filename (manager->root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, text, -1, NULL));
}

static void
tell (const Manager *manager, const char *signal, GVariant *parameters)
{
  g_assert_true (
      g_dbus_connection_emit_signal (manager->bus, NULL, PATH, MANAGER, signal, parameters, NULL));
}

static void
move_process (const Manager *manager)
{
  g_autofree char *membership = g_strdup_printf ("proc/%d/cgroup", getpid ());

  put (manager, membership, "0::/" SCOPE ".scope\n");
  put (manager, "sys/fs/cgroup/" SCOPE ".scope/cgroup.controllers",
       manager->memory_max != NULL ? "memory\n" : "pids\n");
  if (manager->memory_max != NULL)
    put (manager, "sys/fs/cgroup/" SCOPE ".scope/memory.max", manager->memory_max);
}

static void
start_unit (Manager *manager, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_free (manager->asked);
  manager->asked = g_variant_print (parameters, FALSE);
  if (manager->n_conflicts > 0)
    {
      manager->n_conflicts--;
      g_dbus_method_invocation_return_dbus_error (invocation, NAME ".UnitExists",
                                                  "Unit was already loaded.");
      /* Another one's end is no reason to try again. */
      tell (manager, "UnitRemoved", g_variant_new ("(so)", "other.scope", PATH "/unit/other"));
      tell (manager, "UnitRemoved", g_variant_new ("(so)", SCOPE ".scope", PATH "/unit/it"));
    }
  else if (manager->stop != NULL)
    {
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", JOB));
      g_cancellable_cancel (manager->stop);
    }
  else if (manager->job_result == NULL)
    g_dbus_method_invocation_return_dbus_error (
        invocation, "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", "Not you.");
  else
    {
      move_process (manager);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", JOB));
      tell (manager, "JobRemoved",
            g_variant_new ("(uoss)", 41, PATH "/job/41", "other.scope", "failed"));
      /* As no systemd says it */
      tell (manager, "JobRemoved", g_variant_new ("(s)", "nonsense"));
      tell (manager, "JobRemoved",
            g_variant_new ("(uoss)", 42, JOB, SCOPE ".scope", manager->job_result));
    }
}

static void
change_unit (Manager *manager, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_free (manager->asked);
  manager->asked = g_variant_print (parameters, FALSE);
  if (manager->job_result != NULL)
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_return_dbus_error (
        invocation, "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", "Not you.");
}

static void
on_call (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  Manager *manager = user_data;

  if (g_str_equal (method, "StartTransientUnit"))
    {
      start_unit (manager, parameters, invocation);
      return;
    }
  if (g_str_equal (method, "SetUnitProperties"))
    {
      change_unit (manager, parameters, invocation);
      return;
    }
  manager->n_subscribed++;
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
own_name (Manager *manager)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface_xml, NULL);
  g_autoptr (GVariant) reply = NULL;

  g_dbus_connection_register_object (manager->bus, PATH, node->interfaces[0], &vtable, manager,
                                     NULL, NULL);
  reply = g_dbus_connection_call_sync (manager->bus, "org.freedesktop.DBus", "/",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", NAME, 4u), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (reply);
}

static void
set_up (Manager *manager, gboolean is_there)
{
  static guint n_roots;
  g_autofree char *name = g_strdup_printf ("root-%u", ++n_roots);

  manager->root = g_build_filename (guard_get_folder (), name, NULL);
  put (manager, "run/systemd/system/here", "");
  put (manager, "proc/self/mountinfo", "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  put (manager, "proc/self/cgroup", "4:memory:/\n0::/x\n");
  manager->bus = private_bus_connect (&private_bus);
  if (is_there)
    own_name (manager);
}

static void
tear_down (Manager *manager)
{
  g_assert_true (g_dbus_connection_close_sync (manager->bus, NULL, NULL));
  g_object_unref (manager->bus);
  g_free (manager->root);
  g_free (manager->asked);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* (transfer full) (nullable) */
static GError *
confine (const Manager *manager, GCancellable *cancellable)
{
  g_autoptr (VbCgroups) cgroups = vb_cgroups_new (manager->root, VB_CGROUP_MANAGER_USER);
  g_autoptr (GAsyncResult) result = NULL;
  VbCgroupRequest request = {
    .scope = SCOPE, .group = SCOPE ".1", .description = "a guest", .pid = getpid ()
  };
  GError *error = NULL;

  vb_cgroup_limits_set (&request.limits, VB_CGROUP_MEMORY_MAX, 1 << 20);
  vb_cgroups_confine_async (cgroups, &request, cancellable, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  vb_cgroups_confine_finish (result, &error);
  return error;
}

/* (transfer full): what systemd is to be asked */
static char *
expect_asked (void)
{
  return g_strdup_printf ("('" SCOPE ".scope', 'fail', [('Description', <'a guest'>), "
                          "('CollectMode', <'inactive-or-failed'>), ('PIDs', <[uint32 %d]>), "
                          "('MemoryMax', <uint64 1048576>)], [])",
                          getpid ());
}

static void
test_done (void)
{
  Manager manager = { .job_result = "done", .memory_max = "1048576\n" };
  g_autofree char *expected = expect_asked ();

  set_up (&manager, TRUE);
  g_assert_no_error (confine (&manager, NULL));
  g_assert_cmpstr (manager.asked, ==, expected);
  g_assert_cmpuint (manager.n_subscribed, ==, 1);
  tear_down (&manager);
}

static void
test_former_scope (void)
{
  Manager manager = { .job_result = "done", .memory_max = "1048576\n", .n_conflicts = 2 };

  set_up (&manager, TRUE);
  g_assert_no_error (confine (&manager, NULL));
  g_assert_cmpuint (manager.n_conflicts, ==, 0);
  tear_down (&manager);
}

static void
assert_refused (Manager *manager, gboolean is_there, const char *message)
{
  g_autoptr (GError) error = NULL;

  set_up (manager, is_there);
  error = confine (manager, NULL);
  g_assert_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE);
  g_assert_nonnull (strstr (error->message, message));
  tear_down (manager);
}

static void
test_refused (void)
{
  Manager manager = { .job_result = NULL };

  assert_refused (&manager, TRUE, "systemd does not make the scope " SCOPE ".scope: Not you.");
}

static void
test_job_failed (void)
{
  Manager manager = { .job_result = "timeout" };

  assert_refused (&manager, TRUE,
                  "systemd could not make the scope " SCOPE ".scope: timeout; see its journal");
}

/* A manager says nothing of what it has no say in. */
static void
test_not_controlled (void)
{
  Manager manager = { .job_result = "done" };

  assert_refused (&manager, TRUE, "does not have the controller 'memory'");
}

static void
test_not_done (void)
{
  Manager manager = { .job_result = "done", .memory_max = "max\n" };

  assert_refused (&manager, TRUE, "is not what was asked for, but max");
}

/* Then its own group counts, which this machine keeps from it. */
static void
test_absent (void)
{
  Manager manager = { NULL };

  assert_refused (&manager, FALSE, "the controller 'memory' is in the hands of cgroup v1");
}

/* A process that is in its scope already. */
static void
test_changed (void)
{
  Manager manager = { .job_result = "done", .memory_max = "1048576\n" };

  set_up (&manager, TRUE);
  move_process (&manager);
  g_assert_no_error (confine (&manager, NULL));
  g_assert_cmpstr (manager.asked, ==,
                   "('" SCOPE ".scope', true, [('MemoryMax', <uint64 1048576>)])");
  tear_down (&manager);
}

static void
test_not_changed (void)
{
  Manager manager = { .job_result = NULL };
  g_autoptr (GError) error = NULL;

  set_up (&manager, TRUE);
  move_process (&manager);
  error = confine (&manager, NULL);
  g_assert_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE);
  g_assert_cmpstr (error->message, ==,
                   "systemd does not change the scope " SCOPE ".scope: Not you.");
  tear_down (&manager);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Manager manager = { .stop = cancellable };
  g_autoptr (GError) error = NULL;

  set_up (&manager, TRUE);
  error = confine (&manager, cancellable);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  tear_down (&manager);
}

static int
run (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/systemd-scope/done", test_done);
  g_test_add_func ("/systemd-scope/former-scope", test_former_scope);
  g_test_add_func ("/systemd-scope/refused", test_refused);
  g_test_add_func ("/systemd-scope/job-failed", test_job_failed);
  g_test_add_func ("/systemd-scope/not-controlled", test_not_controlled);
  g_test_add_func ("/systemd-scope/not-done", test_not_done);
  g_test_add_func ("/systemd-scope/absent", test_absent);
  g_test_add_func ("/systemd-scope/changed", test_changed);
  g_test_add_func ("/systemd-scope/not-changed", test_not_changed);
  g_test_add_func ("/systemd-scope/cancelled", test_cancelled);
  private_bus_start (&private_bus);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", private_bus.address, TRUE);
  status = g_test_run ();
  private_bus_stop (&private_bus);
  return status;
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
