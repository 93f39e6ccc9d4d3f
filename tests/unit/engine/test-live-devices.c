/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices that come and go by other hands than the service's, while the machine runs: what the
 * machine shows, what its record keeps, and what the next service finds.
 */
#include "engine/run.h"
#include "fixture.h"
#include "qmp/qmp.h"
#include "tests/fixtures/guard.h"

#include <string.h>

#define RUN "run/" UUID_A "/"
#define USB "<controller type='usb' index='0'/>"
#define TABLET "{\"driver\": \"usb-tablet\", \"id\": \"tab\", \"bus\": \"usb0.0\"}"

/* Somebody else tells QEMU something. */
static void
tell_qemu (Fixture *fixture, const char *command, const char *arguments)
{
  g_autofree char *path = fixture_path (fixture, RUN "spare.sock");
  g_autoptr (QmpValue) value = qmp_value_parse (arguments, -1, NULL);
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) called = NULL;
  g_autoptr (QmpSession) session = NULL;
  g_autoptr (QmpValue) answer = NULL;
  g_autoptr (GError) error = NULL;

  qmp_session_connect_async (path, 0, NULL, fixture_got, &connected);
  fixture_wait (&connected);
  session = qmp_session_connect_finish (connected, &error);
  g_assert_no_error (error);
  qmp_session_open_async (session, 0, NULL, fixture_got, &opened);
  fixture_wait (&opened);
  g_assert_true (qmp_session_open_finish (session, opened, NULL));
  qmp_session_call_async (session, command, value, 0, NULL, fixture_got, &called);
  fixture_wait (&called);
  answer = qmp_session_call_finish (session, called, &error);
  g_assert_no_error (error);
  qmp_session_close (session);
}

static void
refresh (VbMachine *machine)
{
  VbQemuInstance *instance = vb_machine_get_run (machine)->instance;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vb_qemu_instance_refresh_async (instance, NULL, fixture_got, &result);
  fixture_wait (&result);
  vb_qemu_instance_refresh_finish (instance, result, &error);
  g_assert_no_error (error);
}

static gboolean
has_tablet (VbMachine *machine)
{
  return vb_domain_find_device (vb_machine_get_live (machine), "tab") != NULL;
}

static gboolean
is_recorded (Fixture *fixture)
{
  g_autofree char *text = fixture_read (fixture, RUN "domain.xml");

  return strstr (text, "<alias name='tab'/>") != NULL;
}

static void
on_changed (VbMachine *machine, guint facets, gpointer user_data)
{
  *(guint *) user_data |= facets;
}

static void
on_event (VbMachine *machine, const char *kind, GVariant *details, gpointer user_data)
{
  char **text = user_data;

  g_free (*text);
  *text = g_variant_print (details, FALSE);
  g_assert_cmpstr (kind, ==, "device-removed");
  g_assert_false (has_tablet (machine));
}

static void
test_plug (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, USB);
  guint facets = 0;

  fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_SET_TITLE, "mine", 0, 0));
  g_signal_connect (machine, "changed", G_CALLBACK (on_changed), &facets);
  tell_qemu (fixture, "device_add", TABLET);
  g_assert_false (has_tablet (machine));
  refresh (machine);
  g_assert_true (has_tablet (machine));
  g_assert_true (is_recorded (fixture));
  g_assert_true (facets & VB_FACET_DOMAIN);
  g_assert_null (vb_domain_find_device (vb_machine_get_definition (machine), "tab"));
  g_assert_true (vb_machine_has_pending_changes (machine));
  /* What a setter made of it is kept. */
  g_assert_cmpstr (vb_machine_get_live (machine)->title, ==, "mine");

  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_wait_state (machine, VB_STATE_RUNNING, VB_REASON_RECONNECTED);
  g_assert_true (has_tablet (machine));
  g_assert_true (vb_machine_has_pending_changes (machine));
  g_assert_cmpstr (vb_machine_get_live (machine)->title, ==, "mine");
  fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_SET_TITLE, "other", 0, 0));
  g_assert_true (is_recorded (fixture));
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  g_assert_false (vb_machine_has_pending_changes (machine));
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  g_assert_false (has_tablet (machine));
}

static void
test_unplug (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, USB);
  g_autofree char *details = NULL;

  tell_qemu (fixture, "device_add", TABLET);
  refresh (machine);
  g_assert_true (vb_machine_has_pending_changes (machine));
  g_signal_connect (machine, "event", G_CALLBACK (on_event), &details);
  tell_qemu (fixture, "device_del", "{\"id\": \"tab\"}");
  while (details == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (details, ==, "{'alias': <'tab'>}");
  g_assert_false (is_recorded (fixture));
  g_assert_false (vb_machine_has_pending_changes (machine));
}

/* What the machine has lost does not come back with the next service, even where a definition
 * without it would imply it. */
static void
test_lost_for_good (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL,
                                            "<memballoon model='virtio'><alias name='tab'/>"
                                            "</memballoon>");
  g_autofree char *details = NULL;
  gulong handler = g_signal_connect (machine, "event", G_CALLBACK (on_event), &details);

  g_assert_true (has_tablet (machine));
  tell_qemu (fixture, "device_del", "{\"id\": \"tab\"}");
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_SUSPEND));
  g_signal_handler_disconnect (machine, handler);
  tell_qemu (fixture, "system_reset", "{}");
  while (has_tablet (machine))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (vb_machine_has_pending_changes (machine));

  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_wait_state (machine, VB_STATE_PAUSED, VB_REASON_USER);
  for (guint i = 0; i < vb_machine_get_live (machine)->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (vb_machine_get_live (machine)->devices, i);
      g_assert_cmpint (device->kind, !=, VB_DEVICE_MEMBALLOON);
    }
  g_assert_true (vb_machine_has_pending_changes (machine));
}

/* A guest that was never defined is started anew as it was created. */
static void
test_transient (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, USB);
  VbStartOptions options = { 0 };
  g_autoptr (GError) error = NULL;
  VbMachine *machine = fixture_create (fixture, xml, &options, &error);

  g_assert_no_error (error);
  tell_qemu (fixture, "device_add", TABLET);
  refresh (machine);
  g_assert_true (has_tablet (machine));
  g_assert_false (vb_machine_has_pending_changes (machine));
  g_assert_null (vb_domain_find_device (vb_machine_get_origin (machine), "tab"));
}

static int
run (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_test ("/engine/live-devices/plug", test_plug);
  fixture_test ("/engine/live-devices/unplug", test_unplug);
  fixture_test ("/engine/live-devices/lost-for-good", test_lost_for_good);
  fixture_test ("/engine/live-devices/transient", test_transient);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
