/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Descriptors that a client opens for the disks of a machine: what is handed over, and what is not.
 */
#include "tests/bus/fixture.h"
#include "tests/fixtures/guard.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE_BYTES (1024 * 1024)
/* No such file is ever there */
#define IMAGE "/nonexistent/a.img"
#define DISK                                                                                       \
  "<disk type='file'><driver name='qemu' type='raw'/><source file='" IMAGE "'/>"                   \
  "<target dev='vda' bus='virtio'/></disk>"
#define READ_ONLY_DISK                                                                             \
  "<disk type='file'><driver name='qemu' type='raw'/><source file='" IMAGE "'/>"                   \
  "<target dev='vda' bus='virtio'/><readonly/></disk>"

/* A file that has no name any more. (transfer full) */
static int
open_image (Fixture *fixture, int flags)
{
  g_autofree char *path = g_build_filename (fixture->folder, "image", NULL);
  int fd;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_cmpint (truncate (path, IMAGE_BYTES), ==, 0);
  fd = open (path, flags | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (unlink (path), ==, 0);
  return fd;
}

/* (transfer floating): the arguments of Start, or of CreateDomain where there is a document. @xml:
 * (nullable); @handles: as GVariant text */
static GVariant *
fds_arguments (const char *xml, const char *handles)
{
  g_autofree char *text = g_strdup_printf ("{'paused': <true>, 'fds': <@a{sh} %s>}", handles);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) values = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return xml != NULL ? g_variant_new ("(s@a{sv})", xml, values)
                     : g_variant_new ("(@a{sv})", values);
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  Reply *reply = data;

  reply->value = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), NULL,
                                                                  result, &reply->error);
  reply->is_there = TRUE;
}

/* @fd: (transfer full): -1: none is sent */
static void
send_fd (Fixture *fixture,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         int fd,
         Reply *reply)
{
  g_autoptr (GUnixFDList) fds = fd >= 0 ? g_unix_fd_list_new_from_array (&fd, 1) : NULL;

  g_dbus_connection_call_with_unix_fd_list (fixture->client,
                                            g_dbus_connection_get_unique_name (fixture->service),
                                            path, interface, method, parameters, NULL,
                                            G_DBUS_CALL_FLAGS_NONE, -1, fds, NULL, on_reply, reply);
  fixture_wait_for (reply->is_there);
}

/* @fd: (transfer full) */
static void
start_with (Fixture *fixture, const char *handles, int fd, Reply *reply)
{
  send_fd (fixture, UUID_PATH, DOMAIN, "Start", fds_arguments (NULL, handles), fd, reply);
}

/* The same, which must fail with the error called @name. @fd: (transfer full) */
static void
check_refusal (Fixture *fixture, const char *handles, int fd, const char *name, const char *message)
{
  g_auto (Reply) reply = { NULL };
  g_autofree char *remote = NULL;

  start_with (fixture, handles, fd, &reply);
  g_assert_nonnull (reply.error);
  remote = g_dbus_error_get_remote_error (reply.error);
  g_dbus_error_strip_remote_error (reply.error);
  g_assert_cmpstr (reply.error->message, ==, message);
  g_assert_cmpstr (remote, ==, name);
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'shutoff'");
}

