/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The door: nothing is done or shown before the authority has allowed it, and while it thinks the
 * world goes on.
 */
#include "tests/bus/fixture.h"
#include "tests/fixtures/guard.h"

#include <string.h>

#define DETAILS(name) " domain-name=" name " domain-uuid=" UUID " domain-owner=%s domain-tags="

#define SMALLEST                                                                                   \
  "<domain type=\"qemu\"><name>x</name><memory>1024</memory><os><type>hvm</type></os></domain>"

#define NO_OPTIONS g_variant_new ("(@a{sv})", no_options)

#define SET ROOT "/capabilities/x86_64_hvm"
#define SET_INTERFACE "org.virtbus1.CapabilitySet"

/* Which action guards what. */
static const struct
{
  const char *path;
  const char *interface;
  const char *method;
  const char *arguments;
  const char *action; /* (nullable): free */
} guards[] = {
  { ROOT, MANAGER, "DefineDomain", "('<domain/>', @a{sv} {})", VB_ACTION_DOMAIN_DEFINE },
  { ROOT, MANAGER, "CreateDomain", "('<domain/>', @a{sv} {})", VB_ACTION_DOMAIN_DEFINE },
  { ROOT, MANAGER, "ValidateDomain", "('<domain/>', @a{sv} {})", NULL },
  { ROOT, MANAGER, "GetCapabilities", "(@a{sv} {},)", NULL },
  { ROOT, MANAGER, "ConvertToNative", "('qemu-argv', '" SMALLEST "', @a{sv} {})", NULL },
  { ROOT, MANAGER, "LookupDomain", "('a', @a{sv} {})", VB_ACTION_DOMAIN_LIST },
  { ROOT, MANAGER, "ListDomains", "(@a{sv} {},)", VB_ACTION_DOMAIN_LIST },
  { ROOT, OBJECT_MANAGER, "GetManagedObjects", "()", VB_ACTION_DOMAIN_LIST },
  { ROOT, PROPERTIES, "GetAll", "('" MANAGER "',)", NULL },
  { ROOT, PROPERTIES, "GetAll", "('org.virtbus1.Host',)", NULL },
  { ROOT, PROPERTIES, "Get", "('" MANAGER "', 'Version')", NULL },
  { ROOT, "org.freedesktop.DBus.Introspectable", "Introspect", "()", NULL },
  { ROOT, "org.freedesktop.DBus.Peer", "Ping", "()", NULL },
  { UUID_PATH, "org.freedesktop.DBus.Introspectable", "Introspect", "()", NULL },
  { UUID_PATH, OBJECT_MANAGER, "GetManagedObjects", "()", VB_ACTION_DOMAIN_LIST },
  { UUID_PATH, PROPERTIES, "Get", "('" DOMAIN "', 'Name')", VB_ACTION_DOMAIN_LIST },
  { UUID_PATH, PROPERTIES, "GetAll", "('" DOMAIN "',)", VB_ACTION_DOMAIN_LIST },
  { UUID_PATH, DOMAIN, "Start", "(@a{sv} {},)", VB_ACTION_DOMAIN_START },
  { UUID_PATH, DOMAIN, "Shutdown", "(@a{sv} {},)", VB_ACTION_DOMAIN_STOP },
  { UUID_PATH, DOMAIN, "Reboot", "(@a{sv} {},)", VB_ACTION_DOMAIN_STOP },
  { UUID_PATH, DOMAIN, "Reset", "(@a{sv} {},)", VB_ACTION_DOMAIN_STOP },
  { UUID_PATH, DOMAIN, "Destroy", "(@a{sv} {},)", VB_ACTION_DOMAIN_STOP },
  { UUID_PATH, DOMAIN, "Suspend", "(@a{sv} {},)", VB_ACTION_DOMAIN_SUSPEND },
  { UUID_PATH, DOMAIN, "Resume", "(@a{sv} {},)", VB_ACTION_DOMAIN_SUSPEND },
  { UUID_PATH, DOMAIN, "Undefine", "(@a{sv} {},)", VB_ACTION_DOMAIN_UNDEFINE },
  { UUID_PATH, DOMAIN, "GetXml", "(@a{sv} {},)", VB_ACTION_DOMAIN_LIST },
  { UUID_PATH, DOMAIN, "SetAutostart", "(true, @a{sv} {})", VB_ACTION_DOMAIN_MODIFY },
  { UUID_PATH, DOMAIN, "SetTitle", "('a', @a{sv} {})", VB_ACTION_DOMAIN_MODIFY },
  { UUID_PATH, DOMAIN, "SetDescription", "('a', @a{sv} {})", VB_ACTION_DOMAIN_MODIFY },
  { UUID_PATH, DOMAIN, "Rename", "('a', @a{sv} {})", VB_ACTION_DOMAIN_MODIFY },
  { UUID_PATH, DOMAIN, "SetMemory", "(uint64 1024, @a{sv} {})", VB_ACTION_DOMAIN_MODIFY },
  { UUID_PATH, DOMAIN, "SetMaxMemory", "(uint64 1024, @a{sv} {})", VB_ACTION_DOMAIN_MODIFY },
  { UUID_PATH, DOMAIN, "SetVcpus", "(uint32 1, @a{sv} {})", VB_ACTION_DOMAIN_MODIFY },
  { UUID_PATH, DOMAIN, "PinVcpu", "(uint32 0, '0', @a{sv} {})", VB_ACTION_DOMAIN_MODIFY },
  { UUID_PATH, DOMAIN, "SetTuning", "(@a{sv} {}, @a{sv} {})", VB_ACTION_DOMAIN_MODIFY },
  { UUID_PATH "/disk_hda", PROPERTIES, "Get", "('" DEVICE "', 'Alias')", VB_ACTION_DOMAIN_LIST },
  { UUID_PATH "/disk_hda", PROPERTIES, "GetAll", "('org.virtbus1.Disk',)", VB_ACTION_DOMAIN_LIST },
  { UUID_PATH "/disk_hda", DEVICE, "GetXml", "(@a{sv} {},)", VB_ACTION_DOMAIN_LIST },
  { SET, PROPERTIES, "Get", "('" SET_INTERFACE "', 'State')", NULL },
  { SET, PROPERTIES, "GetAll", "('" SET_INTERFACE "',)", NULL },
  { SET, SET_INTERFACE, "ListCpuModels", "(@a{sv} {},)", NULL },
  { SET, SET_INTERFACE, "ListDeviceModels", "(@a{sv} {},)", NULL },
  { SET, SET_INTERFACE, "DescribeDevice", "('e1000', @a{sv} {})", NULL },
  { SET, SET_INTERFACE, "GetXml", "(@a{sv} {},)", NULL },
};

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (NULL, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
define_disk (Fixture *fixture)
{
  fixture_define (fixture, "a", "<disk device='cdrom'><target dev='hda' bus='ide'/></disk>");
}

static void
test_denied (Fixture *fixture, gconstpointer data)
{
  g_autofree char *log = NULL;

  define_disk (fixture);
  log = fixture_take_log (fixture);
  scripted_authority_set (fixture->authority, NULL, VB_DECISION_DENIED);
  for (guint i = 0; i < G_N_ELEMENTS (guards); i++)
    {
      g_autoptr (GVariant) arguments = parse (guards[i].arguments);

      g_test_message ("%s", guards[i].method);
      if (guards[i].action == NULL)
        {
          g_autoptr (GVariant) reply = fixture_call (fixture, guards[i].path, guards[i].interface,
                                                     guards[i].method, arguments);
        }
      else
        {
          g_autofree char *message =
              fixture_fail (fixture, guards[i].path, guards[i].interface, guards[i].method,
                            arguments, DBUS_ERROR ("AccessDenied"));
          g_assert_nonnull (strstr (message, guards[i].action));
        }
    }
  g_free (log);
  log = fixture_take_log (fixture);
  g_assert_null (strstr (log, "PropertiesChanged"));
}

static void
send_as (GDBusConnection *client,
         Fixture *fixture,
         const char *method,
         GVariant *arguments,
         GDBusCallFlags flags,
         Reply *reply)
{
  fixture_send (client, fixture, UUID_PATH, DOMAIN, method, arguments, flags, reply);
  fixture_wait_for (scripted_authority_get_n_waiting (fixture->authority) > 0 || reply->is_there);
}

/* @format may have the user's name as %s. */
static void
assert_question (Fixture *fixture, const char *format)
{
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *expected = g_strjoinv (g_get_user_name (), parts);

  g_assert_cmpstr (scripted_authority_get_question (fixture->authority), ==, expected);
}

static void
test_asked (Fixture *fixture, gconstpointer data)
{
  g_auto (Reply) reply = { NULL };
  g_autoptr (GError) refusal =
      g_error_new_literal (VB_AUTHORITY_ERROR, VB_AUTHORITY_ERROR_INTERACTION_REQUIRED, "ask me");
  g_autofree char *name = NULL;

  define_disk (fixture);
  scripted_authority_set (fixture->authority, NULL, VB_DECISION_ASK);
  send_as (fixture->client, fixture, "SetTitle", g_variant_new ("(s@a{sv})", "T", no_options), 0,
           &reply);
  assert_question (fixture, VB_ACTION_DOMAIN_MODIFY DETAILS ("a"));
  g_assert_cmpuint (vb_bus_tree_get_n_calls (fixture->tree), ==, 1);
  scripted_authority_answer (fixture->authority, NULL);
  fixture_wait_for (reply.is_there);
  g_assert_no_error (reply.error);
  g_assert_cmpuint (vb_bus_tree_get_n_calls (fixture->tree), ==, 0);
  reply_clear (&reply);

  send_as (fixture->client, fixture, "SetTitle", g_variant_new ("(s@a{sv})", "U", no_options),
           G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, &reply);
  assert_question (fixture, VB_ACTION_DOMAIN_MODIFY DETAILS ("a") " interactive");
  scripted_authority_answer (fixture->authority, refusal);
  fixture_wait_for (reply.is_there);
  name = g_dbus_error_get_remote_error (reply.error);
  g_assert_cmpstr (name, ==, DBUS_ERROR ("InteractiveAuthorizationRequired"));
  scripted_authority_set (fixture->authority, NULL, VB_DECISION_ALLOWED);
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Title", "'T'");
}

/* The question is about the domain of the document; about the one that is there, if it is. */
static void
test_documents (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = domain_xml ("a", UUID, "");
  g_autofree char *evil = domain_xml ("b", UUID, "");
  g_autofree char *nameless = domain_xml ("c", NULL, "");
  const struct
  {
    const char *xml;
    const char *question;
  } rows[] = {
    { "no document", VB_ACTION_DOMAIN_DEFINE },
    { nameless, VB_ACTION_DOMAIN_DEFINE " domain-name=c domain-uuid=" },
    { xml, VB_ACTION_DOMAIN_DEFINE " domain-name=a domain-uuid=" UUID },
    { evil, VB_ACTION_DOMAIN_DEFINE DETAILS ("a") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Reply) reply = { NULL };

      scripted_authority_set (fixture->authority, NULL, VB_DECISION_ASK);
      fixture_send (fixture->client, fixture, ROOT, MANAGER, "DefineDomain",
                    g_variant_new ("(s@a{sv})", rows[i].xml, no_options), 0, &reply);
      fixture_wait_for (scripted_authority_get_n_waiting (fixture->authority) > 0);
      assert_question (fixture, rows[i].question);
      scripted_authority_answer (fixture->authority, NULL);
      fixture_wait_for (reply.is_there);
    }
}

/* Who was allowed to define a new domain was not allowed to replace that of another user. */
static void
test_document_overtaken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = domain_xml ("a", UUID, "");
  g_auto (Reply) reply = { NULL };

  scripted_authority_set (fixture->authority, NULL, VB_DECISION_ASK);
  fixture_send (fixture->client, fixture, ROOT, MANAGER, "DefineDomain",
                g_variant_new ("(s@a{sv})", xml, no_options), 0, &reply);
  fixture_wait_for (scripted_authority_get_n_waiting (fixture->authority) == 1);
  scripted_authority_set (fixture->authority, NULL, VB_DECISION_ALLOWED);
  define_disk (fixture);
  scripted_authority_set (fixture->authority, NULL, VB_DECISION_ASK);
  scripted_authority_answer (fixture->authority, NULL);
  fixture_wait_for (scripted_authority_get_n_asked (fixture->authority) == 2);
  g_assert_false (reply.is_there);
  assert_question (fixture, VB_ACTION_DOMAIN_DEFINE DETAILS ("a"));
  scripted_authority_answer (fixture->authority, NULL);
  fixture_wait_for (reply.is_there);
  g_assert_no_error (reply.error);
}

