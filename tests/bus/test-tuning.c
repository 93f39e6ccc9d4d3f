/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PinVcpu and SetTuning, which give a machine its share of the host: what the kernel then tells of
 * QEMU's threads, what is stored, and what is refused.
 */
#include "tests/bus/fixture.h"
#include "tests/fixtures/guard.h"

#include <sched.h>
#include <string.h>

#define ALLOWED "Cpus_allowed_list:\t"
/* More than any host has */
#define ABSENT_CPU "16383"

static void
call (Fixture *fixture, const char *method, GVariant *parameters)
{
  g_autoptr (GVariant) reply = fixture_call (fixture, UUID_PATH, DOMAIN, method, parameters);

  g_assert_cmpstr (g_variant_get_type_string (reply), ==, "()");
}

static void
check_refusal (Fixture *fixture,
               const char *method,
               GVariant *parameters,
               const char *name,
               const char *message)
{
  g_autofree char *told = fixture_fail (fixture, UUID_PATH, DOMAIN, method, parameters, name);

  g_assert_cmpstr (told, ==, message);
}

static GVariant *
side (const char *name)
{
  return options (name, g_variant_new_boolean (TRUE), NULL);
}

/* @call_options: floating */
static GVariant *
pin (guint32 vcpu, const char *cpuset, GVariant *call_options)
{
  return g_variant_new ("(us@a{sv})", vcpu, cpuset, call_options);
}

/* @values: as GVariant text; @call_options: floating */
static GVariant *
tune (const char *values, GVariant *call_options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parsed =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, values, NULL, NULL, &error);

  g_assert_no_error (error);
  return g_variant_new ("(@a{sv}@a{sv})", parsed, call_options);
}

/* Whether the live definition, or with @call_options another, has @part. */
static gboolean
xml_has (Fixture *fixture, GVariant *call_options, const char *part)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, UUID_PATH, DOMAIN, "GetXml", g_variant_new ("(@a{sv})", call_options));
  const char *xml;

  g_variant_get (reply, "(&s)", &xml);
  g_test_message ("%s in %s", part, xml);
  return strstr (xml, part) != NULL;
}

/* The last of the CPUs that this test may use. (transfer full) */
static char *
find_cpu (void)
{
  cpu_set_t set;
  int found = -1;

  g_assert_cmpint (sched_getaffinity (0, sizeof set, &set), ==, 0);
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET (cpu, &set))
      found = cpu;
  return g_strdup_printf ("%d", found);
}

/* How many threads of the machine's QEMU may run on @cpus and nowhere else */
static guint
count_threads_on (Fixture *fixture, const char *cpus)
{
  g_autoptr (GVariant) pid = fixture_get (fixture, UUID_PATH, DOMAIN, "Pid");
  g_autofree char *folder = g_strdup_printf ("/proc/%u/task", g_variant_get_uint32 (pid));
  g_autoptr (GDir) tasks = g_dir_open (folder, 0, NULL);
  g_autofree char *line = g_strdup_printf (ALLOWED "%s\n", cpus);
  guint n_threads = 0;
  const char *name;

  while ((name = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, "status", NULL);
      g_autofree char *status = NULL;

      /* A thread that has just ended is none. */
      if (g_file_get_contents (path, &status, NULL, NULL))
        n_threads += strstr (status, line) != NULL;
    }
  return n_threads;
}

