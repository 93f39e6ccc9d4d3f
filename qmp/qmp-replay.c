/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The monitor's part of a recording, played at the other end of a socket pair. It lives with its
 * session, in whatever context that works, and needs no thread.
 */
#include "qmp/qmp-recording.h"

#include "qmp/qmp-script.h"
#include "qmp/qmp-session-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What an error message shows of a command. */
#define SHOWN_CHARACTERS 200

typedef struct
{
  QmpSession *session; /* (not owned): it owns this */
  QmpScript *script;   /* (owned) */
  guint position;      /* of the step that is next */
  QmpChannel *channel; /* (owned) (nullable): until one of the ends has closed it */
  gboolean is_started;
  QmpFramer *framer; /* (owned) */
  GHashTable *ids;   /* (owned) (element-type utf8 utf8): of this session by those recorded */
  GError *failure;   /* (owned) (nullable): the client has left the recording */
  GSource *failing;  /* (owned) (nullable): that is yet to be told */
} Replay;

static void
replay_stop_failing (Replay *replay)
{
  if (!replay->failing)
    return;
  g_source_destroy (replay->failing);
  g_clear_pointer (&replay->failing, g_source_unref);
}

static void
replay_free (gpointer data)
{
  Replay *replay = data;

  replay_stop_failing (replay);
  g_clear_error (&replay->failure);
  g_clear_pointer (&replay->channel, qmp_channel_close);
  g_hash_table_unref (replay->ids);
  qmp_framer_free (replay->framer);
  qmp_script_free (replay->script);
  g_free (replay);
}

/* (nullable): %NULL after the last one */
static const QmpScriptStep *
replay_get_step (Replay *replay)
{
  GPtrArray *steps = replay->script->steps;

  return replay->position < steps->len ? steps->pdata[replay->position] : NULL;
}

/* (transfer full) */
static char *
replay_format_reply (Replay *replay, const QmpScriptStep *step)
{
  g_autofree char *recorded = g_strndup (step->id.start, step->id.n_bytes);
  const char *id = g_hash_table_lookup (replay->ids, recorded);

  return g_strdup_printf ("%.*s%s%s\r\n", (int) (step->id.start - step->text), step->text,
                          id ? id : recorded, step->id.start + step->id.n_bytes);
}

/* Says what the monitor said before the next command. Its end waits until all of that is sent. */
static void
replay_say (Replay *replay)
{
  const QmpScriptStep *step;

  while ((step = replay_get_step (replay)) && step->kind == QMP_SCRIPT_RECEIVED)
    {
      qmp_channel_send (replay->channel, 0, replay_format_reply (replay, step), NULL, 0, NULL);
      replay->position++;
    }
  if (step && step->kind == QMP_SCRIPT_ENDED && !replay->failure &&
      qmp_channel_get_unsent (replay->channel) == 0)
    g_clear_pointer (&replay->channel, qmp_channel_close);
}

/* (transfer full) */
static char *
show_command (const QmpValue *command)
{
  g_autofree char *text = qmp_value_to_string (command);

  if (g_utf8_strlen (text, -1) <= SHOWN_CHARACTERS)
    return g_steal_pointer (&text);
  strcpy (g_utf8_offset_to_pointer (text, SHOWN_CHARACTERS), "…");
  return g_steal_pointer (&text);
}

static void
set_unexpected (GError **error, const QmpScriptStep *step, const QmpValue *command)
{
  g_autofree char *expected = step && step->command ? show_command (step->command) : NULL;
  g_autofree char *came = show_command (command);

  if (expected)
    g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL, "expected %s, the client sent %s", expected,
                 came);
  else
    g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                 "expected no more commands, the client sent %s", came);
}

static gboolean
replay_hear (Replay *replay, const char *text, gsize n_bytes, GError **error)
{
  const QmpScriptStep *step = replay_get_step (replay);
  g_autoptr (QmpValue) command = qmp_script_parse_command (text, n_bytes, error);
  QmpSpan id;

  if (!command)
    return FALSE;
  if (!step || !step->command || !qmp_value_equal (step->command, command))
    {
      set_unexpected (error, step, command);
      return FALSE;
    }
  qmp_script_find_id (text, n_bytes, &id);
  g_hash_table_replace (replay->ids, g_strndup (step->id.start, step->id.n_bytes),
                        g_strndup (id.start, id.n_bytes));
  replay->position++;
  replay_say (replay);
  return TRUE;
}

