/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands behind a disk, in a real QEMU: a guest that has been read from there powers off. Where
 * the tests are run by root, QEMU runs as a user who has no right on any of it.
 */
#include "machine-fixture.h"
#include "old-images.h"

#include "tests/fixtures/guard.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define UUID "0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f"
#define ENCRYPTION                                                                                 \
  "<encryption format='luks'><secret type='passphrase' uuid='" UUID "'/></encryption>"
#define UNPRIVILEGED 65534
/* qemu-img measures the processor for LUKS, and gives up where its clock has not moved meanwhile. */
#define TRY_AGAIN "Unable to get accurate CPU usage"

static void G_GNUC_PRINTF (2, 3) run_tool (Machine *machine, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  g_autofree char *said = NULL;
  g_auto (GStrv) argv = NULL;
  int status = 0;
  va_list arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_assert_true (g_shell_parse_argv (line, NULL, &argv, &error));
  do
    {
      g_clear_pointer (&said, g_free);
      g_assert_true (g_spawn_sync (machine->dir, argv, NULL,
                                   G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                                   NULL, &said, &status, &error));
    }
  while (strstr (said, TRY_AGAIN) != NULL);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s", line, said);
}

/* The machine's folder is closed to QEMU. */
static void
become_unprivileged (Machine *machine)
{
  if (geteuid () != 0)
    return;
  machine->settings.uid = machine->settings.gid = UNPRIVILEGED;
  g_assert_cmpint (g_chmod (machine->dir, 0700), ==, 0);
}

/* (transfer full): XML of a disk with the image @name of @format */
static char *
image_xml (Machine *machine, const char *name, const char *format, const char *more)
{
  g_autofree char *path = machine_path (machine, name);
  return g_strdup_printf ("<disk type='file'><driver name='qemu' type='%s'/><source file='%s'/>"
                          "<target dev='vda'/>%s</disk>",
                          format, path, more);
}

static void
assert_boots (Machine *machine, const char *devices)
{
  become_unprivileged (machine);
  machine_run (machine, machine_domain ("", devices));
  machine_wait_for_exit (machine);
  g_assert_cmpint (machine->end, ==, VB_END_GUEST_SHUTDOWN);
}

