/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What QEMU's user can read of a file that the service has opened. Another user's place is root's to
 * take: for anybody else QEMU is the same user, and has the file itself.
 */
#include "qemu/named-file.h"

#include "tests/fixtures/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define NOBODY 65534
/* No multiple of a page, and more than one read's worth. */
#define N_BYTES (3 * 1024 * 1024 + 7)

static const VbRights nobody = { NOBODY, NOBODY, NULL, 0 };

static int
open_file (const char *name, mode_t mode)
{
  g_autofree char *path = g_build_filename (guard_get_folder (), name, NULL);
  g_autofree char *content = g_malloc (N_BYTES);

  for (gsize i = 0; i < N_BYTES; i++)
    content[i] = (char) (i * 31 >> 3);
  g_assert_true (g_file_set_contents (path, content, N_BYTES, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
  return open (path, O_RDONLY | O_CLOEXEC);
}

static void
assert_content (int fd)
{
  g_autofree char *content = g_malloc (N_BYTES + 1);

  g_assert_cmpint (pread (fd, content, N_BYTES + 1, 0), ==, N_BYTES);
  for (gsize i = 0; i < N_BYTES; i++)
    g_assert_cmpint (content[i], ==, (char) (i * 31 >> 3));
}

static gboolean
open_as_qemu (gpointer data, GError **error)
{
  int *fd = data;
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", *fd);

  *fd = open (path, O_RDONLY | O_CLOEXEC);
  return *fd >= 0;
}

static void
test_readable (void)
{
  int fd = open_file ("readable", 0644);

  g_assert_cmpint (vb_named_file_share (fd, &nobody), ==, fd);
  g_assert_cmpint (vb_named_file_share (fd, NULL), ==, fd);
  close (fd);
}

static void
test_unreadable (void)
{
  int fd = open_file ("unreadable", 0600);
  struct stat original;
  struct stat shared;
  int own;

  g_assert_cmpint (fstat (fd, &original), ==, 0);
  fd = vb_named_file_share (fd, &nobody);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fstat (fd, &shared), ==, 0);
  g_assert_cmpint (shared.st_ino == original.st_ino, ==, geteuid () != 0);
  own = fd;
  g_assert_true (vb_rights_run (&nobody, open_as_qemu, &own, NULL));
  assert_content (own);
  close (own);
  close (fd);
}

static void
test_copy_stays (void)
{
  int fd = vb_named_file_share (open_file ("kept", 0600), &nobody);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  int again = open (path, O_RDWR | O_CLOEXEC);

  g_assert_cmpint (again, >=, 0);
  if (geteuid () == 0)
    {
      g_assert_cmpint (pwrite (again, "x", 1, 0), ==, -1);
      g_assert_cmpint (ftruncate (again, 0), ==, -1);
    }
  assert_content (fd);
  close (again);
  close (fd);
}

/* @fd: (transfer full). Root cannot have it copied; for anybody else it is QEMU's as it is. */
static void
assert_no_copy (int fd, int error_number)
{
  fd = vb_named_file_share (fd, &nobody);
  if (geteuid () == 0)
    {
      g_assert_cmpint (fd, ==, -1);
      g_assert_cmpint (errno, ==, error_number);
    }
  else
    close (fd);
}

/* What can be opened, but not be read. */
static void
test_cannot_be_copied (void)
{
  int fd = open (guard_get_folder (), O_RDONLY | O_CLOEXEC | O_DIRECTORY);

  g_assert_cmpint (g_chmod (guard_get_folder (), 0700), ==, 0);
  assert_no_copy (fd, EINVAL);
}

/* A hole of more than a GiB */
static void
test_too_big (void)
{
  int fd = open_file ("big", 0600);
  g_autofree char *path = g_build_filename (guard_get_folder (), "big", NULL);

  g_assert_cmpint (truncate (path, G_GINT64_CONSTANT (1) << 40), ==, 0);
  assert_no_copy (fd, EFBIG);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/named-file/readable", test_readable);
  g_test_add_func ("/named-file/unreadable", test_unreadable);
  g_test_add_func ("/named-file/copy-stays", test_copy_stays);
  g_test_add_func ("/named-file/cannot-be-copied", test_cannot_be_copied);
  g_test_add_func ("/named-file/too-big", test_too_big);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
