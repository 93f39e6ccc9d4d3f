/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The monitors beside the service's own, and what all of them refuse.
 */
#include "control.h"

#include "tests/fixtures/guard.h"

static const VbQemuMonitor monitors[] = { VB_QEMU_MONITOR_PASSTHROUGH, VB_QEMU_MONITOR_SPARE };

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  VbQemuExit *exit = NULL;
  VbAdoptResult adopted;
  VbState state;
  vb_qemu_instance_adopt_finish (VB_QEMU_INSTANCE (source), result, &adopted, &state, &exit,
                                 &error);
  g_assert_no_error (error);
  g_assert_cmpint (adopted, ==, VB_ADOPT_RUNNING);
  *(gboolean *) user_data = TRUE;
}

static void
assert_answers (Machine *machine, VbQemuMonitor monitor)
{
  g_autoptr (QmpSession) session = control_open (machine, monitor);
  g_autoptr (QmpValue) status = control_ask (session, "query-status", NULL);
  g_assert_cmpstr (qmp_value_get_string (status, "status"), ==, "running");
  qmp_session_close (session);
}

/* Each client negotiates anew, and both go on with the next service. */
static void
test_spares (Machine *machine, gconstpointer data)
{
  gboolean is_adopted = FALSE;
  VbDomain *live;

  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  for (guint i = 0; i < G_N_ELEMENTS (monitors); i++)
    {
      assert_answers (machine, monitors[i]);
      assert_answers (machine, monitors[i]);
    }
  live = vb_domain_ref (vb_qemu_instance_get_domain (machine->instance));
  machine_forget (machine);
  machine_use (machine, live);
  vb_qemu_instance_adopt_async (machine->instance, NULL, on_adopted, &is_adopted);
  while (!is_adopted)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (monitors); i++)
    assert_answers (machine, monitors[i]);
}

static void
test_sockets_go (Machine *machine, gconstpointer data)
{
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  for (guint i = 0; i < G_N_ELEMENTS (monitors); i++)
    {
      g_autofree char *path = vb_qemu_instance_get_monitor_path (machine->instance, monitors[i]);
      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
    }
  machine_end (machine);
  for (guint i = 0; i < G_N_ELEMENTS (monitors); i++)
    {
      g_autofree char *path = vb_qemu_instance_get_monitor_path (machine->instance, monitors[i]);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
}

static void
test_deprecated (Machine *machine, gconstpointer data)
{
  gboolean rejects = GPOINTER_TO_INT (data);
  g_autoptr (QmpSession) session = NULL;
  g_autoptr (GError) error = NULL;
  machine->settings.reject_deprecated = rejects;
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  session = control_open (machine, VB_QEMU_MONITOR_SPARE);
  /* Deprecated since QEMU 5.2; there is no such server, either. */
  error = control_fail (session, "nbd-server-remove", "{\"name\": \"none\"}");
  g_assert_error (error, QMP_ERROR, rejects ? QMP_ERROR_COMMAND_NOT_FOUND : QMP_ERROR_GENERIC);
  qmp_session_close (session);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  machine_test ("/monitors/spares", test_spares, NULL);
  machine_test ("/monitors/sockets-go", test_sockets_go, NULL);
  machine_test ("/monitors/deprecated/rejected", test_deprecated, GINT_TO_POINTER (TRUE));
  machine_test ("/monitors/deprecated/taken", test_deprecated, GINT_TO_POINTER (FALSE));
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
