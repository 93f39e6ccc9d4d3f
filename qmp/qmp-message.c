/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bytes to messages and back. A message is an object from its brace to the brace that closes it,
 * on one line or (a monitor with `pretty=on`) on many. Noise in between is skipped, and counted so
 * that it ends somewhere.
 */
#include "qmp/qmp-message.h"

#include "qmp/qmp-session.h"
#include "qmp/qmp-value-private.h"

#include <string.h>

/* A buffer that has grown beyond this is given back as soon as it is empty. */
#define KEPT_BUFFER_BYTES (256 * 1024)

struct _QmpReader
{
  gsize max_message_bytes;
  GByteArray *buffer; /* (owned) */
  gsize start;        /* of the message that the scan is in */
  gsize scanned;
  gboolean in_message;
  QmpScan scan;
  gsize n_noise_bytes; /* since the last message */
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
timestamp_from_value (const QmpValue *message)
{
  g_autoptr (QmpValue) timestamp = qmp_value_get (message, "timestamp");
  gint64 seconds = qmp_value_get_int (timestamp, "seconds", -1);
  gint64 microseconds = qmp_value_get_int (timestamp, "microseconds", -1);

  /* QEMU says -1 where it could not read its clock. */
  if (seconds < 0 || seconds > G_MAXINT64 / G_USEC_PER_SEC - 1 || microseconds < 0 ||
      microseconds >= G_USEC_PER_SEC)
    return 0;
  return seconds * G_USEC_PER_SEC + microseconds;
}

static QmpMessageKind
kind_of_value (const QmpValue *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (message_kinds); i++)
    if (qmp_value_has (value, message_kinds[i].member))
      return message_kinds[i].kind;
  return QMP_MESSAGE_OTHER;
}

static QmpMessage *
message_from_value (const QmpValue *value)
{
  QmpMessage *message = g_new0 (QmpMessage, 1);
  g_autoptr (QmpValue) failure = NULL;

  message->kind = kind_of_value (value);
  message->id = qmp_value_get_uint (value, "id", 0);
  switch (message->kind)
    {
    case QMP_MESSAGE_GREETING:
      message->body = qmp_value_get (value, "QMP");
      break;
    case QMP_MESSAGE_RETURN:
      message->body = qmp_value_get (value, "return");
      break;
    case QMP_MESSAGE_ERROR:
      failure = qmp_value_get (value, "error");
      message->error = error_from_value (failure);
      break;
    case QMP_MESSAGE_EVENT:
      message->event = g_strdup (qmp_value_get_string (value, "event"));
      message->body = qmp_value_get (value, "data");
      message->timestamp_us = timestamp_from_value (value);
      if (!message->event)
        message->kind = QMP_MESSAGE_OTHER;
      break;
    case QMP_MESSAGE_OTHER:
      break;
    }
  return message;
}

void
qmp_message_free (QmpMessage *message)
{
  g_clear_pointer (&message->body, qmp_value_unref);
  g_clear_error (&message->error);
  g_free (message->event);
  g_free (message);
}

char *
qmp_message_format_command (const char *command,
                            const QmpValue *arguments,
                            guint64 id,
                            GError **error)
{
  g_autoptr (GString) text = g_string_new ("{\"execute\":");
  g_autoptr (QmpValue) name = command ? qmp_value_new_string (command) : NULL;
  g_autofree char *quoted = name ? qmp_value_to_string (name) : NULL;

  if (!command || !command[0])
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT, "a monitor command needs a name");
      return NULL;
    }
  if (arguments && qmp_value_get_value_type (arguments) != QMP_VALUE_OBJECT)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                   "arguments of monitor command '%s' are not an object", command);
      return NULL;
    }

  g_string_append (text, quoted);
  if (arguments)
    {
      g_autofree char *json = qmp_value_to_string (arguments);
      g_string_append (text, ",\"arguments\":");
      g_string_append (text, json);
    }
  g_string_append_printf (text, ",\"id\":%" G_GUINT64_FORMAT "}\n", id);

  if (text->len > QMP_MAX_MESSAGE_BYTES)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE,
                   "monitor command '%s' has %" G_GSIZE_FORMAT " bytes, more than %d", command,
                   text->len, QMP_MAX_MESSAGE_BYTES);
      return NULL;
    }
  if (!g_utf8_validate_len (text->str, text->len, NULL))
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                   "a string in monitor command '%s' is not UTF-8",
                   g_utf8_validate (command, -1, NULL) ? command : "?");
      return NULL;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