static void
test_pin_live (Fixture *fixture, gconstpointer data)
{
  g_autofree char *cpu = find_cpu ();
  g_autofree char *element = g_strdup_printf ("<vcpupin vcpu='0' cpuset='%s'/>", cpu);
  guint n_before;

  fixture_define (fixture, "a", "");
  fixture_start (fixture);
  n_before = count_threads_on (fixture, cpu);
  call (fixture, "PinVcpu", pin (0, cpu, side ("live")));
  /* Where there is one CPU all threads are on it anyway. */
  g_assert_cmpuint (count_threads_on (fixture, cpu), ==, n_before > 0 ? n_before : 1);
  g_assert_true (xml_has (fixture, no_options, element));
  g_assert_false (xml_has (fixture, side ("inactive"), element));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "PendingChanges", "true");

  check_refusal (fixture, "PinVcpu", pin (0, ABSENT_CPU, side ("live")), ERROR ("HostResource"),
                 "the virtual CPU 0 cannot run on the host's CPUs " ABSENT_CPU
                 ": Invalid argument; name CPUs that are online and allowed to the service");
  g_assert_true (xml_has (fixture, no_options, element));

  call (fixture, "PinVcpu", pin (0, cpu, no_options));
  g_assert_true (xml_has (fixture, side ("inactive"), element));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "PendingChanges", "false");
}

static void
test_pin_config (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", "");
  check_refusal (fixture, "PinVcpu", pin (0, "0", side ("live")), ERROR ("InvalidState"),
                 "domain 'a' is shutoff; PinVcpu with the option live needs it running");
  check_refusal (fixture, "PinVcpu", pin (1, "0", no_options), ERROR ("InvalidArgument"),
                 "domain 'a' has no virtual CPU 1: they are from 0 to 0");
  check_refusal (fixture, "PinVcpu", pin (0, "all", no_options), ERROR ("InvalidArgument"),
                 "'all' is no set of the host's CPUs; write one such as 0-3,^2,8");
  check_refusal (fixture, "PinVcpu", pin (0, "", no_options), ERROR ("InvalidArgument"),
                 "'' is no set of the host's CPUs; write one such as 0-3,^2,8");
  call (fixture, "PinVcpu", pin (0, "0-3,^2", no_options));
  g_assert_true (xml_has (fixture, no_options, "<vcpupin vcpu='0' cpuset='0-1,3'/>"));
  call (fixture, "PinVcpu", pin (0, "5", no_options));
  g_assert_true (xml_has (fixture, no_options, "<vcpupin vcpu='0' cpuset='5'/>"));
  g_assert_false (xml_has (fixture, no_options, "0-1,3"));
}

static void
test_tune_config (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", "");
  call (fixture, "SetTuning",
        tune ("{'memory-hard-limit': <uint64 2048>, 'memory-soft-limit': <uint64 1024>,"
              " 'swap-hard-limit': <uint64 4096>, 'blkio-weight': <uint32 250>,"
              " 'cpu-shares': <uint64 512>}",
              no_options));
  g_assert_true (xml_has (fixture, no_options, "<hard_limit>2048</hard_limit>"));
  g_assert_true (xml_has (fixture, no_options, "<soft_limit>1024</soft_limit>"));
  g_assert_true (xml_has (fixture, no_options, "<swap_hard_limit>4096</swap_hard_limit>"));
  g_assert_true (xml_has (fixture, no_options, "<weight>250</weight>"));
  g_assert_true (xml_has (fixture, no_options, "<shares>512</shares>"));
  call (fixture, "SetTuning",
        tune ("{'memory-soft-limit': <uint64 0>, 'swap-hard-limit': <uint64 0>,"
              " 'blkio-weight': <uint32 0>, 'cpu-shares': <uint64 0>}",
              side ("config")));
  g_assert_true (xml_has (fixture, no_options, "<hard_limit>2048</hard_limit>"));
  g_assert_false (xml_has (fixture, no_options, "soft_limit"));
  g_assert_false (xml_has (fixture, no_options, "swap_hard_limit"));
  g_assert_false (xml_has (fixture, no_options, "blkiotune"));
  g_assert_false (xml_has (fixture, no_options, "cputune"));
}

