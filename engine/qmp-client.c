/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From bytes to commands and from answers to bytes. Answers leave in the order of their commands,
 * the broker's own among them, for a client without ids has nothing else to go by.
 */
#include "engine/qmp-client.h"

#include "engine/engine-error.h"
#include "engine/qmp-failure.h"
#include "qmp/qmp-channel.h"
#include "qmp/qmp-framer.h"
#include "qmp/qmp-session.h"

#include <string.h>
#include <unistd.h>

#define MAX_UNDER_WAY 8
#define MAX_INPUT_BYTES (4 * 1024 * 1024)
#define MAX_OUTPUT_BYTES (4 * 1024 * 1024)
#define MAX_HELD_FDS 64
/* Longer texts are read in a thread, so that nobody else waits for it. */
#define MAX_INLINE_BYTES (64 * 1024)
#define MAX_INLINE_VALUES 4096
/* After so many texts others have their turn. */
#define TEXTS_PER_TURN 16

struct _VbQmpClient
{
  grefcount ref_count;        /* its life's, and one for each answer that it waits for */
  VbPassthrough *passthrough; /* (owned) */
  VbQmpRights rights;
  char *who;           /* (owned) (nullable): of the rights */
  char **events;       /* (owned) (nullable) */
  QmpChannel *channel; /* (owned) (nullable): %NULL once it is over */
  QmpFramer *framer;   /* (owned) */
  gboolean was_greeted;
  gboolean has_negotiated;
  gboolean has_oob;
  gboolean is_reading_text; /* a thread is at work on its next command */
  GQueue slots;             /* (element-type Slot) (owned): answers that are due, in order */
  guint n_out_of_band;      /* commands under way that have no slot */
  gsize n_bytes_under_way;
  GQueue fds;                /* (element-type int + 1): that it sent and no command has taken */
  GSource *turn;             /* (owned) (nullable): more of its texts wait */
  gboolean changed;          /* it sent what may change the machine, and nobody was told yet */
  GCancellable *cancellable; /* (owned) cancelled when it is over */
};

/* The place of an answer in the order of answers */
typedef struct
{
  char *id;   /* (owned) (nullable) */
  char *text; /* (owned) (nullable): until it is there */
} Slot;

/* A command that QEMU is at work on */
typedef struct
{
  VbQmpClient *client; /* (owned) */
  Slot *slot;          /* (not owned) (nullable): %NULL for one out of band */
  char *id;            /* (owned) (nullable) */
  gsize n_bytes;
  gboolean changes;
} Pending;

static void
slot_free (Slot *slot)
{
  g_free (slot->id);
  g_free (slot->text);
  g_free (slot);
}

static void
client_unref (VbQmpClient *client)
{
  if (!g_ref_count_dec (&client->ref_count))
    return;
  g_queue_clear_full (&client->slots, (GDestroyNotify) slot_free);
  qmp_framer_free (client->framer);
  g_object_unref (client->cancellable);
  g_strfreev (client->events);
  g_free (client->who);
  vb_passthrough_unref (client->passthrough);
  g_free (client);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbQmpClient, client_unref)

static VbQmpClient *
client_ref (VbQmpClient *client)
{
  g_ref_count_inc (&client->ref_count);
  return client;
}

static void
pending_free (Pending *pending)
{
  client_unref (pending->client);
  g_free (pending->id);
  g_free (pending);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pending, pending_free)

static int
client_take_fd (VbQmpClient *client)
{
  return GPOINTER_TO_INT (g_queue_pop_head (&client->fds)) - 1;
}

static void
client_stop_turn (VbQmpClient *client)
{
  if (client->turn != NULL)
    g_source_destroy (client->turn);
  g_clear_pointer (&client->turn, g_source_unref);
}

/* Ends the session; what it still waited for is dropped. */
static void
client_end (VbQmpClient *client)
{
  g_autoptr (VbQmpClient) owned = client;

  if (client->channel == NULL)
    {
      g_steal_pointer (&owned);
      return;
    }
  g_clear_pointer (&client->channel, qmp_channel_close);
  client_stop_turn (client);
  vb_passthrough_remove_listener (client->passthrough, client);
  g_cancellable_cancel (client->cancellable);
  vb_passthrough_drop_names (client->passthrough, client);
  while (!g_queue_is_empty (&client->fds))
    close (client_take_fd (client));
  if (client->changed)
    vb_passthrough_tell_changed (client->passthrough);
}

