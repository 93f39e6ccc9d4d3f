/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a message is, by the members at its top, and the text of a command.
 */
#include "qmp/qmp-message.h"

#include "qmp/qmp-session.h"
#include "qmp/qmp-value-private.h"

#include <string.h>

struct _QmpReader
{
  QmpFramer *framer; /* (owned) */
  gsize max_message_bytes;
};

static const struct
{
  const char *name;
  QmpError code;
} error_classes[] = {
  { "CommandNotFound", QMP_ERROR_COMMAND_NOT_FOUND },
  { "DeviceNotFound", QMP_ERROR_DEVICE_NOT_FOUND },
  { "DeviceNotActive", QMP_ERROR_DEVICE_NOT_ACTIVE },
  { "KVMMissingCap", QMP_ERROR_KVM_MISSING_CAP },
};

/* The member that makes a message what it is. */
static const struct
{
  const char *member;
  QmpMessageKind kind;
} message_kinds[] = {
  { "event", QMP_MESSAGE_EVENT },
  { "error", QMP_MESSAGE_ERROR },
  { "return", QMP_MESSAGE_RETURN },
  { "QMP", QMP_MESSAGE_GREETING },
};

static GError *
error_from_value (const QmpValue *value)
{
  const char *class = qmp_value_get_string (value, "class");
  const char *reason = qmp_value_get_string (value, "desc");
  QmpError code = QMP_ERROR_GENERIC;

  for (guint i = 0; i < G_N_ELEMENTS (error_classes); i++)
    if (g_strcmp0 (class, error_classes[i].name) == 0)
      code = error_classes[i].code;
  return g_error_new_literal (QMP_ERROR, code,
                              reason ? reason : "the monitor refused without a reason");
}

static gint64
timestamp_from_value (const QmpValue *timestamp)
{
  gint64 seconds = qmp_value_get_int (timestamp, "seconds", -1);
  gint64 microseconds = qmp_value_get_int (timestamp, "microseconds", -1);

  /* QEMU says -1 where it could not read its clock. */
  if (seconds < 0 || seconds > G_MAXINT64 / G_USEC_PER_SEC - 1 || microseconds < 0 ||
      microseconds >= G_USEC_PER_SEC)
    return 0;
  return seconds * G_USEC_PER_SEC + microseconds;
}

/* (transfer full) (nullable) */
static QmpValue *
value_from_span (QmpSpan span)
{
  return span.n_bytes > 0 ? qmp_value_parse (span.start, (gssize) span.n_bytes, NULL) : NULL;
}

/* Only a number written as the library writes it is an id of its own. */
static guint64
id_from_span (QmpSpan span)
{
  char digits[24];
  guint64 id = 0;

  if (span.n_bytes == 0 || span.n_bytes >= sizeof digits)
    return 0;
  memcpy (digits, span.start, span.n_bytes);
  digits[span.n_bytes] = '\0';
  g_ascii_string_to_unsigned (digits, 10, 1, G_MAXUINT64, &id, NULL);
  return id;
}

/* Spans of the members that any message is told by. */
typedef struct
{
  QmpSpan id;
  QmpSpan timestamp;
  QmpSpan kinds[G_N_ELEMENTS (message_kinds)];
  QmpSpan data;
} Parts;

static void
parts_note (Parts *parts, const QmpMember *member)
{
  for (guint i = 0; i < G_N_ELEMENTS (message_kinds); i++)
    if (qmp_span_equal (member->name, message_kinds[i].member))
      parts->kinds[i] = member->value;
  if (qmp_span_equal (member->name, "id"))
    parts->id = member->value;
  else if (qmp_span_equal (member->name, "timestamp"))
    parts->timestamp = member->value;
  else if (qmp_span_equal (member->name, "data"))
    parts->data = member->value;
}

static void
message_fill (QmpMessage *message, const Parts *parts)
{
  g_autoptr (QmpValue) name = NULL;
  g_autoptr (QmpValue) timestamp = NULL;
  g_autoptr (QmpValue) failure = NULL;

  switch (message->kind)
    {
    case QMP_MESSAGE_EVENT:
      name = value_from_span (message->body);
      timestamp = value_from_span (parts->timestamp);
      message->event = g_strdup (qmp_value_as_string (name));
      message->timestamp_us = timestamp_from_value (timestamp);
      message->body = parts->data;
      if (!message->event)
        message->kind = QMP_MESSAGE_OTHER;
      break;
    case QMP_MESSAGE_ERROR:
      failure = value_from_span (message->body);
      message->error = error_from_value (failure);
      break;
    default:
      break;
    }
}