static void
test_tune_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *values;
    const char *message;
  } rows[] = {
    { "{'memory': <uint64 1>}",
      "SetTuning: 'memory' is not known; known: memory-hard-limit, memory-soft-limit, "
      "swap-hard-limit, blkio-weight, cpu-shares" },
    { "{'cpu-shares': <uint32 1024>}", "SetTuning: 'cpu-shares' has the type 'u', not 't'" },
    { "{'blkio-weight': <uint32 99>}",
      "99 is no weight for <blkiotune>; it is from 100 to 1000, or 0 for none" },
    { "{'blkio-weight': <uint32 1001>}",
      "1001 is no weight for <blkiotune>; it is from 100 to 1000, or 0 for none" },
    { "{'cpu-shares': <uint64 1>}",
      "1 is no number of <shares>; it is from 2 to 262144, or 0 for the host's default" },
    { "{'cpu-shares': <uint64 0xffffffffffffffff>}",
      "9223372036854775807 is no number of <shares>; it is from 2 to 262144, or 0 for the host's "
      "default" },
    { "{'memory-hard-limit': <uint64 9007199254740992>}",
      "9007199254740992 KiB for <hard_limit> are beyond 8 EiB" },
    { "{'memory-hard-limit': <uint64 2>, 'swap-hard-limit': <uint64 1>}",
      "1 KiB of memory and swap are less than <hard_limit>, 2 KiB of memory" },
    { "{'swap-hard-limit': <uint64 1>}",
      "a limit of memory and swap together cannot be had without one of memory; set "
      "memory-hard-limit, too" },
  };

  fixture_define (fixture, "a", "");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    check_refusal (fixture, "SetTuning", tune (rows[i].values, no_options),
                   ERROR ("InvalidArgument"), rows[i].message);
  check_refusal (fixture, "SetTuning", tune ("{'cpu-shares': <uint64 2>}", side ("live")),
                 ERROR ("InvalidState"),
                 "domain 'a' is shutoff; SetTuning with the option live needs it running");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "ConfigGeneration", "1");
}

/* GVariant's text format refuses such a dictionary, the wire does not. */
static void
test_given_twice (Fixture *fixture, gconstpointer data)
{
  GVariantBuilder values;

  fixture_define (fixture, "a", "");
  g_variant_builder_init (&values, G_VARIANT_TYPE_VARDICT);
  for (guint64 shares = 2; shares < 4; shares++)
    g_variant_builder_add (&values, "{sv}", "cpu-shares", g_variant_new_uint64 (shares));
  check_refusal (fixture, "SetTuning", g_variant_new ("(a{sv}@a{sv})", &values, no_options),
                 ERROR ("InvalidArgument"), "SetTuning: 'cpu-shares' is given twice");
}

/* The fixture's host has no control groups. What the guest cannot get is not stored either. */
static void
test_tune_live (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", "");
  fixture_start (fixture);
  check_refusal (fixture, "SetTuning", tune ("{'cpu-shares': <uint64 2>}", no_options),
                 ERROR ("HostResource"),
                 "domain 'a' cannot be given the limits of its <memtune>, <blkiotune> or "
                 "<cputune>: this host does not show cgroup v2; mount it at /sys/fs/cgroup, or "
                 "boot with systemd.unified_cgroup_hierarchy=1");
  g_assert_false (xml_has (fixture, no_options, "cputune"));
  g_assert_false (xml_has (fixture, side ("inactive"), "cputune"));
  call (fixture, "SetTuning", tune ("{'cpu-shares': <uint64 0>}", no_options));
  call (fixture, "SetTuning", tune ("{'cpu-shares': <uint64 2>}", side ("config")));
  g_assert_true (xml_has (fixture, side ("inactive"), "<shares>2</shares>"));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "PendingChanges", "true");
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/bus/tuning/pin/live", test_pin_live);
  fixture_add ("/bus/tuning/pin/config", test_pin_config);
  fixture_add ("/bus/tuning/tune/config", test_tune_config);
  fixture_add ("/bus/tuning/tune/refused", test_tune_refused);
  fixture_add ("/bus/tuning/tune/given-twice", test_given_twice);
  fixture_add ("/bus/tuning/tune/live", test_tune_live);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
