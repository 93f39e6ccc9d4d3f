/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ports and consoles in a real QEMU: what the guest sends arrives at the host's end.
 */
#include "machine-fixture.h"

#include "tests/fixtures/guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void
wait_for_content (const char *path, const char *content)
{
  g_autofree char *text = NULL;
  while (text == NULL || strstr (text, content) == NULL)
    {
      g_clear_pointer (&text, g_free);
      g_main_context_iteration (NULL, FALSE);
      g_file_get_contents (path, &text, NULL, NULL);
    }
}

static void
test_serial_file (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_PRINT);
  g_autofree char *disk = machine_disk_xml (image, "vda", "virtio", "");
  g_autofree char *output = machine_path (machine, "out, put.txt");
  g_autofree char *devices =
      g_strdup_printf ("%s<serial type='file'><source path='%s'/></serial>", disk, output);
  g_autofree char *text = NULL;
  g_file_set_contents (output, "old", -1, NULL);
  machine_run (machine, machine_domain ("", devices));
  wait_for_content (output, "hi");
  g_file_get_contents (output, &text, NULL, NULL);
  g_assert_null (strstr (text, "old"));
}

/* The console is the first serial port's other name. */
static void
test_serial_pty (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_PRINT);
  g_autofree char *disk = machine_disk_xml (image, "vda", "virtio", "");
  g_autofree char *devices = g_strdup_printf ("%s<serial type='pty'/><console type='pty'/>", disk);
  const VbChardev *serial;
  const VbChardev *console;
  int fd;

  machine_use (machine, machine_domain ("", devices));
  machine_launch (machine, &error);
  g_assert_no_error (error);
  serial = (const VbChardev *) machine_find_device (machine, VB_DEVICE_SERIAL);
  console = (const VbChardev *) machine_find_device (machine, VB_DEVICE_CONSOLE);
  g_assert_true (g_str_has_prefix (serial->source.path, "/dev/pts/"));
  g_assert_cmpstr (console->source.path, ==, serial->source.path);
  fd = open (serial->source.path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  machine_command (machine, VB_QEMU_CONT, &error);
  g_assert_no_error (error);
  machine_assert_reads (fd, "hi");
  close (fd);
}

static void
test_serial_unix (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_PRINT);
  g_autofree char *disk = machine_disk_xml (image, "vda", "virtio", "");
  g_autofree char *path = machine_path (machine, "serial.sock");
  g_autofree char *devices =
      g_strdup_printf ("%s<serial type='unix'><source mode='bind' path='%s'/></serial>", disk,
                       path);
  int fd;

  machine_use (machine, machine_domain ("", devices));
  machine_launch (machine, &error);
  g_assert_no_error (error);
  fd = machine_connect_to (path);
  machine_command (machine, VB_QEMU_CONT, &error);
  g_assert_no_error (error);
  machine_assert_reads (fd, "hi");
  close (fd);
  kill (vb_qemu_instance_get_pid (machine->instance), SIGKILL);
  machine_wait_for_exit (machine);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_serial_connect (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_PRINT);
  g_autofree char *disk = machine_disk_xml (image, "vda", "virtio", "");
  g_autofree char *path = machine_path (machine, "serial.sock");
  g_autofree char *devices =
      g_strdup_printf ("%s<serial type='unix'><source mode='connect' path='%s'/></serial>", disk,
                       path);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int fd;

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  machine_run (machine, machine_domain ("", devices));
  fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  machine_assert_reads (fd, "hi");
  close (fd);
  close (listener);
}

/* (transfer full): a disk that prints, and @format with what follows */
static char *G_GNUC_PRINTF (3, 4)
    printing_devices (Machine *machine, Guest code, const char *format, ...)
{
  g_autofree char *image = machine_image (machine, "boot.img", code);
  g_autofree char *disk = machine_disk_xml (image, "vda", "virtio", "");
  g_autofree char *devices = NULL;
  va_list arguments;
  va_start (arguments, format);
  devices = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return g_strconcat (disk, devices, NULL);
}

