/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks a QEMU that others have sent commands what is true now, in two rounds of commands: one for
 * what there is, one for what is new. State and balloon are told with their answers, as they would be
 * by an event; the live domain is replaced at the end, where nothing waits any more.
 */
#include "qemu/instance-private.h"

#include "qemu/argv.h"
#include "qemu/found-device.h"
#include "qemu/qmp-translate.h"

#include <string.h>

#define BYTES_PER_KIB 1024
#define PERIPHERAL "/machine/peripheral"
#define CHILD_PREFIX "child<"

typedef enum
{
  QUERY_STATUS,
  QUERY_BALLOON,
  QUERY_PERIPHERAL,
  QUERY_BLOCK,
  QUERY_NODES,
  QUERY_FDSETS,
  QUERY_PCI,
  N_QUERIES,
} Query;

typedef void (*AnswerFunc) (VbQemuInstance *instance, const QmpValue *answer);

/* A device that the live domain does not know. */
typedef struct
{
  char *id;             /* (owned) */
  char *type;           /* (owned) */
  QmpValue *properties; /* (owned) */
} Candidate;

typedef struct
{
  guint n_deletions; /* of the instance, when the first round was sent */
  guint n_pending;
  QmpValue *answers[N_QUERIES]; /* (owned) (nullable) */
  GPtrArray *candidates;        /* (owned) (element-type Candidate) */
  GError *error;                /* (owned) (nullable): the first */
} Refresh;

/* One command under way. */
typedef struct
{
  GTask *task;         /* (owned) */
  const char *command; /* static */
  gboolean may_be_refused;
  Query query;
  Candidate *candidate; /* (unowned) (nullable): whose property this is: */
  const char *property; /* static */
} Step;

static void send_queries (GTask *task);

static void
candidate_free (Candidate *candidate)
{
  g_free (candidate->id);
  g_free (candidate->type);
  qmp_value_unref (candidate->properties);
  g_free (candidate);
}

static void
refresh_clear (Refresh *refresh)
{
  for (guint i = 0; i < N_QUERIES; i++)
    g_clear_pointer (&refresh->answers[i], qmp_value_unref);
  g_ptr_array_set_size (refresh->candidates, 0);
}

static void
refresh_free (Refresh *refresh)
{
  refresh_clear (refresh);
  g_ptr_array_unref (refresh->candidates);
  g_clear_error (&refresh->error);
  g_free (refresh);
}

/* The end: what was found out becomes the live domain. */

static gboolean
is_known (VbQemuInstance *instance, const char *id)
{
  const VbDevice *device = vb_domain_find_device (instance->domain, id);
  return device != NULL && vb_argv_has_device (instance->domain, device);
}

static gboolean
is_present (const QmpValue *peripheral, const char *id)
{
  for (guint i = 0; i < qmp_value_get_length (peripheral); i++)
    {
      g_autoptr (QmpValue) member = qmp_value_get_element (peripheral, i);
      if (g_strcmp0 (qmp_value_get_string (member, "name"), id) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
lose_devices (VbQemuInstance *instance, const Refresh *refresh)
{
  g_autoptr (VbDomain) before = vb_domain_ref (instance->domain);
  for (guint i = 0; i < before->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (before->devices, i);
      if (vb_argv_has_device (before, device) &&
          !is_present (refresh->answers[QUERY_PERIPHERAL], device->alias))
        vb_instance_lose_device (instance, device->alias);
    }
}

static VbBlockAnswers
get_blocks (const Refresh *refresh)
{
  return (VbBlockAnswers){ refresh->answers[QUERY_BLOCK], refresh->answers[QUERY_NODES],
                           refresh->answers[QUERY_FDSETS] };
}

static gboolean
change_medium (VbDisk *disk, const VbBlockAnswers *blocks)
{
  g_auto (VbMedium) medium = { 0 };
  if (disk->device == VB_DISK_DEVICE_DISK || !vb_medium_find (blocks, disk->base.alias, &medium) ||
      g_strcmp0 (disk->source, medium.source) == 0)
    return FALSE;
  vb_disk_clear_source (disk);
  disk->source = g_steal_pointer (&medium.source);
  disk->type = medium.type;
  if (!medium.is_inserted)
    return TRUE;
  g_free (disk->format);
  disk->format = g_strdup (medium.format);
  disk->read_only = medium.read_only || disk->device == VB_DISK_DEVICE_CDROM;
  return TRUE;
}

static gboolean
change_media (VbDomain *domain, const VbBlockAnswers *blocks)
{
  gboolean has_changed = FALSE;
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);
      if (device->kind == VB_DEVICE_DISK)
        has_changed |= change_medium ((VbDisk *) device, blocks);
    }
  return has_changed;
}

/* `none` is the mark of a machine without a balloon: it goes where one comes. */
static void
make_room_for (VbDomain *domain, VbDeviceKind kind)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbMemballoon *balloon = g_ptr_array_index (domain->devices, i);
      if (kind == VB_DEVICE_MEMBALLOON && balloon->base.kind == kind &&
          balloon->model == VB_MEMBALLOON_NONE)
        {
          vb_domain_remove_device (domain, balloon->base.alias);
          return;
        }
    }
}

