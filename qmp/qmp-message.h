/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. Bytes to messages and back, without any I/O: says what each message of a
 * monitor is, and writes the text of a command. What a message carries stays text until somebody
 * wants it as a value.
 */
#pragma once

#include "qmp/qmp-error.h"
#include "qmp/qmp-framer.h"
#include "qmp/qmp-members.h"
#include "qmp/qmp-value.h"

G_BEGIN_DECLS

/* What may come between two messages that is no message: a log line, the rest of a broken one. */
#define QMP_MAX_NOISE_BYTES (64 * 1024)

typedef enum
{
  QMP_MESSAGE_OTHER, /* an object of a kind that this library does not know */
  QMP_MESSAGE_GREETING,
  QMP_MESSAGE_RETURN,
  QMP_MESSAGE_ERROR,
  QMP_MESSAGE_EVENT,
} QmpMessageKind;

typedef struct
{
  QmpMessageKind kind;
  guint64 id;          /* of the command that this answers; 0 if it is none of ours */
  GError *error;       /* (owned) (nullable): of an error */
  char *event;         /* (owned) (nullable): an event's name */
  gint64 timestamp_us; /* of an event, since the epoch; 0 if not told */
  char *text;          /* (owned): all of it */
  QmpSpan body;        /* in @text: `QMP`, `return`, `error` or an event's `data`; may be empty */
  QmpScan scan;        /* of @text, and so of what is in it */
} QmpMessage;

void qmp_message_free (QmpMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpMessage, qmp_message_free)

/* (transfer full) (nullable): %NULL if @frame is no JSON object */
QmpMessage *qmp_message_new (const QmpFrame *frame);
/* (transfer full) (nullable): %NULL without @error where there is no body. Errors:
 * %QMP_ERROR_PROTOCOL */
QmpValue *qmp_message_parse_body (const QmpMessage *message, GError **error);

/* (transfer full): the command's text with the newline that ends it, or %NULL with
 * %QMP_ERROR_INVALID_ARGUMENT or %QMP_ERROR_TOO_LARGE. @arguments: (nullable) */
char *qmp_message_format_command (const char *command,
                                  const QmpValue *arguments,
                                  gboolean out_of_band,
                                  guint64 id,
                                  GError **error);

/* The same for arguments that are the text of a JSON object already, which is not looked at. Its
 * strings are UTF-8. @arguments: (nullable) */
char *qmp_message_format_command_text (
    const char *command, const char *arguments, gboolean out_of_band, guint64 id, GError **error);

typedef struct _QmpReader QmpReader;

QmpReader *qmp_reader_new (gsize max_message_bytes);
void qmp_reader_free (QmpReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpReader, qmp_reader_free)

void qmp_reader_feed (QmpReader *reader, const char *bytes, gsize n_bytes);
/* (transfer full) (nullable): the next message; %NULL without @error when more bytes are needed.
 * Errors end the stream: %QMP_ERROR_TOO_LARGE, %QMP_ERROR_PROTOCOL for too much noise. */
QmpMessage *qmp_reader_next (QmpReader *reader, GError **error);

G_END_DECLS
