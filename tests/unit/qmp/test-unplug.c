/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices that go at once, later, or not at all: as a monitor says it, and as QEMU does.
 */
#include "tests/unit/qmp/real-emulator.h"
#include "tests/unit/qmp/session-fixture.h"

#include <string.h>

static void
on_unplugged (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->n_calls++;
  outcome->opened = qmp_session_unplug_finish (QMP_SESSION (source), result, &outcome->error);
  g_assert_cmpint (outcome->opened, ==, outcome->error == NULL);
}

#define DELETED_PART                                                                               \
  "{\"event\": \"DEVICE_DELETED\", \"data\": {\"path\": "                                          \
  "\"/machine/peripheral/d/virtio-backend\"}}"
#define DELETED_OTHER                                                                              \
  "{\"event\": \"DEVICE_DELETED\", \"data\": {\"device\": \"e\", \"path\": "                       \
  "\"/machine/peripheral/e\"}}"
#define DELETED                                                                                    \
  "{\"event\": \"DEVICE_DELETED\", \"data\": {\"device\": \"d\", \"path\": "                       \
  "\"/machine/peripheral/d\"}}"
#define REFUSED(data) "{\"event\": \"DEVICE_UNPLUG_GUEST_ERROR\", \"data\": {" data "}}"
#define REPLY "{\"return\": {}, \"id\": 2}"
#define BUSY                                                                                       \
  "{\"error\": {\"class\": \"GenericError\", \"desc\": \"Device d is already in the process of "   \
  "unplug\"}, \"id\": 2}"

static const struct
{
  const char *name;
  const char *id;
  const char *said;
  int code; /* -1: gone */
} stories[] = {
  { "reply-first", "d", REPLY DELETED, -1 },
  { "event-first", "d", DELETED REPLY, -1 },
  { "parts-first", "d", DELETED_PART REPLY DELETED_PART DELETED_OTHER DELETED, -1 },
  { "busy", "d", BUSY DELETED, -1 },
  { "refused", "d", REPLY REFUSED ("\"device\": \"d\", \"path\": \"/machine/peripheral/d\""),
    QMP_ERROR_GUEST_REFUSED },
  { "refused-by-path", "d", REPLY REFUSED ("\"path\": \"/machine/peripheral/d\""),
    QMP_ERROR_GUEST_REFUSED },
  { "refused-other", "d",
    REPLY REFUSED ("\"path\": \"/machine/peripheral/e/d\"") REFUSED ("\"device\": \"e\"") DELETED,
    -1 },
  { "unknown", "d",
    "{\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Device 'd' not found\"}, \"id\": 2}",
    QMP_ERROR_DEVICE_NOT_FOUND },
  { "no-hotplug", "d",
    "{\"error\": {\"class\": \"GenericError\", \"desc\": \"Bus 'x' does not support "
    "hotplugging\"}, "
    "\"id\": 2}",
    QMP_ERROR_GENERIC },
  { "by-path", "/machine/peripheral-anon/device[0]",
    REPLY DELETED "{\"event\": \"DEVICE_DELETED\", \"data\": {\"path\": "
                  "\"/machine/peripheral-anon/device[0]\"}}",
    -1 },
};

static void
test_story (SessionFixture *fixture, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *line = NULL;
  g_autoptr (QmpValue) command = NULL;
  g_autoptr (QmpValue) arguments = NULL;
  g_auto (Outcome) outcome = { 0 };

  qmp_session_unplug_async (fixture->session, stories[i].id, G_MAXUINT, NULL, on_unplugged,
                            &outcome);
  line = scripted_peer_hear (fixture->peer);
  command = qmp_value_parse (line, -1, NULL);
  arguments = qmp_value_get (command, "arguments");
  g_assert_cmpstr (qmp_value_get_string (command, "execute"), ==, "device_del");
  g_assert_cmpstr (qmp_value_get_string (arguments, "id"), ==, stories[i].id);
  scripted_peer_say (fixture->peer, "%s", stories[i].said);
  wait_until (outcome.n_calls);
  if (stories[i].code < 0)
    g_assert_no_error (outcome.error);
  else
    g_assert_error (outcome.error, QMP_ERROR, stories[i].code);
  if (stories[i].code == QMP_ERROR_GUEST_REFUSED)
    g_assert_cmpstr (outcome.error->message, ==,
                     "device_del: the guest does not release device 'd'");
  session_fixture_assert_usable (fixture);
}

/* Only parts of it have gone. */
static void
test_timeout (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  scripted_peer_say (fixture->peer, REPLY DELETED_PART);
  g_assert_false (qmp_session_unplug_sync (fixture->session, "d", 50, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  g_assert_true (g_str_has_prefix (error->message, "device_del: "));
  g_assert_nonnull (strstr (error->message, "DEVICE_DELETED"));
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
  for (guint i = 0; i < G_N_ELEMENTS (stories); i++)
    {
      g_autofree char *path = g_strconcat ("/qmp/unplug/story/", stories[i].name, NULL);

      g_test_add (path, SessionFixture, GUINT_TO_POINTER (i), session_fixture_set_up_open,
                  test_story, session_fixture_tear_down);
    }
  g_test_add ("/qmp/unplug/timeout", SessionFixture, NULL, session_fixture_set_up_open,
              test_timeout, session_fixture_tear_down);
  g_test_add ("/qmp/real-qemu/unplug-at-once", Machine, NULL, machine_set_up, test_qemu_at_once,
              machine_tear_down);
  g_test_add ("/qmp/real-qemu/unplug-reset", Machine, NULL, machine_set_up, test_qemu_reset,
              machine_tear_down);
  g_test_add ("/qmp/real-qemu/unplug-unknown", Machine, NULL, machine_set_up, test_qemu_unknown,
              machine_tear_down);
  return g_test_run ();
}
