/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A second client of a QEMU.
 */
#include "control.h"

#define TIMEOUT_MS 60000

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

QmpSession *
control_open (Machine *machine, VbQemuMonitor monitor)
{
  g_autofree char *path = vb_qemu_instance_get_monitor_path (machine->instance, monitor);
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *slot = NULL;
  QmpSession *session;

  qmp_session_connect_async (path, TIMEOUT_MS, NULL, store_result, &slot);
  connected = wait_for_result (&slot);
  session = qmp_session_connect_finish (connected, &error);
  g_assert_no_error (error);
  slot = NULL;
  qmp_session_open_async (session, TIMEOUT_MS, NULL, store_result, &slot);
  opened = wait_for_result (&slot);
  qmp_session_open_finish (session, opened, &error);
  g_assert_no_error (error);
  return session;
}

static QmpValue *
call (QmpSession *session, const char *command, const char *arguments, GError **error)
{
  g_autoptr (QmpValue) value = arguments != NULL ? qmp_value_parse (arguments, -1, NULL) : NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GAsyncResult *slot = NULL;

  g_assert_true (arguments == NULL || value != NULL);
  qmp_session_call_async (session, command, value, TIMEOUT_MS, NULL, store_result, &slot);
  result = wait_for_result (&slot);
  return qmp_session_call_finish (session, result, error);
}

QmpValue *
control_ask (QmpSession *session, const char *command, const char *arguments)
{
  g_autoptr (GError) error = NULL;
  QmpValue *answer = call (session, command, arguments, &error);
  g_assert_no_error (error);
  return answer;
}

void
control_tell (QmpSession *session, const char *command, const char *arguments)
{
  qmp_value_unref (control_ask (session, command, arguments));
}

GError *
control_fail (QmpSession *session, const char *command, const char *arguments)
{
  GError *error = NULL;
  g_autoptr (QmpValue) answer = call (session, command, arguments, &error);
  g_assert_null (answer);
  return error;
}