static void
assert_refused (Machine *machine, const char *devices, VbQemuError code, const char *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *full = g_strdup (pattern);

  become_unprivileged (machine);
  machine_use (machine, machine_domain ("", devices));
  g_assert_false (machine_launch (machine, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, VB_QEMU_ERROR, (int) code);
  if (!g_pattern_match_simple (full, error->message))
    g_assert_cmpstr (error->message, ==, full);
  g_assert_cmpint (vb_qemu_instance_get_pid (machine->instance), ==, 0);
}

/* Formats. */

static void
test_format (Machine *machine, gconstpointer data)
{
  const char *format = data;
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  g_autofree char *disk = image_xml (machine, "x", format, "");
  run_tool (machine, "qemu-img convert -f raw -O %s boot.img x", format);
  assert_boots (machine, disk);
}

static void
test_old_format (Machine *machine, gconstpointer data)
{
  const char *format = data;
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  g_autofree char *path = machine_path (machine, "x");
  g_autofree char *disk = image_xml (machine, "x", format, "<readonly/>");
  old_image_convert (image, format, path);
  assert_boots (machine, disk);
}

/* Chains: each is made from a `boot.img` that is raw. */

typedef struct
{
  const char *name;
  const char *format; /* of `top` */
  const char *commands[3];
  const char *error; /* (nullable) pattern */
} Chain;

#define CREATE "qemu-img create -q "

static const Chain chains[] = {
  { "/disks/chain/qcow2", "qcow2", { CREATE "-f qcow2 -b boot.img -F raw top" } },
  { "/disks/chain/three",
    "qcow2",
    { CREATE "-f qcow2 -b boot.img -F raw mid", CREATE "-f qcow2 -b mid -F qcow2 top" } },
  { "/disks/chain/version-2",
    "qcow2",
    { CREATE "-f qcow2 -o compat=0.10 -b boot.img -F raw top" } },
  { "/disks/chain/qed", "qed", { CREATE "-f qed -b boot.img -F raw top" } },
  { "/disks/chain/vmdk",
    "vmdk",
    { "qemu-img convert -O vmdk boot.img mid", CREATE "-f vmdk -b mid -F vmdk top" } },
  { "/disks/chain/no-format",
    "qcow2",
    /* qemu-img would not leave the format out any more. */
    { CREATE "-f qcow2 -b boot.img -F raw top",
      "env LC_ALL=C sed -i 's/\\xe2\\x79.\\xca/\\xe2\\x79*\\xcb/' top" },
    "disk 'vda': '*/top' does not say which format its backing file 'boot.img' has, and it is not "
    "guessed; tell it by qemu-img rebase -u -b 'boot.img' -F FORMAT '*/top'" },
  { "/disks/chain/qed-no-format",
    "qed",
    { CREATE "-f qcow2 mid 1M", CREATE "-f qed -b mid -F qcow2 top" },
    "disk 'vda': '*/top' does not say which format its backing file 'mid' has*, or use qcow2*" },
  { "/disks/chain/qcow-no-format",
    "qcow",
    { CREATE "-f qcow -b boot.img -F raw top" },
    "disk 'vda': '*/top' does not say which format its backing file *" },
  { "/disks/chain/other-format",
    "qcow2",
    { CREATE "-f qcow2 top 1M", "qemu-img rebase -u -f qcow2 -b boot.img -F parallels top" },
    "disk 'vda': '*/top' says that its backing file 'boot.img' has format 'parallels', which is "
    "not "
    "supported" },
  { "/disks/chain/wrong-format",
    "qcow2",
    { CREATE "-f qcow2 top 1M", "qemu-img rebase -u -f qcow2 -b boot.img -F qed top" },
    "disk 'vda': '*/boot.img': the image's header is not that of format 'qed'" },
  { "/disks/chain/missing",
    "qcow2",
    { CREATE "-u -f qcow2 -b gone -F raw top 1M" },
    "disk 'vda': cannot open '*/gone': No such file or directory; create it or name another by "
    "qemu-img rebase -u" },
  { "/disks/chain/protocol",
    "qcow2",
    { CREATE "-u -f qcow2 -b nbd://localhost/x -F raw top 1M" },
    "disk 'vda': the backing file of '*/top' is 'nbd://localhost/x', which is no path; *" },
  { "/disks/chain/json",
    "qcow2",
    { CREATE "-u -f qcow2 -b 'json:{\"driver\":\"null-co\"}' -F raw top 1M" },
    "disk 'vda': the backing file of '*/top' is 'json:{*}', which is no path; *" },
  { "/disks/chain/loop",
    "qcow2",
    { CREATE "-u -f qcow2 -b top -F qcow2 mid 1M", CREATE "-u -f qcow2 -b mid -F qcow2 top 1M" },
    "disk 'vda': '*/top' is its own backing file; name another by qemu-img rebase -u" },
  { "/disks/chain/folder",
    "qcow2",
    { "mkdir mid", CREATE "-u -f qcow2 -b mid -F raw top 1M" },
    "disk 'vda': '*/mid' is no regular file and no block device" },
  { "/disks/chain/data-file",
    "qcow2",
    { CREATE "-f qcow2 -o data_file=data top 1M" },
    "disk 'vda': '*/top': the image's header says that the data is in another file; *" },
  { "/disks/chain/extents",
    "vmdk",
    { CREATE "-f vmdk -o subformat=monolithicFlat top 1M" },
    "disk 'vda': '*/top': the image's header says that the data is in other files; *" },
  { "/disks/chain/encrypted",
    "qcow2",
    { CREATE "-f qcow2 --object secret,id=s,data=x -o encrypt.format=luks,encrypt.key-secret=s,"
             "encrypt.iter-time=10 top 1M" },
    "disk 'vda': '*/top' is encrypted; add <encryption format='luks'>" },
  { "/disks/chain/raw-as-qcow2",
    "qcow2",
    { "cp boot.img top" },
    "disk 'vda': '*/top': the image's header is not that of format 'qcow2'" },
  { "/disks/chain/cut-off",
    "qcow2",
    { CREATE "-f qcow2 top 1M", "truncate -s 90 top" },
    "disk 'vda': '*/top': the image's header is cut off" },
};

static void
test_chain (Machine *machine, gconstpointer data)
{
  const Chain *chain = data;
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  g_autofree char *disk = image_xml (machine, "top", chain->format, "");

  for (guint i = 0; i < G_N_ELEMENTS (chain->commands) && chain->commands[i] != NULL; i++)
    run_tool (machine, "%s", chain->commands[i]);
  if (chain->error == NULL)
    assert_boots (machine, disk);
  else
    assert_refused (machine, disk, VB_QEMU_ERROR_HOST_RESOURCE, chain->error);
}

/* QEMU opens that itself, and what the plan had for it is dropped: no number is given out twice. */
static void
test_beside_pair (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  g_autofree char *disk = image_xml (machine, "top", "qcow2", "");
  g_autofree char *fifo = machine_path (machine, "fifo");
  g_autofree char *devices = g_strdup_printf (
      "%s<serial type='pipe'><source path='%s'/></serial><serial type='unix'><source mode='bind' "
      "path='%s.sock'/></serial>",
      disk, fifo, fifo);

  run_tool (machine, CREATE "-f qcow2 -b boot.img -F raw top");
  run_tool (machine, "mkfifo fifo.in fifo.out");
  machine_run (machine, machine_domain ("", devices));
  machine_wait_for_exit (machine);
  g_assert_cmpint (machine->end, ==, VB_END_GUEST_SHUTDOWN);
}

static void
test_long_chain (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  g_autofree char *longest = image_xml (machine, "62", "qcow2", "");
  g_autofree char *disk = image_xml (machine, "63", "qcow2", "");

  run_tool (machine, CREATE "-f qcow2 -b boot.img -F raw 0");
  for (guint i = 1; i < 64; i++)
    run_tool (machine, CREATE "-u -f qcow2 -b %u -F qcow2 %u 1M", i - 1, i);
  assert_boots (machine, longest);
  assert_refused (
      machine, disk, VB_QEMU_ERROR_HOST_RESOURCE,
      "disk 'vda': '*/63' stands on more than 63 images; merge some by qemu-img commit");
}

/* Passphrases. */

/* Makes an image that a passphrase opens, which is kept. */
static void
make_encrypted (Machine *machine, const char *kept, int mode)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  g_autofree char *folder = machine_path (machine, "secrets");
  g_autofree char *file = g_build_filename (folder, UUID, NULL);

  run_tool (machine, "qemu-img convert --object secret,id=s,data=sesame -O qcow2 -o "
                     "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10 boot.img top");
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  if (kept != NULL)
    {
      g_assert_true (g_file_set_contents (file, kept, -1, NULL));
      g_assert_cmpint (g_chmod (file, mode), ==, 0);
    }
  machine->settings.secrets_dir = g_intern_string (folder);
}

