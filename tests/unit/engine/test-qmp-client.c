/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a well-behaved client of the broker hears and what QEMU hears of it.
 */
#include "tests/unit/engine/broker.h"

#include "tests/fixtures/guard.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REFUSED "\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Device 'x' not found\"}"

static void
test_greeting (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) client = broker_connect (broker, 0, NULL);

  broker_accept (broker);
  /* Nobody is greeted before QEMU greets. */
  run_ready_sources ();
  g_assert_cmpuint (client->n_heard, ==, 0);
  broker_greet (broker);
  client_assert_hears (client, "{\"QMP\": {\"version\": {\"qemu\":{\"micro\":22,\"minor\":2,"
                               "\"major\":7},\"package\":\"\"}, \"capabilities\": [\"oob\"]}}\r");
}

static void
test_without_oob (Broker *broker, gconstpointer data)
{
  static const char greeting[] = "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n";
  g_autoptr (ScriptedPeer) client = broker_connect (broker, 0, NULL);

  broker_accept (broker);
  scripted_peer_say (broker->qemu, greeting);
  /* What was asked for too much is asked for less. */
  wait_until (broker->qemu->at_end);
  g_clear_pointer (&broker->qemu, scripted_peer_free);
  broker_accept (broker);
  scripted_peer_say (broker->qemu, greeting);
  broker_serve (broker, "qmp_capabilities", "\"return\": {}");
  client_assert_hears (client, "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r");
  scripted_peer_say (client,
                     "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}");
  client_assert_refused (client, "GenericError", "Capability oob not available");
}

static void
test_negotiation (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) client = broker_connect (broker, CLIENT_CONTROL, NULL);
  g_autofree char *greeting = NULL;

  broker_accept (broker);
  broker_greet (broker);
  greeting = scripted_peer_hear (client);
  scripted_peer_say (client, "{\"execute\":\"query-status\"}");
  client_assert_refused (client, "CommandNotFound",
                         "Expecting capabilities negotiation with 'qmp_capabilities'");
  scripted_peer_say (client, "{\"execute\":\"qmp_capabilities\",\"id\":[1]}");
  client_assert_hears (client, "{\"return\": {}, \"id\": [1]}\r");
  scripted_peer_say (client, "{\"execute\":\"qmp_capabilities\"}");
  client_assert_refused (client, "CommandNotFound",
                         "Capabilities negotiation is already complete, command ignored");
  scripted_peer_say (client, "{\"exec-oob\":\"yank\"}");
  client_assert_refused (client, "GenericError", "QMP input member 'exec-oob' is unexpected");
  broker_assert_silent (broker);
}

/* Ids and answers pass byte for byte, and ids of two clients are two. */
static void
test_ids (Broker *broker, gconstpointer data)
{
  static const char *const ids[] = {
    "1",  "{\"a\": [1,  2]}", "null", "\"\\u00e9\\/\"", "18446744073709551615", "1e400", "-0.0",
    "[]",
  };
  g_autoptr (ScriptedPeer) client = broker_open (broker, 0);
  g_autoptr (ScriptedPeer) other = broker_open (broker, 0);

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *expected =
          g_strdup_printf ("{\"return\": {\"n\":  [18446744073709551615,1e400]}, \"id\": %s}\r",
                           ids[i]);
      guint64 first, second;

      scripted_peer_say (client, "{\"execute\":\"query-a\",\"id\":%s}", ids[i]);
      first = broker_hear (broker, "query-a");
      scripted_peer_say (other, "{\"execute\":\"query-b\",\"id\":%s}", ids[i]);
      second = broker_hear (broker, "query-b");
      g_assert_cmpuint (first, !=, second);
      broker_answer (broker, second, "\"return\": {\"n\":  [18446744073709551615,1e400]}");
      client_assert_hears (other, expected);
      broker_answer (broker, first, "\"return\": {\"n\":  [18446744073709551615,1e400]}");
      client_assert_hears (client, expected);
    }
  scripted_peer_say (client, "{\"execute\":\"query-a\"}");
  broker_serve (broker, "{\"execute\":\"query-a\",\"id\":", REFUSED);
  client_assert_hears (client, "{" REFUSED "}\r");
}

