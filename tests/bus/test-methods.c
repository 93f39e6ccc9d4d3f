/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every method over a real QEMU: what it does, and each of its errors by its name on the bus.
 */
#include "tests/bus/fixture.h"
#include "tests/fixtures/guard.h"

#include <string.h>

#define TRUTH(value) g_variant_new_boolean (value)
#define TEXT(value) g_variant_new_string (value)

static GVariant *
with_options (GVariant *values)
{
  return g_variant_new ("(@a{sv})", values);
}

static void
call_domain (Fixture *fixture, const char *method, GVariant *parameters)
{
  g_autoptr (GVariant) reply = fixture_call (fixture, UUID_PATH, DOMAIN, method, parameters);

  g_assert_cmpstr (g_variant_get_type_string (reply), ==, "()");
}

static void
fail_domain (Fixture *fixture, const char *method, GVariant *parameters, const char *name)
{
  g_autofree char *message = fixture_fail (fixture, UUID_PATH, DOMAIN, method, parameters, name);

  g_assert_cmpstr (message, !=, "");
}

static void
fail_manager (Fixture *fixture, const char *method, GVariant *parameters, const char *name)
{
  g_autofree char *message = fixture_fail (fixture, ROOT, MANAGER, method, parameters, name);

  g_assert_cmpstr (message, !=, "");
}

static GVariant *
define_arguments (const char *xml, GVariant *values)
{
  return g_variant_new ("(s@a{sv})", xml, values);
}

/* Every method, with arguments that are right but for the options */
static const struct
{
  const char *path;
  const char *interface;
  const char *method;
  const char *arguments; /* as GVariant text, with the options as %s */
} methods[] = {
  { ROOT, MANAGER, "DefineDomain", "('<domain/>', %s)" },
  { ROOT, MANAGER, "CreateDomain", "('<domain/>', %s)" },
  { ROOT, MANAGER, "ValidateDomain", "('<domain/>', %s)" },
  { ROOT, MANAGER, "GetCapabilities", "(%s,)" },
  { ROOT, MANAGER, "ConvertToNative", "('qemu-argv', '<domain/>', %s)" },
  { ROOT, MANAGER, "LookupDomain", "('a', %s)" },
  { ROOT, MANAGER, "ListDomains", "(%s,)" },
  { UUID_PATH, DOMAIN, "Start", "(%s,)" },
  { UUID_PATH, DOMAIN, "Shutdown", "(%s,)" },
  { UUID_PATH, DOMAIN, "Reboot", "(%s,)" },
  { UUID_PATH, DOMAIN, "Reset", "(%s,)" },
  { UUID_PATH, DOMAIN, "Destroy", "(%s,)" },
  { UUID_PATH, DOMAIN, "Suspend", "(%s,)" },
  { UUID_PATH, DOMAIN, "Resume", "(%s,)" },
  { UUID_PATH, DOMAIN, "Undefine", "(%s,)" },
  { UUID_PATH, DOMAIN, "GetXml", "(%s,)" },
  { UUID_PATH, DOMAIN, "SetAutostart", "(true, %s)" },
  { UUID_PATH, DOMAIN, "SetTitle", "('a', %s)" },
  { UUID_PATH, DOMAIN, "SetDescription", "('a', %s)" },
  { UUID_PATH, DOMAIN, "Rename", "('a', %s)" },
  { UUID_PATH, DOMAIN, "SetMemory", "(uint64 1024, %s)" },
  { UUID_PATH, DOMAIN, "SetMaxMemory", "(uint64 1024, %s)" },
  { UUID_PATH, DOMAIN, "SetVcpus", "(uint32 1, %s)" },
  { UUID_PATH, DOMAIN, "PinVcpu", "(uint32 0, '0', %s)" },
  { UUID_PATH, DOMAIN, "SetTuning", "(@a{sv} {}, %s)" },
  { UUID_PATH "/disk_vda", DEVICE, "GetXml", "(%s,)" },
};