static void
test_encrypted (Machine *machine, gconstpointer data)
{
  const char *more = data;
  g_autofree char *disk = image_xml (machine, "top", "qcow2", more);
  g_autofree char *log = NULL;

  make_encrypted (machine, "sesame\n", 0600);
  assert_boots (machine, disk);
  g_assert_true (g_file_get_contents (machine->log_path, &log, NULL, NULL));
  g_assert_nonnull (strstr (log, "secret-vda"));
  g_assert_null (strstr (log, "sesame"));
}

/* What is based on it needs the same passphrase. */
static void
test_encrypted_below (Machine *machine, gconstpointer data)
{
  g_autofree char *disk = image_xml (machine, "upper", "qcow2", ENCRYPTION);

  make_encrypted (machine, "sesame", 0600);
  run_tool (machine,
            CREATE "-u --object secret,id=s,data=sesame -f qcow2 -b top -F qcow2 -o "
                   "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10 upper 1M");
  assert_boots (machine, disk);
}

typedef struct
{
  const char *name;
  const char *kept;
  int mode;
  const char *error;
} Passphrase;

static const Passphrase passphrases[] = {
  { "/disks/passphrase/wrong", "open", 0600,
    "disk 'vda': cannot use '*/top': the passphrase is not that of the image; correct what is kept "
    "of it" },
  { "/disks/passphrase/missing", NULL, 0,
    "disk 'vda': the passphrase '*/secrets/" UUID "' cannot be opened: No such file or directory; "
    "write it there, in a file of the service's user that nobody else may read" },
  { "/disks/passphrase/readable", "sesame", 0640,
    "disk 'vda': the passphrase '*/secrets/" UUID
    "' could be read by others; make it the service's "
    "user's own, with mode 600" },
  { "/disks/passphrase/empty", "\n", 0600,
    "disk 'vda': the passphrase '*/secrets/" UUID "' is empty" },
};