/* Without ids a client has the order to go by, the broker's own answers among QEMU's. */
static void
test_order (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) client = broker_open (broker, 0);
  guint64 first, second;

  scripted_peer_say (client, "{\"execute\":\"query-a\"}{\"execute\":\"stop\"}"
                             "{\"execute\":\"query-b\"}");
  first = broker_hear (broker, "query-a");
  second = broker_hear (broker, "query-b");
  g_assert_cmpuint (client->heard->len, ==, 0);
  broker_answer (broker, first, "\"return\": 1");
  client_assert_hears (client, "{\"return\": 1}\r");
  client_assert_refused (client, "GenericError", "open one with the mode 'control'");
  broker_answer (broker, second, "\"return\": 2");
  client_assert_hears (client, "{\"return\": 2}\r");
}

/* QEMU is asked for its schema once; the answer keeps its place among the others. */
static void
test_schema (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) client = broker_open (broker, 0);
  guint64 id;

  scripted_peer_say (client, "{\"execute\":\"query-qmp-schema\"}");
  broker_serve (broker, "query-qmp-schema", "\"return\": [1]");
  client_assert_hears (client, "{\"return\": [1]}\r");
  scripted_peer_say (client, "{\"execute\":\"query-a\"}{\"execute\":\"query-qmp-schema\"}");
  id = broker_hear (broker, "query-a");
  broker_assert_silent (broker);
  broker_answer (broker, id, "\"return\": 2");
  client_assert_hears (client, "{\"return\": 2}\r");
  client_assert_hears (client, "{\"return\": [1]}\r");
}

static void
test_out_of_band (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) client = broker_connect (broker, CLIENT_CONTROL, NULL);
  g_autofree char *greeting = NULL;
  guint64 slow;

  broker_accept (broker);
  broker_greet (broker);
  greeting = scripted_peer_hear (client);
  scripted_peer_say (client,
                     "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}");
  client_assert_hears (client, "{\"return\": {}}\r");
  scripted_peer_say (client, "{\"execute\":\"query-a\",\"id\":1}{\"exec-oob\":\"x-oob\",\"id\":2}");
  slow = broker_hear (broker, "query-a");
  broker_serve (broker, "{\"exec-oob\":\"x-oob\"", "\"return\": {}");
  client_assert_hears (client, "{\"return\": {}, \"id\": 2}\r");
  broker_answer (broker, slow, "\"return\": {}");
  client_assert_hears (client, "{\"return\": {}, \"id\": 1}\r");
}

static void
test_rules (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) reader = broker_open (broker, 0);
  g_autoptr (ScriptedPeer) control = broker_open (broker, CLIENT_CONTROL);
  g_autoptr (ScriptedPeer) unsafe = broker_open (broker, CLIENT_CONTROL | CLIENT_UNSAFE);

  scripted_peer_say (reader, "{\"execute\":\"stop\"}");
  client_assert_refused (reader, "GenericError", "'stop' is none of the commands that only read");
  scripted_peer_say (control, "{\"execute\":\"quit\"}");
  client_assert_refused (control, "GenericError", "set the option 'unsafe'");
  scripted_peer_say (control, "{\"execute\":\"remove-fd\",\"arguments\":{\"fdset-id\":2}}");
  client_assert_refused (control, "GenericError", "set the option 'unsafe'");
  broker_assert_silent (broker);
  g_assert_cmpstr (broker->changing->str, ==, "");

  scripted_peer_say (control, "{\"execute\":\"remove-fd\",\"arguments\":{\"fdset-id\":3}}");
  broker_serve (broker, "{\"execute\":\"remove-fd\",\"arguments\":{\"fdset-id\":3},",
                "\"return\": {}");
  client_assert_hears (control, "{\"return\": {}}\r");
  scripted_peer_say (unsafe, "{\"execute\":\"quit\"}");
  broker_serve (broker, "quit", "\"return\": {}");
  client_assert_hears (unsafe, "{\"return\": {}}\r");
  g_assert_cmpstr (broker->changing->str, ==, "alice remove-fd;alice quit;");
}