static GVariant *
parse_arguments (const char *format, const char *values)
{
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *text = g_strconcat (parts[0], values, parts[1], NULL);
  g_autoptr (GError) error = NULL;
  GVariant *arguments = g_variant_parse (NULL, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return arguments;
}

static void
test_unknown_option (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", "<disk><source file='/a'/><target dev='vda'/></disk>");
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GVariant) arguments =
          parse_arguments (methods[i].arguments, "{'no-such-option': <true>}");
      g_autofree char *message =
          fixture_fail (fixture, methods[i].path, methods[i].interface, methods[i].method,
                        arguments, ERROR ("InvalidArgument"));

      g_assert_nonnull (strstr (message, methods[i].method));
      g_assert_nonnull (strstr (message, "'no-such-option'"));
    }
}

static void
test_wrong_type_of_option (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *method;
    const char *options;
  } rows[] = {
    { "Start", "{'paused': <'yes'>}" },      { "Start", "{'autodestroy': <1>}" },
    { "Shutdown", "{'mode': <true>}" },      { "Destroy", "{'grace-ms': <uint64 5>}" },
    { "GetXml", "{'secure': <'true'>}" },    { "Undefine", "{'saved-state': <1>}" },
    { "SetMemory", "{'live': <byte 0x1>}" },
  };

  fixture_define (fixture, "a", "");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *format =
          g_str_equal (rows[i].method, "SetMemory") ? "(uint64 1024, %s)" : "(%s,)";
      g_autoptr (GVariant) arguments = parse_arguments (format, rows[i].options);
      g_autofree char *message = fixture_fail (fixture, UUID_PATH, DOMAIN, rows[i].method,
                                               arguments, ERROR ("InvalidArgument"));

      g_assert_nonnull (strstr (message, "has the type"));
    }
}

/* GVariant's text format refuses such a dictionary, the wire does not. */
static void
test_option_given_twice (Fixture *fixture, gconstpointer data)
{
  static const gboolean values[] = { TRUE, FALSE };
  GVariantBuilder builder;
  g_autofree char *message = NULL;

  fixture_define (fixture, "a", "");
  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_variant_builder_add (&builder, "{sv}", "paused", g_variant_new_boolean (values[i]));
  message = fixture_fail (fixture, UUID_PATH, DOMAIN, "Start", g_variant_new ("(a{sv})", &builder),
                          ERROR ("InvalidArgument"));
  g_assert_cmpstr (message, ==, "Start: option 'paused' is given twice");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'shutoff'");
}

static void
test_define (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = domain_xml ("a", UUID, "");
  g_autofree char *same_name = domain_xml ("a", NULL, "");
  g_autofree char *other_name = domain_xml ("b", UUID, "");

  fixture_define (fixture, "a", "");
  fixture_define (fixture, "a", "");
  fail_manager (fixture, "DefineDomain", define_arguments ("<domain", no_options),
                ERROR ("InvalidXml"));
  fail_manager (fixture, "DefineDomain", define_arguments ("<domain/>", no_options),
                ERROR ("InvalidXml"));
  fail_manager (fixture, "DefineDomain", define_arguments (same_name, no_options),
                ERROR ("AlreadyExists"));
  fail_manager (fixture, "DefineDomain", define_arguments (other_name, no_options),
                ERROR ("AlreadyExists"));
  fail_manager (fixture, "DefineDomain",
                define_arguments (xml, options ("fail-if-exists", TRUTH (TRUE), NULL)),
                ERROR ("AlreadyExists"));
  fail_manager (fixture, "DefineDomain",
                define_arguments (xml,
                                  options ("expected-generation", g_variant_new_uint64 (77), NULL)),
                ERROR ("Conflict"));
}

static void
test_create (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = domain_xml ("a", UUID, "");
  g_autofree char *bad = domain_xml ("b", NULL, "<emulator>/nonexistent/qemu</emulator>");
  g_autoptr (GVariant) reply =
      fixture_call (fixture, ROOT, MANAGER, "CreateDomain",
                    define_arguments (xml, options ("paused", TRUTH (TRUE), NULL)));
  g_autofree char *path = NULL;

  g_variant_get (reply, "(o)", &path);
  g_assert_cmpstr (path, ==, UUID_PATH);
  fixture_assert_text (fixture, path, DOMAIN, "State", "'paused'");
  fixture_assert_text (fixture, path, DOMAIN, "Persistent", "false");
  fail_manager (fixture, "CreateDomain", define_arguments (xml, no_options),
                ERROR ("AlreadyExists"));
  fail_manager (fixture, "CreateDomain", define_arguments ("<domain/>", no_options),
                ERROR ("InvalidXml"));
  fail_manager (fixture, "CreateDomain", define_arguments (bad, no_options),
                ERROR ("HostResource"));
  fail_domain (fixture, "GetXml", with_options (options ("inactive", TRUTH (TRUE), NULL)),
               ERROR ("InvalidState"));
  fail_domain (fixture, "Undefine", with_options (no_options), ERROR ("InvalidState"));
  fail_domain (fixture, "SetAutostart", g_variant_new ("(b@a{sv})", TRUE, no_options),
               ERROR ("InvalidState"));
  call_domain (fixture, "Destroy", with_options (no_options));
  fail_domain (fixture, "Start", with_options (no_options), DBUS_ERROR ("UnknownMethod"));
}

