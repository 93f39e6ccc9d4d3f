/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which commands may pass, and what becomes of what a client wrote.
 */
#include "engine/engine-error.h"
#include "engine/qmp-command.h"
#include "engine/qmp-rules.h"

#include <string.h>

#define DOMAIN_XML                                                                                 \
  "<domain type='qemu'><name>a</name><memory>65536</memory>"                                       \
  "<os><type arch='x86_64'>hvm</type></os><devices>"                                               \
  "<disk><source file='/a'/><target dev='vda' bus='virtio'/></disk>"                               \
  "<interface type='user'/><serial type='null'/></devices></domain>"

static VbQmpOwn *
make_own (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) domain =
      vb_domain_parse (DOMAIN_XML, strlen (DOMAIN_XML), FALSE, NULL, &error);

  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  return vb_qmp_own_new (domain, 3);
}

static void
test_reading (void)
{
  static const char *const reading[] = {
    "query-status", "query-qmp-schema",    "query-anything-new",     "qom-get",
    "qom-list",     "qom-list-properties", "device-list-properties", "qom-list-types",
  };
  static const char *const changing[] = {
    "qom-set", "x-query-irq", "query", "qom-list-", "stop", "qom-getx", "migrate", "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (reading); i++)
    g_assert_true (vb_qmp_command_reads (reading[i]));
  for (guint i = 0; i < G_N_ELEMENTS (changing); i++)
    g_assert_false (vb_qmp_command_reads (changing[i]));
}

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (VB_QMP_MAX_NAME_BYTES, 'a');
  g_autofree char *longer = g_strnfill (VB_QMP_MAX_NAME_BYTES + 1, 'a');

  g_assert_true (vb_qmp_command_is_name ("query-status"));
  g_assert_true (vb_qmp_command_is_name ("__com.redhat_x"));
  g_assert_true (vb_qmp_command_is_name (longest));
  g_assert_false (vb_qmp_command_is_name (longer));
  g_assert_false (vb_qmp_command_is_name (""));
  g_assert_false (vb_qmp_command_is_name ("query status"));
  g_assert_false (vb_qmp_command_is_name ("st\303\266p"));
}

static void
test_harm (void)
{
  static const struct
  {
    const char *command;
    const char *subject;
    gboolean harms;
  } rows[] = {
    { "quit", NULL, TRUE },
    { "human-monitor-command", NULL, TRUE },
    { "migrate", NULL, TRUE },
    { "migrate-set-parameters", NULL, TRUE },
    { "migrate_cancel", NULL, TRUE },
    { "yank", NULL, TRUE },
    { "stop", NULL, FALSE },
    { "system_reset", NULL, FALSE },
    { "chardev-remove", "monitor", TRUE },
    { "chardev-remove", "passthrough", TRUE },
    { "chardev-change", "spare", TRUE },
    { "chardev-remove", "charserial0", TRUE },
    { "chardev-remove", "mine", FALSE },
    { "chardev-remove", NULL, FALSE },
    { "device_del", "net0", TRUE },
    { "device_del", "mine", FALSE },
    { "device_del", "/machine/peripheral/net0", TRUE },
    { "device_del", "//machine///peripheral/net0/", TRUE },
    { "device_del", "./net0", TRUE },
    { "device_del", "/machine/peripheral/mine", FALSE },
    { "device_del", "/machine/peripheral/mine/x", TRUE },
    { "device_del", "/machine/peripheral-anon/device[0]", TRUE },
    { "device_del", "/machine/unattached/device[3]", TRUE },
    { "netdev_del", "hostnet0", TRUE },
    { "netdev_del", "mine", FALSE },
    { "blockdev-del", "disk-vda", TRUE },
    { "blockdev-del", "file-vda", TRUE },
    { "blockdev-del", "mine", FALSE },
    { "object-del", "mine", FALSE },
    { "object-del", "secret-vda", TRUE },
    { "remove-fd", "0", FALSE },
    { "remove-fd", "1", TRUE },
    { "remove-fd", "3", TRUE },
    { "remove-fd", "4", FALSE },
    { "remove-fd", "1000000", TRUE },
    { "remove-fd", "0x1", TRUE },
    { "remove-fd", NULL, FALSE },
    { "closefd", "x", FALSE },
  };
  g_autoptr (VbQmpOwn) own = make_own ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s %s", rows[i].command, rows[i].subject ? rows[i].subject : "");
      g_assert_cmpint (vb_qmp_own_find_harm (own, rows[i].command, rows[i].subject) != NULL, ==,
                       rows[i].harms);
    }
}

