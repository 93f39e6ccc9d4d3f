/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Its answers are kept as text, so that what an emulator can lack is left out where it would say it.
 */
#include "asked-emulator.h"

#include "qemu/device-table.h"
#include "qemu/facts-builder.h"

#define PROGRAM "qemu-system-x86_64"

static const struct
{
  const char *command;
  const char *member; /* (nullable) of the arguments */
  const char *value;
} questions[] = {
  { "query-version", NULL, NULL },
  { "query-target", NULL, NULL },
  { "query-kvm", NULL, NULL },
  { "query-machines", NULL, NULL },
  { "query-cpu-definitions", NULL, NULL },
  { "qom-list-types", NULL, NULL },
  { "query-qmp-schema", NULL, NULL },
  { "query-chardev-backends", NULL, NULL },
  { "query-command-line-options", NULL, NULL },
  { "human-monitor-command", "command-line", "info qdm" },
};

static QmpValue *
ask (QmpSession *session, const char *command, const char *member, const char *value)
{
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();
  g_autoptr (GError) error = NULL;
  QmpValue *reply;

  if (member)
    qmp_value_set_string (arguments, member, value);
  reply = qmp_session_call_sync (session, command, arguments, 0, NULL, &error);
  g_assert_no_error (error);
  return reply;
}

static QmpValue *
ask_for_devices (QmpSession *session)
{
  const VbSchemaList *list = &vb_schema_lists[VB_SCHEMA_DEVICE];
  QmpValue *devices = qmp_value_new_object ();

  for (guint i = 0; i < list->n_entries; i++)
    qmp_value_set_value (devices, list->entries[i].name,
                         ask (session, "device-list-properties", "typename",
                              list->entries[i].name));
  return devices;
}

static char *
ask_for_all (void)
{
  static const char *const argv[] = { PROGRAM,           "-S",       "-nodefaults",
                                      "-no-user-config", "-display", "none",
                                      "-machine",        "none",     NULL };
  g_autoptr (QmpValue) replies = qmp_value_new_object ();
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) session = qmp_session_new_for_exec (argv, &error);

  g_assert_no_error (error);
  qmp_session_open_sync (session, 0, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    qmp_value_set_value (replies, questions[i].command,
                         ask (session, questions[i].command, questions[i].member,
                              questions[i].value));
  qmp_value_set_value (replies, "device-list-properties", ask_for_devices (session));
  qmp_value_unref (ask (session, "quit", NULL, NULL));
  qmp_session_wait_sync (session, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  return qmp_value_to_string (replies);
}

static const char *
get_replies (void)
{
  static char *replies;

  if (!replies)
    replies = ask_for_all ();
  return replies;
}

static VbEmulatorFacts *
make_facts (const char *replies)
{
  g_autoptr (GError) error = NULL;
  VbEmulatorFacts *facts = vb_emulator_facts_new_from_replies (replies, &error);

  g_assert_no_error (error);
  return facts;
}

VbEmulatorFacts *
asked_emulator_get_facts (void)
{
  return make_facts (get_replies ());
}

VbEmulatorFacts *
asked_emulator_get_facts_with (const char *from, const char *to)
{
  g_autoptr (GString) replies = g_string_new (get_replies ());
  /* as in a text that is a JSON string */
  g_autoptr (GString) inner_from = g_string_new (from);
  g_autoptr (GString) inner_to = g_string_new (to);
  guint n_replaced;

  g_string_replace (inner_from, "\"", "\\\"", 0);
  g_string_replace (inner_to, "\"", "\\\"", 0);
  n_replaced = g_string_replace (replies, from, to, 0);
  if (!g_str_equal (inner_from->str, from))
    n_replaced += g_string_replace (replies, inner_from->str, inner_to->str, 0);
  g_assert_cmpuint (n_replaced, >, 0);
  return make_facts (replies->str);
}