/* Whether the finding about @path is there, in whatever the call has told. */
static gboolean
has_finding (GVariant *told, const char *severity, const char *path)
{
  g_autoptr (GVariantIter) findings = NULL;
  const char *found_severity, *found_path;

  g_variant_get (told, "(a(sssu)&s)", &findings, NULL);
  while (g_variant_iter_next (findings, "(&s&s&su)", &found_severity, &found_path, NULL, NULL))
    if (g_str_equal (found_path, path))
      return g_str_equal (found_severity, severity);
  return FALSE;
}

/* What the emulator of this host cannot do. Two ask before it has answered. */
static void
test_validate_start (Fixture *fixture, gconstpointer data)
{
  static const char xml[] = "<domain type='qemu'><name>a</name><memory>65536</memory><os>"
                            "<type arch='x86_64' machine='toaster'>hvm</type></os></domain>";
  g_auto (Reply) first = { NULL };
  g_auto (Reply) second = { NULL };
  g_autoptr (GVariant) later = NULL;

  fixture_send (fixture->client, fixture, ROOT, MANAGER, "ValidateDomain",
                define_arguments (xml, options ("start", TRUTH (TRUE), NULL)),
                G_DBUS_CALL_FLAGS_NONE, &first);
  fixture_send (fixture->client, fixture, ROOT, MANAGER, "ValidateDomain",
                define_arguments (xml, options ("start", TRUTH (TRUE), NULL)),
                G_DBUS_CALL_FLAGS_NONE, &second);
  fixture_wait_for (first.is_there && second.is_there);
  g_assert_no_error (first.error);
  g_assert_no_error (second.error);
  g_assert_true (has_finding (first.value, "error", "/domain/os/type/@machine"));
  g_assert_true (has_finding (second.value, "error", "/domain/os/type/@machine"));

  later =
      fixture_call (fixture, ROOT, MANAGER, "ValidateDomain", define_arguments (xml, no_options));
  g_assert_true (has_finding (later, "warning", "/domain/os/type/@machine"));
}

static void
test_validate (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = domain_xml ("a", NULL, "<sound model='ac97' loud='yes'/>");
  g_autofree char *large = g_strnfill (17 * 1024 * 1024, ' ');
  g_autoptr (GVariant) good =
      fixture_call (fixture, ROOT, MANAGER, "ValidateDomain",
                    define_arguments (xml, options ("start", TRUTH (TRUE), NULL)));
  g_autoptr (GVariant) bad =
      fixture_call (fixture, ROOT, MANAGER, "ValidateDomain",
                    define_arguments ("<domain>\n<vcpu>x</vcpu></domain>", no_options));
  g_autoptr (GVariant) too_large =
      fixture_call (fixture, ROOT, MANAGER, "ValidateDomain", define_arguments (large, no_options));
  g_autoptr (GVariantIter) findings = NULL;
  g_autoptr (GVariantIter) errors = NULL;
  g_autoptr (GVariantIter) limits = NULL;
  const char *canonical, *severity, *path, *message;
  guint32 line;

  g_variant_get (good, "(a(sssu)&s)", &findings, &canonical);
  g_assert_nonnull (strstr (canonical, "loud=\"yes\""));
  g_assert_true (g_variant_iter_next (findings, "(&s&s&su)", &severity, &path, NULL, NULL));
  g_assert_cmpstr (severity, ==, "warning");
  g_assert_cmpstr (path, ==, "/domain/devices/sound/@loud");

  g_variant_get (bad, "(a(sssu)&s)", &errors, &canonical);
  g_assert_cmpstr (canonical, ==, "");
  g_assert_true (g_variant_iter_next (errors, "(&s&s&su)", &severity, NULL, NULL, &line));
  g_assert_cmpstr (severity, ==, "error");
  g_assert_cmpuint (line, >, 0);

  g_variant_get (too_large, "(a(sssu)&s)", &limits, &canonical);
  g_assert_cmpstr (canonical, ==, "");
  g_assert_true (g_variant_iter_next (limits, "(&s&s&su)", &severity, NULL, &message, NULL));
  g_assert_cmpstr (severity, ==, "error");
  g_assert_nonnull (strstr (message, "at most 16777216 are read"));
  fail_manager (fixture, "DefineDomain", define_arguments (large, no_options),
                ERROR ("InvalidXml"));
}