/* Secrets need an action of their own, and so does starting what is defined. */
static void
test_two_actions (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = domain_xml ("b", NULL, "");
  g_autofree char *no_secrets = NULL;
  g_autofree char *no_start = NULL;
  g_autoptr (GVariant) listed = NULL;
  g_autoptr (GVariant) seen = NULL;

  define_disk (fixture);
  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_READ_SECRETS, VB_DECISION_DENIED);
  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_START, VB_DECISION_DENIED);
  no_secrets =
      fixture_fail (fixture, UUID_PATH, DOMAIN, "GetXml",
                    g_variant_new_parsed ("({'secure': <true>},)"), DBUS_ERROR ("AccessDenied"));
  g_assert_nonnull (strstr (no_secrets, VB_ACTION_DOMAIN_READ_SECRETS));
  seen = fixture_call (fixture, UUID_PATH, DOMAIN, "GetXml",
                       g_variant_new_parsed ("({'secure': <false>},)"));
  no_start =
      fixture_fail (fixture, ROOT, MANAGER, "CreateDomain",
                    g_variant_new ("(s@a{sv})", xml, no_options), DBUS_ERROR ("AccessDenied"));
  g_assert_nonnull (strstr (no_start, VB_ACTION_DOMAIN_START));
  listed = fixture_call (fixture, ROOT, MANAGER, "ListDomains", NO_OPTIONS);
  g_assert_cmpuint (vb_registry_get_n_machines (vb_engine_get_registry (fixture->engine)), ==, 1);

  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_LIST, VB_DECISION_DENIED);
  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_READ_SECRETS, VB_DECISION_ALLOWED);
  g_free (no_secrets);
  no_secrets =
      fixture_fail (fixture, UUID_PATH, DOMAIN, "GetXml",
                    g_variant_new_parsed ("({'secure': <true>},)"), DBUS_ERROR ("AccessDenied"));
  g_assert_nonnull (strstr (no_secrets, VB_ACTION_DOMAIN_LIST));
}