QmpMessage *
qmp_message_new (const QmpFrame *frame)
{
  g_autoptr (QmpMessage) message = g_new0 (QmpMessage, 1);
  QmpMembers members;
  QmpMember member;
  Parts parts = { 0 };

  message->text = g_strndup (frame->text, frame->n_bytes);
  message->scan = frame->scan;
  qmp_members_init (&members, message->text, frame->n_bytes);
  while (qmp_members_next (&members, &member))
    parts_note (&parts, &member);
  if (members.is_broken)
    return NULL;

  message->id = id_from_span (parts.id);
  for (guint i = 0; i < G_N_ELEMENTS (message_kinds) && message->body.n_bytes == 0; i++)
    if (parts.kinds[i].n_bytes > 0)
      {
        message->kind = message_kinds[i].kind;
        message->body = parts.kinds[i];
      }
  message_fill (message, &parts);
  return g_steal_pointer (&message);
}

QmpValue *
qmp_message_parse_body (const QmpMessage *message, GError **error)
{
  if (message->body.n_bytes == 0)
    return NULL;
  return qmp_value_parse_scanned (&message->scan, message->body.start, message->body.n_bytes,
                                  error);
}

void
qmp_message_free (QmpMessage *message)
{
  g_clear_error (&message->error);
  g_free (message->event);
  g_free (message->text);
  g_free (message);
}

char *
qmp_message_format_command_text (
    const char *command, const char *arguments, gboolean out_of_band, guint64 id, GError **error)
{
  g_autoptr (GString) text = g_string_new (out_of_band ? "{\"exec-oob\":" : "{\"execute\":");
  g_autoptr (QmpValue) name = command ? qmp_value_new_string (command) : NULL;
  g_autofree char *quoted = name ? qmp_value_to_string (name) : NULL;

  if (!command || !command[0])
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT, "a monitor command needs a name");
      return NULL;
    }

  g_string_append (text, quoted);
  if (arguments)
    {
      g_string_append (text, ",\"arguments\":");
      g_string_append (text, arguments);
    }
  g_string_append_printf (text, ",\"id\":%" G_GUINT64_FORMAT "}\n", id);

  if (text->len > QMP_MAX_MESSAGE_BYTES)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE,
                   "monitor command '%s' has %" G_GSIZE_FORMAT " bytes, more than %d", command,
                   text->len, QMP_MAX_MESSAGE_BYTES);
      return NULL;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
qmp_message_format_command (const char *command,
                            const QmpValue *arguments,
                            gboolean out_of_band,
                            guint64 id,
                            GError **error)
{
  g_autofree char *json = NULL;
  g_autofree char *text = NULL;

  if (command && arguments && qmp_value_get_value_type (arguments) != QMP_VALUE_OBJECT)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                   "arguments of monitor command '%s' are not an object", command);
      return NULL;
    }
  json = arguments ? qmp_value_to_string (arguments) : NULL;
  text = qmp_message_format_command_text (command, json, out_of_band, id, error);
  if (text && !g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                   "a string in monitor command '%s' is not UTF-8",
                   g_utf8_validate (command, -1, NULL) ? command : "?");
      return NULL;
    }
  return g_steal_pointer (&text);
}

QmpReader *
qmp_reader_new (gsize max_message_bytes)
{
  QmpReader *reader = g_new0 (QmpReader, 1);

  reader->framer = qmp_framer_new (max_message_bytes, TRUE);
  reader->max_message_bytes = max_message_bytes;
  return reader;
}

void
qmp_reader_free (QmpReader *reader)
{
  qmp_framer_free (reader->framer);
  g_free (reader);
}

void
qmp_reader_feed (QmpReader *reader, const char *bytes, gsize n_bytes)
{
  qmp_framer_feed (reader->framer, bytes, n_bytes);
}

/* (nullable) (transfer full): %NULL if the text between the braces is no message */
static QmpMessage *
reader_take (QmpReader *reader, const QmpFrame *frame)
{
  QmpMessage *message = qmp_message_new (frame);

  if (message)
    qmp_framer_forget_noise (reader->framer);
  else
    qmp_framer_reject (reader->framer, frame);
  return message;
}

QmpMessage *
qmp_reader_next (QmpReader *reader, GError **error)
{
  QmpFrameResult result = QMP_FRAME_NOISE;

  while (result != QMP_FRAME_MORE && qmp_framer_get_noise (reader->framer) <= QMP_MAX_NOISE_BYTES)
    {
      QmpMessage *message = NULL;
      QmpFrame frame;

      result = qmp_framer_next (reader->framer, &frame);
      if (result == QMP_FRAME_TEXT)
        message = reader_take (reader, &frame);
      if (message)
        return message;
      if (result == QMP_FRAME_TOO_LARGE)
        {
          g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE,
                       "the monitor sent a message above the limit of %" G_GSIZE_FORMAT
                       " bytes, %d levels or %d values",
                       reader->max_message_bytes, QMP_MAX_DEPTH, QMP_MAX_VALUES);
          return NULL;
        }
    }
  if (qmp_framer_get_noise (reader->framer) > QMP_MAX_NOISE_BYTES)
    g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                 "the peer is no monitor: it sent %d bytes without a message", QMP_MAX_NOISE_BYTES);
  return NULL;
}
