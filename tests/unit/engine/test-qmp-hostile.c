/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hostile clients of the broker: nothing of what they send reaches QEMU, and each ends nobody but
 * itself.
 */
#include "tests/unit/engine/broker.h"

#include "tests/fixtures/guard.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MIB (1024 * 1024)

/* 32 bytes */
#define LONG_ELEMENT "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","

/* (transfer full) */
static char *
fill (const char *text, gsize n_bytes)
{
  gsize length = strlen (text);
  char *all = g_malloc (n_bytes + 1);

  for (gsize i = 0; i < n_bytes; i++)
    all[i] = text[i % length];
  all[n_bytes] = '\0';
  return all;
}

static void
test_half_a_message (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) good = broker_open (broker, 0);
  g_autoptr (ScriptedPeer) bad = broker_open (broker, CLIENT_CONTROL);

  scripted_peer_say (bad, "{\"execute\":\"stop\",\"arguments\":{");
  client_assert_usable (broker, good);
  broker_assert_silent (broker);
  /* 0xff starts it afresh. */
  scripted_peer_say_bytes (bad, "\xff", 1);
  client_assert_refused (bad, "GenericError", "JSON parse error");
  client_assert_usable (broker, bad);
  g_assert_cmpstr (broker->changing->str, ==, "");
}

static void
test_no_json (Broker *broker, gconstpointer data)
{
  static const char *const texts[] = {
    "hello\n",
    "\xff",
    "{\"execute\":\"stop\",}",
    "{\"execute\":\"stop\" \"arguments\":{}}",
    "{\"execute\":\"st\xffop\"}",
    "{\"execute\":\"stop\",\"arguments\":{\"a\":1.}}",
    "{\"execute\":\"stop\",\"arguments\":{\"a\":18446744073709551616}}",
    "{\"execute\":\"stop\",\"id\":nul}",
    "{\"execute\":\"stop\",\"id\":]}",
    "{\"execute\":\"stop\"]",
    "{\"execute\":\"stop\",\"execute\":\"cont\"}",
    "{stop}",
  };
  g_autoptr (ScriptedPeer) bad = broker_open (broker, CLIENT_CONTROL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      scripted_peer_say_bytes (bad, texts[i], strlen (texts[i]));
      client_assert_refused (bad, "GenericError", "");
      run_ready_sources ();
      g_string_truncate (bad->heard, 0);
      /* Some of them are open still. */
      scripted_peer_say_bytes (bad, "\xff", 1);
      client_assert_refused (bad, "GenericError", "JSON parse error");
      client_assert_usable (broker, bad);
    }
  g_assert_cmpstr (broker->changing->str, ==, "");
}

static void
test_long_line (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) good = broker_open (broker, 0);
  g_autoptr (ScriptedPeer) bad = broker_open (broker, CLIENT_CONTROL);
  g_autofree char *line = fill ("x", 100 * MIB);

  scripted_peer_say (bad, "{\"execute\":\"stop\",\"arguments\":{\"a\":\"");
  scripted_peer_say_bytes (bad, line, 100 * MIB);
  client_assert_refused (bad, "GenericError", "the session ends");
  client_assert_ended (bad);
  broker_assert_silent (broker);
  client_assert_usable (broker, good);
}

static void
test_nested (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) good = broker_open (broker, 0);
  g_autoptr (ScriptedPeer) bad = broker_open (broker, CLIENT_CONTROL);
  g_autofree char *arrays = fill ("[", MIB);

  scripted_peer_say (bad, "{\"execute\":\"stop\",\"arguments\":{\"a\":");
  scripted_peer_say_bytes (bad, arrays, MIB);
  client_assert_refused (bad, "GenericError", "the session ends");
  client_assert_ended (bad);
  broker_assert_silent (broker);
  client_assert_usable (broker, good);
}

/* A long command is read in a thread; those after it wait. */
static void
test_large_command (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) client = broker_open (broker, 0);
  g_autofree char *elements = fill (LONG_ELEMENT, 200 * 1024);
  g_autofree char *too_many = fill ("1,", 100 * 1024);
  g_autofree char *part = g_strndup (elements, 100);

  scripted_peer_say (client,
                     "{\"execute\":\"query-a\",\"arguments\":{\"a\": [%s1]},\"id\":1}"
                     "{\"execute\":\"query-b\",\"id\":2}",
                     elements);
  broker_serve (broker, part, "\"return\": {}");
  broker_serve (broker, "query-b", "\"return\": {}");
  client_assert_hears (client, "{\"return\": {}, \"id\": 1}\r");
  client_assert_hears (client, "{\"return\": {}, \"id\": 2}\r");
  scripted_peer_say (client, "{\"execute\":\"query-a\",\"arguments\":{\"a\": [%s1]}}", too_many);
  client_assert_refused (client, "GenericError", "more than 1024 levels or 16384 values");
  scripted_peer_say (client, "{\"execute\":\"query-a\",\"arguments\":{\"a\": [%s%s1]}}", elements,
                     elements);
  client_assert_refused (client, "GenericError", "QEMU is sent at most 262144");
  client_assert_usable (broker, client);
}