static void
test_capabilities (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, ROOT, MANAGER, "GetCapabilities", with_options (no_options));
  const char *xml;

  g_variant_get (reply, "(&s)", &xml);
  g_assert_true (g_str_has_prefix (xml, "<capabilities>\n  <host>\n    <cpu>\n"));
  g_assert_nonnull (strstr (xml, "<arch name='x86_64'>\n      <wordsize>64</wordsize>\n"
                                 "      <emulator>/"));
  g_assert_nonnull (strstr (xml, "</emulator>\n      <machine canonical='pc-"));
  g_assert_nonnull (strstr (xml, "      <domain type='qemu'/>\n"));
}

static GVariant *
convert_arguments (const char *format, const char *xml, GVariant *values)
{
  return g_variant_new ("(ss@a{sv})", format, xml, values);
}

/* The text, and the first warning or "" (transfer full) */
static char *
convert (Fixture *fixture, const char *format, const char *xml, gboolean pretty, char **warning)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, ROOT, MANAGER, "ConvertToNative",
                    convert_arguments (format, xml, options ("pretty", TRUTH (pretty), NULL)));
  g_auto (GStrv) warnings = NULL;
  char *text;

  g_variant_get (reply, "(s^as)", &text, &warnings);
  *warning = g_strdup (warnings[0] != NULL ? warnings[0] : "");
  return text;
}

static void
test_convert (Fixture *fixture, gconstpointer data)
{
  static const char *const xen =
      "<domain type='xen'><name>x</name><memory>1</memory><os><type>hvm</type></os></domain>";
  g_autofree char *xml = domain_xml ("a", UUID, "<graphics type='vnc' passwd='sesame'/>");
  g_autofree char *none = NULL, *of_line = NULL, *of_lines = NULL, *of_config = NULL;
  g_autofree char *small = domain_xml ("a", UUID, "");
  g_autofree char *tiny = convert (fixture, "qemu-argv", small, FALSE, &none);
  g_autofree char *line = convert (fixture, "qemu-argv", xml, FALSE, &of_line);
  g_autofree char *lines = convert (fixture, "qemu-argv", xml, TRUE, &of_lines);
  g_autofree char *config = convert (fixture, "qemu-config", xml, FALSE, &of_config);
  g_autofree char *message = NULL;

  g_assert_cmpstr (none, ==, "");
  g_assert_nonnull (strstr (tiny, " -uuid " UUID " "));
  g_assert_null (strchr (line, '\n'));
  g_assert_nonnull (strstr (lines, " \\\n  -vnc 127.0.0.1:0,to=59635,password=on \\\n"));
  g_assert_nonnull (strstr (config, "\n[vnc \"default\"]\n"));
  g_assert_null (strstr (lines, "sesame"));
  g_assert_null (strstr (config, "sesame"));
  g_assert_cmpstr (
      of_line, ==,
      "/domain/devices/graphics[1]: QEMU takes the first port that is free, from 5900");
  g_assert_cmpstr (of_lines, ==, of_line);
  g_assert_cmpstr (of_config, ==, of_line);

  message = fixture_fail (fixture, ROOT, MANAGER, "ConvertToNative",
                          convert_arguments ("xml", xml, no_options), ERROR ("InvalidArgument"));
  g_assert_cmpstr (message, ==, "'xml' is no format to convert to; known: qemu-argv, qemu-config");
  fail_manager (fixture, "ConvertToNative", convert_arguments ("qemu-argv", xen, no_options),
                ERROR ("Unsupported"));
  fail_manager (fixture, "ConvertToNative",
                convert_arguments ("qemu-config", "<domain/>", no_options), ERROR ("InvalidXml"));
  fail_manager (fixture, "ConvertToNative", convert_arguments ("qemu-config", "", no_options),
                ERROR ("InvalidXml"));
  fail_manager (fixture, "LookupDomain", define_arguments ("a", no_options), ERROR ("NotFound"));
}