QmpReader *
qmp_reader_new (gsize max_message_bytes)
{
  QmpReader *reader = g_new0 (QmpReader, 1);

  reader->max_message_bytes = max_message_bytes;
  reader->buffer = g_byte_array_new ();
  return reader;
}

void
qmp_reader_free (QmpReader *reader)
{
  g_byte_array_unref (reader->buffer);
  g_free (reader);
}

void
qmp_reader_feed (QmpReader *reader, const char *bytes, gsize n_bytes)
{
  if (reader->start == reader->buffer->len && reader->start > KEPT_BUFFER_BYTES)
    {
      g_byte_array_unref (reader->buffer);
      reader->buffer = g_byte_array_new ();
    }
  else if (reader->start > 0)
    {
      g_byte_array_remove_range (reader->buffer, 0, (guint) reader->start);
    }
  reader->scanned -= reader->start;
  reader->start = 0;
  g_byte_array_append (reader->buffer, (const guint8 *) bytes, (guint) n_bytes);
}

/* What lies between the start and the scan is no message. */
static void
reader_drop (QmpReader *reader)
{
  reader->n_noise_bytes += reader->scanned - reader->start;
  reader->start = reader->scanned;
  reader->in_message = FALSE;
}

static void
reader_skip_to_brace (QmpReader *reader)
{
  const char *bytes = (const char *) reader->buffer->data;

  for (; reader->scanned < reader->buffer->len; reader->scanned++)
    {
      char byte = bytes[reader->scanned];
      if (byte == '{')
        {
          reader->in_message = TRUE;
          reader->scan = (QmpScan){ .is_stream = TRUE };
          break;
        }
      if (!g_ascii_isspace (byte))
        reader->n_noise_bytes++;
    }
  reader->start = reader->scanned;
}

/* (nullable): %NULL if the text between the braces is no JSON */
static QmpMessage *
reader_take_message (QmpReader *reader)
{
  const char *text = (const char *) reader->buffer->data + reader->start;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) value =
      qmp_value_parse_scanned (&reader->scan, text, reader->scanned - reader->start, &error);

  if (!value)
    {
      g_debug ("skipped what is no message: %s", error->message);
      reader_drop (reader);
      return NULL;
    }
  reader->start = reader->scanned;
  reader->in_message = FALSE;
  reader->n_noise_bytes = 0;
  return message_from_value (value);
}

static QmpScanResult
reader_scan (QmpReader *reader)
{
  gsize n_taken;
  QmpScanResult result =
      qmp_scan_bytes (&reader->scan, (const char *) reader->buffer->data + reader->scanned,
                      reader->buffer->len - reader->scanned, &n_taken);

  reader->scanned += n_taken;
  if (reader->scanned - reader->start > reader->max_message_bytes)
    return QMP_SCAN_TOO_LARGE;
  return result;
}

QmpMessage *
qmp_reader_next (QmpReader *reader, GError **error)
{
  while (reader->scanned < reader->buffer->len && reader->n_noise_bytes <= QMP_MAX_NOISE_BYTES)
    {
      g_autoptr (QmpMessage) message = NULL;

      if (!reader->in_message)
        {
          reader_skip_to_brace (reader);
          continue;
        }
      switch (reader_scan (reader))
        {
        case QMP_SCAN_MORE:
          break;
        case QMP_SCAN_COMPLETE:
          message = reader_take_message (reader);
          if (message)
            return g_steal_pointer (&message);
          break;
        case QMP_SCAN_BROKEN:
          reader_drop (reader);
          break;
        case QMP_SCAN_RESTARTED:
          reader->scanned--;
          reader_drop (reader);
          break;
        case QMP_SCAN_TOO_LARGE:
          g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE,
                       "the monitor sent a message above the limit of %" G_GSIZE_FORMAT
                       " bytes, %d levels or %d values",
                       reader->max_message_bytes, QMP_MAX_DEPTH, QMP_MAX_VALUES);
          return NULL;
        }
    }
  if (reader->n_noise_bytes > QMP_MAX_NOISE_BYTES)
    g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                 "the peer is no monitor: it sent %d bytes without a message", QMP_MAX_NOISE_BYTES);
  return NULL;
}
