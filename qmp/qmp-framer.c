/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A buffer and a scan that walks through it. An object goes from its brace to the brace that closes
 * it, on one line or (a monitor with `pretty=on`) on many.
 */
#include "qmp/qmp-framer.h"

/* A buffer that has grown beyond this is given back as soon as it is empty. */
#define KEPT_BUFFER_BYTES (256 * 1024)

struct _QmpFramer
{
  gsize max_text_bytes;
  gboolean is_stream;
  GByteArray *buffer; /* (owned) */
  gsize start;        /* of the text that the scan is in */
  gsize scanned;
  gboolean in_text;
  QmpScan scan;
  gsize n_noise_bytes;
};

QmpFramer *
qmp_framer_new (gsize max_text_bytes, gboolean is_stream)
{
  QmpFramer *framer = g_new0 (QmpFramer, 1);

  framer->max_text_bytes = max_text_bytes;
  framer->is_stream = is_stream;
  framer->buffer = g_byte_array_new ();
  return framer;
}

void
qmp_framer_free (QmpFramer *framer)
{
  g_byte_array_unref (framer->buffer);
  g_free (framer);
}

void
qmp_framer_feed (QmpFramer *framer, const char *bytes, gsize n_bytes)
{
  if (framer->start == framer->buffer->len && framer->start > KEPT_BUFFER_BYTES)
    {
      g_byte_array_unref (framer->buffer);
      framer->buffer = g_byte_array_new ();
    }
  else if (framer->start > 0)
    {
      g_byte_array_remove_range (framer->buffer, 0, (guint) framer->start);
    }
  framer->scanned -= framer->start;
  framer->start = 0;
  g_byte_array_append (framer->buffer, (const guint8 *) bytes, (guint) n_bytes);
}

static void
framer_skip_to_brace (QmpFramer *framer)
{
  const char *bytes = (const char *) framer->buffer->data;

  for (; framer->scanned < framer->buffer->len; framer->scanned++)
    {
      char byte = bytes[framer->scanned];
      if (byte == '{')
        {
          framer->in_text = TRUE;
          framer->scan = (QmpScan){ .is_stream = framer->is_stream };
          break;
        }
      if (!g_ascii_isspace (byte))
        framer->n_noise_bytes++;
    }
  framer->start = framer->scanned;
}

static QmpScanResult
framer_scan (QmpFramer *framer)
{
  gsize n_taken;
  QmpScanResult result =
      qmp_scan_bytes (&framer->scan, (const char *) framer->buffer->data + framer->scanned,
                      framer->buffer->len - framer->scanned, &n_taken);

  framer->scanned += n_taken;
  if (framer->scanned - framer->start > framer->max_text_bytes)
    return QMP_SCAN_TOO_LARGE;
  return result;
}

static QmpFrameResult
framer_take (QmpFramer *framer, QmpFrame *frame)
{
  frame->text = (const char *) framer->buffer->data + framer->start;
  frame->n_bytes = framer->scanned - framer->start;
  frame->scan = framer->scan;
  framer->start = framer->scanned;
  framer->in_text = FALSE;
  return QMP_FRAME_TEXT;
}

/* What lies between the start and the scan is no object. */
static QmpFrameResult
framer_drop (QmpFramer *framer)
{
  framer->n_noise_bytes += framer->scanned - framer->start;
  framer->start = framer->scanned;
  framer->in_text = FALSE;
  return QMP_FRAME_NOISE;
}

QmpFrameResult
qmp_framer_next (QmpFramer *framer, QmpFrame *frame)
{
  gsize n_noise_bytes = framer->n_noise_bytes;

  if (!framer->in_text)
    framer_skip_to_brace (framer);
  if (framer->n_noise_bytes > n_noise_bytes)
    return QMP_FRAME_NOISE;
  if (!framer->in_text)
    return QMP_FRAME_MORE;
  switch (framer_scan (framer))
    {
    case QMP_SCAN_COMPLETE:
      return framer_take (framer, frame);
    case QMP_SCAN_BROKEN:
      return framer_drop (framer);
    case QMP_SCAN_RESTARTED:
      framer->scanned--;
      return framer_drop (framer);
    case QMP_SCAN_TOO_LARGE:
      return QMP_FRAME_TOO_LARGE;
    case QMP_SCAN_MORE:
    default:
      return QMP_FRAME_MORE;
    }
}

gsize
qmp_framer_get_noise (const QmpFramer *framer)
{
  return framer->n_noise_bytes;
}

void
qmp_framer_forget_noise (QmpFramer *framer)
{
  framer->n_noise_bytes = 0;
}

void
qmp_framer_reject (QmpFramer *framer, const QmpFrame *frame)
{
  framer->n_noise_bytes += frame->n_bytes;
}