/* The owner is told once for all that was under way together. */
static void
test_changes (Broker *broker, gconstpointer data)
{
  ScriptedPeer *client = broker_open (broker, CLIENT_CONTROL);
  guint64 first, second;

  scripted_peer_say (client, "{\"execute\":\"stop\"}{\"execute\":\"query-a\"}");
  first = broker_hear (broker, "stop");
  second = broker_hear (broker, "query-a");
  g_assert_cmpstr (broker->changing->str, ==, "alice stop;");
  broker_answer (broker, first, "\"return\": {}");
  client_assert_hears (client, "{\"return\": {}}\r");
  g_assert_cmpuint (broker->n_changed, ==, 0);
  broker_answer (broker, second, "\"return\": {}");
  client_assert_hears (client, "{\"return\": {}}\r");
  g_assert_cmpuint (broker->n_changed, ==, 1);
  client_assert_usable (broker, client);
  g_assert_cmpuint (broker->n_changed, ==, 1);

  /* Who leaves meanwhile: now, and when QEMU has done it. */
  scripted_peer_say (client, "{\"execute\":\"cont\"}");
  first = broker_hear (broker, "cont");
  scripted_peer_free (client);
  wait_until (broker->n_changed == 2);
  broker_answer (broker, first, "\"return\": {}");
  wait_until (broker->n_changed == 3);
}

static void
test_events (Broker *broker, gconstpointer data)
{
  static const char *const some[] = { "STOP", NULL };
  static const char *const none[] = { NULL };
  static const char stop[] = "{\"timestamp\":  {\"seconds\": 1, \"microseconds\": 2},"
                             " \"event\": \"STOP\", \"x\": 1e400}\r\n";
  static const char resume[] = "{\"event\": \"RESUME\"}\r\n";
  g_autoptr (ScriptedPeer) all = broker_open (broker, 0);
  g_autoptr (ScriptedPeer) one = broker_connect (broker, 0, some);
  g_autoptr (ScriptedPeer) quiet = broker_connect (broker, 0, none);
  g_autoptr (ScriptedPeer) early = broker_connect (broker, 0, NULL);
  g_autofree char *greeting = scripted_peer_hear (one);

  g_free (scripted_peer_hear (quiet));
  g_free (scripted_peer_hear (early));
  scripted_peer_say (one, "{\"execute\": \"qmp_capabilities\"}");
  client_assert_hears (one, "{\"return\": {}}\r");
  scripted_peer_say (quiet, "{\"execute\": \"qmp_capabilities\"}");
  client_assert_hears (quiet, "{\"return\": {}}\r");

  scripted_peer_say (broker->qemu, "%s%s", resume, stop);
  client_assert_hears (all, "{\"event\": \"RESUME\"}\r");
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *line = scripted_peer_hear (i == 0 ? all : one);
      g_assert_true (strncmp (line, stop, strlen (line)) == 0);
    }
  client_assert_usable (broker, quiet);
  scripted_peer_say (early, "{\"execute\": \"qmp_capabilities\"}");
  client_assert_hears (early, "{\"return\": {}}\r");
}

/* Only eight are under way; the ninth is not even read. */
static void
test_under_way (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) client = broker_open (broker, 0);
  guint64 ids[10];

  for (guint i = 0; i < 10; i++)
    scripted_peer_say (client, "{\"execute\":\"query-%u\",\"id\":%u}", i, i);
  for (guint i = 0; i < 7; i++)
    ids[i] = broker_hear (broker, "query-");
  /* QEMU itself never holds more than seven. */
  broker_assert_silent (broker);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *expected = g_strdup_printf ("{\"return\": {}, \"id\": %u}\r", i);

      broker_answer (broker, ids[i], "\"return\": {}");
      client_assert_hears (client, expected);
      if (i + 7 < 10)
        ids[i + 7] = broker_hear (broker, "query-");
    }
}

