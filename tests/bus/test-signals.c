/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is told without being asked: one signal for a change, before the reply, in the right order,
 * and never anything that a later reading contradicts.
 */
#include "tests/bus/fixture.h"

#include "engine/lifecycle.h"

#include <signal.h>
#include <string.h>

#define NO_OPTIONS g_variant_new ("(@a{sv})", no_options)
#define DISK "org.virtbus1.Disk"

#define ONE_DISK "<disk><source file='/a'/><target dev='vda'/></disk>"
#define TWO_DISKS ONE_DISK "<disk><source file='/b'/><target dev='vdb'/></disk>"

static void
call_domain (Fixture *fixture, const char *method, GVariant *arguments)
{
  g_autoptr (GVariant) reply = fixture_call (fixture, UUID_PATH, DOMAIN, method, arguments);
}

static void
forget_signals (Fixture *fixture)
{
  g_autofree char *log = fixture_take_log (fixture);
}

static void
assert_log (Fixture *fixture, const char *expected)
{
  g_autofree char *log = fixture_take_log (fixture);

  g_assert_cmpstr (log, ==, expected);
}

static void
test_added (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", ONE_DISK);
  assert_log (fixture, "InterfacesAdded " ROOT " " UUID_PATH "\n"
                       "reply\n");
}

static void
test_removed (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", ONE_DISK);
  forget_signals (fixture);
  call_domain (fixture, "Undefine", NO_OPTIONS);
  assert_log (fixture, "PropertiesChanged " UUID_PATH " " DOMAIN "\n"
                       "InterfacesRemoved " UUID_PATH " " UUID_PATH "/disk_vda\n"
                       "InterfacesRemoved " UUID_PATH " " UUID_PATH "/controller_ide0\n"
                       "InterfacesRemoved " UUID_PATH " " UUID_PATH "/memballoon_balloon0\n"
                       "InterfacesRemoved " ROOT " " UUID_PATH "\n"
                       "reply\n");
}

/* One signal with the new values, and it is there before the reply. */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) changes = NULL;
  g_autofree char *text = NULL;
  guint n_signals;

  fixture_define (fixture, "a", ONE_DISK);
  forget_signals (fixture);
  call_domain (fixture, "SetTitle", g_variant_new ("(s@a{sv})", "T", no_options));
  changes = fixture_take_changes (fixture, UUID_PATH, DOMAIN, &n_signals);
  text = g_variant_print (changes, FALSE);
  g_assert_nonnull (strstr (text, "'Title': <'T'>"));
  g_assert_nonnull (strstr (text, "'ConfigGeneration': <uint64 2>"));
  g_assert_null (strstr (text, "Name"));
  g_assert_null (strstr (text, "Devices"));

  call_domain (fixture, "SetTitle", g_variant_new ("(s@a{sv})", "U", no_options));
  g_free (text);
  text = fixture_take_log (fixture);
  g_assert_true (g_str_has_suffix (text, "PropertiesChanged " UUID_PATH " " DOMAIN "\nreply\n"));
  g_assert_null (strstr (text, "/disk"));
}

/* What changes at one instant is one signal. */
static void
test_coalesced (Fixture *fixture, gconstpointer data)
{
  VbRegistry *registry = vb_engine_get_registry (fixture->engine);
  g_autoptr (GVariant) changes = NULL;
  VbMachine *machine;
  guint n_signals;

  fixture_define (fixture, "a", "");
  fixture_start (fixture);
  forget_signals (fixture);
  machine = vb_registry_find_name (registry, "a");
  g_assert_cmpint (kill (vb_machine_get_pid (machine), SIGKILL), ==, 0);
  fixture_wait_for (vb_machine_get_state (machine) == VB_STATE_SHUTOFF);
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'shutoff'");
  changes = fixture_take_changes (fixture, UUID_PATH, DOMAIN, &n_signals);
  g_assert_cmpuint (n_signals, ==, 1);
  for (guint i = 0; i < 5; i++)
    {
      static const char *const names[] = { "State", "StateReason", "Id", "Pid", "LastError" };
      g_autoptr (GVariant) value = g_variant_lookup_value (changes, names[i], NULL);
      g_test_message ("%s", names[i]);
      g_assert_nonnull (value);
    }
}

/* A client that follows the signals knows what one that reads gets. */
static void
assert_followed (Fixture *fixture, const char *path, const char *interface, GVariant *before)
{
  guint n_signals;
  g_autoptr (GVariant) changes = fixture_take_changes (fixture, path, interface, &n_signals);
  g_autoptr (GVariant) after = fixture_get_all (fixture, path, interface);
  GVariantIter properties;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&properties, after);
  while (g_variant_iter_loop (&properties, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) old_value = g_variant_lookup_value (before, name, NULL);
      g_autoptr (GVariant) new_value = g_variant_lookup_value (changes, name, NULL);

      g_test_message ("%s", name);
      g_assert_cmpvariant (new_value != NULL ? new_value : old_value, value);
    }
}

static void
follow (Fixture *fixture, const char *path, const char *interface, const char *step)
{
  g_autoptr (GVariant) before = NULL;

  forget_signals (fixture);
  before = fixture_get_all (fixture, path, interface);
  if (g_str_equal (step, "start"))
    fixture_start (fixture);
  else if (g_str_equal (step, "redefine"))
    fixture_define (fixture, "a", TWO_DISKS "<graphics type='vnc' port='5999'/>");
  else if (g_str_equal (step, "SetTitle"))
    call_domain (fixture, step, g_variant_new ("(s@a{sv})", step, no_options));
  else
    call_domain (fixture, step, NO_OPTIONS);
  assert_followed (fixture, path, interface, before);
}

static void
test_followed (Fixture *fixture, gconstpointer data)
{
  static const char *const steps[]
      = { "SetTitle", "start", "Resume", "redefine", "Suspend", "Destroy" };
  static const struct
  {
    const char *path;
    const char *interface;
  } objects[] = {
    { UUID_PATH, DOMAIN },
    { UUID_PATH "/graphics_vnc0", DEVICE },
    { UUID_PATH "/graphics_vnc0", "org.virtbus1.Graphics" },
    { UUID_PATH "/serial_0", "org.virtbus1.CharDevice" },
    { UUID_PATH "/memballoon_balloon0", "org.virtbus1.MemBalloon" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      fixture_define (fixture, "a", "<graphics type='vnc' autoport='yes'/><serial type='pty'/>");
      for (guint step = 0; step < G_N_ELEMENTS (steps); step++)
        {
          if (g_str_equal (steps[step], "redefine") && strstr (objects[i].path, "serial"))
            continue;
          g_test_message ("%s %s", objects[i].path, steps[step]);
          follow (fixture, objects[i].path, objects[i].interface, steps[step]);
        }
    }
}
