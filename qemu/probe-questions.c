/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The questions in an order that lets long answers be read while QEMU works on the next. The number
 * of a question is its place, counted from 1.
 */
#include "qemu/probe-questions.h"

#include "qemu/device-table.h"
#include "qmp/qmp-message.h"
#include "qmp/qmp.h"

static const struct
{
  const char *command;
  const char *member; /* (nullable) of the arguments, which is set to… */
  const char *value;  /* (nullable): …this text; %NULL: true */
} general[] = {
  { "query-version", NULL, NULL },
  { "query-target", NULL, NULL },
  { "query-kvm", NULL, NULL },
  { "query-qmp-schema", NULL, NULL },
  { "qom-list-types", "abstract", NULL },
  { "human-monitor-command", "command-line", "info qdm" },
  { "query-machines", NULL, NULL },
  { "query-cpu-definitions", NULL, NULL },
  { "query-chardev-backends", NULL, NULL },
  { "query-command-line-options", NULL, NULL },
};

struct _VbProbeQuestions
{
  GString *text;  /* (owned) */
  GArray *asked;  /* (owned) (element-type VbProbeQuestion) */
  gboolean *done; /* (owned): by place */
  char *device;   /* (owned) (nullable) */
};

static void
add (VbProbeQuestions *questions, const char *command, QmpValue *arguments, const char *device)
{
  const VbProbeQuestion question = { command, device };
  g_autofree char *line = NULL;

  g_array_append_val (questions->asked, question);
  line = qmp_message_format_command (command, arguments, FALSE, questions->asked->len, NULL);
  g_string_append (questions->text, line);
}

static void
add_general (VbProbeQuestions *questions)
{
  for (guint i = 0; i < G_N_ELEMENTS (general); i++)
    {
      g_autoptr (QmpValue) arguments = general[i].member ? qmp_value_new_object () : NULL;

      if (general[i].value)
        qmp_value_set_string (arguments, general[i].member, general[i].value);
      else if (general[i].member)
        qmp_value_set_boolean (arguments, general[i].member, TRUE);
      add (questions, general[i].command, arguments, NULL);
    }
}

static void
add_device (VbProbeQuestions *questions, const char *device)
{
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();

  qmp_value_set_string (arguments, "typename", device);
  add (questions, "device-list-properties", arguments, device);
}

VbProbeQuestions *
vb_probe_questions_new (const char *device)
{
  VbProbeQuestions *questions = g_new0 (VbProbeQuestions, 1);

  questions->text = g_string_new (NULL);
  questions->asked = g_array_new (FALSE, FALSE, sizeof (VbProbeQuestion));
  questions->device = g_utf8_make_valid (device ? device : "", -1);
  add (questions, "qmp_capabilities", NULL, NULL);
  if (device)
    {
      add_device (questions, questions->device);
    }
  else
    {
      add_general (questions);
      /* What the elements of a domain become, on whichever board. */
      for (guint i = 0; i < vb_schema_lists[VB_SCHEMA_DEVICE].n_entries; i++)
        add_device (questions, vb_schema_lists[VB_SCHEMA_DEVICE].entries[i].name);
    }
  questions->done = g_new0 (gboolean, questions->asked->len);
  return questions;
}

void
vb_probe_questions_free (VbProbeQuestions *questions)
{
  g_string_free (questions->text, TRUE);
  g_array_unref (questions->asked);
  g_free (questions->done);
  g_free (questions->device);
  g_free (questions);
}

const char *
vb_probe_questions_get_text (const VbProbeQuestions *questions)
{
  return questions->text->str;
}

const VbProbeQuestion *
vb_probe_questions_answer (VbProbeQuestions *questions, guint64 id)
{
  if (id == 0 || id > questions->asked->len || questions->done[id - 1])
    return NULL;
  questions->done[id - 1] = TRUE;
  return &g_array_index (questions->asked, VbProbeQuestion, id - 1);
}

const VbProbeQuestion *
vb_probe_questions_get_open (const VbProbeQuestions *questions)
{
  for (guint i = 0; i < questions->asked->len; i++)
    if (!questions->done[i])
      return &g_array_index (questions->asked, VbProbeQuestion, i);
  return NULL;
}