/* Whether the machine's QEMU has just that file open, with the access @flags alone. */
static void
check_qemu_has (Fixture *fixture, ino_t inode, int flags)
{
  g_autoptr (GVariant) pid = fixture_get (fixture, UUID_PATH, DOMAIN, "Pid");
  g_autofree char *folder = g_strdup_printf ("/proc/%u/fd", g_variant_get_uint32 (pid));
  g_autoptr (GDir) descriptors = g_dir_open (folder, 0, NULL);
  guint n_found = 0;
  const char *name;

  while ((name = g_dir_read_name (descriptors)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *info_path =
          g_strdup_printf ("/proc/%u/fdinfo/%s", g_variant_get_uint32 (pid), name);
      g_autofree char *info = NULL;
      struct stat status;

      if (stat (path, &status) < 0 || !S_ISREG (status.st_mode) || status.st_ino != inode)
        continue;
      g_assert_true (g_file_get_contents (info_path, &info, NULL, NULL));
      g_assert_cmpint (g_ascii_strtoull (strstr (info, "flags:") + strlen ("flags:"), NULL, 8) &
                           O_ACCMODE,
                       ==, flags);
      n_found++;
    }
  g_assert_cmpuint (n_found, >, 0);
}

static void
check_start (Fixture *fixture, const char *devices, int client_flags, int qemu_flags)
{
  g_auto (Reply) reply = { NULL };
  int fd = open_image (fixture, client_flags);
  struct stat status;

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  fixture_define (fixture, "a", devices);
  start_with (fixture, "{'" IMAGE "': handle 0}", fd, &reply);
  g_assert_no_error (reply.error);
  check_qemu_has (fixture, status.st_ino, qemu_flags);
}

static void
test_start (Fixture *fixture, gconstpointer data)
{
  check_start (fixture, DISK, O_RDWR, O_RDWR);
}

static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  check_start (fixture, READ_ONLY_DISK, O_RDONLY, O_RDONLY);
}

/* Who could do more hands over no more than the definition asks for. */
static void
test_read_only_narrowed (Fixture *fixture, gconstpointer data)
{
  check_start (fixture, READ_ONLY_DISK, O_RDWR, O_RDONLY);
}

static void
test_create (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = domain_xml ("a", UUID, DISK);
  g_auto (Reply) refused = { NULL };
  g_auto (Reply) reply = { NULL };
  g_autofree char *name = NULL;
  int fd = open_image (fixture, O_RDWR);
  struct stat status;

  send_fd (fixture, ROOT, MANAGER, "CreateDomain", fds_arguments (xml, "{'/b.img': handle 0}"),
           dup (fd), &refused);
  name = g_dbus_error_get_remote_error (refused.error);
  g_assert_cmpstr (name, ==, ERROR ("InvalidArgument"));

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  send_fd (fixture, ROOT, MANAGER, "CreateDomain", fds_arguments (xml, "{'" IMAGE "': handle 0}"),
           fd, &reply);
  g_assert_no_error (reply.error);
  check_qemu_has (fixture, status.st_ino, O_RDWR);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  fixture_define (fixture, "a", DISK);
  check_refusal (fixture, "{'/b.img': handle 0}", open_image (fixture, O_RDWR),
                 ERROR ("InvalidArgument"),
                 "domain 'a' has no image '/b.img' to be given a descriptor of; it has "
                 "'" IMAGE "'");
  /* Names by which a launch finds what is the service's own */
  check_refusal (fixture, "{'monitor': handle 0}", open_image (fixture, O_RDWR),
                 ERROR ("InvalidArgument"),
                 "domain 'a' has no image 'monitor' to be given a descriptor of; it has "
                 "'" IMAGE "'");
  check_refusal (fixture, "{'disk:vda': handle 0}", open_image (fixture, O_RDWR),
                 ERROR ("InvalidArgument"),
                 "domain 'a' has no image 'disk:vda' to be given a descriptor of; it has "
                 "'" IMAGE "'");
  fixture_define (fixture, "a", "");
  check_refusal (fixture, "{'" IMAGE "': handle 0}", open_image (fixture, O_RDWR),
                 ERROR ("InvalidArgument"),
                 "domain 'a' has no image '" IMAGE "' to be given a descriptor of; it has none");
}

