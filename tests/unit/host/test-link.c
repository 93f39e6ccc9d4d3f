/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Links of a network namespace of the test's own, where it may make what it likes; nothing of the
 * machine's is touched. What of this a kernel has not is asserted to be refused with its remedy.
 */
#include "host/link.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <gio/gio.h>

#include "host/cable.h"
#include "host/host-error.h"
#include "host/tap.h"

#define MAC "52:54:00:00:00:01"

static void
assert_refused (GError *error, const char *message)
{
  g_assert_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE);
  if (!g_pattern_match_simple (message, error->message))
    g_error ("not \"%s\", but \"%s\"", message, error->message);
  g_error_free (error);
}

static void
run_ip (const char *arguments)
{
  g_autofree char *command = g_strconcat ("ip ", arguments, NULL);
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_command_line_sync (command, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

/* (transfer full): what the kernel tells of the link */
static char *
read_ip (const char *name)
{
  g_autofree char *command = g_strdup_printf ("ip -o -d link show %s", name);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_spawn_command_line_sync (command, &text, NULL, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static int
open_tap (const char *name, gboolean is_virtio, char **made)
{
  GError *error = NULL;
  int fd = vb_tap_open (&(VbTapRequest){ name, is_virtio, FALSE }, made, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static void
test_tap_goes_with_its_descriptor (void)
{
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  int first_fd = open_tap (NULL, FALSE, &first);
  int second_fd = open_tap (NULL, TRUE, &second);
  int third_fd = open_tap ("mytap@0", TRUE, &third);

  g_assert_cmpstr (first, ==, "vnet0");
  g_assert_cmpstr (second, ==, "vnet1");
  g_assert_cmpstr (third, ==, "mytap@0");
  g_assert_true (vb_link_is_there (second));
  close (second_fd);
  g_assert_false (vb_link_is_there (second));
  close (first_fd);
  close (third_fd);
  g_assert_false (vb_link_is_there (third));
}

static void
test_tap_in_use (void)
{
  g_autofree char *name = NULL, *other = NULL;
  int fd = open_tap ("busy", FALSE, &name);
  GError *error = NULL;

  g_assert_cmpint (vb_tap_open (&(VbTapRequest){ "busy", FALSE, FALSE }, &other, &error), ==, -1);
  assert_refused (error, "'busy' is in use, or is no tap device; choose another name");
  error = NULL;
  g_assert_cmpint (vb_tap_open (&(VbTapRequest){ "busy", FALSE, TRUE }, &other, &error), ==, -1);
  assert_refused (error, "'busy' is in use, or is no tap device; choose another name");
  error = NULL;
  g_assert_cmpint (vb_tap_open (&(VbTapRequest){ "lo", FALSE, TRUE }, &other, &error), ==, -1);
  assert_refused (error, "'lo' is in use, or is no tap device; choose another name");
  close (fd);
}

static void
test_bridge_port (void)
{
  g_autofree char *name = NULL;
  g_autofree char *told = NULL;
  GError *error = NULL;
  int fd = open_tap (NULL, TRUE, &name);

  run_ip ("link add br-test mtu 1400 type bridge");
  g_assert_true (vb_link_set_mac (name, "fe:54:00:00:00:01", &error));
  g_assert_true (vb_link_join (name, "br-test", &error));
  g_assert_true (vb_link_set_up (name, &error));
  g_assert_no_error (error);
  told = read_ip (name);
  g_assert_nonnull (strstr (told, "master br-test"));
  g_assert_nonnull (strstr (told, "mtu 1400"));
  g_assert_nonnull (strstr (told, "fe:54:00:00:00:01"));
  g_assert_nonnull (strstr (told, ",UP"));
  close (fd);
  run_ip ("link del br-test");
}

static void
test_no_bridge (void)
{
  g_autofree char *name = NULL;
  GError *error = NULL;
  int fd = open_tap (NULL, FALSE, &name);

  g_assert_false (vb_link_join (name, "br-none", &error));
  assert_refused (error, "the host has no bridge 'br-none'; create it (ip link add br-none type "
                         "bridge), or name another");
  error = NULL;
  g_assert_false (vb_link_join (name, "lo", &error));
  assert_refused (error, "'lo' is no bridge; *or use type 'direct'");
  close (fd);
}

/* Some kernels are built without; test_network_guest.py has one with it. */
static void
test_macvtap (void)
{
  GError *error = NULL;

  run_ip ("link add card type veth peer name other");
  g_assert_false (vb_link_add_macvtap ("mv0", "none", "vepa", MAC, &error));
  assert_refused (error, "the host has no card 'none'; name one that 'ip link' shows");
  error = NULL;
  if (vb_link_add_macvtap ("mv0", "card", "private", MAC, &error))
    {
      g_autofree char *told = read_ip ("mv0");

      g_assert_nonnull (strstr (told, "macvtap mode private"));
      g_assert_nonnull (strstr (told, MAC));
      /* Another's of the same name stays. */
      g_assert_true (vb_link_remove_macvtap ("mv0", "52:54:00:00:00:02", &error));
      g_assert_true (vb_link_is_there ("mv0"));
    }
  else
    assert_refused (error, "link 'mv0' cannot be made to share card 'card': *the kernel may lack "
                           "the module for that");
  error = NULL;
  g_assert_true (vb_link_remove_macvtap ("mv0", MAC, &error));
  g_assert_no_error (error);
  g_assert_false (vb_link_is_there ("mv0"));
  /* It is no macvtap. */
  g_assert_true (vb_link_remove_macvtap ("card", MAC, &error));
  g_assert_true (vb_link_is_there ("card"));
  run_ip ("link del card");
}

static void
test_cable (void)
{
  GError *error = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  int server, client;

  run_ip ("link set lo up");
  g_assert_cmpint (vb_cable_connect ("127.0.0.1", 5999, NULL, &error), ==, -1);
  assert_refused (error,
                  "cannot connect to port 5999 of 127.0.0.1: *; start the guest with the end "
                  "of type 'server' there first");
  error = NULL;
  server = vb_cable_listen (NULL, 5999, NULL, &error);
  g_assert_no_error (error);
  client = vb_cable_connect ("localhost", 5999, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vb_cable_listen ("127.0.0.1", 5999, NULL, &error), ==, -1);
  assert_refused (error, "cannot listen on port 5999 of 127.0.0.1: *; choose another port, or an "
                         "address of this host");
  error = NULL;
  close (client);
  close (server);
  g_cancellable_cancel (cancelled);
  g_assert_cmpint (vb_cable_connect ("127.0.0.1", 5999, cancelled, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* A user is root of a user namespace. */
  if (unshare (CLONE_NEWNET) < 0 && unshare (CLONE_NEWUSER | CLONE_NEWNET) < 0)
    g_error ("no network namespace can be had: %s", g_strerror (errno));
  g_test_add_func ("/tap/goes-with-its-descriptor", test_tap_goes_with_its_descriptor);
  g_test_add_func ("/tap/in-use", test_tap_in_use);
  g_test_add_func ("/bridge/port", test_bridge_port);
  g_test_add_func ("/bridge/none", test_no_bridge);
  g_test_add_func ("/macvtap", test_macvtap);
  g_test_add_func ("/cable", test_cable);
  return g_test_run ();
}