/* @text: (transfer full). Who does not read what it has asked for is not kept. */
static void
client_send (VbQmpClient *client, char *text)
{
  gsize n_unsent;

  if (client->channel == NULL)
    {
      g_free (text);
      return;
    }
  n_unsent = qmp_channel_get_unsent (client->channel);
  if (n_unsent > 0 && n_unsent + strlen (text) > MAX_OUTPUT_BYTES)
    {
      g_free (text);
      client_end (client);
      return;
    }
  qmp_channel_send (client->channel, 0, text, NULL, 0, NULL);
}

/* (transfer full): as QEMU writes it */
static char *
format_return (const char *id, const char *value)
{
  if (id == NULL)
    return g_strconcat ("{\"return\": ", value, "}\r\n", NULL);
  return g_strconcat ("{\"return\": ", value, ", \"id\": ", id, "}\r\n", NULL);
}

/* (transfer full) */
static char *
format_failure (const char *id, const GError *failure)
{
  g_autofree char *message = g_utf8_make_valid (failure->message, -1);
  g_autoptr (QmpValue) reason = qmp_value_new_string (message);
  g_autofree char *quoted = qmp_value_to_string (reason);

  return g_strdup_printf ("{%s%s%s\"error\": {\"class\": \"%s\", \"desc\": %s}}\r\n",
                          id != NULL ? "\"id\": " : "", id != NULL ? id : "",
                          id != NULL ? ", " : "", vb_qmp_failure_get_class (failure), quoted);
}

static Slot *
client_add_slot (VbQmpClient *client, const char *id)
{
  Slot *slot = g_new0 (Slot, 1);

  slot->id = g_strdup (id);
  g_queue_push_tail (&client->slots, slot);
  return slot;
}

static void
client_send_ready (VbQmpClient *client)
{
  Slot *slot;

  while ((slot = g_queue_peek_head (&client->slots)) != NULL && slot->text != NULL)
    {
      g_queue_pop_head (&client->slots);
      client_send (client, g_steal_pointer (&slot->text));
      slot_free (slot);
    }
}

/* The broker's own answer. @failure: (nullable): none: an empty object */
static void
client_answer (VbQmpClient *client, const char *id, const GError *failure)
{
  Slot *slot = client_add_slot (client, id);

  slot->text = failure != NULL ? format_failure (id, failure) : format_return (id, "{}");
  client_send_ready (client);
}

static void G_GNUC_PRINTF (3, 4)
    client_refuse (VbQmpClient *client, const char *id, const char *format, ...)
{
  g_autoptr (GError) failure = NULL;
  va_list arguments;

  va_start (arguments, format);
  failure = g_error_new_valist (VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_GENERIC, format, arguments);
  va_end (arguments);
  client_answer (client, id, failure);
}

static void client_work (VbQmpClient *client);

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Pending) pending = data;
  VbQmpClient *client = pending->client;
  g_autoptr (GError) failure = NULL;
  g_autofree char *value = vb_passthrough_call_finish (result, &failure);
  char *text;

  if (client->channel == NULL)
    {
      /* One that was given up in time is told of by the passthrough. */
      if (pending->changes && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        vb_passthrough_tell_changed (client->passthrough);
      return;
    }
  text = value != NULL ? format_return (pending->id, value) : format_failure (pending->id, failure);
  client->n_bytes_under_way -= pending->n_bytes;
  if (pending->slot == NULL)
    {
      client->n_out_of_band--;
      client_send (client, text);
    }
  else
    {
      pending->slot->text = text;
      client_send_ready (client);
    }
  if (client->changed && g_queue_is_empty (&client->slots) && client->n_out_of_band == 0)
    {
      client->changed = FALSE;
      vb_passthrough_tell_changed (client->passthrough);
    }
  client_work (client);
}

/* @fd: (transfer full): -1: none */
static void
client_forward (VbQmpClient *client, const VbQmpCommand *command, int fd)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->client = client_ref (client);
  pending->id = g_strdup (command->id);
  pending->n_bytes = vb_qmp_command_get_size (command);
  pending->changes = !vb_qmp_command_reads (command->name);
  client->changed |= pending->changes;
  client->n_bytes_under_way += pending->n_bytes;
  if (command->out_of_band)
    client->n_out_of_band++;
  else
    pending->slot = client_add_slot (client, command->id);
  vb_passthrough_call_async (client->passthrough, command, &client->rights, fd, client->cancellable,
                             on_answered, pending);
}

