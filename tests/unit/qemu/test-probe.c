/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asking emulators: each that is installed, and programs that do what no QEMU should. Whatever one of
 * them does, the probe ends in time, says what is wrong, and leaves no process and no descriptor.
 */
#include "qemu/module-folders.h"
#include "qemu/probe.h"
#include "tests/fixtures/guard.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define REAL "/usr/bin/qemu-system-x86_64"
#define OTHER_UID 65534
/* Long enough for any machine, where none is to be waited for. */
#define PATIENCE_MS 120000
#define REMEDY "install it anew or name another <emulator>"
#define NO_QEMU_REMEDY "it is no QEMU or damaged: " REMEDY

#define GREETING                                                                                   \
  "echo '{\"QMP\":{\"version\":{\"qemu\":{\"major\":7,\"minor\":2,\"micro\":0}},"                  \
  "\"capabilities\":[]}}' >&3\n"

typedef struct
{
  char *path; /* (owned): of a program that a test may write */
  guint n_descriptors;
} Fixture;

static guint
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder))
    n++;
  return n;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->path = g_build_filename (guard_get_folder (), "emulator", NULL);
  fixture->n_descriptors = count_descriptors ();
}

static gboolean
has_child (void)
{
  siginfo_t info = { 0 };

  return waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  while (has_child ())
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_descriptors (), ==, fixture->n_descriptors);
  g_unlink (fixture->path);
  g_free (fixture->path);
}

/* @script: of a shell that has the monitor as descriptor 3 */
static void
write_program (Fixture *fixture, const char *script)
{
  g_autofree char *text = g_strconcat ("#!/bin/sh\n", script, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (fixture->path, text, -1, G_FILE_SET_CONTENTS_NONE, 0755, &error);
  g_assert_no_error (error);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static VbEmulatorFacts *
wait_for (GAsyncResult **result, char **program, GError **error)
{
  VbEmulatorFacts *facts;

  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  facts = vb_probe_finish (*result, program, error);
  g_clear_object (result);
  return facts;
}

static VbEmulatorFacts *
probe_as (const char *path, gint64 uid, guint timeout_ms, char **program)
{
  const VbProbeConfig config = { path, FALSE, uid, uid, timeout_ms };
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;
  VbEmulatorFacts *facts;

  vb_probe_async (&config, NULL, on_done, &result);
  facts = wait_for (&result, program, &error);
  g_assert_no_error (error);
  return facts;
}

/* What is known of every QEMU that Debian has */
static void
check_facts (const VbEmulatorFacts *facts)
{
  VbEmulatorMachine machine;
  VbEmulatorDevice device;
  VbEmulatorProperty property;

  g_assert_cmpstr (vb_emulator_facts_get_error (facts), ==, NULL);
  g_assert_cmpint (vb_emulator_facts_get_version (facts)[0], >=, '1');
  g_assert_cmpuint (vb_emulator_facts_get_n_machines (facts), >, 0);
  g_assert_false (vb_emulator_facts_find_machine (facts, "none", &machine));
  g_assert_cmpuint (vb_emulator_facts_get_n_cpus (facts), >, 0);
  for (guint i = 0; i < vb_emulator_facts_get_n_machines (facts); i++)
    {
      VbEmulatorMachine found;

      vb_emulator_facts_get_machine (facts, i, &machine);
      g_assert_true (vb_emulator_facts_find_machine (facts, machine.name, &found));
      g_assert_cmpstr (found.canonical, ==, machine.canonical);
    }
  g_assert_true (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_COMMAND, "device_add"));
  g_assert_true (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_EVENT, "SHUTDOWN"));
  g_assert_true (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_OBJECT, "secret"));
  g_assert_true (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_CHARDEV, "pty"));
  g_assert_true (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_NETDEV, "hubport"));
  g_assert_true (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_BLOCKDEV, "qcow2"));
  g_assert_true (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_DISPLAY, "none"));
  g_assert_true (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_OPTION, "smbios"));
  if (!vb_emulator_facts_find_device (facts, "virtio-blk-pci", &device))
    return;
  g_assert_cmpstr (device.bus, ==, "PCI");
  g_assert_cmpstr (device.category, ==, "storage");
  g_assert_true (vb_emulator_facts_find_property (facts, "virtio-blk", "serial", &property));
  g_assert_cmpstr (property.type, ==, "str");
}