static void
lookup (Fixture *fixture, const char *key)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, ROOT, MANAGER, "LookupDomain", define_arguments (key, no_options));
  const char *path;

  g_variant_get (reply, "(&o)", &path);
  g_assert_cmpstr (path, ==, UUID_PATH);
}

static void
test_lookup (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", "");
  lookup (fixture, "a");
  lookup (fixture, UUID);
  lookup (fixture, "11111111222243338444555555555555");
  fail_manager (fixture, "LookupDomain", define_arguments ("b", no_options), ERROR ("NotFound"));
  fail_manager (fixture, "LookupDomain", define_arguments ("1", no_options), ERROR ("NotFound"));
  fixture_start (fixture);
  lookup (fixture, "1");
}

static void
check_list (Fixture *fixture, const char *values, const char *expected)
{
  g_autoptr (GVariant) arguments = parse_arguments ("(%s,)", values);
  g_autoptr (GVariant) reply = fixture_call (fixture, ROOT, MANAGER, "ListDomains", arguments);
  g_autofree char *text = g_variant_print (reply, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  static const char one[] = "([('" UUID_PATH "', 'apple', '" UUID "', 'shutoff')],)";
  static const char none[] = "([],)";

  check_list (fixture, "@a{sv} {}", none);
  fixture_define (fixture, "apple", "");
  check_list (fixture, "@a{sv} {}", one);
  check_list (fixture, "{'state': <'shutoff'>}", one);
  check_list (fixture, "{'state': <'running'>}", none);
  check_list (fixture, "{'persistent': <true>}", one);
  check_list (fixture, "{'persistent': <false>}", none);
  check_list (fixture, "{'autostart': <false>, 'name': <'ap*e'>}", one);
  check_list (fixture, "{'autostart': <true>}", none);
  check_list (fixture, "{'name': <'p*'>}", none);
  fail_manager (fixture, "ListDomains", with_options (options ("state", TEXT ("dozing"), NULL)),
                ERROR ("InvalidArgument"));
}

static void
test_lifecycle (Fixture *fixture, gconstpointer data)
{
  static const char *const need_running[] = { "Shutdown", "Reboot",  "Reset",
                                              "Destroy",  "Suspend", "Resume" };

  fixture_define (fixture, "a", "");
  for (guint i = 0; i < G_N_ELEMENTS (need_running); i++)
    fail_domain (fixture, need_running[i], with_options (no_options), ERROR ("InvalidState"));
  call_domain (fixture, "Start", with_options (no_options));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'running'");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "StateReason", "'booted'");
  fail_domain (fixture, "Start", with_options (no_options), ERROR ("InvalidState"));
  fail_domain (fixture, "Rename", define_arguments ("b", no_options), ERROR ("InvalidState"));
  call_domain (fixture, "Suspend", with_options (no_options));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'paused'");
  call_domain (fixture, "Suspend", with_options (no_options));
  call_domain (fixture, "Resume", with_options (no_options));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'running'");
  call_domain (fixture, "Resume", with_options (no_options));
  call_domain (fixture, "Reset", with_options (no_options));
  call_domain (fixture, "Reboot", with_options (no_options));
  call_domain (fixture, "Shutdown", with_options (options ("mode", TEXT ("acpi"), NULL)));
  fail_domain (fixture, "Shutdown", with_options (options ("mode", TEXT ("agent"), NULL)),
               ERROR ("Unsupported"));
  fail_domain (fixture, "Shutdown", with_options (options ("mode", TEXT ("magic"), NULL)),
               ERROR ("InvalidArgument"));
  call_domain (fixture, "Destroy",
               with_options (options ("grace-ms", g_variant_new_uint32 (1), NULL)));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'shutoff'");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "StateReason", "'destroyed'");
}

static void
test_failed_start (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) last_error = NULL;
  const char *name;

  fixture_define (fixture, "a", "<disk><source file='/nonexistent'/><target dev='vda'/></disk>");
  fail_domain (fixture, "Start", with_options (no_options), ERROR ("HostResource"));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'shutoff'");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "StateReason", "'failed'");
  last_error = fixture_get (fixture, UUID_PATH, DOMAIN, "LastError");
  g_variant_get (last_error, "(&s&s)", &name, NULL);
  g_assert_cmpstr (name, ==, ERROR ("HostResource"));
}

