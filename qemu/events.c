/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What QEMU's events mean: a table from event to handler. A handler notes causes and tells states;
 * that QEMU has ended is decided by its exit alone (exit.c).
 */
#include "qemu/instance-private.h"

#include "qemu/argv.h"
#include "qemu/record.h"

#include <string.h>

#define BYTES_PER_KIB 1024
#define PERIPHERAL "/machine/peripheral/"

typedef void (*EventHandler) (VbQemuInstance *instance, const QmpValue *data);

void
vb_instance_set_state (VbQemuInstance *instance, VbState state, VbStateReason reason)
{
  if (instance->state == state && instance->reason == reason)
    return;
  instance->state = state;
  instance->reason = reason;
  /* While it is being ended, only the exit matters. */
  if (!instance->ending)
    vb_instance_emit (instance, VB_INSTANCE_STATE, (int) state, (int) reason);
}

void
vb_instance_read_status (VbQemuInstance *instance,
                         const QmpValue *status,
                         VbState *state,
                         VbStateReason *reason)
{
  vb_run_state_from_qmp (qmp_value_get_string (status, "status"), state, reason);
  /* A guest that was reset while it did not run is called `prelaunch` by QEMU, too. */
  if (*state == VB_STATE_STARTING && instance->released)
    {
      *state = VB_STATE_PAUSED;
      *reason = VB_REASON_USER;
    }
}

static void
fail_guest (VbQemuInstance *instance)
{
  if (instance->state == VB_STATE_CRASHED)
    return;
  instance->pending_end = VB_END_INTERNAL_ERROR;
  vb_instance_emit (instance, VB_INSTANCE_HELD, (int) instance->pending_end);
  vb_instance_set_state (instance, VB_STATE_CRASHED, VB_REASON_FAILED);
}

static void
on_status (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VbQemuInstance) instance = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) status = qmp_session_call_finish (QMP_SESSION (source), result, &error);
  VbState state;
  VbStateReason reason;

  if (status == NULL)
    {
      g_debug ("query-status: %s", error->message);
      return;
    }
  vb_instance_read_status (instance, status, &state, &reason);
  /* That it runs, and why, is told by RESUME. */
  if (state == VB_STATE_CRASHED)
    fail_guest (instance);
  else if (state != VB_STATE_RUNNING && state != VB_STATE_STARTING)
    vb_instance_set_state (instance, state, reason);
}

void
vb_instance_query_status (VbQemuInstance *instance)
{
  qmp_session_call_async (instance->session, "query-status", NULL,
                          instance->settings.command_timeout_ms, NULL, on_status,
                          g_object_ref (instance));
}

static void
tell (VbQemuInstance *instance, const char *kind, GVariantDict *details)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_dict_end (details));
  vb_instance_emit (instance, VB_INSTANCE_EVENT, kind, value);
}

static void
on_shutdown (VbQemuInstance *instance, const QmpValue *data)
{
  VbEnd end = vb_end_from_qmp (data != NULL ? qmp_value_get_string (data, "reason") : NULL);
  /* A panic comes before the shutdown that follows it, and says more. */
  if (instance->pending_end != VB_END_GUEST_PANIC)
    instance->pending_end = end;
  instance->pauses_at_end = TRUE;
  vb_instance_set_state (instance, VB_STATE_SHUTTING_DOWN,
                         vb_end_to_reason (instance->pending_end));
}

static void
on_panic (VbQemuInstance *instance, const QmpValue *data)
{
  const char *action = data != NULL ? qmp_value_get_string (data, "action") : NULL;
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  instance->pending_end = VB_END_GUEST_PANIC;
  instance->pauses_at_end = g_strcmp0 (action, "pause") == 0;
  tell (instance, "panic", &details);
  if (!instance->pauses_at_end)
    vb_instance_set_state (instance, VB_STATE_SHUTTING_DOWN, VB_REASON_GUEST_PANICKED);
}

static void
hold (VbQemuInstance *instance)
{
  instance->pauses_at_end = FALSE;
  vb_instance_emit (instance, VB_INSTANCE_HELD, (int) instance->pending_end);
  vb_instance_set_state (instance, VB_STATE_PAUSED, VB_REASON_PRESERVED);
}