/* Each of qemu-system-*, as this user and, where that can be done, as nobody. */
static void
test_installed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open ("/usr/bin", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)))
    if (g_str_has_prefix (name, "qemu-system-"))
      {
        g_autofree char *path = g_build_filename ("/usr/bin", name, NULL);
        g_autofree char *program = NULL;
        g_autoptr (VbEmulatorFacts) facts =
            probe_as (path, geteuid () == 0 ? OTHER_UID : -1, PATIENCE_MS, &program);

        check_facts (facts);
        g_assert_true (g_str_has_prefix (name + strlen ("qemu-system-"),
                                         vb_emulator_facts_get_target (facts)));
        if (geteuid () == 0)
          g_assert_true (g_str_has_prefix (program, "/usr/"));
      }
  g_clear_pointer (&folder, g_dir_close);
}

static void
test_x86 (Fixture *fixture, gconstpointer data)
{
  g_autofree char *program = NULL;
  g_autoptr (VbEmulatorFacts) facts = probe_as (REAL, -1, PATIENCE_MS, &program);
  VbEmulatorMachine machine;
  VbEmulatorCpu cpu;
  VbEmulatorProperty property;

  check_facts (facts);
  g_assert_cmpstr (program, ==, REAL);
  g_assert_cmpstr (vb_emulator_facts_get_target (facts), ==, "x86_64");
  g_assert_false (vb_emulator_facts_has_kvm (facts));
  vb_emulator_facts_get_machine (facts, 0, &machine);
  g_assert_cmpstr (machine.name, ==, "pc");
  g_assert_true (machine.is_default);
  g_assert_true (vb_emulator_facts_find_cpu (facts, "host", &cpu));
  g_assert_cmpstr (cpu.blockers[0], ==, "kvm");
  g_free (cpu.blockers);
  g_assert_true (vb_emulator_facts_find_property (facts, "virtio-net-pci", "host_mtu", &property));
  g_assert_true (vb_emulator_facts_knows_properties (facts, "vfio-pci"));
  g_assert_true (vb_emulator_facts_knows_properties (facts, "usb-host"));
  g_assert_false (vb_emulator_facts_knows_properties (facts, "edu"));
}

static void
copy_into (const char *folder, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *copy_path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) original = g_file_new_for_path (path);
  g_autoptr (GFile) copy = g_file_new_for_path (copy_path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_copy (original, copy, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* @folder: below /usr; to the same place below @root */
static void
copy_some_modules (const char *root, const char *folder)
{
  g_autofree char *copy = g_build_filename (root, folder + strlen ("/usr/"), NULL);
  g_autoptr (GDir) modules = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (modules)))
    if (g_str_has_prefix (name, "hw-") || g_str_has_prefix (name, "accel-"))
      {
        g_autofree char *module = g_build_filename (folder, name, NULL);

        copy_into (copy, module);
      }
}

/* A QEMU of which a package with modules is not installed: it looks for them beside itself. */
static void
test_missing_modules (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) folders = vb_module_folders_find (REAL);
  g_autofree char *bin = g_build_filename (guard_get_folder (), "bin", NULL);
  g_autofree char *path = g_build_filename (bin, "qemu-system-x86_64", NULL);
  g_autoptr (VbEmulatorFacts) facts = NULL;
  VbEmulatorDevice device;

  copy_into (bin, REAL);
  for (guint i = 0; folders[i]; i++)
    copy_some_modules (guard_get_folder (), folders[i]);
  facts = probe_as (path, -1, PATIENCE_MS, NULL);
  g_assert_cmpstr (vb_emulator_facts_get_error (facts), ==, NULL);
  g_assert_true (vb_emulator_facts_find_device (facts, "usb-host", &device));
  g_assert_true (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_DISPLAY, "none"));
  g_assert_false (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_DISPLAY, "gtk"));
  g_assert_true (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_BLOCKDEV, "nbd"));
  g_assert_false (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_BLOCKDEV, "rbd"));
  g_assert_false (vb_emulator_facts_has (facts, VB_EMULATOR_WORD_CHARDEV, "spicevmc"));
}

/* A device that is asked for later; an alias of one; and one that there is not. */
static void
test_describe (Fixture *fixture, gconstpointer data)
{
  const VbProbeConfig config = { REAL, FALSE, -1, -1, PATIENCE_MS };
  g_autoptr (VbEmulatorFacts) facts = probe_as (REAL, -1, PATIENCE_MS, NULL);
  g_autoptr (VbEmulatorFacts) described = NULL;
  g_autoptr (VbEmulatorFacts) same = NULL;
  GAsyncResult *result = NULL;
  VbEmulatorProperty property;

  g_assert_false (vb_emulator_facts_knows_properties (facts, "virtio-9p-pci"));
  vb_probe_describe_async (&config, facts, "virtio-9p", NULL, on_done, &result);
  described = wait_for (&result, NULL, NULL);
  g_assert_true (
      vb_emulator_facts_find_property (described, "virtio-9p-pci", "mount_tag", &property));
  g_assert_true (vb_emulator_facts_find_property (described, "e1000", "mac", &property));
  check_facts (described);

  vb_probe_describe_async (&config, described, "no\"\\such\xff", NULL, on_done, &result);
  same = wait_for (&result, NULL, NULL);
  g_assert_true (vb_emulator_facts_equal (same, described));
}

