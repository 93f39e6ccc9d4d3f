/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Capability sets as objects: what the real emulators tell, and how reading one waits for an emulator
 * that is asked, fails with one that cannot be asked, and follows one that is replaced. An emulator
 * that does as the test says is a script that runs the real one, under the name of an architecture
 * that nobody has.
 */
#include "tests/bus/inspection.h"
#include "tests/fixtures/guard.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CAPABILITY_SET "org.virtbus1.CapabilitySet"
#define SETS ROOT "/capabilities"
#define X86_64 SETS "/x86_64_hvm"
#define OWN_ARCH "sh4eb"
#define OWN SETS "/" OWN_ARCH "_hvm"

#define ADDED(path) "InterfacesAdded " ROOT " " path "\n"
#define REMOVED(path) "InterfacesRemoved " ROOT " " path "\n"
#define CHANGED(path, interface) "PropertiesChanged " path " " interface "\n"

#define NO_OPTIONS g_variant_new ("(@a{sv})", no_options)

/* What a script does */
#define RUNS "exec %s \"$@\""
#define WAITS "read go <%s/gate; " RUNS
#define FAILS "echo it is broken >&2; exit 1; # %s"

static struct
{
  char *folder;   /* (owned) of the scripts, in PATH */
  char *path;     /* (owned) PATH as it was */
  char *emulator; /* (owned) the real one */
  int gate;       /* each line lets one script go on */
} own;

/* In one step, as a package manager does it. @action: one of the above */
static void
install (const char *action)
{
  g_autofree char *place = g_build_filename (own.folder, "qemu-system-" OWN_ARCH, NULL);
  g_autofree char *next = g_build_filename (own.folder, "next", NULL);
  g_autofree char *steps =
      strstr (action, "gate") != NULL
          ? g_strdup_printf (WAITS, own.folder, own.emulator)
          : g_strdup_printf (strstr (action, "exec") != NULL ? RUNS : FAILS, own.emulator);
  g_autofree char *script =
      g_strdup_printf ("#!/bin/sh\necho asked >>%s/log\n%s\n", own.folder, steps);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (next, script, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (next, 0755), ==, 0);
  g_assert_cmpint (g_rename (next, place), ==, 0);
}

static void
uninstall (void)
{
  g_autofree char *place = g_build_filename (own.folder, "qemu-system-" OWN_ARCH, NULL);

  g_assert_cmpint (g_unlink (place), ==, 0);
}

static guint
count_asked (void)
{
  g_autofree char *log = g_build_filename (own.folder, "log", NULL);
  g_autofree char *text = NULL;
  gsize length = 0;

  g_file_get_contents (log, &text, &length, NULL);
  return (guint) (length / strlen ("asked\n"));
}

/* @n: how many that wait or will */
static void
let_go (guint n)
{
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (write (own.gate, "go\n", 3), ==, 3);
}

