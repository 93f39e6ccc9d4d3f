/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bytes from a hostile monitor: whatever they are and however they are cut into reads, the reader
 * gives the same messages, and JSON that is accepted reads back as the same text.
 */
#include "qmp/qmp-message.h"
#include "qmp/qmp-session.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes);

/* Small, so that the fuzzer reaches it. */
#define MAX_MESSAGE_BYTES 512

static void
require (gboolean holds, const char *what)
{
  if (!holds)
    g_error ("%s", what);
}

/* Takes what is there; FALSE when the stream has ended. */
static gboolean
take_messages (QmpReader *reader, GString *told)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (QmpMessage) message = qmp_reader_next (reader, &error);
      g_autoptr (QmpValue) body = NULL;

      if (error)
        {
          require (error->domain == QMP_ERROR, "a foreign error");
          g_string_append_printf (told, "error %d", error->code);
          return FALSE;
        }
      if (!message)
        return TRUE;
      g_string_append_printf (told, "%d %" G_GUINT64_FORMAT " %s %" G_GINT64_FORMAT " ",
                              message->kind, message->id, message->event ? message->event : "-",
                              message->timestamp_us);
      g_string_append_len (told, message->body.start, (gssize) message->body.n_bytes);
      body = qmp_message_parse_body (message, NULL);
      if (body)
        {
          g_autofree char *text = qmp_value_to_string (body);
          g_string_append (told, text);
        }
    }
}

/* (transfer full): what the reader tells of @data, read @n_chunk bytes at a time */
static char *
tell_in_chunks (const char *data, gsize n_bytes, gsize n_chunk)
{
  g_autoptr (QmpReader) reader = qmp_reader_new (MAX_MESSAGE_BYTES);
  g_autoptr (GString) told = g_string_new (NULL);

  for (gsize offset = 0; offset < n_bytes; offset += n_chunk)
    {
      qmp_reader_feed (reader, data + offset, MIN (n_chunk, n_bytes - offset));
      if (!take_messages (reader, told))
        break;
    }
  return g_string_free (g_steal_pointer (&told), FALSE);
}

static void
check_round_trip (const char *data, gsize n_bytes)
{
  g_autoptr (QmpValue) value = qmp_value_parse (data, (gssize) n_bytes, NULL);
  g_autoptr (QmpValue) again = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  if (!value)
    return;
  text = qmp_value_to_string (value);
  again = qmp_value_parse (text, -1, NULL);
  require (again != NULL, "own text is refused");
  text_again = qmp_value_to_string (again);
  require (g_str_equal (text, text_again), "text changes from one reading to the next");
  require (g_utf8_validate (text, -1, NULL), "text is not UTF-8");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t n_bytes)
{
  g_autofree char *at_once = tell_in_chunks ((const char *) data, n_bytes, MAX (n_bytes, 1));
  g_autofree char *in_bytes = tell_in_chunks ((const char *) data, n_bytes, 1);
  g_autofree char *in_sevens = tell_in_chunks ((const char *) data, n_bytes, 7);

  require (g_str_equal (at_once, in_bytes), "single bytes give other messages");
  require (g_str_equal (at_once, in_sevens), "chunks give other messages");
  check_round_trip ((const char *) data, n_bytes);
  return 0;
}
