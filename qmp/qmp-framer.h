/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. Cuts a stream into the texts of JSON objects, without any I/O and without
 * reading what they say. What lies in between is noise, which is skipped and counted.
 */
#pragma once

#include "qmp/qmp-scan.h"

G_BEGIN_DECLS

typedef struct _QmpFramer QmpFramer;

typedef enum
{
  QMP_FRAME_MORE,      /* more bytes are needed */
  QMP_FRAME_TEXT,      /* one object, from brace to brace */
  QMP_FRAME_NOISE,     /* something that was no object has just been dropped */
  QMP_FRAME_TOO_LARGE, /* the stream has ended: an object above a limit */
} QmpFrameResult;

typedef struct
{
  const char *text; /* (array length=n_bytes): valid until the framer is fed or asked again */
  gsize n_bytes;
  QmpScan scan; /* what was learnt about the text on the way */
} QmpFrame;

/* @is_stream: as in #QmpScan: a monitor begins every message in the first column, so that a brace
 * there ends a message that lost its end. */
QmpFramer *qmp_framer_new (gsize max_text_bytes, gboolean is_stream);
void qmp_framer_free (QmpFramer *framer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpFramer, qmp_framer_free)

void qmp_framer_feed (QmpFramer *framer, const char *bytes, gsize n_bytes);
QmpFrameResult qmp_framer_next (QmpFramer *framer, QmpFrame *frame);
/* Bytes that were no object since the last one, white space left out. */
gsize qmp_framer_get_noise (const QmpFramer *framer);
/* What follows is a whole object after noise: forget the noise. */
void qmp_framer_forget_noise (QmpFramer *framer);
/* The last text was an object for its brackets only: count it among the noise. */
void qmp_framer_reject (QmpFramer *framer, const QmpFrame *frame);

G_END_DECLS