static void
on_stop (VbQemuInstance *instance, const QmpValue *data)
{
  if (instance->pauses_at_end)
    hold (instance);
  else if (instance->state == VB_STATE_SHUTTING_DOWN)
    return;
  else if (instance->n_stops > 0)
    vb_instance_set_state (instance, VB_STATE_PAUSED, VB_REASON_USER);
  else
    vb_instance_query_status (instance);
}

static void
on_resume (VbQemuInstance *instance, const QmpValue *data)
{
  instance->pending_end = VB_END_UNKNOWN;
  instance->pauses_at_end = FALSE;
  vb_instance_forget_io_errors (instance);
  vb_instance_set_state (instance, VB_STATE_RUNNING,
                         instance->released ? VB_REASON_USER : VB_REASON_BOOTED);
}

static void
on_suspend (VbQemuInstance *instance, const QmpValue *data)
{
  vb_instance_set_state (instance, VB_STATE_SUSPENDED, VB_REASON_UNKNOWN);
}

static void
on_wakeup (VbQemuInstance *instance, const QmpValue *data)
{
  vb_instance_set_state (instance, VB_STATE_RUNNING, VB_REASON_USER);
}

static void
on_reset (VbQemuInstance *instance, const QmpValue *data)
{
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  tell (instance, "reset", &details);
  if (instance->state != VB_STATE_RUNNING && instance->state != VB_STATE_SHUTTING_DOWN)
    vb_instance_query_status (instance);
}

static void
on_powerdown (VbQemuInstance *instance, const QmpValue *data)
{
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  tell (instance, "powerdown-requested", &details);
}

static void
on_watchdog (VbQemuInstance *instance, const QmpValue *data)
{
  /* QEMU's own part of a dump is to pause. */
  gboolean dumps = vb_domain_get_watchdog_action (instance->domain) == VB_WATCHDOG_ACTION_DUMP;
  const char *action = dumps
                           ? vb_enum_to_string (&vb_watchdog_action_table, VB_WATCHDOG_ACTION_DUMP)
                           : qmp_value_get_string (data, "action");
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  g_variant_dict_insert (&details, "action", "s", action != NULL ? action : "");
  /* QEMU goes at once, without a word of its own. */
  if (g_strcmp0 (action, "poweroff") == 0)
    instance->pending_end = VB_END_GUEST_SHUTDOWN;
  tell (instance, "watchdog", &details);
}

/* (nullable): the disk whose upper block node has that name, see argv-disk.c */
static const VbDisk *
find_disk (VbQemuInstance *instance, const char *node)
{
  for (guint i = 0; node != NULL && i < instance->domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (instance->domain->devices, i);
      const char *dash = strchr (node, '-');
      if (device->kind == VB_DEVICE_DISK && dash != NULL &&
          g_str_equal (((const VbDisk *) device)->target, dash + 1))
        return (const VbDisk *) device;
    }
  return NULL;
}

static void
on_io_error (VbQemuInstance *instance, const QmpValue *data)
{
  const VbDisk *disk = find_disk (instance, qmp_value_get_string (data, "node-name"));
  const char *reason = qmp_value_get_boolean (data, "nospace", FALSE)
                           ? "no space left"
                           : qmp_value_get_string (data, "reason");
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  g_variant_dict_insert (&details, "device", "s", disk != NULL ? disk->base.alias : "");
  g_variant_dict_insert (&details, "path", "s",
                         disk != NULL && disk->source != NULL ? disk->source : "");
  g_variant_dict_insert (&details, "reason", "s", reason != NULL ? reason : "");
  if (disk != NULL && g_strcmp0 (qmp_value_get_string (data, "action"), "stop") == 0)
    vb_instance_set_io_status (instance, disk->base.alias,
                               qmp_value_get_boolean (data, "nospace", FALSE) ? VB_IO_NOSPACE
                                                                              : VB_IO_FAILED);
  tell (instance, "io-error", &details);
}