static gboolean
on_failed (gpointer data)
{
  Replay *replay = data;

  replay_stop_failing (replay);
  if (replay->session->state != QMP_SESSION_CLOSED)
    qmp_session_end (replay->session, g_steal_pointer (&replay->failure));
  return G_SOURCE_REMOVE;
}

/* When the session has read what was said before: reading goes first. */
static void
replay_fail_later (Replay *replay)
{
  replay_stop_failing (replay);
  replay->failing = g_idle_source_new ();
  g_source_set_priority (replay->failing, G_PRIORITY_DEFAULT + 1);
  g_source_set_callback (replay->failing, on_failed, replay, NULL);
  g_source_attach (replay->failing, replay->session->context);
}

/* The client has left the recording: it is not heard any more. */
static void
replay_fail (Replay *replay, const GError *problem)
{
  GPtrArray *steps = replay->script->steps;
  const QmpScriptStep *step = replay_get_step (replay);
  guint line = 0;

  if (!step && steps->len > 0)
    step = steps->pdata[steps->len - 1];
  if (step)
    line = step->line;
  g_set_error (&replay->failure, QMP_ERROR, QMP_ERROR_PROTOCOL, "recording '%s', line %u: %s",
               replay->script->path, line, problem->message);
  qmp_channel_set_reading (replay->channel, FALSE);
  replay_fail_later (replay);
}

static void
on_received (const char *bytes, gsize n_bytes, const int *fds, guint n_fds, gpointer data)
{
  Replay *replay = data;
  g_autoptr (GError) problem = NULL;
  QmpFrameResult result = QMP_FRAME_TEXT;
  QmpFrame frame;

  for (guint i = 0; i < n_fds; i++)
    close (fds[i]);
  qmp_framer_feed (replay->framer, bytes, n_bytes);
  while (!problem && replay->channel && result != QMP_FRAME_MORE)
    {
      result = qmp_framer_next (replay->framer, &frame);
      if (result == QMP_FRAME_TEXT)
        replay_hear (replay, frame.text, frame.n_bytes, &problem);
      else if (result != QMP_FRAME_MORE)
        g_set_error (&problem, QMP_ERROR, QMP_ERROR_PROTOCOL, "the client sent no command");
    }
  if (problem)
    replay_fail (replay, problem);
}

/* The client has closed its end: nobody listens any more. */
static void
on_ended (GError *error, gpointer data)
{
  Replay *replay = data;

  g_error_free (error);
  g_clear_pointer (&replay->channel, qmp_channel_close);
}

static void
on_drained (gpointer data)
{
  replay_say (data);
}

static const QmpChannelFuncs channel_funcs = { on_received, on_ended, on_drained };

static void
replay_enter_context (gpointer data, GMainContext *context)
{
  Replay *replay = data;

  if (replay->failing)
    replay_fail_later (replay);
  if (!replay->channel)
    return;
  if (replay->is_started)
    {
      qmp_channel_move (replay->channel, context);
      return;
    }
  replay->is_started = TRUE;
  qmp_channel_start (replay->channel, context);
  replay_say (replay);
}

static const QmpAttachmentFuncs attachment_funcs = { replay_enter_context, replay_free };

/* @script: (transfer full) */
static Replay *
replay_new (QmpSession *session, QmpScript *script, int fd)
{
  Replay *replay = g_new0 (Replay, 1);

  replay->session = session;
  replay->script = script;
  replay->channel = qmp_channel_new (fd, TRUE, &channel_funcs, replay);
  replay->framer = qmp_framer_new (QMP_MAX_MESSAGE_BYTES, FALSE);
  replay->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return replay;
}

QmpSession *
qmp_session_new_for_replay (const char *path, GError **error)
{
  g_autoptr (QmpScript) script = NULL;
  QmpSession *session;
  int fds[2];

  g_return_val_if_fail (path, NULL);

  script = qmp_script_load (path, error);
  if (!script)
    return NULL;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
    {
      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno),
                   "cannot play recording '%s': %s", path, g_strerror (errno));
      return NULL;
    }
  session = qmp_session_new_for_fd (fds[0]);
  qmp_session_attach (session, &attachment_funcs,
                      replay_new (session, g_steal_pointer (&script), fds[1]));
  return session;
}