static void
test_parse (void)
{
  static const char text[] =
      "{ \"execute\": \"device_del\",\n \"id\" : {\"a\": [1,\t2]} ,"
      " \"arguments\": {\"id\": \"net0\", \"x\": 1.0, \"\\u0041\": 18446744073709551615}}";
  g_autoptr (VbQmpCommand) command = vb_qmp_command_parse (text, strlen (text));

  g_assert_no_error (command->failure);
  g_assert_cmpstr (command->name, ==, "device_del");
  g_assert_cmpstr (command->id, ==, "{\"a\": [1,\t2]}");
  g_assert_cmpstr (command->subject, ==, "net0");
  g_assert_cmpstr (command->arguments, ==,
                   "{\"id\":\"net0\",\"x\":1.0,\"A\":18446744073709551615}");
  g_assert_false (command->out_of_band);
}

/* What QEMU hears is what the rules have seen. */
static void
test_parse_twice_the_same (void)
{
  static const char text[] =
      "{\"execute\":\"remove-fd\",\"arguments\":{\"fdset-id\":9,\"fdset-id\":1}}";
  g_autoptr (VbQmpCommand) command = vb_qmp_command_parse (text, strlen (text));

  g_assert_cmpstr (command->subject, ==, "1");
  g_assert_cmpstr (command->arguments, ==, "{\"fdset-id\":1}");
}

static void
test_parse_failures (void)
{
  static const struct
  {
    const char *text;
    int code;
    const char *message;
  } rows[] = {
    { "{}", VB_ENGINE_ERROR_QMP_GENERIC, "QMP input lacks member 'execute'" },
    { "{\"execute\":1}", VB_ENGINE_ERROR_QMP_GENERIC,
      "QMP input member 'execute' must be a string" },
    { "{\"exec-oob\":[]}", VB_ENGINE_ERROR_QMP_GENERIC,
      "QMP input member 'exec-oob' must be a string" },
    { "{\"execute\":\"a\",\"exec-oob\":\"a\"}", VB_ENGINE_ERROR_QMP_GENERIC,
      "QMP input member 'execute' clashes with 'exec-oob'" },
    { "{\"execute\":\"a\",\"foo\":1}", VB_ENGINE_ERROR_QMP_GENERIC,
      "QMP input member 'foo' is unexpected" },
    { "{\"execute\":\"a\",\"arguments\":[]}", VB_ENGINE_ERROR_QMP_GENERIC,
      "QMP input member 'arguments' must be an object" },
    { "{\"execute\":\"a\",\"id\":3,\"id\":4}", VB_ENGINE_ERROR_QMP_GENERIC,
      "JSON parse error, duplicate key" },
    { "{\"execute\":\"no such\"}", VB_ENGINE_ERROR_QMP_COMMAND_NOT_FOUND,
      "The command no such has not been found" },
    { "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"x\":1}}", VB_ENGINE_ERROR_QMP_GENERIC,
      "Parameter 'x' is unexpected" },
    { "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":\"oob\"}}",
      VB_ENGINE_ERROR_QMP_GENERIC, "Invalid parameter type for 'enable', expected: array" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (VbQmpCommand) command = vb_qmp_command_parse (rows[i].text, strlen (rows[i].text));

      g_assert_error (command->failure, VB_ENGINE_ERROR, rows[i].code);
      g_assert_cmpstr (command->failure->message, ==, rows[i].message);
    }
}

/* None of these may come to QEMU, whose parser would answer it without an id. */
static void
test_parse_broken (void)
{
  static const char *const arguments[] = {
    "{\"a\":1.}",
    "{\"a\":.5}",
    "{\"a\":01}",
    "{\"a\":+1}",
    "{\"a\":1e}",
    "{\"a\":-}",
    "{\"a\":1e+}",
    "{\"a\":tru}",
    "{\"a\":nullx}",
    "{\"a\":'b'}",
    "{'a':1}",
    "{\"a\":1,}",
    "{\"a\"}",
    "{\"a\":}",
    "{,}",
    "{\"a\":[1,]}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12\"}",
    "{\"a\":1} {}",
    "{\"a\":1}}",
    "{\"a\":\"\xff\"}",
    "{\"a\":\"\xc3\"}",
    "{\"a\":1 2}",
    "{\"a\" 1}",
    "{\"a\":--1}",
    "{\"a\":1-1}",
    "{\"a\":1.5.5}",
    "{\"a\":\"\\ufffe\"}",
    "{\"a\":\"\xef\xbf\xbf\"}",
    "{\"a\":\"\xef\xb7\x90\"}",
    "{\"a\":18446744073709551616}",
    "{\"a\":-9223372036854775809}",
    "{/**/\"a\":1}",
    "{\"a\":NaN}",
    "{\"a\":Infinity}",
    "{\"a\":\"\xed\xa0\x80\"}",
    "{\"a\":\"\n\"}",
    "{\"a\":\"\t\"}",
    "{\"a\":0x1}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    {
      g_autoptr (VbQmpCommand) command = vb_qmp_command_new ("a", arguments[i]);

      if (!command->failure)
        g_test_message ("%s became %s", arguments[i], command->arguments);
      g_assert_error (command->failure, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_GENERIC);
    }
}

static void
test_numbers (void)
{
  static const char *const numbers[] = {
    "18446744073709551615",
    "9223372036854775808",
    "-9223372036854775808",
    "9007199254740993",
    "1e400",
    "0.1",
    "-1.5E-7",
    "1.0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"a\":%s}", numbers[i]);
      g_autofree char *whole = g_strdup_printf ("{\"execute\":\"a\",\"id\":%s}", numbers[i]);
      g_autoptr (VbQmpCommand) command = vb_qmp_command_new ("a", text);
      g_autoptr (VbQmpCommand) with_id = vb_qmp_command_parse (whole, strlen (whole));

      g_assert_no_error (command->failure);
      g_assert_cmpstr (command->arguments, ==, text);
      g_assert_no_error (with_id->failure);
      g_assert_cmpstr (with_id->id, ==, numbers[i]);
    }
}