static gboolean
check_capabilities (VbQmpClient *client, const VbQmpCommand *command, GError **error)
{
  if (client->has_negotiated)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_COMMAND_NOT_FOUND,
                 "Capabilities negotiation is already complete, command ignored");
  else if (command->enables_oob && !vb_passthrough_has_oob (client->passthrough))
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_GENERIC,
                 "Capability oob not available");
  else
    return TRUE;
  return FALSE;
}

/* Whether it may be sent, or is the broker's own to answer with success. */
static gboolean
client_check (VbQmpClient *client, const VbQmpCommand *command, gboolean has_fd, GError **error)
{
  if (command->failure != NULL)
    {
      g_propagate_error (error, g_error_copy (command->failure));
      return FALSE;
    }
  if (command->out_of_band && !client->has_oob)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_GENERIC,
                 "QMP input member 'exec-oob' is unexpected");
  else if (g_str_equal (command->name, "qmp_capabilities"))
    return check_capabilities (client, command, error);
  else if (!client->has_negotiated)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_COMMAND_NOT_FOUND,
                 "Expecting capabilities negotiation with 'qmp_capabilities'");
  else if (!vb_passthrough_check (client->passthrough, command, &client->rights, error))
    return FALSE;
  else if (vb_qmp_command_takes_descriptor (command->name) && !has_fd)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_GENERIC,
                 "No file descriptor supplied via SCM_RIGHTS");
  else
    return TRUE;
  return FALSE;
}

static void
client_handle (VbQmpClient *client, const VbQmpCommand *command)
{
  g_autoptr (GError) failure = NULL;
  gboolean takes_fd = command->name != NULL && vb_qmp_command_takes_descriptor (command->name);
  int fd = takes_fd ? client_take_fd (client) : -1;

  if (client_check (client, command, fd >= 0, &failure) &&
      !g_str_equal (command->name, "qmp_capabilities"))
    {
      client_forward (client, command, fd);
      return;
    }
  if (failure == NULL)
    {
      client->has_negotiated = TRUE;
      client->has_oob = command->enables_oob;
    }
  if (fd >= 0)
    close (fd);
  client_answer (client, command->id, failure);
}

static void
on_text_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VbQmpClient) client = data;
  g_autoptr (VbQmpCommand) command = vb_text_reader_parse_finish (result);

  client->is_reading_text = FALSE;
  if (client->channel == NULL || command == NULL)
    return;
  client_handle (client, command);
  client_work (client);
}

static void
client_take_frame (VbQmpClient *client, const QmpFrame *frame)
{
  g_autoptr (VbQmpCommand) command = NULL;

  if (frame->n_bytes > MAX_INLINE_BYTES || frame->scan.n_values > MAX_INLINE_VALUES)
    {
      client->is_reading_text = TRUE;
      vb_text_reader_parse_async (vb_passthrough_get_text_reader (client->passthrough), NULL,
                                  frame->text, frame->n_bytes, client->cancellable, on_text_read,
                                  client_ref (client));
      return;
    }
  command = vb_qmp_command_parse (frame->text, frame->n_bytes);
  client_handle (client, command);
}

/* FALSE when nothing is left to take */
static gboolean
client_take_text (VbQmpClient *client)
{
  QmpFrame frame;

  switch (qmp_framer_next (client->framer, &frame))
    {
    case QMP_FRAME_TEXT:
      client_take_frame (client, &frame);
      return TRUE;
    case QMP_FRAME_NOISE:
      client_refuse (client, NULL, "JSON parse error, expecting a JSON object");
      return TRUE;
    case QMP_FRAME_TOO_LARGE:
      client_refuse (
          client, NULL,
          "JSON parse error, more than %d bytes, %d levels or %d values; the session ends",
          MAX_INPUT_BYTES, QMP_MAX_DEPTH, QMP_MAX_VALUES);
      client_end (client);
      return FALSE;
    case QMP_FRAME_MORE:
    default:
      return FALSE;
    }
}

static gboolean
client_can_take (const VbQmpClient *client)
{
  return client->channel != NULL && client->was_greeted && !client->is_reading_text &&
         g_queue_get_length ((GQueue *) &client->slots) < MAX_UNDER_WAY &&
         client->n_out_of_band < MAX_UNDER_WAY && client->n_bytes_under_way < MAX_INPUT_BYTES;
}

