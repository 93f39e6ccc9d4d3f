/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kernel's own notices, in namespaces where mounts and routes are the test's. Swap is told the
 * same way as mounts, and nobody may switch it on for a test.
 */
#include "host/usage-watch.h"

#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib/gstdio.h>

typedef struct
{
  VbUsageWatch *watch; /* (owned) */
  guint n_changes;
  char *folder; /* (owned) to mount on */
} Fixture;

static void
on_changed (gpointer user_data)
{
  Fixture *fixture = user_data;
  fixture->n_changes++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("virtbus-watch-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->watch = vb_usage_watch_new (on_changed, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  vb_usage_watch_free (fixture->watch);
  g_assert_no_errno (g_rmdir (fixture->folder));
  g_free (fixture->folder);
}

static void
wait_for_change (Fixture *fixture)
{
  while (fixture->n_changes == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->n_changes, ==, 1);
  fixture->n_changes = 0;
}

static gboolean
on_timeout (gpointer user_data)
{
  gboolean *is_over = user_data;
  *is_over = TRUE;
  return G_SOURCE_REMOVE;
}

/* Longer than changes are gathered. */
static void
assert_no_change (Fixture *fixture)
{
  gboolean is_over = FALSE;
  g_timeout_add (150, on_timeout, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->n_changes, ==, 0);
}

static void
test_mounts (Fixture *fixture, gconstpointer data)
{
  assert_no_change (fixture);
  g_assert_no_errno (mount ("none", fixture->folder, "tmpfs", 0, NULL));
  wait_for_change (fixture);
  g_assert_no_errno (umount (fixture->folder));
  wait_for_change (fixture);
}

static void
test_storm (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 100; i++)
    {
      g_assert_no_errno (mount ("none", fixture->folder, "tmpfs", 0, NULL));
      g_assert_no_errno (umount (fixture->folder));
    }
  wait_for_change (fixture);
  assert_no_change (fixture);
}

static void
change_loopback (int fd, gboolean up)
{
  struct ifreq request = { .ifr_name = "lo", .ifr_flags = up ? IFF_UP : 0 };
  g_assert_no_errno (ioctl (fd, SIOCSIFFLAGS, &request));
}

static void
add_route (int fd, guint32 destination, guint32 mask)
{
  char device[] = "lo";
  struct rtentry route = { .rt_flags = RTF_UP, .rt_dev = device };
  const struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (destination) };
  const struct sockaddr_in of = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (mask) };
  memcpy (&route.rt_dst, &to, sizeof to);
  memcpy (&route.rt_genmask, &of, sizeof of);
  g_assert_no_errno (ioctl (fd, SIOCADDRT, &route));
}

static void
test_network (Fixture *fixture, gconstpointer data)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (fd);
  change_loopback (fd, TRUE);
  wait_for_change (fixture);
  add_route (fd, 0x0a000000, 0xff000000);
  assert_no_change (fixture);
  add_route (fd, 0, 0);
  wait_for_change (fixture);
  change_loopback (fd, FALSE);
  wait_for_change (fixture);
  close (fd);
}

/* It is freed while it waits to tell. */
static void
test_free (Fixture *fixture, gconstpointer data)
{
  g_assert_no_errno (mount ("none", fixture->folder, "tmpfs", 0, NULL));
  g_main_context_iteration (NULL, FALSE);
  vb_usage_watch_free (fixture->watch);
  fixture->watch = vb_usage_watch_new (on_changed, fixture);
  g_assert_no_errno (umount (fixture->folder));
  wait_for_change (fixture);
}

static void
write_map (const char *path, guint id)
{
  g_autofree char *map = g_strdup_printf ("0 %u 1", id);
  FILE *file = fopen (path, "w");
  g_assert_nonnull (file);
  g_assert_cmpint (fputs (map, file), >=, 0);
  g_assert_no_errno (fclose (file));
}

static void
enter_namespaces (void)
{
  guint user = geteuid ();
  g_assert_no_errno (unshare (CLONE_NEWNS | CLONE_NEWNET | (user != 0 ? CLONE_NEWUSER : 0)));
  if (user != 0)
    write_map ("/proc/self/uid_map", user);
  g_assert_no_errno (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

int
main (int argc, char **argv)
{
  enter_namespaces ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/usage-watch/mounts", Fixture, NULL, set_up, test_mounts, tear_down);
  g_test_add ("/usage-watch/storm", Fixture, NULL, set_up, test_storm, tear_down);
  g_test_add ("/usage-watch/network", Fixture, NULL, set_up, test_network, tear_down);
  g_test_add ("/usage-watch/free", Fixture, NULL, set_up, test_free, tear_down);
  return g_test_run ();
}
