/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a disk's object tells of errors. They are QEMU's own, from a node that is put between the image
 * and its file.
 */
#include "tests/bus/fixture.h"
#include "tests/fixtures/guard.h"

#include <unistd.h>

#define DISK_PATH UUID_PATH "/disk_vda"
#define DISK "org.virtbus1.Disk"
#define QMP "org.virtbus1.Qmp"
#define IMAGE_BYTES (1024 * 1024)
#define BREAK                                                                                      \
  "{\"driver\":\"blkdebug\",\"node-name\":\"broken\",\"image\":\"file-vda\",\"inject-error\":[{"   \
  "\"event\":\"none\",\"iotype\":\"read\",\"errno\":28}]}"
#define INSERT "{\"options\":[{\"driver\":\"raw\",\"node-name\":\"disk-vda\",\"file\":\"%s\"}]}"

static void
execute (Fixture *fixture, const char *command, const char *arguments)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, UUID_PATH, QMP, "Execute",
                    g_variant_new ("(ss@a{sv})", command, arguments, no_options));
}

static void
insert (Fixture *fixture, const char *node)
{
  g_autofree char *arguments = g_strdup_printf (INSERT, node);

  execute (fixture, "blockdev-reopen", arguments);
}

static void
call (Fixture *fixture, const char *method)
{
  g_autoptr (GVariant) reply =
      fixture_call (fixture, UUID_PATH, DOMAIN, method, g_variant_new ("(@a{sv})", no_options));
}

/* The status that the signals since the last time had. (transfer full) */
static char *
take_status (Fixture *fixture)
{
  guint n_signals;
  g_autoptr (GVariant) changes = fixture_take_changes (fixture, DISK_PATH, DISK, &n_signals);
  char *status = NULL;

  g_variant_lookup (changes, "IoStatus", "s", &status);
  return status;
}

static void
wait_for_status (Fixture *fixture, const char *expected)
{
  g_autofree char *status = NULL;

  /* What has come already wakes nobody. */
  fixture_wait_for ((status = take_status (fixture)) != NULL);
  g_assert_cmpstr (status, ==, expected);
}

static void
test_io_status (Fixture *fixture, gconstpointer data)
{
  g_autofree char *image = g_build_filename (fixture->folder, "a.img", NULL);
  g_autofree char *disk =
      g_strdup_printf ("<disk><driver name='qemu' type='raw' error_policy='stop'/>"
                       "<source file='%s'/><target dev='vda' bus='virtio'/></disk>",
                       image);
  g_autofree char *status = NULL;

  g_assert_true (g_file_set_contents (image, "", 0, NULL));
  g_assert_cmpint (truncate (image, IMAGE_BYTES), ==, 0);
  fixture_define (fixture, "a", disk);
  fixture_assert_text (fixture, DISK_PATH, DISK, "IoStatus", "''");
  fixture_start (fixture);
  status = take_status (fixture);
  g_assert_cmpstr (status, ==, "ok");

  execute (fixture, "blockdev-add", BREAK);
  insert (fixture, "broken");
  call (fixture, "Resume");
  wait_for_status (fixture, "nospace");
  fixture_assert_text (fixture, DISK_PATH, DISK, "IoStatus", "'nospace'");

  insert (fixture, "file-vda");
  call (fixture, "Resume");
  wait_for_status (fixture, "ok");
  call (fixture, "Destroy");
  wait_for_status (fixture, "");
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/bus/disks/io-status", test_io_status);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