static void
test_handles (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new ("{'0': handle 0");

  for (guint i = 1; i <= 16; i++)
    g_string_append_printf (many, ", '%u': handle 0", i);
  g_string_append_c (many, '}');
  fixture_define (fixture, "a", DISK);
  check_refusal (fixture, "{'" IMAGE "': handle 0}", -1, ERROR ("InvalidArgument"),
                 "Start: option 'fds': the message has no descriptor 0");
  check_refusal (fixture, "{'" IMAGE "': handle 1}", open_image (fixture, O_RDWR),
                 ERROR ("InvalidArgument"), "Start: option 'fds': the message has no descriptor 1");
  check_refusal (fixture, "{'" IMAGE "': handle -1}", open_image (fixture, O_RDWR),
                 ERROR ("InvalidArgument"),
                 "Start: option 'fds': the message has no descriptor -1");
  check_refusal (fixture, many->str, open_image (fixture, O_RDWR), ERROR ("InvalidArgument"),
                 "Start: option 'fds': 17 descriptors are too many; at most 16 can be given");
}

/* GVariant's text format refuses such a dictionary, the wire does not. */
static void
test_given_twice (Fixture *fixture, gconstpointer data)
{
  g_auto (Reply) reply = { NULL };
  GVariantBuilder handles;

  fixture_define (fixture, "a", DISK);
  g_variant_builder_init (&handles, G_VARIANT_TYPE ("a{sh}"));
  g_variant_builder_add (&handles, "{sh}", IMAGE, 0);
  g_variant_builder_add (&handles, "{sh}", IMAGE, 0);
  send_fd (fixture, UUID_PATH, DOMAIN, "Start",
           g_variant_new ("(@a{sv})", options ("fds", g_variant_builder_end (&handles), NULL)),
           open_image (fixture, O_RDWR), &reply);
  g_dbus_error_strip_remote_error (reply.error);
  g_assert_cmpstr (reply.error->message, ==,
                   "Start: option 'fds': '" IMAGE "' is given two descriptors");
}

static void
test_kinds (Fixture *fixture, gconstpointer data)
{
  int ends[2];

  fixture_define (fixture, "a", DISK);
  check_refusal (fixture, "{'" IMAGE "': handle 0}", open_image (fixture, O_RDONLY),
                 ERROR ("HostResource"),
                 "disk 'vda': the descriptor that was given for '" IMAGE "' cannot be both read "
                 "from and written to; open it so, or add <readonly/>");
  check_refusal (fixture, "{'" IMAGE "': handle 0}", open (fixture->folder, O_RDONLY | O_CLOEXEC),
                 ERROR ("HostResource"),
                 "disk 'vda': '" IMAGE "' is no regular file; use type='block' for a block device");
  g_assert_cmpint (pipe2 (ends, O_CLOEXEC), ==, 0);
  close (ends[1]);
  check_refusal (fixture, "{'" IMAGE "': handle 0}", ends[0], ERROR ("HostResource"),
                 "disk 'vda': '" IMAGE "' is no regular file; use type='block' for a block device");
  fixture_define (fixture, "a", READ_ONLY_DISK);
  check_refusal (fixture, "{'" IMAGE "': handle 0}", open_image (fixture, O_WRONLY),
                 ERROR ("HostResource"),
                 "disk 'vda': the descriptor that was given for '" IMAGE "' cannot be read from; "
                 "open it for reading");
  check_refusal (fixture, "{'" IMAGE "': handle 0}", open_image (fixture, O_PATH),
                 ERROR ("HostResource"),
                 "disk 'vda': the descriptor that was given for '" IMAGE "' cannot be read from; "
                 "open it for reading");
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fixture_add ("/bus/fds/start", test_start);
  fixture_add ("/bus/fds/read-only", test_read_only);
  fixture_add ("/bus/fds/read-only-narrowed", test_read_only_narrowed);
  fixture_add ("/bus/fds/create", test_create);
  fixture_add ("/bus/fds/names", test_names);
  fixture_add ("/bus/fds/handles", test_handles);
  fixture_add ("/bus/fds/given-twice", test_given_twice);
  fixture_add ("/bus/fds/kinds", test_kinds);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