static void
make_folder (void)
{
  g_autofree char *gate = NULL;
  g_autofree char *search_path = NULL;

  own.folder = g_build_filename (guard_get_folder (), "bin-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (own.folder));
  gate = g_build_filename (own.folder, "gate", NULL);
  g_assert_cmpint (mkfifo (gate, 0600), ==, 0);
  own.gate = g_open (gate, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  g_assert_cmpint (own.gate, >=, 0);
  own.emulator = g_find_program_in_path ("qemu-system-x86_64");
  g_assert_nonnull (own.emulator);
  own.path = g_strdup (g_getenv ("PATH"));
  search_path = g_strconcat (own.folder, ":", own.path, NULL);
  g_setenv ("PATH", search_path, TRUE);
}

/* @data: (nullable): what the own emulator does; %NULL: there is none */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  make_folder ();
  if (data != NULL)
    install (data);
  fixture->leaves_emulators = TRUE;
  fixture_set_up (fixture, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fixture_tear_down (fixture, data);
  g_setenv ("PATH", own.path, TRUE);
  close (own.gate);
  g_clear_pointer (&own.folder, g_free);
  g_clear_pointer (&own.path, g_free);
  g_clear_pointer (&own.emulator, g_free);
}

#define add(path, action, test) g_test_add (path, Fixture, action, set_up, test, tear_down)

static VbCapabilitySet *
find_own (Fixture *fixture)
{
  return vb_capabilities_find (vb_engine_get_capabilities (fixture->engine), VB_OS_TYPE_HVM,
                               OWN_ARCH);
}

/* A call that waits for nothing: when it is answered, those before it have come in. */
static void
ask_something (Fixture *fixture)
{
  g_autoptr (GVariant) mode = fixture_get (fixture, ROOT, MANAGER, "Mode");
}

static void
send_get_all (Fixture *fixture, Reply *reply)
{
  fixture_send (fixture->client, fixture, OWN, PROPERTIES, "GetAll",
                g_variant_new ("(s)", CAPABILITY_SET), 0, reply);
}

static void
assert_state (GVariant *properties, const char *expected)
{
  const char *state;

  g_assert_true (g_variant_lookup (properties, "State", "&s", &state));
  g_assert_cmpstr (state, ==, expected);
}

/* As GetManagedObjects tells it, which does not wait */
static void
assert_state_now (Fixture *fixture, const char *expected)
{
  g_autoptr (GVariant) objects = get_managed_objects (fixture, ROOT);
  g_autoptr (GVariant) object = g_variant_lookup_value (objects, OWN, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_autoptr (GVariant) properties = g_variant_lookup_value (object, CAPABILITY_SET, NULL);

  assert_state (properties, expected);
}

static void
assert_log (Fixture *fixture, const char *expected)
{
  g_autofree char *with_reply = g_strconcat (expected, "reply\n", NULL);
  g_autofree char *log = NULL;

  ask_something (fixture);
  log = fixture_take_log (fixture);
  g_assert_cmpstr (log, ==, with_reply);
}

static void
forget_signals (Fixture *fixture)
{
  g_autofree char *log = NULL;

  ask_something (fixture);
  log = fixture_take_log (fixture);
}

static void
test_real (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *path;
    const char *arch;
    guint word_size;
    const char *default_machine;
    const char *machine; /* one of those that it has */
  } rows[] = {
    { X86_64, "'x86_64'", 64, "'pc'", "'q35'" },
    { SETS "/i686_hvm", "'i686'", 32, "'pc'", "'q35'" },
    { SETS "/armv7l_hvm", "'armv7l'", 32, "''", "'virt'" },
    { SETS "/aarch64_hvm", "'aarch64'", 64, "''", "'virt'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *word_size = g_strdup_printf ("%u", rows[i].word_size);
      g_autoptr (GVariant) machines = NULL;
      g_autoptr (GVariant) objects = NULL;
      g_autoptr (GVariant) object = NULL;
      g_autofree char *text = NULL;

      g_test_message ("%s", rows[i].path);
      fixture_assert_text (fixture, rows[i].path, CAPABILITY_SET, "State", "'ready'");
      fixture_assert_text (fixture, rows[i].path, CAPABILITY_SET, "Error", "''");
      fixture_assert_text (fixture, rows[i].path, CAPABILITY_SET, "Architecture", rows[i].arch);
      fixture_assert_text (fixture, rows[i].path, CAPABILITY_SET, "WordSize", word_size);
      fixture_assert_text (fixture, rows[i].path, CAPABILITY_SET, "DefaultMachine",
                           rows[i].default_machine);
      machines = fixture_get (fixture, rows[i].path, CAPABILITY_SET, "Machines");
      text = g_variant_print (machines, FALSE);
      g_assert_nonnull (strstr (text, rows[i].machine));
      objects = get_managed_objects (fixture, ROOT);
      object = g_variant_lookup_value (objects, rows[i].path, G_VARIANT_TYPE ("a{sa{sv}}"));
      check_object (fixture, rows[i].path, object, "CapabilitySet ");
    }
  check_object (fixture, SETS, NULL, "");
}

/* (transfer full) */
static char *
call_set (Fixture *fixture, const char *method, GVariant *arguments)
{
  g_autoptr (GVariant) reply = fixture_call (fixture, X86_64, CAPABILITY_SET, method, arguments);

  return g_variant_print (reply, FALSE);
}

#define OPTION(name, value)                                                                        \
  g_variant_new ("(@a{sv})", options (name, g_variant_new_string (value), NULL))
#define MODEL(name) g_variant_new ("(s@a{sv})", name, no_options)

static void
test_methods (Fixture *fixture, gconstpointer data)
{
  g_autofree char *cpus = call_set (fixture, "ListCpuModels", NO_OPTIONS);
  g_autofree char *best = NULL;
  g_autofree char *devices = call_set (fixture, "ListDeviceModels", NO_OPTIONS);
  g_autofree char *network = call_set (fixture, "ListDeviceModels", OPTION ("category", "network"));
  g_autofree char *described = call_set (fixture, "DescribeDevice", MODEL ("virtio-net-pci"));
  g_autofree char *xml = call_set (fixture, "GetXml", OPTION ("machine", "q35"));
  g_autofree char *by_alias = call_set (fixture, "DescribeDevice", MODEL ("virtio-net"));
  g_autoptr (GVariant) types = fixture_get (fixture, X86_64, CAPABILITY_SET, "DomainTypes");
  const char *type;

  g_variant_get_child (types, 0, "&s", &type);
  best = call_set (fixture, "ListCpuModels", OPTION ("domain-type", type));
  g_assert_cmpstr (cpus, ==, best);
  g_assert_nonnull (strstr (cpus, "('qemu64', "));
  g_assert_nonnull (strstr (devices, "('virtio-net-pci', 'PCI', "));
  g_assert_nonnull (strstr (devices, "('usb-tablet', 'usb-bus', "));
  g_assert_nonnull (strstr (network, "'virtio-net-pci'"));
  g_assert_null (strstr (network, "'usb-tablet'"));
  g_assert_nonnull (strstr (described, "('mac', 'str', "));
  g_assert_cmpstr (described, ==, by_alias);
  g_assert_nonnull (strstr (xml, "<domainCapabilities>"));
  g_assert_nonnull (strstr (xml, "q35"));
}

static void
assert_refusal (Fixture *fixture,
                const char *method,
                GVariant *arguments,
                const char *name,
                const char *beginning)
{
  g_autofree char *message =
      fixture_fail (fixture, X86_64, CAPABILITY_SET, method, arguments, name);

  if (!g_str_has_prefix (message, beginning))
    g_test_message ("%s", message);
  g_assert_true (g_str_has_prefix (message, beginning));
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  assert_refusal (fixture, "ListCpuModels", OPTION ("domain-type", "vmware"),
                  ERROR ("InvalidArgument"),
                  "ListCpuModels: option 'domain-type': 'vmware' is no domain type of this "
                  "capability set; known: ");
  assert_refusal (fixture, "ListCpuModels", OPTION ("category", "network"),
                  ERROR ("InvalidArgument"), "ListCpuModels: option 'category' is not known");
  assert_refusal (fixture, "ListDeviceModels", OPTION ("category", "nonsense"),
                  ERROR ("InvalidArgument"),
                  "ListDeviceModels: option 'category': 'nonsense' is no category; known: ");
  assert_refusal (
      fixture, "GetXml", OPTION ("domain-type", "vmware"), ERROR ("InvalidArgument"),
      "GetXml: option 'domain-type': 'vmware' is no domain type of this capability set; "
      "known: ");
  assert_refusal (fixture, "GetXml", OPTION ("machine", "vax"), ERROR ("Unsupported"), "");
  assert_refusal (fixture, "DescribeDevice", MODEL ("rdp"), ERROR ("NotFound"),
                  "the capability set x86_64_hvm has no device model 'rdp'; ListDeviceModels lists "
                  "those that it has");
}

/* Nobody needs to be allowed anything, but to see all objects at once. */
static void
test_free (Fixture *fixture, gconstpointer data)
{
  g_autofree char *cpus = NULL;
  g_autofree char *described = NULL;
  g_autofree char *denied = NULL;

  scripted_authority_set (fixture->authority, NULL, VB_DECISION_DENIED);
  fixture_assert_text (fixture, X86_64, CAPABILITY_SET, "State", "'ready'");
  cpus = call_set (fixture, "ListCpuModels", NO_OPTIONS);
  described = call_set (fixture, "DescribeDevice", MODEL ("e1000"));
  denied = fixture_fail (fixture, ROOT, OBJECT_MANAGER, "GetManagedObjects", NULL,
                         DBUS_ERROR ("AccessDenied"));
}

/* Any number of readers, and one question. Who only looks around does not wait. */
static void
test_waits (Fixture *fixture, gconstpointer data)
{
  Reply replies[50] = { { NULL } };
  g_autoptr (GVariant) changes = NULL;
  guint n_signals;

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    send_get_all (fixture, &replies[i]);
  while (count_asked () == 0)
    ask_something (fixture);
  assert_state_now (fixture, "probing");
  check_children (fixture, OWN, "");
  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    g_assert_false (replies[i].is_there);

  let_go (1);
  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (GVariant) properties = NULL;

      fixture_wait_for (replies[i].is_there);
      g_assert_no_error (replies[i].error);
      properties = g_variant_get_child_value (replies[i].value, 0);
      assert_state (properties, "ready");
      reply_clear (&replies[i]);
    }
  g_assert_cmpuint (count_asked (), ==, 1);
  assert_state_now (fixture, "ready");
  changes = fixture_take_changes (fixture, OWN, CAPABILITY_SET, &n_signals);
  g_assert_cmpuint (n_signals, ==, 2);
  assert_state (changes, "ready");
  g_assert_true (g_variant_lookup (changes, "Machines", "a(ssub)", NULL));
}

/* Looking around is enough to have the emulators asked. */
static void
test_asked_by_looking (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDBusNodeInfo) info = NULL;

  ask_something (fixture);
  g_assert_cmpuint (count_asked (), ==, 0);
  info = introspect (fixture, SETS);
  fixture_wait_for (find_own (fixture)->facts != NULL);
  assert_state_now (fixture, "ready");
}

static void
test_broken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) error = NULL;
  g_autofree char *message = NULL;

  fixture_assert_text (fixture, OWN, CAPABILITY_SET, "State", "'failed'");
  fixture_assert_text (fixture, OWN, CAPABILITY_SET, "Machines", "[]");
  fixture_assert_text (fixture, OWN, CAPABILITY_SET, "DomainTypes", "['qemu']");
  error = fixture_get (fixture, OWN, CAPABILITY_SET, "Error");
  g_assert_nonnull (strstr (g_variant_get_string (error, NULL), "it is broken"));
  message = fixture_fail (fixture, OWN, CAPABILITY_SET, "DescribeDevice", MODEL ("e1000"),
                          ERROR ("Emulator"));
  g_assert_cmpstr (message, ==, g_variant_get_string (error, NULL));
  /* and harms no other */
  fixture_assert_text (fixture, X86_64, CAPABILITY_SET, "State", "'ready'");
}

