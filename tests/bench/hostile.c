/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * hostile WAY ADDRESS PATH: a client that opens sessions with a domain's QEMU and misuses them, over
 * and over, until it is killed. What others feel of it is measured beside it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#define COMMAND(name) "{\"execute\":\"" name "\",\"id\":1}\n"
#define CHUNK_BYTES (64 * 1024)
#define LONG_LINE_BYTES (100 * 1024 * 1024)
#define N_NESTED (1000 * 1000)
#define MAX_FDS 16

static GDBusConnection *bus;
static const char *path;

static int
open_session (void)
{
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_with_unix_fd_list_sync (bus, "org.virtbus1", path, "org.virtbus1.Qmp",
                                                     "OpenSession",
                                                     g_variant_new ("(a{sv})", &options),
                                                     G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE,
                                                     -1, NULL, &fds, NULL, &error);
  int fd;

  if (!reply)
    g_error ("hostile: OpenSession: %s", error->message);
  fd = g_unix_fd_list_get (fds, 0, NULL);
  if (send (fd, COMMAND ("qmp_capabilities"), strlen (COMMAND ("qmp_capabilities")), 0) < 0)
    g_error ("hostile: %s", g_strerror (errno));
  return fd;
}

/* Whether the session still takes bytes */
static gboolean
put (int fd, const char *bytes, gsize n_bytes)
{
  return send (fd, bytes, n_bytes, MSG_NOSIGNAL) == (gssize) n_bytes;
}

static gboolean
put_many (int fd, char byte, gsize n_bytes)
{
  g_autofree char *chunk = g_malloc (CHUNK_BYTES);
  gboolean goes_on = TRUE;

  memset (chunk, byte, CHUNK_BYTES);
  for (gsize i = 0; goes_on && i < n_bytes; i += CHUNK_BYTES)
    goes_on = put (fd, chunk, CHUNK_BYTES);
  return goes_on;
}

static void
drain (int fd)
{
  char bytes[CHUNK_BYTES];

  while (recv (fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
    continue;
}

static void
say_half (int fd)
{
  put (fd, "{\"execute\":\"query-", 18);
  pause ();
}

static void
say_0xff (int fd)
{
  while (put_many (fd, '\xff', CHUNK_BYTES))
    drain (fd);
}

static void
say_long_line (int fd)
{
  put (fd, "{\"execute\":\"", 12);
  put_many (fd, 'a', LONG_LINE_BYTES);
}

static void
say_nested (int fd)
{
  put (fd, "{\"execute\":\"x\",\"arguments\":", 27);
  put_many (fd, '[', N_NESTED);
}

/* As much as a command may have, of the smallest values there are */
static void
say_wide (int fd)
{
  g_autofree char *values = g_malloc (3 * 1024 * 1024);

  for (gsize i = 0; i < 3 * 1024 * 1024; i += 2)
    memcpy (values + i, "1,", 2);
  put (fd, "{\"execute\":\"qom-get\",\"arguments\":{\"path\":[", 42);
  put (fd, values, 1024 * 1024);
  put (fd, "1]},\"id\":1}\n", 12);
  drain (fd);
}

static void
flood (int fd, const char *command, gboolean reads)
{
  while (put (fd, command, strlen (command)))
    if (reads)
      drain (fd);
}

static void
collide (int fd)
{
  flood (fd, COMMAND ("query-status"), TRUE);
}

static void
ask_for_much (int fd)
{
  flood (fd, COMMAND ("query-qmp-schema"), TRUE);
}

static void
never_read (int fd)
{
  flood (fd, COMMAND ("query-qmp-schema"), FALSE);
}

static void
send_descriptors (int fd)
{
  int fds[MAX_FDS];
  char control[CMSG_SPACE (sizeof fds)] = { 0 };
  char blank = ' ';
  struct iovec bytes = { &blank, 1 };
  struct msghdr message = {
    .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);

  for (guint i = 0; i < MAX_FDS; i++)
    fds[i] = fd;
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN (sizeof fds);
  memcpy (CMSG_DATA (header), fds, sizeof fds);
  while (sendmsg (fd, &message, MSG_NOSIGNAL) == 1)
    continue;
}

static const struct
{
  const char *name;
  void (*misuse) (int fd);
} ways[] = {
  { "half-a-message", say_half },
  { "0xff", say_0xff },
  { "long-line", say_long_line },
  { "nested", say_nested },
  { "wide", say_wide },
  { "collisions", collide },
  { "large-replies", ask_for_much },
  { "no-reading", never_read },
  { "descriptors", send_descriptors },
};

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  void (*misuse) (int fd) = NULL;

  for (guint i = 0; argc == 4 && i < G_N_ELEMENTS (ways); i++)
    if (g_str_equal (ways[i].name, argv[1]))
      misuse = ways[i].misuse;
  if (!misuse)
    {
      g_printerr ("usage: hostile WAY ADDRESS PATH\n");
      return 2;
    }
  path = argv[3];
  bus = g_dbus_connection_new_for_address_sync (argv[2],
                                                G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                    G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                                NULL, NULL, &error);
  if (!bus)
    g_error ("hostile: %s", error->message);
  for (;;)
    {
      int fd = open_session ();
      misuse (fd);
      close (fd);
    }
}