static void
test_passphrase (Machine *machine, gconstpointer data)
{
  const Passphrase *passphrase = data;
  g_autofree char *disk = image_xml (machine, "top", "qcow2", ENCRYPTION);

  make_encrypted (machine, passphrase->kept, passphrase->mode);
  assert_refused (machine, disk, VB_QEMU_ERROR_HOST_RESOURCE, passphrase->error);
}

static void
test_not_encrypted (Machine *machine, gconstpointer data)
{
  g_autofree char *disk = image_xml (machine, "plain", "qcow2", ENCRYPTION);

  make_encrypted (machine, "sesame", 0600);
  run_tool (machine, CREATE "-f qcow2 plain 1M");
  assert_refused (machine, disk, VB_QEMU_ERROR_HOST_RESOURCE,
                  "disk 'vda': '*/plain' is not encrypted; remove <encryption>");
}

/* Servers. */

typedef struct
{
  GPid pid;
  guint port;
} Server;

/* It listens before it runs: nobody has to wait for it. */
static Server
serve (Machine *machine, const char *image)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  const char *argv[] = { "sh", "-c",
                         "LISTEN_PID=$$ LISTEN_FDS=1 exec qemu-nbd -t -f raw -x disk \"$0\"", image,
                         NULL };
  int first_passed_fd = 3;
  int source_fd;
  Server server;

  g_assert_true (g_socket_bind (socket, any_port, TRUE, &error));
  g_assert_true (g_socket_listen (socket, &error));
  address = g_socket_get_local_address (socket, &error);
  server.port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  source_fd = g_socket_get_fd (socket);
  g_assert_true (g_spawn_async_with_pipes_and_fds (
      machine->dir, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, -1,
      -1, &source_fd, &first_passed_fd, 1, &server.pid, NULL, NULL, NULL, &error));
  return server;
}

static void
end_server (const Server *server)
{
  kill (server->pid, SIGTERM);
  machine_wait_for_process (server->pid);
  g_spawn_close_pid (server->pid);
}

/* (transfer full) */
static char *
nbd_xml (guint port, const char *export)
{
  return g_strdup_printf ("<disk type='network'><driver name='qemu' cache='writeback'/>"
                          "<source protocol='nbd' name='%s'><host name='127.0.0.1' port='%u'/>"
                          "</source><target dev='vda'/></disk>",
                          export, port);
}

static void
test_nbd (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  Server server = serve (machine, image);
  g_autofree char *disk = nbd_xml (server.port, "disk");
  g_autofree char *other = nbd_xml (server.port, "other");

  assert_boots (machine, disk);
  assert_refused (
      machine, other, VB_QEMU_ERROR_HOST_RESOURCE,
      "disk 'vda': cannot use 'nbd://127.0.0.1:*/other': *export 'other' *; correct the "
      "name of <source>");
  end_server (&server);
  assert_refused (machine, disk, VB_QEMU_ERROR_HOST_RESOURCE,
                  "disk 'vda': cannot use 'nbd://127.0.0.1:*/disk': Failed to connect to "
                  "'127.0.0.1:*': Connection refused; start the server, or correct <host>");
}

/* Folders. */

static void
test_folder (Machine *machine, gconstpointer data)
{
  g_autofree char *folder = machine_path (machine, "folder");
  g_autofree char *devices =
      g_strdup_printf ("<disk type='dir'><source dir='%s'/><target dev='vda'/><readonly/></disk>"
                       "<disk type='dir' device='floppy'><source dir='%s'/><target dev='fda'/>"
                       "<readonly/></disk>",
                       folder, folder);

  run_tool (machine, "mkdir -m 755 folder");
  run_tool (machine, "cp /etc/passwd folder");
  machine_run (machine, machine_domain ("", devices));
  g_assert_true (machine_refresh (machine, NULL));
  g_assert_false (machine_heard (machine, "domain"));
  machine_end (machine);
  if (geteuid () == 0)
    assert_refused (machine, devices, VB_QEMU_ERROR_HOST_RESOURCE,
                    "disk 'vda': user 'nobody', whom QEMU runs as, cannot read the folder "
                    "'*/folder': Permission denied; let that user read it and all above it");
}

