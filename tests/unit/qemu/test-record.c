/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a QEMU leaves behind: its record, the recorder's last event, the last words in its log.
 */
#include "qemu/log-tail.h"
#include "qemu/record.h"

#include <glib/gstdio.h>

static void
test_identity (void)
{
  VbProcessIdentity identity = { 0 };
  g_assert_true (vb_process_identity_parse (
      "4321 (a) b (c) S 1 4321 4321 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654321 1 2 3",
      &identity));
  g_assert_cmpint (identity.pid, ==, 4321);
  g_assert_cmpuint (identity.start_time_ticks, ==, 987654321);
  g_assert_false (vb_process_identity_parse ("4321 (qemu) S 1 2", &identity));
  g_assert_false (vb_process_identity_parse ("", &identity));
  g_assert_false (vb_process_identity_parse ("4321", &identity));
}

static const struct
{
  const char *log;
  VbEnd end;
} logs[] = {
  { "", VB_END_UNKNOWN },
  { "{\"QMP\": {}}\r\n{\"return\": {}}\r\n", VB_END_UNKNOWN },
  { "{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": \"guest-shutdown\"}}\r\n",
    VB_END_GUEST_SHUTDOWN },
  { "UTDOWN\", \"data\": {\"event\": \r\n"
    "{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"host-signal\"}}\r\n",
    VB_END_HOST_SIGNAL },
  { "{\"event\": \"GUEST_PANICKED\", \"data\": {\"action\": \"poweroff\"}}\n", VB_END_GUEST_PANIC },
  { "{\"event\": \"WATCHDOG\", \"data\": {\"action\": \"poweroff\"}}\n", VB_END_GUEST_SHUTDOWN },
  { "{\"event\": \"WATCHDOG\", \"data\": {\"action\": \"pause\"}}\n", VB_END_UNKNOWN },
  /* It was held, reset and let go on: that end is not its last. */
  { "{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"guest-reset\"}}\n{\"event\": \"STOP\"}\n"
    "{\"event\": \"RESET\"}\n{\"event\": \"RESUME\"}\n",
    VB_END_UNKNOWN },
  /* A reply may quote an event. */
  { "{\"return\": {\"event\": \"x\"}}\n", VB_END_UNKNOWN },
  { "{\"event\": \"SHUTDOWN\"}\n", VB_END_UNKNOWN },
};

static void
test_end (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
    g_assert_cmpint (vb_record_find_end (logs[i].log), ==, logs[i].end);
}

static void
test_clock (void)
{
  static const char log[] = "{\"event\": \"RTC_CHANGE\", \"data\": {\"offset\": 7}}\r\n"
                            "{\"event\": \"RTC_CHANGE\", \"data\": {\"offset\": -3600}}\r\n"
                            "{\"event\": \"RTC_CHANGE\"}\r\n{\"event\": \"STOP\"}\r\n";
  gint64 offset_s = 0;

  g_assert_true (vb_record_find_clock (log, &offset_s));
  g_assert_cmpint (offset_s, ==, -3600);
  g_assert_false (vb_record_find_clock ("{\"event\": \"STOP\"}\r\n", &offset_s));
}

static const struct
{
  const char *tail;
  const char *words;
} tails[] = {
  { "", "" },
  { "char device redirected to /dev/pts/1 (label charserial0)\n", "" },
  { "2026-11-21T01:36:13.343950Z qemu-system-x86_64: terminating on signal 15\n",
    "qemu-system-x86_64: terminating on signal 15" },
  { "one\n\n  two \n", "one; two" },
  { "caf\xe9\n", "caf\xef\xbf\xbd" },
};

static void
test_words (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (tails); i++)
    {
      g_autofree char *words = vb_log_tail_to_words (tails[i].tail);
      g_assert_cmpstr (words, ==, tails[i].words);
    }
}

static void
test_tail (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, "log-tail.txt", NULL);
  g_autofree char *tail = NULL;
  g_autofree char *none = vb_log_tail_read ("/none/none", 0, 10);
  g_assert_true (g_file_set_contents (path, "0123456789", -1, NULL));
  tail = vb_log_tail_read (path, 2, 100);
  g_assert_cmpstr (tail, ==, "23456789");
  g_free (tail);
  tail = vb_log_tail_read (path, 2, 3);
  g_assert_cmpstr (tail, ==, "789");
  g_free (tail);
  /* A log that was made anew meanwhile is shorter than the offset. */
  tail = vb_log_tail_read (path, 1000, 100);
  g_assert_cmpstr (tail, ==, "");
  g_assert_cmpstr (none, ==, "");
  g_unlink (path);
}

static void
test_remove (void)
{
  static const char *const files[] = { "process", "monitor.sock", "passthrough.sock", "spare.sock",
                                       "monitor.log" };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("virtbus-record-XXXXXX", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i], NULL);
      g_assert_true (g_file_set_contents (path, "", -1, NULL));
    }
  vb_record_remove (folder);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record/identity", test_identity);
  g_test_add_func ("/record/end", test_end);
  g_test_add_func ("/record/clock", test_clock);
  g_test_add_func ("/record/words", test_words);
  g_test_add_func ("/record/tail", test_tail);
  g_test_add_func ("/record/remove", test_remove);
  return g_test_run ();
}