static void
test_undefine (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", "");
  call_domain (fixture, "Undefine",
               with_options (
                   options ("saved-state", TRUTH (TRUE), "snapshots", TRUTH (TRUE), NULL)));
  fail_domain (fixture, "Undefine", with_options (no_options), DBUS_ERROR ("UnknownMethod"));
}

static char *
get_xml (Fixture *fixture, const char *values)
{
  g_autoptr (GVariant) arguments = parse_arguments ("(%s,)", values);
  g_autoptr (GVariant) reply = fixture_call (fixture, UUID_PATH, DOMAIN, "GetXml", arguments);
  char *xml;

  g_variant_get (reply, "(s)", &xml);
  return xml;
}

static void
test_get_xml (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stored = NULL;
  g_autofree char *secure = NULL;
  g_autofree char *live = NULL;
  g_autofree char *inactive = NULL;
  g_autofree char *migratable = NULL;

  fixture_define (fixture, "a", "<graphics type='vnc' autoport='yes' passwd='secret'/>");
  stored = get_xml (fixture, "@a{sv} {}");
  secure = get_xml (fixture, "{'secure': <true>}");
  g_assert_null (strstr (stored, "secret"));
  g_assert_nonnull (strstr (secure, "secret"));
  fixture_start (fixture);
  live = get_xml (fixture, "{'secure': <false>}");
  inactive = get_xml (fixture, "{'inactive': <true>}");
  migratable = get_xml (fixture, "{'migratable': <true>}");
  g_assert_nonnull (strstr (live, " id="));
  g_assert_null (strstr (live, "secret"));
  g_assert_cmpstr (inactive, ==, stored);
  g_assert_null (strstr (migratable, " id="));
}

static void
test_setters (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_title = g_strnfill (257, 'x');
  g_autofree char *long_text = g_strnfill (4097, 'x');
  g_autofree char *other = domain_xml ("other", NULL, "");
  g_autoptr (GVariant) reply = NULL;

  fixture_define (fixture, "a", "");
  reply =
      fixture_call (fixture, ROOT, MANAGER, "DefineDomain", define_arguments (other, no_options));
  call_domain (fixture, "SetTitle", define_arguments ("A title", no_options));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Title", "'A title'");
  fail_domain (fixture, "SetTitle", define_arguments (long_title, no_options),
               ERROR ("InvalidArgument"));
  call_domain (fixture, "SetDescription", define_arguments ("What it is for", no_options));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Description", "'What it is for'");
  fail_domain (fixture, "SetDescription", define_arguments (long_text, no_options),
               ERROR ("InvalidArgument"));
  call_domain (fixture, "SetAutostart", g_variant_new ("(b@a{sv})", TRUE, no_options));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Autostart", "true");
  call_domain (fixture, "Rename", define_arguments ("b", no_options));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Name", "'b'");
  fail_domain (fixture, "Rename", define_arguments ("other", no_options), ERROR ("AlreadyExists"));
  fail_domain (fixture, "Rename", define_arguments ("a/b", no_options), ERROR ("InvalidArgument"));
}

static void
test_numbers (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", "");
  call_domain (fixture, "SetMaxMemory", g_variant_new ("(t@a{sv})", (guint64) 32768, no_options));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "MaxMemory", "32768");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "CurrentMemory", "32768");
  call_domain (fixture, "SetMemory", g_variant_new ("(t@a{sv})", (guint64) 16384, no_options));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "CurrentMemory", "16384");
  fail_domain (fixture, "SetMemory", g_variant_new ("(t@a{sv})", (guint64) 99999999, no_options),
               ERROR ("InvalidArgument"));
  fail_domain (fixture, "SetMaxMemory", g_variant_new ("(t@a{sv})", (guint64) 0, no_options),
               ERROR ("InvalidArgument"));
  fail_domain (fixture, "SetMemory",
               g_variant_new ("(t@a{sv})", (guint64) 16384, options ("live", TRUTH (TRUE), NULL)),
               ERROR ("InvalidState"));
  call_domain (fixture, "SetVcpus",
               g_variant_new ("(u@a{sv})", 1, options ("config", TRUTH (TRUE), NULL)));
  fail_domain (fixture, "SetVcpus", g_variant_new ("(u@a{sv})", 2, no_options),
               ERROR ("InvalidArgument"));
  fixture_start (fixture);
  fail_domain (fixture, "SetVcpus",
               g_variant_new ("(u@a{sv})", 1, options ("live", TRUTH (TRUE), NULL)),
               ERROR ("Unsupported"));
  fail_domain (fixture, "SetMaxMemory",
               g_variant_new ("(t@a{sv})", (guint64) 65536, options ("live", TRUTH (TRUE), NULL)),
               ERROR ("Unsupported"));
}