static void
test_descriptors (Broker *broker, gconstpointer data)
{
  ScriptedPeer *client = broker_open (broker, CLIENT_CONTROL);
  g_autoptr (ScriptedPeer) other = broker_open (broker, CLIENT_CONTROL);
  guint64 first;

  client_send_fds (client, "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"a\"}}", 1);
  first = broker_hear (broker, "getfd");
  g_assert_cmpuint (broker->qemu->fds->len, ==, 1);
  /* QEMU has room for one descriptor: the next one waits, and all that comes after it. */
  client_send_fds (client, "{\"execute\":\"add-fd\"}{\"execute\":\"query-a\"}", 1);
  broker_assert_silent (broker);
  broker_answer (broker, first, "\"return\": {}");
  broker_serve (broker, "add-fd", "\"return\": {\"fdset-id\": 3}");
  g_assert_cmpuint (broker->qemu->fds->len, ==, 2);
  broker_serve (broker, "query-a", "\"return\": {}");
  client_assert_hears (client, "{\"return\": {}}\r");
  client_assert_hears (client, "{\"return\": {\"fdset-id\": 3}}\r");
  client_assert_hears (client, "{\"return\": {}}\r");

  scripted_peer_say (client, "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"b\"}}");
  client_assert_refused (client, "GenericError", "No file descriptor supplied via SCM_RIGHTS");
  /* The name is the session's own. */
  client_send_fds (other, "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"a\"}}", 1);
  client_assert_refused (other, "GenericError", "a descriptor of another session is called so");
  scripted_peer_say (other, "{\"execute\":\"closefd\",\"arguments\":{\"fdname\":\"a\"}}");
  client_assert_refused (other, "GenericError", "a descriptor of another session is called so");
  broker_assert_silent (broker);

  scripted_peer_free (client);
  broker_serve (broker, "{\"execute\":\"closefd\",\"arguments\":{\"fdname\":\"a\"}",
                "\"return\": {}");
  client_send_fds (other, "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"a\"}}", 1);
  broker_serve (broker, "getfd", "\"return\": {}");
  client_assert_hears (other, "{\"return\": {}}\r");
  scripted_peer_say (other, "{\"execute\":\"closefd\",\"arguments\":{\"fdname\":\"a\"}}");
  broker_serve (broker, "closefd", "\"return\": {}");
  client_assert_hears (other, "{\"return\": {}}\r");
}

/* QEMU dropped the monitor and lives: what was under way fails, and the session goes on. */
static void
test_reconnected (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) client = broker_open (broker, 0);

  scripted_peer_say (client, "{\"execute\":\"query-a\"}");
  broker_hear (broker, "query-a");
  g_clear_pointer (&broker->qemu, scripted_peer_free);
  client_assert_refused (client, "GenericError", "QEMU was lost before it answered 'query-a'");
  broker_accept (broker);
  broker_greet (broker);
  client_assert_usable (broker, client);
}

static void
test_closed (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) client = broker_open (broker, 0);
  g_autoptr (ScriptedPeer) other = broker_connect (broker, 0, NULL);

  scripted_peer_say (client, "{\"execute\":\"query-a\"}");
  broker_hear (broker, "query-a");
  g_assert_cmpuint (vb_passthrough_get_n_listeners (broker->passthrough), ==, 2);
  vb_passthrough_close (broker->passthrough);
  g_assert_cmpuint (vb_passthrough_get_n_listeners (broker->passthrough), ==, 0);
  client_assert_ended (client);
  client_assert_ended (other);
}

/* Who came when QEMU was gone already waits for the end, which is near. */
static void
test_refused (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) client = NULL;

  close (broker->listener);
  broker->listener = -1;
  client = broker_connect (broker, 0, NULL);
  run_ready_sources ();
  g_assert_cmpuint (client->n_heard, ==, 0);
  vb_passthrough_close (broker->passthrough);
  client_assert_ended (client);
}

static int
run_tests (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  broker_test ("greeting", test_greeting);
  broker_test ("without-oob", test_without_oob);
  broker_test ("negotiation", test_negotiation);
  broker_test ("ids", test_ids);
  broker_test ("order", test_order);
  broker_test ("schema", test_schema);
  broker_test ("out-of-band", test_out_of_band);
  broker_test ("rules", test_rules);
  broker_test ("changes", test_changes);
  broker_test ("events", test_events);
  broker_test ("under-way", test_under_way);
  broker_test ("descriptors", test_descriptors);
  broker_test ("reconnected", test_reconnected);
  broker_test ("closed", test_closed);
  broker_test ("refused", test_refused);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run_tests);
}
