/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. A recording, read and checked: what the two ends say, in order. Plays nothing.
 */
#pragma once

#include "qmp/qmp-members.h"
#include "qmp/qmp-value.h"

G_BEGIN_DECLS

typedef enum
{
  QMP_SCRIPT_SENT,
  QMP_SCRIPT_RECEIVED,
  QMP_SCRIPT_ENDED,
} QmpScriptStepKind;

typedef struct
{
  QmpScriptStepKind kind;
  guint line;        /* in the file, from 1 */
  char *text;        /* (owned) (nullable): a message, from brace to brace */
  QmpSpan id;        /* in @text: the member `id`; may be empty */
  QmpValue *command; /* (owned) (nullable): what is sent, as of qmp_script_parse_command() */
} QmpScriptStep;

typedef struct
{
  char *path;       /* (owned) */
  GPtrArray *steps; /* (owned) (element-type QmpScriptStep) */
} QmpScript;

/* Errors: a #GFileError, %QMP_ERROR_PROTOCOL with path and line. */
QmpScript *qmp_script_load (const char *path, GError **error);
void qmp_script_free (QmpScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpScript, qmp_script_free)

/* What a command asks for, without its id: equal for two that ask for the same.
 * (transfer full) (nullable): %NULL with %QMP_ERROR_PROTOCOL where @text is no command */
QmpValue *qmp_script_parse_command (const char *text, gsize n_bytes, GError **error);
/* Finds the member `id`; @id is empty where there is none. FALSE if the text is no object. */
gboolean qmp_script_find_id (const char *text, gsize n_bytes, QmpSpan *id);

G_END_DECLS