static void
test_vanishes (Fixture *fixture, gconstpointer data)
{
  g_auto (Reply) reply = { NULL };
  g_autofree char *name = NULL;

  send_get_all (fixture, &reply);
  while (count_asked () == 0)
    ask_something (fixture);
  forget_signals (fixture);
  uninstall ();
  fixture_wait_for (find_own (fixture) == NULL);
  assert_log (fixture, REMOVED (OWN));
  let_go (1);
  fixture_wait_for (reply.is_there);
  name = g_dbus_error_get_remote_error (reply.error);
  g_assert_cmpstr (name, ==, DBUS_ERROR ("UnknownObject"));
}

/* What was asked once is asked again by itself. */
static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) changes = NULL;
  g_autoptr (GVariant) again = NULL;
  guint n_signals;

  fixture_assert_text (fixture, OWN, CAPABILITY_SET, "State", "'ready'");
  forget_signals (fixture);
  install (FAILS);
  fixture_wait_for (vb_capability_set_get_facts (find_own (fixture), VB_DOMAIN_TYPE_QEMU) != NULL &&
                    vb_emulator_facts_get_error (find_own (fixture)->facts) != NULL);
  ask_something (fixture);
  changes = fixture_take_changes (fixture, OWN, CAPABILITY_SET, &n_signals);
  g_assert_cmpuint (n_signals, ==, 1);
  assert_state (changes, "failed");
  g_assert_true (g_variant_lookup (changes, "Machines", "a(ssub)", NULL));
  g_assert_true (g_variant_lookup (changes, "EmulatorVersion", "s", NULL));

  install (RUNS);
  fixture_wait_for (vb_emulator_facts_get_error (find_own (fixture)->facts) == NULL);
  ask_something (fixture);
  again = fixture_take_changes (fixture, OWN, CAPABILITY_SET, &n_signals);
  assert_state (again, "ready");
}

