/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The members of a command, in QEMU's own words where they are wrong.
 */
#include "engine/qmp-command.h"

#include "engine/engine-error.h"
#include "engine/qmp-rules.h"
#include "qmp/qmp-members.h"
#include "qmp/qmp-scan.h"
#include "qmp/qmp-session.h"
#include "qmp/qmp-value.h"

#include <string.h>

/* How much of a client's word a message repeats. */
#define MAX_QUOTED_BYTES 64
/* QEMU's main loop, in which the service's own commands wait, takes a millisecond for some thousands
 * of them; no command has need of more. */
#define MAX_VALUES (16 * 1024)
#define PLAIN_DIGITS 18 /* so many are a number that JSON and QEMU take */

typedef enum
{
  MEMBER_EXECUTE,
  MEMBER_EXEC_OOB,
  MEMBER_ARGUMENTS,
  MEMBER_ID,
  N_MEMBERS,
} Member;

static const char *const member_names[] = { "execute", "exec-oob", "arguments", "id" };
G_STATIC_ASSERT (G_N_ELEMENTS (member_names) == N_MEMBERS);

static void G_GNUC_PRINTF (2, 3) fail (VbQmpCommand *command, const char *format, ...)
{
  va_list arguments;

  if (command->failure != NULL)
    return;
  va_start (arguments, format);
  command->failure =
      g_error_new_valist (VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_GENERIC, format, arguments);
  va_end (arguments);
}

/* (transfer full) */
static char *
quote (QmpSpan span)
{
  return g_utf8_make_valid (span.start, (gssize) MIN (span.n_bytes, MAX_QUOTED_BYTES));
}

/* (transfer full) (nullable) */
static QmpValue *
parse_span (VbQmpCommand *command, QmpSpan span)
{
  g_autoptr (GError) error = NULL;
  QmpValue *value = qmp_value_parse (span.start, (gssize) span.n_bytes, &error);

  if (value == NULL)
    fail (command, "JSON parse error, %s", error->message);
  return value;
}

static void
note_member (VbQmpCommand *command, const QmpMember *member, QmpSpan *spans)
{
  for (guint i = 0; i < N_MEMBERS; i++)
    if (qmp_span_equal (member->name, member_names[i]))
      {
        if (spans[i].n_bytes > 0)
          fail (command, "JSON parse error, duplicate key");
        spans[i] = member->value;
        return;
      }
  g_autofree char *name = quote (member->name);
  fail (command, "QMP input member '%s' is unexpected", name);
}

/* Most ids count up: making a value of each would cost more than all the rest of a small command. */
static gboolean
is_plain_number (QmpSpan span)
{
  if (span.n_bytes > PLAIN_DIGITS || span.start[0] == '0')
    return FALSE;
  for (gsize i = 0; i < span.n_bytes; i++)
    if (!g_ascii_isdigit (span.start[i]))
      return FALSE;
  return TRUE;
}

/* An id is given back as it came, so it has to be JSON. */
static void
read_id (VbQmpCommand *command, QmpSpan span)
{
  g_autoptr (QmpValue) value = NULL;

  if (span.n_bytes == 0)
    return;
  if (!is_plain_number (span))
    value = parse_span (command, span);
  if (value != NULL || is_plain_number (span))
    command->id = g_strndup (span.start, span.n_bytes);
}

/* (transfer full) (nullable): of a string that is a command's name as it stands */
static char *
unquote_plain (QmpSpan span)
{
  g_autofree char *text = NULL;

  if (span.n_bytes < 2 || span.start[0] != '"')
    return NULL;
  text = g_strndup (span.start + 1, span.n_bytes - 2);
  return vb_qmp_command_is_name (text) ? g_steal_pointer (&text) : NULL;
}

static void
read_name (VbQmpCommand *command, QmpSpan span, const char *member)
{
  g_autofree char *plain = unquote_plain (span);
  g_autoptr (QmpValue) value = plain == NULL ? parse_span (command, span) : NULL;

  command->name = plain != NULL ? g_steal_pointer (&plain) : g_strdup (qmp_value_as_string (value));
  if (command->name == NULL)
    fail (command, "QMP input member '%s' must be a string", member);
}

/* What the rules look at; a value that is neither a string nor a number is no subject. */
static void
read_subject (VbQmpCommand *command, const QmpValue *arguments)
{
  g_autoptr (QmpValue) subject =
      qmp_value_get (arguments, vb_qmp_command_get_subject (command->name));

  if (subject == NULL)
    return;
  command->subject = qmp_value_get_value_type (subject) == QMP_VALUE_STRING
                         ? g_strdup (qmp_value_as_string (subject))
                         : qmp_value_to_string (subject);
}

static void
read_capabilities (VbQmpCommand *command, const QmpValue *arguments)
{
  g_autoptr (GPtrArray) members = qmp_value_list_members (arguments);
  g_autoptr (QmpValue) enable = qmp_value_get (arguments, "enable");

  for (guint i = 0; i < members->len; i++)
    if (strcmp (g_ptr_array_index (members, i), "enable") != 0)
      fail (command, "Parameter '%.*s' is unexpected", MAX_QUOTED_BYTES,
            (const char *) g_ptr_array_index (members, i));
  if (enable != NULL && qmp_value_get_value_type (enable) != QMP_VALUE_ARRAY)
    fail (command, "Invalid parameter type for 'enable', expected: array");
  for (guint i = 0; i < qmp_value_get_length (enable) && command->failure == NULL; i++)
    {
      g_autoptr (QmpValue) capability = qmp_value_get_element (enable, i);

      command->enables_oob = g_strcmp0 (qmp_value_as_string (capability), "oob") == 0;
      if (!command->enables_oob)
        fail (command, "Parameter 'enable' does not accept what is no capability of this monitor");
    }
}