static void
test_missing_folder (Machine *machine, gconstpointer data)
{
  assert_refused (machine,
                  "<disk type='dir'><source dir='/nowhere'/><target dev='vda'/><readonly/></disk>",
                  VB_QEMU_ERROR_HOST_RESOURCE,
                  "disk 'vda': * cannot read the folder '/nowhere': No such file or directory; "
                  "correct <source dir>");
}

/* Two guests on one image. */

static void
test_in_use (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_HALT);
  g_autofree char *disk = image_xml (machine, "boot.img", "raw", "");
  g_autofree char *read_only = image_xml (machine, "boot.img", "raw", "<readonly/>");
  Machine other = { 0 };

  machine_set_up (&other, NULL);
  machine_run (&other, machine_domain ("", disk));
  assert_refused (machine, disk, VB_QEMU_ERROR_HOST_RESOURCE,
                  "disk 'vda': cannot use '*/boot.img': it is in use by another process; end that, "
                  "or give this guest an image of its own");
  assert_refused (machine, read_only, VB_QEMU_ERROR_HOST_RESOURCE,
                  "disk 'vda': cannot use '*/boot.img': it is in use by another process; *");
  machine_tear_down (&other, NULL);
}

static void
test_shared (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  g_autofree char *disk = image_xml (machine, "boot.img", "raw", "<shareable/>");
  Machine other = { 0 };

  machine_set_up (&other, NULL);
  machine_use (&other, machine_domain ("", disk));
  g_assert_true (machine_launch (&other, NULL));
  assert_boots (machine, disk);
  machine_tear_down (&other, NULL);
}

/* Rights of the owner. Only root can take the place of others. */

static void
test_owner (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  g_autofree char *disk = image_xml (machine, "top", "qcow2", "");
  g_autofree char *top = machine_path (machine, "top");
  g_autofree char *content = NULL;

  run_tool (machine, CREATE "-f qcow2 -b boot.img -F raw top");
  machine->settings.owner = "nobody";
  machine->settings.uid = machine->settings.gid = UNPRIVILEGED;
  g_assert_cmpint (g_chmod (guard_get_folder (), 0711), ==, 0);
  g_assert_cmpint (g_chmod (machine->dir, 0711), ==, 0);
  g_assert_cmpint (g_chmod (image, 0600), ==, 0);
  g_assert_cmpint (g_chmod (top, 0644), ==, 0);
  machine_use (machine, machine_domain ("", disk));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *expected = g_strdup_printf (
          i == 0 ? "disk 'vda': cannot open '%s': Permission denied; let user 'nobody' read and "
                   "write it"
                 : "disk 'vda': cannot open '%s': Permission denied; let user 'nobody' read it",
          i == 0 ? top : image);
      g_assert_false (machine_launch (machine, &error));
      g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
      g_assert_cmpstr (error->message, ==, expected);
      g_assert_cmpint (chown (i == 0 ? top : image, UNPRIVILEGED, UNPRIVILEGED), ==, 0);
    }
  machine_run (machine, machine_domain ("", disk));
  machine_wait_for_exit (machine);
  /* Nobody else has lost any right. */
  g_assert_cmpint (g_chmod (image, 0), ==, 0);
  g_assert_true (g_file_get_contents (image, &content, NULL, NULL));
}

/* What is made for a guest is its owner's, and where the owner may make it. */
static void
test_display_of_owner (Machine *machine, gconstpointer data)
{
  g_autofree char *folder = machine_path (machine, "folder");
  g_autofree char *path = g_build_filename (folder, "vnc.sock", NULL);
  g_autofree char *display = g_strdup_printf ("<graphics type='vnc' socket='%s'/>", path);
  g_autofree char *expected = g_strdup_printf ("*cannot listen on '%s': *", path);
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  machine->settings.owner = "nobody";
  machine->settings.uid = machine->settings.gid = UNPRIVILEGED;
  g_assert_cmpint (g_chmod (guard_get_folder (), 0711), ==, 0);
  g_assert_cmpint (g_chmod (machine->dir, 0711), ==, 0);
  machine_use (machine, machine_domain ("", display));
  g_assert_false (machine_launch (machine, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  g_assert_true (g_pattern_match_simple (expected, error->message));

  g_assert_cmpint (chown (folder, UNPRIVILEGED, UNPRIVILEGED), ==, 0);
  machine_run (machine, machine_domain ("", display));
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_uid, ==, UNPRIVILEGED);
  machine_end (machine);
  g_assert_cmpint (rmdir (folder), ==, 0);
}

static void
test_unknown_owner (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_HALT);
  g_autofree char *disk = image_xml (machine, "boot.img", "raw", "");

  machine->settings.owner = "nobody-of-this-name";
  assert_refused (machine, disk, VB_QEMU_ERROR_HOST_RESOURCE,
                  "the domain's owner 'nobody-of-this-name' is no user of this host, *");
}

