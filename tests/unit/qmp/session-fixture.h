/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every test of a session starts from and ends with: a session, its scripted peer, and a count
 * of what became of them. What is said and expected in between is the test's.
 */
#pragma once

#include "tests/unit/qmp/scripted-peer.h"

G_BEGIN_DECLS

typedef struct
{
  ScriptedPeer *peer;  /* (owned) */
  QmpSession *session; /* (owned) (nullable) */
  int fd;              /* the session's */
  guint n_closed;
  int closed_code;
  guint n_answered_before_closed;
  guint n_answered;
} SessionFixture;

void session_fixture_set_up (SessionFixture *fixture, gconstpointer data);
void session_fixture_set_up_open (SessionFixture *fixture, gconstpointer data);
/* However a test ends its session, nothing may hold it any more. */
void session_fixture_tear_down (SessionFixture *fixture, gconstpointer data);

/* A test of a session that is yet to be opened, and one of an open session. */
#define session_fixture_add(name, function, data)                                                  \
  g_test_add ("/qmp/session/" name, SessionFixture, data, session_fixture_set_up, function,        \
              session_fixture_tear_down)
#define session_fixture_add_open(name, function)                                                   \
  g_test_add ("/qmp/session/" name, SessionFixture, NULL, session_fixture_set_up_open, function,   \
              session_fixture_tear_down)

void session_fixture_call (SessionFixture *fixture,
                           const char *command,
                           guint timeout_ms,
                           Outcome *outcome);
/* Calls that nobody answers end here, while their outcomes still are there. */
void session_fixture_end (SessionFixture *fixture);
/* A whole exchange: the session is usable. */
void session_fixture_assert_usable (SessionFixture *fixture);

G_END_DECLS
