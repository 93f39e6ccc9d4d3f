/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder with one QEMU instance in it. Nothing waits for a time, all for a word.
 */
#include "machine-fixture.h"

#include "tests/fixtures/guard.h"
#include "tests/fixtures/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define SECTOR_BYTES 512
#define IMAGE_BYTES (1024 * 1024)

typedef struct
{
  guint8 bytes[32];
  gsize length;
} BootCode;

/* Ports of the PC: 0x604 is ACPI's PM1a control register where SeaBIOS puts it, 0x505 pvpanic,
 * 0x64 the keyboard controller, 0x3f8 the first serial port, 0x378 and 0x37a the first parallel
 * port's data and control, 0x443 the ib700, which 0xf gives no time at all. Each ends in
 * `hlt; jmp -3`. */
static const BootCode boot_codes[] = {
  [GUEST_HALT] = { { 0xf4, 0xeb, 0xfd }, 3 },
  /* mov dx,0x604; mov ax,0x2000; out dx,ax */
  [GUEST_POWER_OFF] = { { 0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef, 0xf4, 0xeb, 0xfd }, 10 },
  /* mov al,0xfe; out 0x64,al */
  [GUEST_RESET] = { { 0xb0, 0xfe, 0xe6, 0x64, 0xf4, 0xeb, 0xfd }, 7 },
  /* mov dx,0x505; mov al,1; out dx,al */
  [GUEST_PANIC] = { { 0xba, 0x05, 0x05, 0xb0, 0x01, 0xee, 0xf4, 0xeb, 0xfd }, 9 },
  /* mov dx,0x604; mov ax,0x2400; out dx,ax */
  [GUEST_SLEEP] = { { 0xba, 0x04, 0x06, 0xb8, 0x00, 0x24, 0xef, 0xf4, 0xeb, 0xfd }, 10 },
  /* mov dx,0x3f8; mov al,'h'; out dx,al; mov al,'i'; out dx,al */
  [GUEST_PRINT] = { { 0xba, 0xf8, 0x03, 0xb0, 'h', 0xee, 0xb0, 'i', 0xee, 0xf4, 0xeb, 0xfd }, 12 },
  /* mov dx,0x378; mov al,'h'; out dx,al; mov dl,0x7a; mov al,0xc; out dx,al; mov al,0xd; out dx,al,
   * which is the strobe; the same with mov dl,0x78 and 'i' */
  [GUEST_PRINT_ON_PAPER] = { { 0xba, 0x78, 0x03, 0xb0, 'h',  0xee, 0xb2, 0x7a, 0xb0, 0x0c,
                               0xee, 0xb0, 0x0d, 0xee, 0xb2, 0x78, 0xb0, 'i',  0xee, 0xb2,
                               0x7a, 0xb0, 0x0c, 0xee, 0xb0, 0x0d, 0xee, 0xf4, 0xeb, 0xfd },
                             30 },
  /* mov dx,0x443; mov al,0x0f; out dx,al */
  [GUEST_HANG] = { { 0xba, 0x43, 0x04, 0xb0, 0x0f, 0xee, 0xf4, 0xeb, 0xfd }, 9 },
};

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir =
      g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

void
machine_set_up (Machine *machine, gconstpointer data)
{
  machine->dir = g_build_filename (guard_get_folder (), "XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (machine->dir));
  machine->runtime_dir = machine_path (machine, "run");
  machine->log_path = machine_path (machine, "guest.log");
  g_assert_cmpint (g_mkdir (machine->runtime_dir, 0700), ==, 0);
  machine->heard = g_ptr_array_new_with_free_func (g_free);
  machine->settings = (VbQemuSettings){
    .uid = -1,
    .gid = -1,
    .sandbox = TRUE,
    .reject_deprecated = TRUE,
    .start_timeout_ms = 60000,
    .command_timeout_ms = 60000,
    .quit_timeout_ms = 60000,
  };
}

void
machine_tear_down (Machine *machine, gconstpointer data)
{
  if (machine->instance != NULL && vb_qemu_instance_get_pid (machine->instance) != 0)
    machine_end (machine);
  machine_forget (machine);
  remove_tree (machine->dir);
  g_free (machine->dir);
  g_free (machine->runtime_dir);
  g_free (machine->log_path);
  g_free (machine->last_words);
  g_ptr_array_unref (machine->heard);
}

void
machine_test (const char *path, MachineTest test, gconstpointer data)
{
  g_test_add (path, Machine, data, machine_set_up, test, machine_tear_down);
}

char *
machine_path (Machine *machine, const char *name)
{
  return g_build_filename (machine->dir, name, NULL);
}

VbDomain *
machine_domain (const char *rest, const char *devices)
{
  return machine_domain_on ("pc", rest, devices, NULL);
}

VbDomain *
machine_domain_on (const char *board,
                   const char *rest,
                   const char *devices,
                   const VbDomain *previous)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *xml = g_strdup_printf ("<domain type='qemu'><name>a, b</name>"
                                          "<uuid>6a5b8ba8-2a3f-4b0e-9a3c-0e6f1f6c7a11</uuid>"
                                          "<memory>32768</memory>"
                                          "<os><type arch='x86_64' machine='%s'>hvm</type></os>"
                                          "<features><acpi/></features>%s"
                                          "<devices>%s</devices></domain>",
                                          board, rest, devices);
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);
  g_assert_no_error (error);
  vb_domain_complete (domain, previous, NULL);
  return domain;
}