/* What programs do that are no good QEMU, and what is said of them behind "emulator 'PATH' ". With a
 * deadline, which is doubled until the program has had the time to do so, it has that in seconds. */
static const struct
{
  const char *name;
  const char *script;
  guint timeout_ms;
  const char *expected;
} bad_programs[] = {
  { "hang", "exec sleep 1000", 200, "did not answer within %g s; " REMEDY },
  { "hang-with-words", "echo one moment, please >&2; exec sleep 1000", 250,
    "did not answer within %g s: one moment, please; " REMEDY },
  { "hang-in-answers", GREETING "echo '{\"return\":{},\"id\":1}' >&3; exec sleep 1000", 250,
    "did not answer 'query-version' within %g s; " REMEDY },
  { "hang-closed", "exec 3>&-; exec sleep 1000", 200, "did not answer within %g s; " REMEDY },
  { "exit", "exit 0", PATIENCE_MS, "ended with exit status 0 and did not answer; " REMEDY },
  { "exit-with-words", "echo 'error: no libfoo.so'; echo >&2 give up; exit 127", PATIENCE_MS,
    "ended with exit status 127 and did not answer: error: no libfoo.so; give up; " REMEDY },
  { "exit-in-answers", GREETING "echo '{\"return\":{},\"id\":1}' >&3; exit 3", PATIENCE_MS,
    "ended with exit status 3 and did not answer 'query-version'; " REMEDY },
  { "crash", GREETING "kill -SEGV $$", PATIENCE_MS,
    "was killed by signal 11 (Segmentation fault) and did not answer 'qmp_capabilities'; " REMEDY },
  { "garbage", "exec cat /dev/zero >&3", PATIENCE_MS,
    "does not talk as QEMU does (the peer is no monitor: it sent 65536 bytes without a "
    "message); " NO_QEMU_REMEDY },
  { "other-protocol", "echo '{\"jsonrpc\":\"2.0\"}' >&3; exec sleep 1000", PATIENCE_MS,
    "talks another protocol than QEMU's; " NO_QEMU_REMEDY },
  { "answers-without-greeting", "echo '{\"return\":{},\"id\":1}' >&3; exec sleep 1000", PATIENCE_MS,
    "talks another protocol than QEMU's; " NO_QEMU_REMEDY },
  { "endless-events", GREETING "exec yes '{\"event\":\"X\"}' >&3", PATIENCE_MS,
    "has sent more than 32 MiB; " NO_QEMU_REMEDY },
  { "endless-answer", GREETING "echo '{\"return\":[' >&3; exec yes '1,' >&3", PATIENCE_MS,
    "does not talk as QEMU does (the monitor sent a message above the limit of 8388608 bytes, "
    "1024 levels or 1048576 values); " NO_QEMU_REMEDY },
  { "too-old",
    GREETING "for i in $(seq 120); do\n"
             "echo '{\"error\":{\"class\":\"CommandNotFound\",\"desc\":\"x\"},\"id\":'$i'}' >&3\n"
             "done; exec sleep 1000",
    PATIENCE_MS,
    "is too old: it does not know 'query-version'; install a newer one or name another "
    "<emulator>" },
  { "says-nothing",
    GREETING
    "for i in $(seq 120); do echo '{\"return\":{},\"id\":'$i'}' >&3; done; exec sleep 1000",
    PATIENCE_MS, "does not answer 'query-version' as QEMU does; " NO_QEMU_REMEDY },
  { "repeats-itself",
    GREETING "for i in $(seq 120); do echo '{\"return\":{},\"id\":1}' >&3; done; exit 0",
    PATIENCE_MS, "ended with exit status 0 and did not answer 'query-version'; " REMEDY },
};

static gboolean
fails_as_expected (const char *path, guint row, guint timeout_ms)
{
  g_autoptr (VbEmulatorFacts) facts = probe_as (path, -1, timeout_ms, NULL);
  const char *error = vb_emulator_facts_get_error (facts);
  g_autofree char *seconds = g_strdup_printf ("%g", timeout_ms / 1000.0);
  g_auto (GStrv) parts = g_strsplit (bad_programs[row].expected, "%g", 2);
  g_autofree char *expected = g_strjoinv (seconds, parts);

  g_assert_true (g_str_has_prefix (error, "emulator '"));
  g_assert_true (g_str_has_prefix (error + strlen ("emulator '"), path));
  error += strlen ("emulator '") + strlen (path) + strlen ("' ");
  if (timeout_ms < PATIENCE_MS && !g_str_equal (error, expected))
    return FALSE;
  g_assert_cmpstr (error, ==, expected);
  return TRUE;
}