/* Of an address of this host that no other process uses, so that any port is free there. */
static struct sockaddr_in
own_address (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  address.sin_addr.s_addr = htonl (0x7f000000 | ((guint32) getpid () & 0x7fffff) << 1 | 1);
  return address;
}

static int
bind_to (const struct sockaddr_in *address, int type)
{
  int fd = socket (AF_INET, type | SOCK_CLOEXEC, 0);
  int reuse = 1;
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse), ==, 0);
  g_assert_cmpint (bind (fd, (const struct sockaddr *) address, sizeof *address), ==, 0);
  return fd;
}

static void
test_serial_tcp_connect (Machine *machine, gconstpointer data)
{
  struct sockaddr_in address = own_address (4555);
  int listener = bind_to (&address, SOCK_STREAM);
  g_autofree char *devices =
      printing_devices (machine, GUEST_PRINT,
                        "<serial type='tcp'><source host='%s' service='4555'/></serial>",
                        inet_ntoa (address.sin_addr));
  int fd;

  g_assert_cmpint (listen (listener, 1), ==, 0);
  machine_run (machine, machine_domain ("", devices));
  fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  machine_assert_reads (fd, "hi");
  close (fd);
  close (listener);
}

/* What telnet says first is not the guest's. */
static void
skip_telnet (int fd)
{
  char options[12];
  gsize n_read = 0;
  while (n_read < sizeof options)
    {
      ssize_t n = read (fd, options + n_read, sizeof options - n_read);
      g_assert_cmpint (n, >, 0);
      n_read += (gsize) n;
    }
  g_assert_cmpint ((guint8) options[0], ==, 0xff);
}

static void
test_serial_tcp_bind (Machine *machine, gconstpointer data)
{
  const char *protocol = data;
  g_autoptr (GError) error = NULL;
  struct sockaddr_in address = own_address (4556);
  g_autofree char *devices =
      printing_devices (machine, GUEST_PRINT,
                        "<serial type='tcp'><source mode='bind' host='%s' service='4556'/>"
                        "<protocol type='%s'/></serial>",
                        inet_ntoa (address.sin_addr), protocol);
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  machine_use (machine, machine_domain ("", devices));
  machine_launch (machine, &error);
  g_assert_no_error (error);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  if (g_str_equal (protocol, "telnet"))
    skip_telnet (fd);
  machine_command (machine, VB_QEMU_CONT, &error);
  g_assert_no_error (error);
  machine_assert_reads (fd, "hi");
  close (fd);
}

static void
test_serial_udp (Machine *machine, gconstpointer data)
{
  const char *bind_source = data;
  struct sockaddr_in address = own_address (4557);
  int fd = bind_to (&address, SOCK_DGRAM);
  g_autofree char *devices =
      printing_devices (machine, GUEST_PRINT,
                        "<serial type='udp'>%s<source mode='connect' host='%s' service='4557'/>"
                        "</serial>",
                        bind_source, inet_ntoa (address.sin_addr));

  machine_run (machine, machine_domain ("", devices));
  machine_assert_reads (fd, "h");
  machine_assert_reads (fd, "i");
  close (fd);
}

/* A terminal stands in for a line of the host. */
static void
test_serial_dev (Machine *machine, gconstpointer data)
{
  int line = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_autofree char *devices = NULL;

  g_assert_cmpint (unlockpt (line), ==, 0);
  devices = printing_devices (machine, GUEST_PRINT,
                              "<serial type='dev'><source path='%s'/></serial>", ptsname (line));
  machine_run (machine, machine_domain ("", devices));
  machine_assert_reads (line, "hi");
  close (line);
}