/* One that is gone while its command is read. */
static void
test_gone_while_read (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) good = broker_open (broker, 0);
  ScriptedPeer *bad = broker_open (broker, CLIENT_CONTROL);
  g_autofree char *elements = fill (LONG_ELEMENT, 200 * 1024);

  scripted_peer_say (bad, "{\"execute\":\"stop\",\"arguments\":{\"a\": [%s1]},\"id\":1}", elements);
  scripted_peer_free (bad);
  client_assert_usable (broker, good);
}

/* Who asks and does not read ends alone, and only what is unread counts: a large answer may be
 * had. */
static void
test_not_reading (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) good = broker_open (broker, 0);
  g_autoptr (ScriptedPeer) bad = broker_open (broker, 0);
  g_autofree char *large = fill ("y", 6 * MIB);
  g_autofree char *member = g_strdup_printf ("\"return\": \"%s\"", large);
  g_autofree char *expected = g_strdup_printf ("{\"return\": \"%s\"}\r", large);

  scripted_peer_say (good, "{\"execute\":\"query-a\"}");
  broker_serve (broker, "query-a", member);
  client_assert_hears (good, expected);

  scripted_peer_listen (bad, FALSE);
  scripted_peer_say (bad, "{\"execute\":\"query-a\"}{\"execute\":\"query-b\"}");
  broker_serve (broker, "query-a", member);
  broker_serve (broker, "query-b", "\"return\": {}");
  wait_until (vb_passthrough_get_n_listeners (broker->passthrough) == 1);
  client_assert_usable (broker, good);
  scripted_peer_listen (bad, TRUE);
  client_assert_ended (bad);
}

/* How many bytes the broker takes before it stops reading */
static gsize
say_until_full (ScriptedPeer *client, const char *bytes, gsize n_bytes)
{
  gsize n_said = 0;
  gssize n_sent;

  do
    {
      n_sent = send (client->fd, bytes, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
      n_said += n_sent > 0 ? (gsize) n_sent : 0;
      run_ready_sources ();
    }
  while (n_sent > 0 && n_said < 64 * n_bytes);
  return n_said;
}

/* Refusals are answers, too: who does not read them is not read any more, and goes on later. */
static void
test_noise_without_reading (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) good = broker_open (broker, 0);
  g_autoptr (ScriptedPeer) bad = broker_open (broker, 0);
  g_autofree char *noise = fill ("{\001", MIB);

  scripted_peer_listen (bad, FALSE);
  g_assert_cmpuint (say_until_full (bad, noise, MIB), <, 8 * MIB);
  client_assert_usable (broker, good);
  broker_assert_silent (broker);
  scripted_peer_listen (bad, TRUE);
  scripted_peer_say (bad, "\xff{\"execute\":\"query-b\",\"id\":7}");
  broker_serve (broker, "query-b", "\"return\": {}");
  wait_until (strstr (bad->heard->str, "{\"return\": {}, \"id\": 7}"));
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static void
test_descriptor_bombs (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) good = broker_open (broker, 0);
  guint n_before = count_descriptors ();
  ScriptedPeer *many = broker_open (broker, CLIENT_CONTROL);
  ScriptedPeer *slow = broker_open (broker, CLIENT_CONTROL);

  client_send_fds (many, " ", 17);
  client_assert_ended (many);
  for (guint i = 0; i < 4; i++)
    client_send_fds (slow, " ", 16);
  client_assert_usable (broker, slow);
  client_send_fds (slow, " ", 1);
  client_assert_ended (slow);
  scripted_peer_free (many);
  scripted_peer_free (slow);
  g_assert_cmpuint (count_descriptors (), ==, n_before);
  client_assert_usable (broker, good);
}

/* QEMU stands still: who waits may leave, and when it goes on so do the others. */
static void
test_stopped_qemu (Broker *broker, gconstpointer data)
{
  g_autoptr (ScriptedPeer) good = broker_open (broker, 0);
  ScriptedPeer *bad = broker_open (broker, CLIENT_CONTROL);
  guint64 ids[7];

  for (guint i = 0; i < 8; i++)
    scripted_peer_say (bad, "{\"execute\":\"stop\",\"id\":1}");
  for (guint i = 0; i < 7; i++)
    ids[i] = broker_hear (broker, "stop");
  scripted_peer_say (good, "{\"execute\":\"query-status\",\"id\":\"first\"}");
  broker_assert_silent (broker);
  /* It is not read from any more, and yet missed at once; what QEMU has not got it never gets. */
  scripted_peer_free (bad);
  wait_until (vb_passthrough_get_n_listeners (broker->passthrough) == 1);
  run_ready_sources ();
  for (guint i = 0; i < 7; i++)
    broker_answer (broker, ids[i], "\"return\": {}");
  broker_serve (broker, "query-status", "\"return\": 7");
  client_assert_hears (good, "{\"return\": 7, \"id\": \"first\"}\r");
  client_assert_usable (broker, good);
}

static int
run_tests (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  broker_test ("half-a-message", test_half_a_message);
  broker_test ("no-json", test_no_json);
  broker_test ("long-line", test_long_line);
  broker_test ("nested", test_nested);
  broker_test ("large-command", test_large_command);
  broker_test ("gone-while-read", test_gone_while_read);
  broker_test ("not-reading", test_not_reading);
  broker_test ("noise-without-reading", test_noise_without_reading);
  broker_test ("descriptor-bombs", test_descriptor_bombs);
  broker_test ("stopped-qemu", test_stopped_qemu);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run_tests);
}