static void
test_bad_program (Fixture *fixture, gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  guint timeout_ms = bad_programs[row].timeout_ms;

  write_program (fixture, bad_programs[row].script);
  while (!fails_as_expected (fixture->path, row, timeout_ms))
    timeout_ms = MIN (2 * timeout_ms, PATIENCE_MS);
}

/* Words without end are cut. */
static void
test_endless_words (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbEmulatorFacts) facts = NULL;

  write_program (fixture, "yes >&2; kill -KILL $$");
  facts = probe_as (fixture->path, -1, PATIENCE_MS, NULL);
  g_assert_cmpuint (strlen (vb_emulator_facts_get_error (facts)), <, 4096);
  g_assert_nonnull (strstr (vb_emulator_facts_get_error (facts), "y; y; y"));
}

/* Where KVM does not work, or the binary has none, TCG does. */
static void
test_kvm (Fixture *fixture, gconstpointer data)
{
  const VbProbeConfig config = { data, TRUE, -1, -1, PATIENCE_MS };
  g_autoptr (VbEmulatorFacts) facts = NULL;
  GAsyncResult *result = NULL;

  vb_probe_async (&config, NULL, on_done, &result);
  facts = wait_for (&result, NULL, NULL);
  check_facts (facts);
}

static void
test_not_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbEmulatorFacts) facts = probe_as ("/none/qemu", -1, PATIENCE_MS, NULL);

  g_assert_cmpstr (vb_emulator_facts_get_error (facts), ==,
                   "emulator '/none/qemu' cannot be run: Failed to execute child process "
                   "“/none/qemu” (No such file or directory); " REMEDY);
}

/* A script that stays between: what it has started goes with it. */
static void
test_script (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pid_path = g_strconcat (fixture->path, ".pid", NULL);
  g_autofree char *script = g_strdup_printf (REAL " \"$@\" & echo $! >%s; wait", pid_path);
  g_autofree char *pid = NULL;
  g_autoptr (VbEmulatorFacts) facts = NULL;
  int wait_status;

  /* An orphan becomes this one's child. */
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  write_program (fixture, script);
  facts = probe_as (fixture->path, -1, PATIENCE_MS, NULL);
  check_facts (facts);
  g_assert_true (g_file_get_contents (pid_path, &pid, NULL, NULL));
  g_unlink (pid_path);
  while (waitpid ((pid_t) g_ascii_strtoll (pid, NULL, 10), &wait_status, WNOHANG) <= 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (WIFSIGNALED (wait_status));
  prctl (PR_SET_CHILD_SUBREAPER, 0);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  const gint64 uid = GPOINTER_TO_INT (data);
  const VbProbeConfig config = { fixture->path, FALSE, uid, uid, PATIENCE_MS };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  write_program (fixture, "exec sleep 1000");
  vb_probe_async (&config, cancellable, on_done, &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (wait_for (&result, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
add_test (const char *path, gconstpointer data, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, data, set_up, func, tear_down);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* GLib opens descriptors of its own for the first task; they stay. */
  vb_emulator_facts_unref (probe_as ("/none/qemu", -1, PATIENCE_MS, NULL));
  add_test ("/probe/x86", NULL, test_x86);
  add_test ("/probe/missing-modules", NULL, test_missing_modules);
  add_test ("/probe/installed", NULL, test_installed);
  add_test ("/probe/describe", NULL, test_describe);
  for (guint i = 0; i < G_N_ELEMENTS (bad_programs); i++)
    {
      g_autofree char *path = g_strdup_printf ("/probe/bad/%s", bad_programs[i].name);
      add_test (path, GUINT_TO_POINTER (i), test_bad_program);
    }
  add_test ("/probe/not-there", NULL, test_not_there);
  add_test ("/probe/script", NULL, test_script);
  add_test ("/probe/endless-words", NULL, test_endless_words);
  add_test ("/probe/kvm", REAL, test_kvm);
  add_test ("/probe/no-kvm", "/usr/bin/qemu-system-arm", test_kvm);
  add_test ("/probe/cancel", GINT_TO_POINTER (-1), test_cancel);
  add_test ("/probe/cancel-while-starting", GINT_TO_POINTER (geteuid ()), test_cancel);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
