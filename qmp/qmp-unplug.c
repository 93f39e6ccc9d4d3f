/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What QEMU says when a device goes, and when it does not. Events that name no device are of its
 * parts, which go before it (a virtio device has one).
 */
#include "qmp/qmp-unplug.h"

#include "qmp/qmp-expectation.h"
#include "qmp/qmp-sync.h"

/* (transfer full) */
static QmpValue *
object_with (const char *member, const char *string)
{
  QmpValue *object = qmp_value_new_object ();

  qmp_value_set_string (object, member, string);
  return object;
}

/* (transfer full) */
static QmpExpectation *
expect_unplug (const char *id)
{
  QmpExpectation *expectation = qmp_expectation_new ();
  gboolean is_path = id[0] == '/';
  g_autofree char *path = is_path ? g_strdup (id) : g_strconcat ("/machine/peripheral/", id, NULL);
  g_autofree char *refusal =
      g_strdup_printf ("device_del: the guest does not release device '%s'", id);
  g_autoptr (QmpValue) by_id = object_with ("device", id);
  g_autoptr (QmpValue) by_path = object_with ("path", path);

  qmp_expectation_add_success (expectation, "DEVICE_DELETED", is_path ? by_path : by_id);
  /* A device that was made without an id has a path only. */
  qmp_expectation_add_failure (expectation, "DEVICE_UNPLUG_GUEST_ERROR", by_id, refusal);
  qmp_expectation_add_failure (expectation, "DEVICE_UNPLUG_GUEST_ERROR", by_path, refusal);
  /* The repeat of a command within five seconds, which QEMU tells by its words only. */
  qmp_expectation_add_tolerated_error (expectation, QMP_ERROR_GENERIC,
                                       "already in the process of unplug");
  return expectation;
}

void
qmp_session_unplug_async (QmpSession *session,
                          const char *id,
                          guint timeout_ms,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (QmpExpectation) expectation = NULL;
  g_autoptr (QmpValue) arguments = NULL;

  g_return_if_fail (QMP_IS_SESSION (session));
  g_return_if_fail (id);

  expectation = expect_unplug (id);
  arguments = object_with ("id", id);
  qmp_session_expect_async (session, "device_del", arguments, expectation, timeout_ms, cancellable,
                            callback, user_data);
}

gboolean
qmp_session_unplug_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_autoptr (QmpValue) data = qmp_session_expect_finish (session, result, error);

  return data != NULL;
}

gboolean
qmp_session_unplug_sync (QmpSession *session,
                         const char *id,
                         guint timeout_ms,
                         GCancellable *cancellable,
                         GError **error)
{
  QmpSync sync;
  gboolean is_gone;

  g_return_val_if_fail (QMP_IS_SESSION (session), FALSE);
  g_return_val_if_fail (id, FALSE);

  qmp_sync_begin (&sync, session);
  qmp_session_unplug_async (session, id, timeout_ms, cancellable, qmp_sync_done, &sync);
  is_gone = qmp_session_unplug_finish (session, qmp_sync_wait (&sync), error);
  qmp_sync_end (&sync, NULL);
  return is_gone;
}
