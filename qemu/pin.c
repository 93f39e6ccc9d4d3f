/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One virtual CPU of a QEMU that runs, on other CPUs of the host. QEMU says which thread it is.
 */
#include "qemu/instance-private.h"

#include "qemu/affinity.h"
#include "qemu/qmp-translate.h"

typedef struct
{
  guint vcpu;
  VbCpuset *cpus; /* (owned) */
} Pin;

static void
pin_free (Pin *pin)
{
  vb_cpuset_free (pin->cpus);
  g_free (pin);
}

/* -1 where the machine does not have it */
static int
find_thread (const QmpValue *cpus, guint vcpu)
{
  for (guint i = 0; i < qmp_value_get_length (cpus); i++)
    {
      g_autoptr (QmpValue) cpu = qmp_value_get_element (cpus, i);
      if (qmp_value_get_uint (cpu, "cpu-index", G_MAXUINT) == vcpu)
        return (int) qmp_value_get_int (cpu, "thread-id", -1);
    }
  return -1;
}

static gboolean
pin_thread (const Pin *pin, const QmpValue *cpus, GError **error)
{
  int thread_id = find_thread (cpus, pin->vcpu);

  if (thread_id > 0)
    return vb_affinity_pin (thread_id, pin->vcpu, pin->cpus, error);
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED,
               "the virtual CPU %u is not plugged in; pin it for the next start", pin->vcpu);
  return FALSE;
}

static void
on_cpus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GError) cause = NULL;
  g_autoptr (QmpValue) cpus = qmp_session_call_finish (QMP_SESSION (source), result, &cause);

  if (cpus == NULL)
    g_task_return_error (task, vb_qemu_error_from_qmp (cause, "query-cpus-fast"));
  else if (pin_thread (g_task_get_task_data (task), cpus, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
vb_qemu_instance_pin_async (VbQemuInstance *instance,
                            guint vcpu,
                            const VbCpuset *cpus,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (instance, cancellable, callback, user_data);
  Pin *pin = g_new (Pin, 1);
  GError *error = NULL;

  *pin = (Pin){ vcpu, vb_cpuset_copy (cpus) };
  g_task_set_source_tag (task, vb_qemu_instance_pin_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, pin, (GDestroyNotify) pin_free);
  if (vb_instance_check_monitor (instance, &error))
    qmp_session_call_async (instance->session, "query-cpus-fast", NULL,
                            instance->settings.command_timeout_ms, cancellable, on_cpus,
                            g_object_ref (task));
  else
    g_task_return_error (task, error);
}