static char *
repeat (const char *text, guint n)
{
  GString *all = g_string_new (NULL);

  while (n-- > 0)
    g_string_append (all, text);
  return g_string_free (all, FALSE);
}

static void
test_limits (void)
{
  g_autofree char *open = repeat ("[", 1023);
  g_autofree char *close = repeat ("]", 1023);
  g_autofree char *too_deep = g_strconcat ("{\"a\":", open, close, "}", NULL);
  g_autofree char *deep = g_strconcat ("{\"a\":", open + 1, close + 1, "}", NULL);
  g_autofree char *elements = repeat ("1,", 256 * 1024);
  g_autofree char *too_many = g_strconcat ("{\"a\":[", elements, "1]}", NULL);
  g_autoptr (VbQmpCommand) deep_command = vb_qmp_command_new ("a", deep);
  g_autoptr (VbQmpCommand) deeper_command = vb_qmp_command_new ("a", too_deep);
  g_autoptr (VbQmpCommand) many_command = vb_qmp_command_new ("a", too_many);

  g_assert_no_error (deep_command->failure);
  g_assert_error (deeper_command->failure, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_GENERIC);
  g_assert_error (many_command->failure, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_GENERIC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qmp-rules/reading", test_reading);
  g_test_add_func ("/qmp-rules/names", test_names);
  g_test_add_func ("/qmp-rules/harm", test_harm);
  g_test_add_func ("/qmp-command/parse", test_parse);
  g_test_add_func ("/qmp-command/twice-the-same", test_parse_twice_the_same);
  g_test_add_func ("/qmp-command/failures", test_parse_failures);
  g_test_add_func ("/qmp-command/broken", test_parse_broken);
  g_test_add_func ("/qmp-command/numbers", test_numbers);
  g_test_add_func ("/qmp-command/limits", test_limits);
  return g_test_run ();
}
