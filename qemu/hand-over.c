/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The commands between greeting and `cont`, in one write. The first that fails is the error.
 */
#include "qemu/hand-over.h"

#include "qemu/affinity.h"
#include "qemu/host-end.h"
#include "qemu/qmp-translate.h"

#include <string.h>

#define BYTES_PER_KIB 1024
#define DISPLAY_FD_NAME "display"
#define PTY_PREFIX "pty:"

typedef struct
{
  VbDomain *domain; /* (owned): becomes live */
  guint timeout_ms;
  guint n_pending;
  GError *error; /* (owned) (nullable): the first */
} HandOver;

static void
hand_over_free (HandOver *hand_over)
{
  vb_domain_unref (hand_over->domain);
  g_clear_error (&hand_over->error);
  g_free (hand_over);
}

/* One command under way. */
typedef struct
{
  GTask *task;         /* (owned) */
  const char *command; /* static */
} Step;

static void
complete (GTask *task)
{
  HandOver *hand_over = g_task_get_task_data (task);
  if (hand_over->n_pending > 0)
    return;
  if (hand_over->error != NULL)
    g_task_return_error (task, g_steal_pointer (&hand_over->error));
  else
    g_task_return_pointer (task, vb_domain_ref (hand_over->domain),
                           (GDestroyNotify) vb_domain_unref);
}

/* (nullable) (transfer none): "/dev/pts/3" */
static const char *
find_pty (const QmpValue *chardevs, const char *label)
{
  for (guint i = 0; i < qmp_value_get_length (chardevs); i++)
    {
      /* The array keeps its elements alive. */
      g_autoptr (QmpValue) chardev = qmp_value_get_element (chardevs, i);
      const char *name = qmp_value_get_string (chardev, "filename");
      if (g_strcmp0 (qmp_value_get_string (chardev, "label"), label) == 0 && name != NULL &&
          g_str_has_prefix (name, PTY_PREFIX))
        return name + strlen (PTY_PREFIX);
    }
  return NULL;
}

/* A serial console shows the port that it is another name of. */
static void
mirror_path (VbChardev *console, const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      const VbChardev *serial = (const VbChardev *) device;
      if (device->kind == VB_DEVICE_SERIAL && serial->source.type == VB_CHARDEV_TYPE_PTY &&
          serial->target_port == console->target_port)
        {
          g_free (console->source.path);
          console->source.path = g_strdup (serial->source.path);
        }
    }
}

static gboolean
is_mirror (const VbDevice *device)
{
  const VbChardev *console = (const VbChardev *) device;
  return device->kind == VB_DEVICE_CONSOLE && vb_host_end_of (device) == NULL &&
         console->source.type == VB_CHARDEV_TYPE_PTY;
}

static gboolean
has_pty (const VbDevice *device)
{
  const VbChardevSource *source = vb_host_end_of (device);
  return source != NULL && source->type == VB_CHARDEV_TYPE_PTY;
}

static void
take_pty_path (VbDevice *device, const QmpValue *chardevs)
{
  VbChardevSource *source = vb_host_end_of (device);
  g_autofree char *label = vb_host_end_id (device);
  g_free (source->path);
  source->path = g_strdup (find_pty (chardevs, label));
}

/* Serial ports come before consoles in a domain. */
static void
take_ptys (HandOver *hand_over, const QmpValue *chardevs)
{
  for (guint i = 0; i < hand_over->domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (hand_over->domain->devices, i);
      if (is_mirror (device))
        mirror_path ((VbChardev *) device, hand_over->domain);
      else if (has_pty (device))
        take_pty_path (device, chardevs);
    }
}

/* Sockets whose place was left to the service. */
static void
take_listeners (VbDomain *domain, const char *runtime_dir)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);
      char *path = vb_host_end_get_listener (device, runtime_dir);
      if (path == NULL)
        continue;
      g_free (vb_host_end_of (device)->path);
      vb_host_end_of (device)->path = path;
    }
}

static const VbCpuset *
find_pin (const VbTuning *tuning, guint vcpu)
{
  for (guint i = 0; tuning->pins != NULL && i < tuning->pins->len; i++)
    {
      const VbVcpuPin *pin = &g_array_index (tuning->pins, VbVcpuPin, i);
      if (pin->vcpu == vcpu)
        return pin->cpus;
    }
  return NULL;
}

/* QEMU has a thread for each virtual CPU that is there from the beginning. */
static void
pin_cpus (HandOver *hand_over, const QmpValue *cpus)
{
  for (guint i = 0; i < qmp_value_get_length (cpus) && hand_over->error == NULL; i++)
    {
      g_autoptr (QmpValue) cpu = qmp_value_get_element (cpus, i);
      guint index = (guint) qmp_value_get_uint (cpu, "cpu-index", G_MAXUINT);
      int thread_id = (int) qmp_value_get_int (cpu, "thread-id", -1);
      const VbCpuset *set = find_pin (&hand_over->domain->tuning, index);
      if (set != NULL)
        vb_affinity_pin (thread_id, index, set, &hand_over->error);
    }
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Step *step = user_data;
  g_autoptr (GTask) task = step->task;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) answer = qmp_session_call_finish (QMP_SESSION (source), result, &error);
  HandOver *hand_over = g_task_get_task_data (task);

  hand_over->n_pending--;
  if (answer == NULL && hand_over->error == NULL)
    hand_over->error = g_error_matches (error, QMP_ERROR, QMP_ERROR_DISCONNECTED)
                           ? g_steal_pointer (&error)
                           : vb_qemu_error_from_qmp (error, step->command);
  else if (answer != NULL && g_str_equal (step->command, "query-chardev"))
    take_ptys (hand_over, answer);
  else if (answer != NULL && g_str_equal (step->command, "query-cpus-fast"))
    pin_cpus (hand_over, answer);
  complete (task);
}