/* Of two FIFOs QEMU reads one and writes the other. */
static void
test_serial_pipes (Machine *machine, gconstpointer data)
{
  g_autofree char *path = machine_path (machine, "a, pipe");
  g_autofree char *in = g_strconcat (path, ".in", NULL);
  g_autofree char *out = g_strconcat (path, ".out", NULL);
  g_autofree char *devices =
      printing_devices (machine, GUEST_PRINT, "<serial type='pipe'><source path='%s'/></serial>",
                        path);
  int fd;

  g_assert_cmpint (mkfifo (in, 0600), ==, 0);
  g_assert_cmpint (mkfifo (out, 0600), ==, 0);
  machine_run (machine, machine_domain ("", devices));
  fd = open (out, O_RDONLY | O_CLOEXEC);
  machine_assert_reads (fd, "hi");
  close (fd);
}

/* What the guest says stands behind what QEMU says. */
static void
test_stdio (Machine *machine, gconstpointer data)
{
  g_autofree char *devices =
      printing_devices (machine, GUEST_PRINT,
                        "<serial type='stdio'/><serial type='stdio'/><parallel type='stdio'/>");
  g_autofree char *text = NULL;

  g_file_set_contents (machine->log_path, "before\n", -1, NULL);
  machine_run (machine, machine_domain ("", devices));
  while (text == NULL || !g_str_has_suffix (text, "\nhi"))
    {
      g_clear_pointer (&text, g_free);
      g_main_context_iteration (NULL, FALSE);
      g_file_get_contents (machine->log_path, &text, NULL, NULL);
    }
  g_assert_true (g_str_has_prefix (text, "before\n"));
}

static void
test_parallel_file (Machine *machine, gconstpointer data)
{
  g_autofree char *output = machine_path (machine, "paper");
  g_autofree char *devices =
      printing_devices (machine, GUEST_PRINT_ON_PAPER,
                        "<parallel type='file'><source path='%s'/></parallel>", output);

  machine_run (machine, machine_domain ("", devices));
  wait_for_content (output, "hi");
}

static void
test_parallel_pty (Machine *machine, gconstpointer data)
{
  machine_run (machine, machine_domain ("", "<parallel type='pty'/>"));
  g_assert_true (g_str_has_prefix (
      ((const VbChardev *) machine_find_device (machine, VB_DEVICE_PARALLEL))->source.path,
      "/dev/pts/"));
}

/* Two ports of one number start, as the parser's warning has it. */
static void
test_same_port (Machine *machine, gconstpointer data)
{
  machine_run (machine, machine_domain ("", "<serial type='null'><target port='0'/></serial>"
                                            "<serial type='null'><target port='0'/></serial>"));
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  machine_test ("/chardevs/serial/file", test_serial_file, NULL);
  machine_test ("/chardevs/serial/pty", test_serial_pty, NULL);
  machine_test ("/chardevs/serial/unix", test_serial_unix, NULL);
  machine_test ("/chardevs/serial/connect", test_serial_connect, NULL);
  machine_test ("/chardevs/serial/tcp-connect", test_serial_tcp_connect, NULL);
  machine_test ("/chardevs/serial/tcp-bind", test_serial_tcp_bind, "raw");
  machine_test ("/chardevs/serial/telnet", test_serial_tcp_bind, "telnet");
  machine_test ("/chardevs/serial/udp", test_serial_udp, "");
  machine_test ("/chardevs/serial/udp-bind", test_serial_udp,
                "<source mode='bind' host='0.0.0.0' service='0'/>");
  machine_test ("/chardevs/serial/same-port", test_same_port, NULL);
  machine_test ("/chardevs/serial/dev", test_serial_dev, NULL);
  machine_test ("/chardevs/serial/pipes", test_serial_pipes, NULL);
  machine_test ("/chardevs/stdio", test_stdio, NULL);
  machine_test ("/chardevs/parallel/file", test_parallel_file, NULL);
  machine_test ("/chardevs/parallel/pty", test_parallel_pty, NULL);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
