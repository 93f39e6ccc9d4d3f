/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A disk that fails: what is told of it, and what becomes of the guest. The errors are QEMU's own,
 * from a node that is put between the image and its file.
 */
#include "control.h"

#include "tests/fixtures/guard.h"

#include <errno.h>

#define BREAK                                                                                      \
  "{\"driver\":\"blkdebug\",\"node-name\":\"broken\",\"image\":\"file-vda\",\"inject-error\":[{"   \
  "\"event\":\"none\",\"iotype\":\"read\",\"errno\":%d}]}"
#define INSERT "{\"options\":[{\"driver\":\"raw\",\"node-name\":\"disk-vda\",\"file\":\"%s\"}]}"

typedef struct
{
  const char *path;
  const char *policy;
  int error_number;
  gboolean pauses;
} ErrorCase;

static const ErrorCase cases[] = {
  { "/io-errors/stop", "stop", EIO, TRUE },
  { "/io-errors/stop-no-space", "stop", ENOSPC, TRUE },
  { "/io-errors/ignore", "ignore", EIO, FALSE },
  { "/io-errors/enospace", "enospace", EIO, FALSE }, /* what is read is reported to the guest */
};

static void
insert (QmpSession *session, const char *node)
{
  g_autofree char *arguments = g_strdup_printf (INSERT, node);
  control_tell (session, "blockdev-reopen", arguments);
}

static void
keep_details (VbQemuInstance *instance, const char *kind, GVariant *details, gpointer user_data)
{
  GVariant **kept = user_data;
  if (g_str_equal (kind, "io-error") && *kept == NULL)
    *kept = g_variant_ref (details);
}

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VbQemuExit *exit = NULL;
  VbAdoptResult adopted;
  VbState state;

  g_assert_true (vb_qemu_instance_adopt_finish (VB_QEMU_INSTANCE (source), result, &adopted, &state,
                                                &exit, NULL));
  g_assert_cmpint (adopted, ==, VB_ADOPT_RUNNING);
  *(gboolean *) user_data = TRUE;
}

static void
assert_text (GVariant *details, const char *key, const char *expected)
{
  const char *value = NULL;
  g_assert_true (g_variant_lookup (details, key, "&s", &value));
  g_assert_cmpstr (value, ==, expected);
}

/* As the event told, as QEMU tells who asks, and as the next service finds it. */
static void
assert_status (Machine *machine, VbIoStatus status)
{
  VbDomain *live = vb_domain_ref (vb_qemu_instance_get_domain (machine->instance));
  g_autoptr (GError) error = NULL;
  gboolean is_adopted = FALSE;

  g_assert_cmpint (vb_qemu_instance_get_io_status (machine->instance, "vda"), ==, status);
  g_assert_true (machine_refresh (machine, &error));
  g_assert_cmpint (vb_qemu_instance_get_io_status (machine->instance, "vda"), ==, status);

  machine_forget (machine);
  machine_use (machine, live);
  g_assert_cmpint (vb_qemu_instance_get_io_status (machine->instance, "vda"), ==, VB_IO_OK);
  vb_qemu_instance_adopt_async (machine->instance, NULL, on_adopted, &is_adopted);
  while (!is_adopted || vb_qemu_instance_get_io_status (machine->instance, "vda") != status)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_error (Machine *machine, gconstpointer data)
{
  const ErrorCase *test = data;
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  g_autofree char *driver = g_strdup_printf ("<driver error_policy='%s'/>", test->policy);
  g_autofree char *disk = machine_disk_xml (image, "vda", "virtio", driver);
  g_autofree char *node = g_strdup_printf (BREAK, test->error_number);
  g_autoptr (QmpSession) session = NULL;
  g_autoptr (GVariant) details = NULL;
  g_autoptr (GError) error = NULL;

  machine_use (machine, machine_domain ("", disk));
  g_signal_connect (machine->instance, "event", G_CALLBACK (keep_details), &details);
  g_assert_true (machine_launch (machine, &error));
  session = control_open (machine, VB_QEMU_MONITOR_SPARE);
  control_tell (session, "blockdev-add", node);
  insert (session, "broken");
  g_assert_true (machine_command (machine, VB_QEMU_CONT, &error));
  machine_wait_for (machine, "event io-error");
  assert_text (details, "device", "vda");
  assert_text (details, "path", image);
  assert_text (details, "reason",
               test->error_number == ENOSPC ? "no space left" : g_strerror (test->error_number));
  if (!test->pauses)
    {
      g_assert_cmpint (vb_qemu_instance_get_io_status (machine->instance, "vda"), ==, VB_IO_OK);
      g_assert_true (machine_refresh (machine, &error));
      g_assert_false (machine_heard (machine, "state paused io-error"));
      return;
    }

  /* Once the cause is gone the guest goes on as if nothing had been. */
  machine_wait_for (machine, "state paused io-error");
  assert_status (machine, test->error_number == ENOSPC ? VB_IO_NOSPACE : VB_IO_FAILED);
  insert (session, "file-vda");
  g_assert_true (machine_command (machine, VB_QEMU_CONT, &error));
  g_assert_cmpint (vb_qemu_instance_get_io_status (machine->instance, "vda"), ==, VB_IO_OK);
  machine_wait_for_exit (machine);
  g_assert_cmpint (machine->end, ==, VB_END_GUEST_SHUTDOWN);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    machine_test (cases[i].path, test_error, &cases[i]);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