/* While one caller is asked for a password, nobody else waits. */
static void
test_nobody_waits (Fixture *fixture, gconstpointer data)
{
  g_auto (Reply) reply = { NULL };

  define_disk (fixture);
  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_START, VB_DECISION_ASK);
  send_as (fixture->client, fixture, "Start", NO_OPTIONS, 0, &reply);
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'shutoff'");
  g_assert_false (reply.is_there);
  scripted_authority_answer (fixture->authority, NULL);
  fixture_wait_for (reply.is_there);
  g_assert_no_error (reply.error);
}

static void
test_caller_leaves (Fixture *fixture, gconstpointer data)
{
  GDBusConnection *leaving = private_bus_connect (&fixture->bus);
  g_auto (Reply) reply = { NULL };

  define_disk (fixture);
  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_START, VB_DECISION_ASK);
  send_as (leaving, fixture, "Start", NO_OPTIONS, 0, &reply);
  g_assert_cmpuint (vb_bus_tree_get_n_calls (fixture->tree), ==, 1);
  g_dbus_connection_close_sync (leaving, NULL, NULL);
  fixture_wait_for (scripted_authority_get_n_waiting (fixture->authority) == 0);
  fixture_wait_for (vb_bus_tree_get_n_calls (fixture->tree) == 0);
  fixture_wait_for (reply.is_there);
  g_object_unref (leaving);
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'shutoff'");
}

