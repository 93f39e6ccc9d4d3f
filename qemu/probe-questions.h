/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an emulator is asked, all at once: commands of its monitor, and the number that each answer
 * comes back with. Pure.
 */
#pragma once

#include <glib.h>

typedef struct
{
  const char *command;
  const char *device; /* (nullable): the one that it is about */
} VbProbeQuestion;

typedef struct _VbProbeQuestions VbProbeQuestions;

/* @device: (nullable): one device whose properties are wanted; %NULL: all that facts are made of */
VbProbeQuestions *vb_probe_questions_new (const char *device);
void vb_probe_questions_free (VbProbeQuestions *questions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbProbeQuestions, vb_probe_questions_free)

/* What is sent, all at once. */
const char *vb_probe_questions_get_text (const VbProbeQuestions *questions);
/* (nullable) (transfer none): the question that an answer with @id is the first answer to */
const VbProbeQuestion *vb_probe_questions_answer (VbProbeQuestions *questions, guint64 id);
/* (nullable) (transfer none): the first that has no answer */
const VbProbeQuestion *vb_probe_questions_get_open (const VbProbeQuestions *questions);