static gboolean
is_noncharacter (gunichar character)
{
  return (character & 0xfffe) == 0xfffe || (character >= 0xfdd0 && character <= 0xfdef);
}

/* QEMU answers what its own parser refuses without an id, so that nobody would know what was
 * answered: it must not come so far. Its limits are those of libqmp, but for the number of values,
 * where it counts differently; and it wants digits on both sides of a point, and no string with what
 * Unicode calls noncharacters. */
static void
check_for_qemu (VbQmpCommand *command)
{
  gboolean in_string = FALSE;

  for (const char *at = command->arguments; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (*at == '"')
        in_string = !in_string;
      else if (in_string && *at == '\\')
        at++;
      else if (in_string && (guchar) *at >= 0x80 && is_noncharacter (g_utf8_get_char (at)))
        fail (command, "JSON parse error, U+%04X is no character", g_utf8_get_char (at));
      else if (!in_string && *at == '.' && !(g_ascii_isdigit (at[-1]) && g_ascii_isdigit (at[1])))
        fail (command, "JSON parse error, a number has no digit beside its point");
    }
}

/* Before values are made of them. */
static gboolean
check_size (VbQmpCommand *command, QmpSpan span)
{
  QmpScan scan = { .depth = 1 };
  gsize n_taken;

  if (span.n_bytes > VB_QMP_MAX_ARGUMENT_BYTES)
    fail (command, "the arguments have %" G_GSIZE_FORMAT " bytes; QEMU is sent at most %d",
          span.n_bytes, VB_QMP_MAX_ARGUMENT_BYTES);
  else if (qmp_scan_bytes (&scan, span.start, span.n_bytes, &n_taken) == QMP_SCAN_TOO_LARGE ||
           scan.n_values > MAX_VALUES)
    fail (command, "JSON parse error, more than %d levels or %d values", QMP_MAX_DEPTH, MAX_VALUES);
  return command->failure == NULL;
}

static void
read_arguments (VbQmpCommand *command, QmpSpan span)
{
  g_autoptr (QmpValue) arguments = check_size (command, span) ? parse_span (command, span) : NULL;

  if (arguments == NULL)
    return;
  if (qmp_value_get_value_type (arguments) != QMP_VALUE_OBJECT)
    {
      fail (command, "QMP input member 'arguments' must be an object");
      return;
    }
  read_subject (command, arguments);
  if (strcmp (command->name, "qmp_capabilities") == 0)
    read_capabilities (command, arguments);
  else
    command->arguments = qmp_value_to_string (arguments);
  if (command->arguments != NULL)
    check_for_qemu (command);
}

static void
check_name (VbQmpCommand *command)
{
  g_autofree char *name = NULL;

  if (command->failure != NULL || vb_qmp_command_is_name (command->name))
    return;
  name = quote ((QmpSpan){ command->name, strlen (command->name) });
  command->failure = g_error_new (VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_COMMAND_NOT_FOUND,
                                  "The command %s has not been found", name);
}

static void
read_members (VbQmpCommand *command, const QmpSpan *spans)
{
  gboolean has_execute = spans[MEMBER_EXECUTE].n_bytes > 0;

  read_id (command, spans[MEMBER_ID]);
  command->out_of_band = spans[MEMBER_EXEC_OOB].n_bytes > 0;
  if (has_execute && command->out_of_band)
    fail (command, "QMP input member 'execute' clashes with 'exec-oob'");
  else if (!has_execute && !command->out_of_band)
    fail (command, "QMP input lacks member 'execute'");
  if (command->failure != NULL)
    return;
  if (has_execute)
    read_name (command, spans[MEMBER_EXECUTE], "execute");
  else
    read_name (command, spans[MEMBER_EXEC_OOB], "exec-oob");
  if (command->failure == NULL && spans[MEMBER_ARGUMENTS].n_bytes > 0)
    read_arguments (command, spans[MEMBER_ARGUMENTS]);
  check_name (command);
}

VbQmpCommand *
vb_qmp_command_parse (const char *text, gsize n_bytes)
{
  VbQmpCommand *command = g_new0 (VbQmpCommand, 1);
  QmpSpan spans[N_MEMBERS] = { 0 };
  QmpMembers members;
  QmpMember member;

  qmp_members_init (&members, text, n_bytes);
  while (qmp_members_next (&members, &member))
    note_member (command, &member, spans);
  if (members.is_broken)
    {
      /* That there are strange members, too, is no news then. */
      g_clear_error (&command->failure);
      fail (command, "JSON parse error, expecting a member");
    }
  else
    {
      read_members (command, spans);
    }
  return command;
}

VbQmpCommand *
vb_qmp_command_new (const char *name, const char *arguments)
{
  VbQmpCommand *command = g_new0 (VbQmpCommand, 1);

  command->name = g_strdup (name);
  if (arguments[0] != '\0')
    read_arguments (command, (QmpSpan){ arguments, strlen (arguments) });
  check_name (command);
  return command;
}

void
vb_qmp_command_free (VbQmpCommand *command)
{
  g_clear_error (&command->failure);
  g_free (command->id);
  g_free (command->name);
  g_free (command->arguments);
  g_free (command->subject);
  g_free (command);
}

gsize
vb_qmp_command_get_size (const VbQmpCommand *command)
{
  gsize n_bytes = sizeof *command;

  if (command->id != NULL)
    n_bytes += strlen (command->id);
  if (command->arguments != NULL)
    n_bytes += strlen (command->arguments);
  return n_bytes;
}