static void
on_rtc_change (VbQemuInstance *instance, const QmpValue *data)
{
  gint64 offset_s = qmp_value_get_int (data, "offset", 0);
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  g_variant_dict_insert (&details, "offset", "x", offset_s);
  vb_instance_emit (instance, VB_INSTANCE_CLOCK, offset_s);
  tell (instance, "rtc-change", &details);
}

static void
on_balloon (VbQemuInstance *instance, const QmpValue *data)
{
  guint64 kib = qmp_value_get_uint (data, "actual", 0) / BYTES_PER_KIB;
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  g_variant_dict_insert (&details, "kib", "t", kib);
  vb_instance_emit (instance, VB_INSTANCE_MEMORY, kib);
  tell (instance, "balloon", &details);
}

void
vb_instance_replace_domain (VbQemuInstance *instance, VbDomain *domain)
{
  g_autoptr (VbDomain) former = g_steal_pointer (&instance->domain);
  instance->domain = domain;
  vb_instance_emit (instance, VB_INSTANCE_DOMAIN);
}

gboolean
vb_instance_lose_device (VbQemuInstance *instance, const char *alias)
{
  const VbDevice *device = vb_domain_find_device (instance->domain, alias);
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  VbDomain *domain;

  /* QEMU's id may be the alias of something that is no device of QEMU's. */
  if (device == NULL || !vb_argv_has_device (instance->domain, device))
    return FALSE;
  g_variant_dict_insert (&details, "alias", "s", alias);
  domain = vb_domain_copy (instance->domain);
  vb_domain_remove_device (domain, alias);
  vb_instance_replace_domain (instance, domain);
  tell (instance, "device-removed", &details);
  return TRUE;
}

/* A part of a device has a path and no id. QEMU tells it when the device's memory is gone; another
 * device may have its id by then. */
static void
on_device_deleted (VbQemuInstance *instance, const QmpValue *data)
{
  const char *id = qmp_value_get_string (data, "device");
  instance->n_deletions++;
  if (id != NULL && instance->launch == NULL && vb_instance_lose_device (instance, id))
    vb_qemu_instance_refresh_async (instance, NULL, NULL, NULL);
}

static void
on_unplug_refused (VbQemuInstance *instance, const QmpValue *data)
{
  const char *id = qmp_value_get_string (data, "device");
  const char *path = qmp_value_get_string (data, "path");
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  if (id == NULL && path != NULL && g_str_has_prefix (path, PERIPHERAL))
    id = path + strlen (PERIPHERAL);
  g_variant_dict_insert (&details, "alias", "s", id != NULL ? id : "");
  tell (instance, "unplug-refused", &details);
}

static const struct
{
  const char *name;
  EventHandler handle;
  gboolean needs_data;
} events[] = {
  { "SHUTDOWN", on_shutdown, FALSE },
  { "GUEST_PANICKED", on_panic, FALSE },
  { "STOP", on_stop, FALSE },
  { "RESUME", on_resume, FALSE },
  { "SUSPEND", on_suspend, FALSE },
  { "WAKEUP", on_wakeup, FALSE },
  { "RESET", on_reset, FALSE },
  { "POWERDOWN", on_powerdown, FALSE },
  { "WATCHDOG", on_watchdog, TRUE },
  { "BLOCK_IO_ERROR", on_io_error, TRUE },
  { "RTC_CHANGE", on_rtc_change, TRUE },
  { "BALLOON_CHANGE", on_balloon, TRUE },
  { "DEVICE_DELETED", on_device_deleted, TRUE },
  { "DEVICE_UNPLUG_GUEST_ERROR", on_unplug_refused, TRUE },
  { "DUMP_COMPLETED", vb_instance_dump_completed, TRUE },
};

void
vb_instance_subscribe (QmpSession *session)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    qmp_session_subscribe (session, events[i].name);
}

void
vb_instance_handle_event (VbQemuInstance *instance, const char *name, QmpValue *data)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    if (g_str_equal (events[i].name, name) && (data != NULL || !events[i].needs_data))
      events[i].handle (instance, data);
  /* What tells of an end stays for the next service. */
  if (instance->pending_end == VB_END_UNKNOWN)
    vb_record_trim (instance->runtime_dir);
}