/* All that is said of how a disk is used, on each bus. */

typedef struct
{
  const char *name;
  const char *target;
  const char *bus;
  const char *driver;
  const char *more;
} Use;

static const Use uses[] = {
  { "/disks/use/ide", "hda", "ide", "cache='none' io='native' error_policy='stop'",
    "<serial>1</serial>" },
  { "/disks/use/sata", "sda", "sata", "cache='writethrough' error_policy='ignore'",
    "<serial>2</serial>" },
  { "/disks/use/scsi", "sda", "scsi", "cache='writeback' error_policy='enospace' io='threads'",
    "<serial>3</serial>" },
  { "/disks/use/virtio", "vda", "virtio", "cache='none' error_policy='enospace' io='threads'",
    "<shareable/><serial>12345678901234567890</serial>" },
  { "/disks/use/usb", "sda", "usb", "cache='writethrough' error_policy='stop'",
    "<serial>5</serial><readonly/>" },
  { "/disks/use/fdc", "fda", "fdc", "cache='writethrough' io='threads'", "" },
};

static void
test_use (Machine *machine, gconstpointer data)
{
  const Use *use = data;
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_HALT);
  g_autofree char *disk =
      g_strdup_printf ("<disk type='file' device='%s'><driver name='qemu' %s/><source file='%s'/>"
                       "<target dev='%s' bus='%s'/>%s</disk>",
                       g_str_equal (use->bus, "fdc") ? "floppy" : "disk", use->driver, image,
                       use->target, use->bus, use->more);
  become_unprivileged (machine);
  machine_run (machine, machine_domain ("", disk));
}

static int
run (int argc, char **argv)
{
  static const char *const formats[] = {
    "raw", "qcow2", "qcow", "qed", "vmdk", "vdi", "vpc", "vhdx"
  };
  static const char *const old_formats[] = { "bochs", "cloop", "dmg" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *path = g_strconcat ("/disks/format/", formats[i], NULL);
      machine_test (path, test_format, formats[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (old_formats); i++)
    {
      g_autofree char *path = g_strconcat ("/disks/format/", old_formats[i], NULL);
      machine_test (path, test_old_format, old_formats[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (chains); i++)
    machine_test (chains[i].name, test_chain, &chains[i]);
  machine_test ("/disks/chain/long", test_long_chain, NULL);
  machine_test ("/disks/chain/beside-pair", test_beside_pair, NULL);
  machine_test ("/disks/encrypted/luks", test_encrypted, ENCRYPTION);
  machine_test ("/disks/encrypted/default", test_encrypted,
                "<encryption format='default'><secret type='passphrase' uuid='" UUID "'/>"
                "</encryption>");
  machine_test ("/disks/encrypted/below", test_encrypted_below, NULL);
  machine_test ("/disks/encrypted/not", test_not_encrypted, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (passphrases); i++)
    machine_test (passphrases[i].name, test_passphrase, &passphrases[i]);
  machine_test ("/disks/nbd", test_nbd, NULL);
  machine_test ("/disks/folder", test_folder, NULL);
  machine_test ("/disks/missing-folder", test_missing_folder, NULL);
  machine_test ("/disks/in-use", test_in_use, NULL);
  machine_test ("/disks/shared", test_shared, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (uses); i++)
    machine_test (uses[i].name, test_use, &uses[i]);
  if (geteuid () == 0)
    {
      machine_test ("/disks/owner", test_owner, NULL);
      machine_test ("/disks/display-of-owner", test_display_of_owner, NULL);
    }
  machine_test ("/disks/unknown-owner", test_unknown_owner, NULL);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
