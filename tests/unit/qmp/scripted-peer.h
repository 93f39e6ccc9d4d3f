/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The other end of a session, played by the test in the same main loop: it says what the test tells
 * it to, byte for byte, and keeps what it hears and which descriptors came with it.
 */
#pragma once

#include "qmp/qmp.h"

G_BEGIN_DECLS

#define PEER_GREETING                                                                              \
  "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, "               \
  "\"package\": \"\"}, \"capabilities\": [\"oob\"]}}\r\n"

typedef struct
{
  int fd;           /* (owned): -1 once hung up */
  GSource *source;  /* (owned) (nullable) */
  GString *heard;   /* (owned): not taken yet */
  gboolean at_end;  /* the session has closed its end */
  GArray *fds;      /* (owned) (element-type int): not taken yet */
  gsize fds_offset; /* in all that was heard, of the bytes that the last descriptors came with */
  gsize n_heard;    /* in all */
} ScriptedPeer;

/* What an asynchronous call came to. */
typedef struct
{
  guint n_calls;
  QmpValue *value; /* (owned) (nullable) */
  GError *error;   /* (owned) (nullable) */
  gboolean opened;
} Outcome;

#define wait_until(condition)                                                                      \
  while (!(condition))                                                                             \
  g_main_context_iteration (NULL, TRUE)

/* (transfer full): the session's end of a socket pair */
ScriptedPeer *scripted_peer_new (int *session_fd);
/* @fd: (transfer full): a connected socket, to whatever is at its other end */
ScriptedPeer *scripted_peer_new_for_fd (int fd);
void scripted_peer_free (ScriptedPeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScriptedPeer, scripted_peer_free)

/* Starts and stops reading; a new peer reads. */
void scripted_peer_listen (ScriptedPeer *peer, gboolean listens);
void scripted_peer_say_bytes (ScriptedPeer *peer, const char *bytes, gsize n_bytes);
void scripted_peer_say (ScriptedPeer *peer, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* (transfer full): the next line, without its end */
char *scripted_peer_hear (ScriptedPeer *peer);
/* Hears a command and returns its id. */
guint64 scripted_peer_hear_command (ScriptedPeer *peer, const char *command);
/* Greets and negotiates with a session that is opening. */
void scripted_peer_open (ScriptedPeer *peer, QmpSession *session);
void scripted_peer_hang_up (ScriptedPeer *peer);

void outcome_clear (Outcome *outcome);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)
/* Waits for it: it failed once, and in no other way. */
void outcome_assert_fails (Outcome *outcome, QmpError code);
void on_opened (GObject *source, GAsyncResult *result, gpointer outcome);
void on_called (GObject *source, GAsyncResult *result, gpointer outcome);

/* A whole main loop's work that is ready now. */
void run_ready_sources (void);

G_END_DECLS