static gboolean
on_turn (gpointer data)
{
  g_autoptr (VbQmpClient) client = client_ref (data);

  client_stop_turn (client);
  client_work (client);
  return G_SOURCE_REMOVE;
}

/* Takes what may be taken now, and reads more only when nothing is left: a client that asks for too
 * much waits, and its socket fills up. */
static void
client_work (VbQmpClient *client)
{
  g_autoptr (VbQmpClient) kept = client_ref (client);
  gboolean has_more = TRUE;

  for (guint i = 0; has_more && i < TEXTS_PER_TURN && client_can_take (client); i++)
    has_more = client_take_text (client);
  if (client->channel == NULL)
    return;
  qmp_channel_set_reading (client->channel, !has_more && client_can_take (client));
  if (!has_more || !client_can_take (client) || client->turn != NULL)
    return;
  client->turn = g_idle_source_new ();
  g_source_set_priority (client->turn, G_PRIORITY_DEFAULT);
  g_source_set_callback (client->turn, on_turn, client, NULL);
  g_source_attach (client->turn, g_main_context_get_thread_default ());
}

static void
on_received (const char *bytes, gsize n_bytes, const int *fds, guint n_fds, gpointer data)
{
  VbQmpClient *client = data;

  for (guint i = 0; i < n_fds; i++)
    g_queue_push_tail (&client->fds, GINT_TO_POINTER (fds[i] + 1));
  if (g_queue_get_length (&client->fds) > MAX_HELD_FDS)
    {
      client_end (client);
      return;
    }
  qmp_framer_feed (client->framer, bytes, n_bytes);
  client_work (client);
}

static void
on_ended (GError *error, gpointer data)
{
  g_error_free (error);
  client_end (data);
}

static const QmpChannelFuncs channel_funcs = { on_received, on_ended };

/* QEMU's own, but for capabilities that the broker does not have. */
static char *
format_greeting (VbPassthrough *passthrough)
{
  g_autoptr (QmpValue) version =
      qmp_value_get (vb_passthrough_get_greeting (passthrough), "version");
  g_autofree char *text = version != NULL ? qmp_value_to_string (version) : g_strdup ("{}");

  return g_strdup_printf ("{\"QMP\": {\"version\": %s, \"capabilities\": [%s]}}\r\n", text,
                          vb_passthrough_has_oob (passthrough) ? "\"oob\"" : "");
}

static void
on_opened (gpointer data)
{
  g_autoptr (VbQmpClient) client = client_ref (data);

  if (client->was_greeted)
    return;
  client->was_greeted = TRUE;
  client_send (client, format_greeting (client->passthrough));
  client_work (client);
}

static void
on_event (const char *name, const char *text, gpointer data)
{
  VbQmpClient *client = data;

  if (client->has_negotiated &&
      (client->events == NULL || g_strv_contains ((const char *const *) client->events, name)))
    client_send (client, g_strconcat (text, "\r\n", NULL));
}

static void
on_closed (gpointer data)
{
  client_end (data);
}

static const VbPassthroughListener listener_funcs = { on_opened, on_event, on_closed };

void
vb_qmp_client_begin (VbPassthrough *passthrough,
                     int fd,
                     const VbQmpRights *rights,
                     const char *const *events)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  VbQmpClient *client = g_new0 (VbQmpClient, 1);

  g_ref_count_init (&client->ref_count);
  client->passthrough = vb_passthrough_ref (passthrough);
  client->who = g_strdup (rights->who);
  client->rights = *rights;
  client->rights.who = client->who;
  client->rights.session = client;
  client->events = g_strdupv ((char **) events);
  client->framer = qmp_framer_new (MAX_INPUT_BYTES, FALSE);
  client->cancellable = g_cancellable_new ();
  g_queue_init (&client->slots);
  g_queue_init (&client->fds);
  client->channel = qmp_channel_new (fd, TRUE, &channel_funcs, client);
  qmp_channel_set_reading (client->channel, FALSE);
  qmp_channel_start (client->channel, context);
  vb_passthrough_add_listener (passthrough, &listener_funcs, client);
  if (vb_passthrough_get_greeting (passthrough) != NULL)
    on_opened (client);
}
