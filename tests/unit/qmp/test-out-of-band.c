/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Out-of-band commands: how they are asked for, how they are sent, and that QEMU answers them out of
 * turn.
 */
#include "tests/unit/qmp/session-fixture.h"

#define GREETING(capabilities) "{\"QMP\": {\"version\": {}, \"capabilities\": " capabilities "}}"

static void
call_out_of_band (QmpSession *session, const char *command, QmpValue *arguments, Outcome *outcome)
{
  qmp_session_call_full_async (session, command, arguments, QMP_CALL_OUT_OF_BAND, NULL, 0,
                               G_MAXUINT, NULL, on_called, outcome);
  g_assert_cmpuint (outcome->n_calls, ==, 0);
}

static void
test_not_offered (SessionFixture *fixture, gconstpointer greeting)
{
  g_auto (Outcome) outcome = { 0 };

  qmp_session_enable_out_of_band (fixture->session);
  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &outcome);
  scripted_peer_say (fixture->peer, "%s", (const char *) greeting);
  outcome_assert_fails (&outcome, QMP_ERROR_UNSUPPORTED);
  g_assert_false (outcome.opened);
  wait_until (fixture->n_closed && fixture->peer->at_end);
  g_assert_cmpuint (fixture->peer->n_heard, ==, 0);
}

static void
test_sends (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) opened = { 0 };
  g_auto (Outcome) in_turn = { 0 };
  g_auto (Outcome) at_once = { 0 };
  g_autofree char *negotiation = NULL;
  g_autofree char *command = NULL;

  qmp_session_enable_out_of_band (fixture->session);
  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &opened);
  scripted_peer_say (fixture->peer, "%s", GREETING ("[\"novelty\", \"oob\"]"));
  negotiation = scripted_peer_hear (fixture->peer);
  g_assert_cmpstr (negotiation, ==,
                   "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]},"
                   "\"id\":1}");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 1}");
  wait_until (opened.n_calls);
  g_assert_no_error (opened.error);

  session_fixture_call (fixture, "slow", 0, &in_turn);
  call_out_of_band (fixture->session, "fast", NULL, &at_once);
  g_assert_cmpuint (scripted_peer_hear_command (fixture->peer, "slow"), ==, 2);
  command = scripted_peer_hear (fixture->peer);
  g_assert_cmpstr (command, ==, "{\"exec-oob\":\"fast\",\"id\":3}");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 3}");
  wait_until (at_once.n_calls);
  g_assert_no_error (at_once.error);
  g_assert_cmpuint (in_turn.n_calls, ==, 0);
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 2}");
  wait_until (in_turn.n_calls);
  g_assert_no_error (in_turn.error);
}

static void
test_not_enabled (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  call_out_of_band (fixture->session, "fast", NULL, &outcome);
  outcome_assert_fails (&outcome, QMP_ERROR_INVALID_ARGUMENT);
  session_fixture_assert_usable (fixture);
}

static void
test_real (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) session =
      qmp_session_new_for_exec ((const char *[]){ "qemu-system-x86_64", "-M", "none", "-S",
                                                  "-nodefaults", "-display", "none", NULL },
                                &error);
  g_autoptr (QmpValue) arguments = NULL;
  g_auto (Outcome) yanked = { 0 };
  g_auto (Outcome) not_allowed = { 0 };

  g_assert_no_error (error);
  qmp_session_enable_out_of_band (session);
  g_assert_true (qmp_session_open_sync (session, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
  arguments = qmp_value_parse ("{\"instances\": []}", -1, &error);
  call_out_of_band (session, "yank", arguments, &yanked);
  call_out_of_band (session, "query-status", NULL, &not_allowed);
  wait_until (yanked.n_calls && not_allowed.n_calls);
  g_assert_no_error (yanked.error);
  g_assert_nonnull (yanked.value);
  g_assert_error (not_allowed.error, QMP_ERROR, QMP_ERROR_GENERIC);
  g_assert_cmpstr (not_allowed.error->message, ==, "The command query-status does not support OOB");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_fixture_add ("out-of-band/not-offered", test_not_offered, GREETING ("[]"));
  session_fixture_add ("out-of-band/other-offered", test_not_offered, GREETING ("[\"b\", 1]"));
  session_fixture_add ("out-of-band/no-list", test_not_offered, GREETING ("{}"));
  session_fixture_add ("out-of-band/sends", test_sends, NULL);
  session_fixture_add_open ("out-of-band/not-enabled", test_not_enabled);
  g_test_add_func ("/qmp/real-qemu/out-of-band", test_real);
  return g_test_run ();
}