static void
test_device_xml (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) reply = NULL;
  const char *xml;

  fixture_define (fixture, "a", "<disk><source file='/a.img'/><target dev='vda'/></disk>");
  reply =
      fixture_call (fixture, UUID_PATH "/disk_vda", DEVICE, "GetXml", with_options (no_options));
  g_variant_get (reply, "(&s)", &xml);
  g_assert_true (g_str_has_prefix (xml, "<disk"));
  g_assert_nonnull (strstr (xml, "/a.img"));
}

/* While one operation is at work another is refused, and told which. */
static void
test_busy (Fixture *fixture, gconstpointer data)
{
  g_auto (Reply) first = { NULL };
  g_auto (Reply) second = { NULL };
  g_autofree char *name = NULL;

  fixture_define (fixture, "a", "");
  fixture_send (fixture->client, fixture, UUID_PATH, DOMAIN, "Start", with_options (no_options), 0,
                &first);
  fixture_send (fixture->client, fixture, UUID_PATH, DOMAIN, "Start", with_options (no_options), 0,
                &second);
  fixture_wait_for (first.is_there && second.is_there);
  g_assert_no_error (first.error);
  g_assert_nonnull (second.error);
  name = g_dbus_error_get_remote_error (second.error);
  g_assert_cmpstr (name, ==, ERROR ("Busy"));
}

#define N_PARALLEL 100

static void
test_parallel_calls (Fixture *fixture, gconstpointer data)
{
  static Reply replies[N_PARALLEL];
  guint n_good = 0;

  fixture_define (fixture, "a", "");
  for (guint i = 0; i < N_PARALLEL; i++)
    fixture_send (fixture->client, fixture, UUID_PATH, i % 2 ? PROPERTIES : DOMAIN,
                  i % 2 ? "GetAll" : "GetXml",
                  i % 2 ? g_variant_new ("(s)", DOMAIN) : with_options (no_options), 0,
                  &replies[i]);
  for (guint i = 0; i < N_PARALLEL; i++)
    {
      fixture_wait_for (replies[i].is_there);
      g_assert_no_error (replies[i].error);
      n_good += replies[i].value != NULL;
      reply_clear (&replies[i]);
    }
  g_assert_cmpuint (n_good, ==, N_PARALLEL);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/bus/methods/unknown-option", test_unknown_option);
  fixture_add ("/bus/methods/wrong-type-of-option", test_wrong_type_of_option);
  fixture_add ("/bus/methods/option-given-twice", test_option_given_twice);
  fixture_add ("/bus/methods/define", test_define);
  fixture_add ("/bus/methods/create", test_create);
  fixture_add ("/bus/methods/validate", test_validate);
  fixture_add ("/bus/methods/validate-start", test_validate_start);
  fixture_add ("/bus/methods/capabilities", test_capabilities);
  fixture_add ("/bus/methods/convert", test_convert);
  fixture_add ("/bus/methods/lookup", test_lookup);
  fixture_add ("/bus/methods/list", test_list);
  fixture_add ("/bus/methods/lifecycle", test_lifecycle);
  fixture_add ("/bus/methods/failed-start", test_failed_start);
  fixture_add ("/bus/methods/undefine", test_undefine);
  fixture_add ("/bus/methods/get-xml", test_get_xml);
  fixture_add ("/bus/methods/setters", test_setters);
  fixture_add ("/bus/methods/numbers", test_numbers);
  fixture_add ("/bus/methods/device-xml", test_device_xml);
  fixture_add ("/bus/methods/busy", test_busy);
  fixture_add ("/bus/methods/parallel-calls", test_parallel_calls);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