/* The domain is gone by the time that the answer comes. */
static void
test_object_leaves (Fixture *fixture, gconstpointer data)
{
  g_auto (Reply) reply = { NULL };
  g_autofree char *name = NULL;
  g_autoptr (GVariant) gone = NULL;

  define_disk (fixture);
  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_START, VB_DECISION_ASK);
  send_as (fixture->client, fixture, "Start", NO_OPTIONS, 0, &reply);
  gone = fixture_call (fixture, UUID_PATH, DOMAIN, "Undefine", NO_OPTIONS);
  scripted_authority_answer (fixture->authority, NULL);
  fixture_wait_for (reply.is_there);
  name = g_dbus_error_get_remote_error (reply.error);
  g_assert_cmpstr (name, ==, DBUS_ERROR ("UnknownObject"));
}

/* The service may end while somebody is still asked. */
static void
test_tree_leaves (Fixture *fixture, gconstpointer data)
{
  g_auto (Reply) reply = { NULL };
  g_autofree char *name = NULL;

  define_disk (fixture);
  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_START, VB_DECISION_ASK);
  send_as (fixture->client, fixture, "Start", NO_OPTIONS, 0, &reply);
  vb_bus_tree_unexport (fixture->tree);
  scripted_authority_answer (fixture->authority, NULL);
  fixture_wait_for (reply.is_there);
  name = g_dbus_error_get_remote_error (reply.error);
  g_assert_cmpstr (name, ==, DBUS_ERROR ("UnknownObject"));
}

