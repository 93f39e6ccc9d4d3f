/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices that go at once, later, or not at all, as QEMU does it.
 */
#include "tests/unit/qmp/real-emulator.h"
#include "tests/unit/qmp/scripted-peer.h"

static void
on_unplugged (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->n_calls++;
  outcome->opened = qmp_session_unplug_finish (QMP_SESSION (source), result, &outcome->error);
  g_assert_cmpint (outcome->opened, ==, outcome->error == NULL);
}

typedef struct
{
  GSubprocess *emulator; /* (owned) */
  QmpSession *session;   /* (owned) */
} Machine;

static void
machine_set_up (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fd;

  machine->emulator = real_emulator_start ("pc,usb=on", &fd);
  machine->session = qmp_session_new_for_fd (fd);
  qmp_session_open_sync (machine->session, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
}

static void
machine_tear_down (Machine *machine, gconstpointer data)
{
  real_emulator_free (machine->emulator);
  g_object_unref (machine->session);
  run_ready_sources ();
}

static void
machine_call (Machine *machine, const char *command, const char *arguments)
{
  g_autoptr (QmpValue) value = arguments ? qmp_value_parse (arguments, -1, NULL) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) reply =
      qmp_session_call_sync (machine->session, command, value, G_MAXUINT, NULL, &error);

  g_assert_no_error (error);
}

/* USB asks no guest. */
static void
test_qemu_at_once (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  g_auto (Outcome) outcome = { 0 };

  machine_call (machine, "device_add", "{\"driver\":\"usb-tablet\",\"id\":\"d\"}");
  qmp_session_unplug_sync (machine->session, "d", G_MAXUINT, NULL, &error);
  g_assert_no_error (error);

  machine_call (machine, "device_add", "{\"driver\":\"usb-tablet\",\"id\":\"d\"}");
  qmp_session_unplug_async (machine->session, "d", G_MAXUINT, NULL, on_unplugged, &outcome);
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
  g_assert_false (qmp_session_unplug_sync (machine->session, "d", G_MAXUINT, NULL, &again));
  g_assert_error (again, QMP_ERROR, QMP_ERROR_DEVICE_NOT_FOUND);
}

/* A PCI device waits for its guest, which does not run; a reset takes it. */
static void
test_qemu_reset (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (Outcome) outcome = { 0 };

  machine_call (machine, "device_add", "{\"driver\":\"virtio-rng-pci\",\"id\":\"d\"}");
  g_assert_false (qmp_session_unplug_sync (machine->session, "d", 100, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TIMEOUT);

  qmp_session_unplug_async (machine->session, "d", G_MAXUINT, NULL, on_unplugged, &outcome);
  machine_call (machine, "system_reset", NULL);
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
}

static void
test_qemu_unknown (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (qmp_session_unplug_sync (machine->session, "nobody", 0, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DEVICE_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "Device 'nobody' not found");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/qmp/real-unplug/at-once", Machine, NULL, machine_set_up, test_qemu_at_once,
              machine_tear_down);
  g_test_add ("/qmp/real-unplug/reset", Machine, NULL, machine_set_up, test_qemu_reset,
              machine_tear_down);
  g_test_add ("/qmp/real-unplug/unknown", Machine, NULL, machine_set_up, test_qemu_unknown,
              machine_tear_down);
  return g_test_run ();
}