/* Domains name the set that they are of: after it came, and no more when it goes. */
static void
test_comes_and_goes (Fixture *fixture, gconstpointer data)
{
  static const char xml[] =
      "<domain type='qemu'><name>a</name><uuid>" UUID "</uuid><memory>65536</memory>"
      "<os><type arch='" OWN_ARCH "'>hvm</type></os></domain>";
  g_autoptr (GVariant) reply = fixture_call (fixture, ROOT, MANAGER, "DefineDomain",
                                             g_variant_new ("(s@a{sv})", xml, no_options));

  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "CapabilitySet", "'/'");
  forget_signals (fixture);
  install (RUNS);
  fixture_wait_for (find_own (fixture) != NULL);
  assert_log (fixture, ADDED (OWN) CHANGED (UUID_PATH, DOMAIN));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "CapabilitySet", "'" OWN "'");
  forget_signals (fixture);
  uninstall ();
  fixture_wait_for (find_own (fixture) == NULL);
  assert_log (fixture, CHANGED (UUID_PATH, DOMAIN) REMOVED (OWN));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "CapabilitySet", "'/'");
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/bus/capabilities/real", test_real);
  fixture_add ("/bus/capabilities/methods", test_methods);
  fixture_add ("/bus/capabilities/refusals", test_refusals);
  fixture_add ("/bus/capabilities/free", test_free);
  add ("/bus/capabilities/waits", WAITS, test_waits);
  add ("/bus/capabilities/asked-by-looking", RUNS, test_asked_by_looking);
  add ("/bus/capabilities/broken", FAILS, test_broken);
  add ("/bus/capabilities/vanishes", WAITS, test_vanishes);
  add ("/bus/capabilities/replaced", RUNS, test_replaced);
  add ("/bus/capabilities/comes-and-goes", NULL, test_comes_and_goes);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
