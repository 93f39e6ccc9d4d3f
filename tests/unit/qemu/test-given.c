/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose each descriptor of a launch is, and when it is closed.
 */
#include "qemu/given.h"

#include <fcntl.h>
#include <unistd.h>

static int
open_any (void)
{
  int fd = open ("/dev/null", O_RDWR | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static gboolean
is_open (int fd)
{
  return fcntl (fd, F_GETFD) >= 0;
}

static void
test_owned (void)
{
  VbGiven *given = vb_given_new ();
  int a = open_any ();
  int b = open_any ();

  g_assert_true (vb_given_add (given, "/a", a));
  g_assert_false (vb_given_add (given, "/a", b));
  g_assert_false (is_open (b));
  g_assert_cmpint (vb_given_find (given, "/a"), ==, a);
  g_assert_cmpint (vb_given_find (given, "/b"), ==, -1);
  g_assert_cmpint (vb_given_find (NULL, "/a"), ==, -1);
  vb_given_free (given);
  g_assert_false (is_open (a));
}

static void
test_list (void)
{
  g_autoptr (VbGiven) given = vb_given_new ();
  g_autofree const char **none = vb_given_list (given);
  g_autofree const char **names = NULL;

  g_assert_null (none[0]);
  vb_given_add (given, "/b", open_any ());
  vb_given_add (given, "/a", open_any ());
  names = vb_given_list (given);
  g_assert_cmpstr (names[0], ==, "/a");
  g_assert_cmpstr (names[1], ==, "/b");
  g_assert_null (names[2]);
}

static void
test_merge (void)
{
  g_autoptr (VbGiven) given = vb_given_new ();
  VbGiven *other = vb_given_new ();
  int a = open_any ();
  int refused = open_any ();
  int b = open_any ();

  vb_given_add (given, "/a", a);
  vb_given_add (other, "/a", refused);
  vb_given_add (other, "/b", b);
  vb_given_merge (given, other);
  vb_given_merge (given, NULL);
  g_assert_cmpint (vb_given_find (given, "/a"), ==, a);
  g_assert_cmpint (vb_given_find (given, "/b"), ==, b);
  g_assert_false (is_open (refused));
}

static void
test_copy (void)
{
  VbGiven *given = vb_given_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (VbGiven) copy = NULL;
  g_autoptr (VbGiven) empty = vb_given_copy (NULL, &error);
  g_autofree const char **none = vb_given_list (empty);
  int fd = open_any ();

  g_assert_no_error (error);
  g_assert_null (none[0]);
  vb_given_add (given, "/a", fd);
  copy = vb_given_copy (given, &error);
  g_assert_no_error (error);
  vb_given_free (given);
  g_assert_false (is_open (fd));
  g_assert_true (is_open (vb_given_find (copy, "/a")));
  g_assert_cmpint (fcntl (vb_given_find (copy, "/a"), F_GETFD), ==, FD_CLOEXEC);
}

/* Something else has closed it: what runs out of descriptors fails in the same way. */
static void
test_copy_fails (void)
{
  VbGiven *given = vb_given_new ();
  g_autoptr (GError) error = NULL;
  int fd = open_any ();

  vb_given_add (given, "/a", fd);
  close (fd);
  g_assert_null (vb_given_copy (given, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  g_assert_cmpstr (error->message, ==,
                   "cannot copy the descriptor of '/a': Bad file descriptor; raise the limit of "
                   "open files of the service");
  vb_given_free (given);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/given/owned", test_owned);
  g_test_add_func ("/given/list", test_list);
  g_test_add_func ("/given/merge", test_merge);
  g_test_add_func ("/given/copy", test_copy);
  g_test_add_func ("/given/copy-fails", test_copy_fails);
  return g_test_run ();
}