char *
machine_image (Machine *machine, const char *name, Guest guest)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *image = g_malloc0 (IMAGE_BYTES);
  char *path = machine_path (machine, name);
  memcpy (image, boot_codes[guest].bytes, boot_codes[guest].length);
  image[SECTOR_BYTES - 2] = 0x55;
  image[SECTOR_BYTES - 1] = 0xaa;
  g_file_set_contents (path, (const char *) image, IMAGE_BYTES, &error);
  g_assert_no_error (error);
  return path;
}

char *
machine_disk_xml (const char *path, const char *target, const char *bus, const char *more)
{
  return g_strdup_printf ("<disk type='file'><source file='%s'/><target dev='%s' bus='%s'/>%s"
                          "</disk>",
                          path, target, bus, more);
}

VbDomain *
machine_guest_domain (Machine *machine, Guest guest, const char *rest)
{
  g_autofree char *image = machine_image (machine, "boot.img", guest);
  g_autofree char *disk = machine_disk_xml (image, "vda", "virtio", "");
  return machine_domain (rest, disk);
}

G_GNUC_PRINTF (2, 3)
static void
hear (Machine *machine, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_ptr_array_add (machine->heard, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
on_state (VbQemuInstance *instance, int state, int reason, Machine *machine)
{
  hear (machine, "state %s %s", vb_state_to_string ((VbState) state),
        vb_state_reason_to_string ((VbStateReason) reason));
}

static void
on_event (VbQemuInstance *instance, const char *kind, GVariant *details, Machine *machine)
{
  g_autofree char *text = g_variant_print (details, FALSE);
  const char *alias;
  g_assert_true (g_variant_is_of_type (details, G_VARIANT_TYPE_VARDICT));
  if (g_variant_lookup (details, "alias", "&s", &alias))
    hear (machine, "event %s %s", kind, alias);
  else
    hear (machine, "event %s", kind);
  g_test_message ("event %s %s", kind, text);
}

static void
on_held (VbQemuInstance *instance, int end, Machine *machine)
{
  hear (machine, "held %s", vb_state_reason_to_string (vb_end_to_reason ((VbEnd) end)));
}

static void
on_exited (VbQemuInstance *instance, VbQemuExit *exit, Machine *machine)
{
  machine->n_exited++;
  machine->end = exit->end;
  machine->status_known = exit->status_known;
  machine->wait_status = exit->wait_status;
  g_free (machine->last_words);
  machine->last_words = g_strdup (exit->last_words);
  g_assert_cmpint (vb_qemu_instance_get_pid (instance), ==, 0);
  hear (machine, "exited");
}

static void
on_domain (VbQemuInstance *instance, Machine *machine)
{
  hear (machine, "domain");
}

static void
on_memory (VbQemuInstance *instance, guint64 kib, Machine *machine)
{
  machine->memory_kib = kib;
  hear (machine, "memory");
}

void
machine_use (Machine *machine, VbDomain *domain)
{
  machine_forget (machine);
  machine->instance =
      vb_qemu_instance_new (&machine->settings, domain, machine->runtime_dir, machine->log_path);
  g_signal_connect (machine->instance, "state", G_CALLBACK (on_state), machine);
  g_signal_connect (machine->instance, "event", G_CALLBACK (on_event), machine);
  g_signal_connect (machine->instance, "held", G_CALLBACK (on_held), machine);
  g_signal_connect (machine->instance, "exited", G_CALLBACK (on_exited), machine);
  g_signal_connect (machine->instance, "memory", G_CALLBACK (on_memory), machine);
  g_signal_connect (machine->instance, "domain", G_CALLBACK (on_domain), machine);
  vb_domain_unref (domain);
}

static void
store_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* (transfer full) */
static GAsyncResult *
wait_for_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

gboolean
machine_launch (Machine *machine, GError **error)
{
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  vb_qemu_instance_launch_async (machine->instance, NULL, NULL, store_result, &slot);
  result = wait_for_result (&slot);
  sandbox_assert (vb_qemu_instance_get_pid (machine->instance));
  return vb_qemu_instance_launch_finish (machine->instance, result, error);
}

gboolean
machine_command (Machine *machine, VbQemuCommand command, GError **error)
{
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  vb_qemu_instance_command_async (machine->instance, command, NULL, store_result, &slot);
  result = wait_for_result (&slot);
  return vb_qemu_instance_command_finish (machine->instance, result, error);
}

gboolean
machine_refresh (Machine *machine, GError **error)
{
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  vb_qemu_instance_refresh_async (machine->instance, NULL, store_result, &slot);
  result = wait_for_result (&slot);
  return vb_qemu_instance_refresh_finish (machine->instance, result, error);
}

void
machine_run (Machine *machine, VbDomain *domain)
{
  g_autoptr (GError) error = NULL;
  machine_use (machine, domain);
  machine_launch (machine, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vb_qemu_instance_get_pid (machine->instance), >, 0);
  machine_command (machine, VB_QEMU_CONT, &error);
  g_assert_no_error (error);
}

void
machine_end (Machine *machine)
{
  GAsyncResult *slot = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  vb_qemu_instance_end_async (machine->instance, store_result, &slot);
  result = wait_for_result (&slot);
  vb_qemu_instance_end_finish (machine->instance, result);
}

void
machine_forget (Machine *machine)
{
  VbQemuInstance *instance = g_steal_pointer (&machine->instance);
  if (instance == NULL)
    return;
  g_signal_handlers_disconnect_by_data (instance, machine);
  g_object_add_weak_pointer (G_OBJECT (instance), (gpointer *) &instance);
  g_object_unref (instance);
  /* An answer that is still under way keeps it. */
  while (instance != NULL)
    g_main_context_iteration (NULL, TRUE);
}

guint
machine_count (Machine *machine, const char *word)
{
  guint n = 0;
  for (guint i = 0; i < machine->heard->len; i++)
    n += g_str_equal (g_ptr_array_index (machine->heard, i), word);
  return n;
}

gboolean
machine_heard (Machine *machine, const char *word)
{
  return machine_count (machine, word) > 0;
}

void
machine_wait_for (Machine *machine, const char *word)
{
  while (!machine_heard (machine, word))
    g_main_context_iteration (NULL, TRUE);
}

void
machine_wait_for_exit (Machine *machine)
{
  while (machine->n_exited == 0)
    g_main_context_iteration (NULL, TRUE);
}

void
machine_wait_for_process (int pid)
{
  siginfo_t info;
  g_assert_cmpint (waitid (P_PID, (id_t) pid, &info, WEXITED | WNOWAIT), ==, 0);
}

int
machine_connect_to (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

void
machine_assert_reads (int fd, const char *expected)
{
  gsize length = strlen (expected);
  gsize n_read = 0;
  char buffer[256];
  g_assert_cmpuint (length, <=, sizeof buffer);
  while (n_read < length)
    {
      ssize_t n = read (fd, buffer + n_read, length - n_read);
      if (n < 0 && (errno == EAGAIN || errno == EINTR))
        continue;
      g_assert_cmpint (n, >, 0);
      n_read += (gsize) n;
    }
  g_assert_cmpint (memcmp (buffer, expected, length), ==, 0);
}

VbDevice *
machine_find_device (Machine *machine, VbDeviceKind kind)
{
  VbDevice *device = vb_domain_find_first (vb_qemu_instance_get_domain (machine->instance), kind);
  g_assert_nonnull (device);
  return device;
}