/* The live domain is written for the next service, which must be able to read it. */
static gboolean
can_be_read_back (const VbDomain *domain, GError **error)
{
  g_autofree char *xml = vb_domain_format (domain, VB_FORMAT_LIVE | VB_FORMAT_SECURE);
  g_autoptr (VbDomain) read = vb_domain_parse (xml, strlen (xml), TRUE, NULL, error);
  return read != NULL;
}

/* (transfer full) (nullable): @domain with the device */
static VbDomain *
add_candidate (const VbDomain *domain, const Candidate *candidate, const Refresh *refresh)
{
  VbBlockAnswers blocks = get_blocks (refresh);
  VbFound found = { candidate->id, candidate->type, candidate->properties, &blocks,
                    refresh->answers[QUERY_PCI] };
  g_autoptr (VbDomain) grown = vb_domain_copy (domain);
  g_autoptr (GError) error = NULL;
  VbDevice *device = vb_found_device_new (domain, &found);

  if (device == NULL)
    return NULL;
  make_room_for (grown, device->kind);
  vb_domain_add_device (grown, device);
  if (can_be_read_back (grown, &error))
    return g_steal_pointer (&grown);
  g_info ("domain '%s': QEMU's device '%s' (%s) is not shown: %s", domain->name, candidate->id,
          candidate->type, error->message);
  return NULL;
}

static void
gain_devices (VbQemuInstance *instance, const Refresh *refresh)
{
  g_autoptr (VbDomain) domain = vb_domain_copy (instance->domain);
  VbBlockAnswers blocks = get_blocks (refresh);
  gboolean has_changed = change_media (domain, &blocks);

  for (guint i = 0; i < refresh->candidates->len; i++)
    {
      const Candidate *candidate = g_ptr_array_index (refresh->candidates, i);
      /* Another refresh may have brought it meanwhile. */
      VbDomain *grown =
          is_known (instance, candidate->id) ? NULL : add_candidate (domain, candidate, refresh);
      if (grown == NULL)
        continue;
      vb_domain_unref (domain);
      domain = grown;
      has_changed = TRUE;
    }
  if (has_changed)
    vb_instance_replace_domain (instance, g_steal_pointer (&domain));
}