/* @arguments: (transfer full) (nullable); @fd: -1: none */
static void
send (GTask *task, const char *command, QmpValue *arguments, int fd)
{
  HandOver *hand_over = g_task_get_task_data (task);
  Step *step = g_new0 (Step, 1);
  step->task = g_object_ref (task);
  step->command = command;
  hand_over->n_pending++;
  qmp_session_call_full_async (g_task_get_source_object (task), command, arguments, QMP_CALL_NONE,
                               &fd, fd >= 0 ? 1 : 0, hand_over->timeout_ms,
                               g_task_get_cancellable (task), on_answer, step);
  g_clear_pointer (&arguments, qmp_value_unref);
}

/* QEMU 7.2 takes a listening VNC socket in this way alone. */
static void
send_display (GTask *task, int fd)
{
  QmpValue *name = qmp_value_new_object ();
  QmpValue *address = qmp_value_new_object ();
  QmpValue *addresses = qmp_value_new_array ();
  QmpValue *update = qmp_value_new_object ();

  qmp_value_set_string (name, "fdname", DISPLAY_FD_NAME);
  send (task, "getfd", name, fd);
  qmp_value_set_string (address, "type", "fd");
  qmp_value_set_string (address, "str", DISPLAY_FD_NAME);
  qmp_value_append (addresses, address);
  qmp_value_set_string (update, "type", "vnc");
  qmp_value_set_value (update, "addresses", addresses);
  send (task, "display-update", update, -1);
}

/* (transfer full): as `expire_password` takes it */
static char *
expiry_of (const VbGraphics *graphics)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = graphics->password_valid_to != NULL
                                   ? g_date_time_new_from_iso8601 (graphics->password_valid_to, utc)
                                   : NULL;
  if (time == NULL)
    return g_strdup ("never");
  return g_strdup_printf ("%" G_GINT64_FORMAT, g_date_time_to_unix (time));
}

/* Until there is a password, nobody can connect. It has its end from the beginning. */
static void
send_password (GTask *task, const VbGraphics *graphics)
{
  const char *protocol = vb_enum_to_string (&vb_graphics_type_table, (int) graphics->type);
  const char *text = vb_secret_reveal (graphics->password);
  g_autofree char *time = expiry_of (graphics);
  QmpValue *expiry;
  QmpValue *password;

  if (text == NULL || *text == '\0')
    return;
  expiry = qmp_value_new_object ();
  qmp_value_set_string (expiry, "protocol", protocol);
  qmp_value_set_string (expiry, "time", time);
  send (task, "expire_password", expiry, -1);
  password = qmp_value_new_object ();
  qmp_value_set_string (password, "protocol", protocol);
  qmp_value_set_string (password, "password", text);
  send (task, "set_password", password, -1);
}

static void
send_displays (GTask *task, const VbDomain *domain, int vnc_fd)
{
  const VbGraphics *vnc = vb_domain_find_graphics (domain, VB_GRAPHICS_VNC);
  const VbGraphics *spice = vb_domain_find_graphics (domain, VB_GRAPHICS_SPICE);

  if (vnc != NULL)
    {
      send_display (task, vnc_fd);
      send_password (task, vnc);
    }
  if (spice != NULL)
    send_password (task, spice);
}

static void
send_balloon (GTask *task, guint64 kib)
{
  QmpValue *target = qmp_value_new_object ();
  qmp_value_set_uint (target, "value", kib * BYTES_PER_KIB);
  send (task, "balloon", target, -1);
}

static gboolean
has_balloon (const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      if (device->kind == VB_DEVICE_MEMBALLOON &&
          ((const VbMemballoon *) device)->model == VB_MEMBALLOON_VIRTIO)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_ptys (const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    if (has_pty (g_ptr_array_index (domain->devices, i)))
      return TRUE;
  return FALSE;
}

void
vb_hand_over_async (QmpSession *session,
                    VbDomain *domain,
                    const char *runtime_dir,
                    int vnc_fd,
                    guint timeout_ms,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  HandOver *hand_over = g_new0 (HandOver, 1);

  g_task_set_source_tag (task, vb_hand_over_async);
  g_task_set_task_data (task, hand_over, (GDestroyNotify) hand_over_free);
  g_task_set_check_cancellable (task, FALSE);
  hand_over->domain = vb_domain_copy (domain);
  hand_over->timeout_ms = timeout_ms;
  take_listeners (hand_over->domain, runtime_dir);

  send_displays (task, hand_over->domain, vnc_fd);
  if (domain->current_memory_kib < domain->memory_kib && has_balloon (domain))
    send_balloon (task, domain->current_memory_kib);
  if (has_ptys (domain))
    send (task, "query-chardev", NULL, -1);
  if (domain->tuning.pins != NULL && domain->tuning.pins->len > 0)
    send (task, "query-cpus-fast", NULL, -1);
  complete (task);
}

VbDomain *
vb_hand_over_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