/* A first screen is one question, whatever the number of domains. */
static void
test_first_screen (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = domain_xml ("b", NULL, "");
  g_autoptr (GVariant) defined = NULL;
  g_auto (Reply) reply = { NULL };

  define_disk (fixture);
  defined = fixture_call (fixture, ROOT, MANAGER, "DefineDomain",
                          g_variant_new ("(s@a{sv})", xml, no_options));
  scripted_authority_set (fixture->authority, NULL, VB_DECISION_ASK);
  fixture_send (fixture->client, fixture, ROOT, OBJECT_MANAGER, "GetManagedObjects", NULL, 0,
                &reply);
  fixture_wait_for (scripted_authority_get_n_waiting (fixture->authority) > 0);
  assert_question (fixture, VB_ACTION_DOMAIN_LIST);
  scripted_authority_answer (fixture->authority, NULL);
  fixture_wait_for (reply.is_there);
  g_assert_no_error (reply.error);
  g_assert_cmpuint (scripted_authority_get_n_asked (fixture->authority), ==, 1);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/bus/authority/denied", test_denied);
  fixture_add ("/bus/authority/asked", test_asked);
  fixture_add ("/bus/authority/documents", test_documents);
  fixture_add ("/bus/authority/document-overtaken", test_document_overtaken);
  fixture_add ("/bus/authority/two-actions", test_two_actions);
  fixture_add ("/bus/authority/nobody-waits", test_nobody_waits);
  fixture_add ("/bus/authority/caller-leaves", test_caller_leaves);
  fixture_add ("/bus/authority/object-leaves", test_object_leaves);
  fixture_add ("/bus/authority/tree-leaves", test_tree_leaves);
  fixture_add ("/bus/authority/first-screen", test_first_screen);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
