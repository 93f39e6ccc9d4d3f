/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one call that leads to a domain's monitor, and what its errors mean. From the descriptor on it
 * is a session like any other. What the service answers is checked before it is believed.
 */
#include "qmp/qmp-domain.h"

#include "qmp/qmp-sync.h"

#include <gio/gunixfdlist.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUS_NAME "org.virtbus1"
#define INTERFACE "org.virtbus1.Qmp"
#define STANDARD_ERROR(word) "org.freedesktop.DBus.Error." word
#define SERVICE_ERROR(word) "org.virtbus1.Error." word

typedef struct
{
  const char *name;
  QmpError code;
} ErrorRow;

/* Whatever is not here is %QMP_ERROR_DISCONNECTED: there is nobody to talk to. */
static const ErrorRow error_rows[] = {
  { STANDARD_ERROR ("AccessDenied"), QMP_ERROR_ACCESS_DENIED },
  { STANDARD_ERROR ("AuthFailed"), QMP_ERROR_ACCESS_DENIED },
  { STANDARD_ERROR ("InteractiveAuthorizationRequired"), QMP_ERROR_ACCESS_DENIED },
  { STANDARD_ERROR ("NoReply"), QMP_ERROR_TIMEOUT },
  { STANDARD_ERROR ("Timeout"), QMP_ERROR_TIMEOUT },
  { STANDARD_ERROR ("TimedOut"), QMP_ERROR_TIMEOUT },
  { STANDARD_ERROR ("UnknownObject"), QMP_ERROR_UNSUPPORTED },
  { STANDARD_ERROR ("UnknownInterface"), QMP_ERROR_UNSUPPORTED },
  { STANDARD_ERROR ("UnknownMethod"), QMP_ERROR_UNSUPPORTED },
  { STANDARD_ERROR ("NotSupported"), QMP_ERROR_UNSUPPORTED },
  { STANDARD_ERROR ("InvalidArgs"), QMP_ERROR_INVALID_ARGUMENT },
  { SERVICE_ERROR ("Timeout"), QMP_ERROR_TIMEOUT },
  { SERVICE_ERROR ("NotFound"), QMP_ERROR_UNSUPPORTED },
  { SERVICE_ERROR ("Unsupported"), QMP_ERROR_UNSUPPORTED },
  { SERVICE_ERROR ("InvalidArgument"), QMP_ERROR_INVALID_ARGUMENT },
  { SERVICE_ERROR ("Emulator"), QMP_ERROR_EMULATOR },
};

static QmpError
code_of (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (error_rows); i++)
    if (g_strcmp0 (name, error_rows[i].name) == 0)
      return error_rows[i].code;
  /* GDBus's own deadline */
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ? QMP_ERROR_TIMEOUT
                                                                   : QMP_ERROR_DISCONNECTED;
}

/* @error: (transfer full). Returns: (transfer full) */
static GError *
translate (GError *error, const char *path)
{
  g_autoptr (GError) foreign = error;
  QmpError code = code_of (error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&foreign);
  g_dbus_error_strip_remote_error (foreign);
  return g_error_new (QMP_ERROR, code, "cannot open a session with domain %s: %s", path,
                      foreign->message);
}

/* -1 if the answer brings none */
static int
take_socket (GVariant *answer, GUnixFDList *fds)
{
  socklen_t n_bytes = sizeof (int);
  int type;
  gint32 index;
  int fd;

  if (!fds || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(h)")))
    return -1;
  g_variant_get (answer, "(h)", &index);
  if (index < 0 || index >= g_unix_fd_list_get_length (fds))
    return -1;
  fd = g_unix_fd_list_get (fds, index, NULL);
  if (fd < 0 || (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &n_bytes) == 0 && type == SOCK_STREAM))
    return fd;
  close (fd);
  return -1;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const char *path = g_task_get_task_data (task);
  g_autoptr (GUnixFDList) fds = NULL;
  GError *error = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result,
                                                       &error);
  int fd;

  if (!answer)
    {
      g_task_return_error (task, translate (error, path));
      return;
    }
  fd = take_socket (answer, fds);
  if (fd >= 0)
    g_task_return_pointer (task, qmp_session_new_for_fd (fd), g_object_unref);
  else
    g_task_return_new_error (task, QMP_ERROR, QMP_ERROR_PROTOCOL,
                             "cannot open a session with domain %s: the service answered without "
                             "a socket",
                             path);
}

/* (transfer floating) */
static GVariant *
options_of (QmpDomainFlags flags)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "mode",
                         g_variant_new_string (flags & QMP_DOMAIN_CONTROL ? "control" : "query"));
  if (flags & QMP_DOMAIN_UNSAFE)
    g_variant_builder_add (&options, "{sv}", "unsafe", g_variant_new_boolean (TRUE));
  return g_variant_new ("(a{sv})", &options);
}

void
qmp_session_new_for_domain_async (GDBusConnection *bus,
                                  const char *path,
                                  QmpDomainFlags flags,
                                  guint timeout_ms,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_DBUS_CONNECTION (bus));
  g_return_if_fail (path);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, qmp_session_new_for_domain_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  if (!g_variant_is_object_path (path))
    {
      g_task_return_new_error (task, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                               "cannot open a session with domain '%s': that is no object path",
                               path);
      return;
    }
  if (timeout_ms == 0)
    timeout_ms = QMP_DEFAULT_CONNECT_TIMEOUT_MS;
  /* %G_MAXINT is how GDBus says never. */
  g_dbus_connection_call_with_unix_fd_list (bus, BUS_NAME, path, INTERFACE, "OpenSession",
                                            options_of (flags), NULL,
                                            flags & QMP_DOMAIN_INTERACTIVE
                                                ? G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION
                                                : G_DBUS_CALL_FLAGS_NONE,
                                            (int) MIN (timeout_ms, G_MAXINT), NULL, cancellable,
                                            on_answered, g_steal_pointer (&task));
}

QmpSession *
qmp_session_new_for_domain_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_session_new_for_domain_async), NULL);
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

QmpSession *
qmp_session_new_for_domain_sync (GDBusConnection *bus,
                                 const char *path,
                                 QmpDomainFlags flags,
                                 guint timeout_ms,
                                 GCancellable *cancellable,
                                 GError **error)
{
  QmpSync sync;
  QmpSession *session;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), NULL);
  g_return_val_if_fail (path, NULL);

  qmp_sync_begin (&sync, NULL);
  qmp_session_new_for_domain_async (bus, path, flags, timeout_ms, cancellable, qmp_sync_done,
                                    &sync);
  session = qmp_session_new_for_domain_finish (qmp_sync_wait (&sync), error);
  qmp_sync_end (&sync, session);
  return session;
}