static void
finish (GTask *task)
{
  VbQemuInstance *instance = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  GError *error = g_steal_pointer (&refresh->error);

  if (error == NULL && instance->ending)
    error = g_error_new_literal (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR, "QEMU is being ended");
  /* Every object of QEMU's has a type: an answer without one is no list of devices. */
  else if (error == NULL && !is_present (refresh->answers[QUERY_PERIPHERAL], "type"))
    error = g_error_new_literal (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                                 "QEMU does not tell which devices it has");
  if (error == NULL)
    vb_instance_check_monitor (instance, &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  lose_devices (instance, refresh);
  gain_devices (instance, refresh);
  g_task_return_boolean (task, TRUE);
}

/* The commands, and their answers. */

static void
take_status (VbQemuInstance *instance, const QmpValue *answer)
{
  VbState state;
  VbStateReason reason;
  vb_instance_read_status (instance, answer, &state, &reason);
  /* Before the guest was let go, and after its end, only an event or the exit changes its state. */
  if (state == VB_STATE_STARTING || instance->state == VB_STATE_STARTING ||
      instance->state == VB_STATE_SHUTTING_DOWN || instance->state == state)
    return;
  vb_instance_set_state (instance, state, state == VB_STATE_RUNNING ? VB_REASON_USER : reason);
}

static void
take_balloon (VbQemuInstance *instance, const QmpValue *answer)
{
  if (!instance->ending)
    vb_instance_emit (instance, VB_INSTANCE_MEMORY,
                      qmp_value_get_uint (answer, "actual", 0) / BYTES_PER_KIB);
}

static const struct
{
  const char *command;
  const char *member; /* (nullable): of its arguments, with: */
  const char *text;   /* (nullable): %NULL: true */
  AnswerFunc take;    /* (nullable): at once, so that no later event is overruled */
  gboolean may_be_refused;
} queries[N_QUERIES] = {
  [QUERY_STATUS] = { "query-status", NULL, NULL, take_status, FALSE },
  [QUERY_BALLOON] = { "query-balloon", NULL, NULL, take_balloon, TRUE },
  [QUERY_PERIPHERAL] = { "qom-list", "path", PERIPHERAL, NULL, FALSE },
  [QUERY_BLOCK] = { "query-block", NULL, NULL, vb_instance_take_io_status, FALSE },
  [QUERY_NODES] = { "query-named-block-nodes", "flat", NULL, NULL, TRUE },
  [QUERY_FDSETS] = { "query-fdsets", NULL, NULL, NULL, FALSE },
  [QUERY_PCI] = { "query-pci", NULL, NULL, NULL, TRUE },
};

/* (transfer full) (nullable): "virtio-blk-pci" of "child<virtio-blk-pci>" */
static char *
child_type (const QmpValue *member)
{
  const char *type = qmp_value_get_string (member, "type");
  if (type == NULL || !g_str_has_prefix (type, CHILD_PREFIX) || !g_str_has_suffix (type, ">"))
    return NULL;
  return g_strndup (type + strlen (CHILD_PREFIX), strlen (type) - strlen (CHILD_PREFIX) - 1);
}

static void on_answer (GObject *source, GAsyncResult *result, gpointer user_data);

/* @step: (transfer full), but for its task; @arguments: (transfer full) (nullable) */
static void
send (GTask *task, Step *step, QmpValue *arguments)
{
  VbQemuInstance *instance = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  step->task = g_object_ref (task);
  refresh->n_pending++;
  qmp_session_call_async (instance->session, step->command, arguments,
                          instance->settings.command_timeout_ms, g_task_get_cancellable (task),
                          on_answer, step);
  g_clear_pointer (&arguments, qmp_value_unref);
}

static void
send_property (GTask *task, Candidate *candidate, const char *property)
{
  Step *step = g_new0 (Step, 1);
  QmpValue *arguments = qmp_value_new_object ();
  g_autofree char *path = g_strdup_printf (PERIPHERAL "/%s", candidate->id);
  step->command = "qom-get";
  step->may_be_refused = TRUE;
  step->candidate = candidate;
  step->property = property;
  qmp_value_set_string (arguments, "path", path);
  qmp_value_set_string (arguments, "property", property);
  send (task, step, arguments);
}

/* @type: (transfer full) */
static void
add_unknown (GTask *task, const char *id, char *type)
{
  VbQemuInstance *instance = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  g_autofree char *owned_type = type;
  const char *const *properties = vb_found_device_list_properties (type);
  Candidate *candidate;

  if (properties == NULL)
    {
      g_info ("domain '%s': QEMU's device '%s' is no object: domains have no '%s'",
              instance->domain->name, id, type);
      return;
    }
  candidate = g_new0 (Candidate, 1);
  candidate->id = g_strdup (id);
  candidate->type = g_steal_pointer (&owned_type);
  candidate->properties = qmp_value_new_object ();
  g_ptr_array_add (refresh->candidates, candidate);
  for (; *properties != NULL; properties++)
    send_property (task, candidate, *properties);
}

/* The second round. */
static void
look_at_devices (GTask *task)
{
  VbQemuInstance *instance = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  const QmpValue *peripheral = refresh->answers[QUERY_PERIPHERAL];

  if (!vb_instance_check_monitor (instance, &refresh->error))
    return;
  for (guint i = 0; i < qmp_value_get_length (peripheral); i++)
    {
      g_autoptr (QmpValue) member = qmp_value_get_element (peripheral, i);
      const char *id = qmp_value_get_string (member, "name");
      g_autofree char *type = child_type (member);
      if (id != NULL && type != NULL && !is_known (instance, id))
        add_unknown (task, id, g_steal_pointer (&type));
    }
}

/* Where a device went meanwhile, it may have been seen before that. */
static gboolean
is_outdated (GTask *task)
{
  VbQemuInstance *instance = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  return refresh->n_deletions != instance->n_deletions &&
         vb_instance_check_monitor (instance, NULL);
}

static void
go_on (GTask *task, gboolean is_first_round)
{
  Refresh *refresh = g_task_get_task_data (task);
  if (refresh->n_pending > 0)
    return;
  if (refresh->error == NULL && is_first_round)
    look_at_devices (task);
  if (refresh->n_pending > 0)
    return;
  if (refresh->error == NULL && is_outdated (task))
    send_queries (task);
  else
    finish (task);
}

static void
note_error (Refresh *refresh, const Step *step, const GError *error)
{
  gboolean is_refusal = qmp_error_is_remote (error);
  if (refresh->error == NULL && !(is_refusal && step->may_be_refused))
    refresh->error = vb_qemu_error_from_qmp (error, step->command);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Step *step = user_data;
  g_autoptr (GTask) task = step->task;
  g_autoptr (GError) error = NULL;
  VbQemuInstance *instance = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);
  QmpValue *answer = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  refresh->n_pending--;
  if (answer == NULL)
    note_error (refresh, step, error);
  else if (step->candidate != NULL)
    qmp_value_set_value (step->candidate->properties, step->property, answer);
  else
    {
      refresh->answers[step->query] = answer;
      if (queries[step->query].take != NULL)
        queries[step->query].take (instance, answer);
    }
  go_on (task, step->candidate == NULL);
}

