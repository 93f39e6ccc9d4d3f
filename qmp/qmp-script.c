/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The reader of recordings. What came from the monitor need not be JSON to the last byte, only an
 * object for its brackets, as a session takes it: its faults are played too.
 */
#include "qmp/qmp-script.h"

#include "qmp/qmp-error.h"
#include "qmp/qmp-scan.h"

#include <string.h>

static void
step_free (QmpScriptStep *step)
{
  g_clear_pointer (&step->command, qmp_value_unref);
  g_free (step->text);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpScriptStep, step_free)

void
qmp_script_free (QmpScript *script)
{
  g_ptr_array_unref (script->steps);
  g_free (script->path);
  g_free (script);
}

gboolean
qmp_script_find_id (const char *text, gsize n_bytes, QmpSpan *id)
{
  QmpMembers members;
  QmpMember member;

  *id = (QmpSpan){ text, 0 };
  qmp_members_init (&members, text, n_bytes);
  while (qmp_members_next (&members, &member))
    if (qmp_span_equal (member.name, "id"))
      *id = member.value;
  return !members.is_broken;
}

static gboolean
is_object (const char *text, gsize n_bytes)
{
  QmpScan scan = { 0 };
  gsize n_taken;

  return n_bytes > 0 && text[0] == '{' &&
         qmp_scan_bytes (&scan, text, n_bytes, &n_taken) == QMP_SCAN_COMPLETE && n_taken == n_bytes;
}

static gboolean
is_empty_object (const QmpValue *value)
{
  g_autoptr (GPtrArray) members = qmp_value_list_members (value);

  return qmp_value_get_value_type (value) == QMP_VALUE_OBJECT && members->len == 0;
}

QmpValue *
qmp_script_parse_command (const char *text, gsize n_bytes, GError **error)
{
  static const char *const verbs[] = { "execute", "exec-oob" };
  g_autoptr (QmpValue) whole = qmp_value_parse (text, (gssize) n_bytes, error);
  g_autoptr (QmpValue) arguments = NULL;
  g_autoptr (QmpValue) command = NULL;

  if (!whole)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (verbs) && !command; i++)
    if (qmp_value_get_string (whole, verbs[i]))
      {
        command = qmp_value_new_object ();
        qmp_value_set_string (command, verbs[i], qmp_value_get_string (whole, verbs[i]));
      }
  if (!command)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL, "not a command");
      return NULL;
    }
  arguments = qmp_value_get (whole, "arguments");
  /* For QEMU no arguments are none. */
  if (arguments && !is_empty_object (arguments))
    qmp_value_set_value (command, "arguments", g_steal_pointer (&arguments));
  return g_steal_pointer (&command);
}

static gboolean
parse_message (QmpScriptStep *step, const char *text, gsize n_bytes, GError **error)
{
  if (!is_object (text, n_bytes))
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL, "not an object");
      return FALSE;
    }
  step->text = g_strndup (text, n_bytes);
  if (!qmp_script_find_id (step->text, n_bytes, &step->id))
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL, "not an object");
      return FALSE;
    }
  if (step->kind == QMP_SCRIPT_RECEIVED)
    return TRUE;

  step->command = qmp_script_parse_command (text, n_bytes, error);
  if (step->command && step->id.n_bytes == 0)
    g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL, "a command without an id");
  return step->command && step->id.n_bytes > 0;
}

/* @line: without white space around it */
static gboolean
parse_line (QmpScriptStep *step, const char *line, gsize n_bytes, GError **error)
{
  if (n_bytes == 1 && line[0] == '.')
    {
      step->kind = QMP_SCRIPT_ENDED;
      return TRUE;
    }
  if (n_bytes < 2 || !strchr ("<>", line[0]) || line[1] != ' ')
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                   "a line begins with '> ', '< ' or '#', or is '.'");
      return FALSE;
    }
  step->kind = line[0] == '>' ? QMP_SCRIPT_SENT : QMP_SCRIPT_RECEIVED;
  return parse_message (step, line + 2, n_bytes - 2, error);
}

/* @n_bytes: of the line, without its end */
static gboolean
script_add_line (QmpScript *script, guint number, const char *line, gsize n_bytes, GError **error)
{
  QmpScriptStep *last =
      script->steps->len > 0 ? script->steps->pdata[script->steps->len - 1] : NULL;
  g_autoptr (QmpScriptStep) step = NULL;

  while (n_bytes > 0 && g_ascii_isspace (line[n_bytes - 1]))
    n_bytes--;
  if (n_bytes == 0 || line[0] == '#')
    return TRUE;

  step = g_new0 (QmpScriptStep, 1);
  step->line = number;
  if (last && last->kind == QMP_SCRIPT_ENDED)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL, "a line after the end");
      return FALSE;
    }
  if (!parse_line (step, line, n_bytes, error))
    return FALSE;
  g_ptr_array_add (script->steps, g_steal_pointer (&step));
  return TRUE;
}

static gboolean
script_parse (QmpScript *script, const char *text, gsize n_bytes, GError **error)
{
  const char *end = text + n_bytes;

  for (guint number = 1; text < end; number++)
    {
      const char *line_end = memchr (text, '\n', (gsize) (end - text));
      g_autoptr (GError) problem = NULL;

      if (!script_add_line (script, number, text, (gsize) ((line_end ? line_end : end) - text),
                            &problem) &&
          line_end)
        {
          g_set_error (error, problem->domain, problem->code, "recording '%s', line %u: %s",
                       script->path, number, problem->message);
          return FALSE;
        }
      /* A last line without an end that says nothing was being written when its writer died. */
      text = line_end ? line_end + 1 : end;
    }
  return TRUE;
}

QmpScript *
qmp_script_load (const char *path, GError **error)
{
  g_autoptr (QmpScript) script = g_new0 (QmpScript, 1);
  g_autofree char *text = NULL;
  gsize n_bytes;

  script->path = g_strdup (path);
  script->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);
  if (!g_file_get_contents (path, &text, &n_bytes, error) ||
      !script_parse (script, text, n_bytes, error))
    return NULL;
  return g_steal_pointer (&script);
}
