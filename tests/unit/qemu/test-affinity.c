/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * On which CPUs a real QEMU and its virtual CPUs run, as the kernel tells.
 */
#include "machine-fixture.h"

#include "tests/fixtures/guard.h"

#include <sched.h>
#include <string.h>
#include <unistd.h>

#define ALLOWED "Cpus_allowed_list:\t"

/* The @n-th of the CPUs that this test may use; the last where there are fewer. */
static guint
nth_cpu (guint n)
{
  cpu_set_t set;
  guint found = 0;
  g_assert_cmpint (sched_getaffinity (0, sizeof set, &set), ==, 0);
  for (guint cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET (cpu, &set))
      {
        found = cpu;
        if (n-- == 0)
          break;
      }
  return found;
}

/* (transfer full): "0-3", of a thread */
static char *
read_allowed (int pid, const char *thread)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%s/status", pid, thread);
  g_autofree char *text = NULL;
  const char *line;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, ALLOWED);
  g_assert_nonnull (line);
  line += strlen (ALLOWED);
  return g_strndup (line, strcspn (line, "\n"));
}

static char *
read_own (void)
{
  g_autofree char *thread = g_strdup_printf ("%d", getpid ());
  return read_allowed (getpid (), thread);
}

/* How many threads of the process run on @cpu alone; all of them must run on it or on @other. */
static guint
count_threads_on (int pid, guint cpu, guint other)
{
  g_autofree char *tasks = g_strdup_printf ("/proc/%d/task", pid);
  g_autoptr (GDir) dir = g_dir_open (tasks, 0, NULL);
  g_autofree char *word = g_strdup_printf ("%u", cpu);
  g_autofree char *other_word = g_strdup_printf ("%u", other);
  const char *thread;
  guint n = 0;
  while ((thread = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *allowed = read_allowed (pid, thread);
      n += g_str_equal (allowed, word);
      if (!g_str_equal (allowed, word))
        g_assert_cmpstr (allowed, ==, other_word);
    }
  return n;
}

static void
test_pins (Machine *machine, gconstpointer data)
{
  guint first = nth_cpu (0);
  guint second = nth_cpu (1);
  g_autofree char *before = read_own ();
  g_autofree char *after = NULL;
  g_autofree char *rest = g_strdup_printf (
      "<vcpu cpuset='%u'>2</vcpu><cputune><vcpupin vcpu='1' cpuset='%u'/></cputune>", first,
      second);
  int pid;

  machine_run (machine, machine_domain (rest, ""));
  pid = vb_qemu_instance_get_pid (machine->instance);
  if (first != second)
    g_assert_cmpuint (count_threads_on (pid, second, first), ==, 1);
  else
    count_threads_on (pid, first, first);
  after = read_own ();
  g_assert_cmpstr (before, ==, after);
}

static void
assert_refused (Machine *machine, const char *rest, const char *message)
{
  g_autoptr (GError) error = NULL;
  machine_use (machine, machine_domain (rest, ""));
  g_assert_false (machine_launch (machine, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_absent_cpus (Machine *machine, gconstpointer data)
{
  assert_refused (machine, "<vcpu cpuset='16000,16001'>1</vcpu>",
                  "the machine cannot run on the host's CPUs 16000-16001: Invalid argument; name "
                  "CPUs that are online and allowed to the service");
}

static void
test_absent_pin (Machine *machine, gconstpointer data)
{
  assert_refused (machine, "<vcpu>1</vcpu><cputune><vcpupin vcpu='0' cpuset='16000'/></cputune>",
                  "the virtual CPU 0 cannot run on the host's CPUs 16000: Invalid argument; name "
                  "CPUs that are online and allowed to the service");
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  machine_test ("/affinity/pins", test_pins, NULL);
  machine_test ("/affinity/absent-cpus", test_absent_cpus, NULL);
  machine_test ("/affinity/absent-pin", test_absent_pin, NULL);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