static QmpValue *
make_arguments (Query query)
{
  QmpValue *arguments;
  if (queries[query].member == NULL)
    return NULL;
  arguments = qmp_value_new_object ();
  if (queries[query].text != NULL)
    qmp_value_set_string (arguments, queries[query].member, queries[query].text);
  else
    qmp_value_set_boolean (arguments, queries[query].member, TRUE);
  return arguments;
}

/* The first round. */
static void
send_queries (GTask *task)
{
  VbQemuInstance *instance = g_task_get_source_object (task);
  Refresh *refresh = g_task_get_task_data (task);

  refresh_clear (refresh);
  refresh->n_deletions = instance->n_deletions;
  for (guint query = 0; query < N_QUERIES; query++)
    {
      Step *step = g_new0 (Step, 1);
      step->command = queries[query].command;
      step->may_be_refused = queries[query].may_be_refused;
      step->query = query;
      send (task, step, make_arguments (query));
    }
}

void
vb_qemu_instance_refresh_async (VbQemuInstance *instance,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (instance, cancellable, callback, user_data);
  Refresh *refresh = g_new0 (Refresh, 1);
  GError *error = NULL;

  refresh->candidates = g_ptr_array_new_with_free_func ((GDestroyNotify) candidate_free);
  g_task_set_source_tag (task, vb_qemu_instance_refresh_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, refresh, (GDestroyNotify) refresh_free);
  if (instance->launch != NULL)
    g_task_return_new_error (task, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                             "QEMU has not started yet");
  else if (!vb_instance_check_monitor (instance, &error))
    g_task_return_error (task, error);
  else
    send_queries (task);
}

gboolean
vb_qemu_instance_refresh_finish (VbQemuInstance *instance, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
