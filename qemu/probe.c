/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A probe is one process and one conversation: all questions are written at once, before the program
 * runs, and the answers are taken as they come. Then the process is killed, for it has nothing to
 * lose. The task has its result when there is one; the probe lives until its process was reaped.
 */
#include "qemu/probe.h"

#include "qemu/facts-builder.h"
#include "qemu/probe-process.h"
#include "qemu/probe-questions.h"
#include "qemu/process.h"
#include "qemu/qemu-error.h"
#include "qmp/qmp-channel.h"
#include "qmp/qmp-message.h"

#include <string.h>
#include <sys/wait.h>

/* QEMU 7.2 sends half a megabyte, 200 KB of it in one answer. */
#define MAX_ANSWER_BYTES (8 * 1024 * 1024)
#define MAX_RECEIVED_BYTES (32 * 1024 * 1024)

#define REMEDY "install it anew or name another <emulator>"
#define NEWER_REMEDY "install a newer one or name another <emulator>"
#define NO_QEMU_REMEDY "it is no QEMU or damaged: " REMEDY

typedef struct
{
  VbProbeConfig config; /* with a path of its own (owned) */
  guint *groups;        /* (owned) (nullable): of its user */
  guint n_groups;
  VbEmulatorFacts *known; /* (owned) (nullable): what is added to */

  VbProbeQuestions *questions; /* (owned) */
  VbFactsBuilder *builder;     /* (owned) */
  QmpReader *reader;           /* (owned) */
  gsize n_received;
  gboolean is_greeted;
  char *program; /* (owned) (nullable): the file that runs */

  GTask *task;             /* (owned) (nullable): while there is no result */
  GSource *deadline;       /* (owned) (nullable): while there is no result */
  GSource *cancel;         /* (owned) (nullable): while there is no result */
  QmpChannel *channel;     /* (owned) (nullable): while the emulator talks */
  VbProbeProcess *process; /* (owned) (nullable): once it was run */
  gboolean has_ended;
  int wait_status; /* of one that has */
} Probe;

typedef struct
{
  VbEmulatorFacts *facts; /* (owned) (nullable) */
  char *program;          /* (owned) (nullable) */
} Outcome;

static void
outcome_free (Outcome *outcome)
{
  g_clear_pointer (&outcome->facts, vb_emulator_facts_unref);
  g_free (outcome->program);
  g_free (outcome);
}

static Probe *
probe_new (const VbProbeConfig *config, VbEmulatorFacts *known, const char *device)
{
  Probe *probe = g_new0 (Probe, 1);

  probe->config = *config;
  probe->config.path = g_strdup (config->path);
  probe->known = known ? vb_emulator_facts_ref (known) : NULL;
  probe->questions = vb_probe_questions_new (device);
  probe->builder = vb_facts_builder_new ();
  probe->reader = qmp_reader_new (MAX_ANSWER_BYTES);
  return probe;
}

static void
probe_free (Probe *probe)
{
  g_free ((char *) probe->config.path);
  g_free (probe->groups);
  g_clear_pointer (&probe->known, vb_emulator_facts_unref);
  vb_probe_questions_free (probe->questions);
  vb_facts_builder_free (probe->builder);
  qmp_reader_free (probe->reader);
  g_free (probe->program);
  g_clear_pointer (&probe->process, vb_probe_process_free);
  g_free (probe);
}

static void
source_clear (GSource **source)
{
  if (!*source)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Ends the conversation, and takes the probe from the caller. (transfer full): the task that is to
 * have its result */
static GTask *
probe_end (Probe *probe)
{
  GTask *task = g_steal_pointer (&probe->task);

  source_clear (&probe->deadline);
  source_clear (&probe->cancel);
  g_clear_pointer (&probe->channel, qmp_channel_close);
  if (probe->process && !probe->has_ended)
    vb_probe_process_kill (probe->process);
  else
    probe_free (probe);
  return task;
}

/* @facts: (transfer full) */
static void
probe_return (Probe *probe, VbEmulatorFacts *facts)
{
  Outcome *outcome = g_new0 (Outcome, 1);
  g_autoptr (GTask) task = NULL;

  outcome->facts = facts;
  outcome->program = g_steal_pointer (&probe->program);
  task = probe_end (probe);
  g_task_return_pointer (task, outcome, (GDestroyNotify) outcome_free);
}

/* @what: is wrong with the emulator; it is told what the emulator itself has to say, too */
static void G_GNUC_PRINTF (3, 4)
    probe_fail (Probe *probe, const char *remedy, const char *what, ...)
{
  g_autofree char *words = vb_probe_process_read_words (probe->process);
  g_autofree char *problem = NULL;
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, what);
  problem = g_strdup_vprintf (what, arguments);
  va_end (arguments);
  message = g_strdup_printf ("emulator '%s' %s%s%s; %s", probe->config.path, problem,
                             *words ? ": " : "", words, remedy);
  probe_return (probe, vb_emulator_facts_new_failed (message));
}

/* The conversation */

/* The list of types that it was asked for has made it load modules. */
static void
note_modules (Probe *probe)
{
  g_auto (GStrv) modules = NULL;

  if (probe->program && !probe->has_ended)
    modules = vb_probe_process_list_modules (probe->process, probe->program);
  if (modules)
    vb_facts_builder_add_modules (probe->builder, (const char *const *) modules);
}

static VbEmulatorFacts *
build_facts (Probe *probe, GError **error)
{
  if (probe->known)
    return vb_facts_builder_add_to (probe->builder, probe->known);
  note_modules (probe);
  return vb_facts_builder_end (probe->builder, error);
}

static void
conclude (Probe *probe)
{
  g_autoptr (GError) error = NULL;
  VbEmulatorFacts *facts = build_facts (probe, &error);

  if (facts)
    probe_return (probe, facts);
  else if (g_error_matches (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED))
    probe_fail (probe, NEWER_REMEDY, "%s", error->message);
  else
    probe_fail (probe, NO_QEMU_REMEDY, "%s", error->message);
}

static void
take_answer (Probe *probe, const QmpMessage *message)
{
  const VbProbeQuestion *question = vb_probe_questions_answer (probe->questions, message->id);
  g_autoptr (QmpValue) reply = NULL;

  if (!question)
    return;
  if (message->kind == QMP_MESSAGE_RETURN)
    reply = qmp_message_parse_body (message, NULL);
  if (reply)
    vb_facts_builder_add (probe->builder, question->command, question->device, reply);
  else if (g_error_matches (message->error, QMP_ERROR, QMP_ERROR_COMMAND_NOT_FOUND))
    vb_facts_builder_add_unknown (probe->builder, question->command);
}

/* Whether the conversation goes on; else the probe is gone. */
static gboolean
take_message (Probe *probe, const QmpMessage *message)
{
  if (message->kind == QMP_MESSAGE_GREETING && !probe->is_greeted)
    {
      probe->is_greeted = TRUE;
      probe->program = vb_probe_process_read_program (probe->process);
      return TRUE;
    }
  if (!probe->is_greeted)
    {
      probe_fail (probe, NO_QEMU_REMEDY, "talks another protocol than QEMU's");
      return FALSE;
    }
  take_answer (probe, message);
  if (vb_probe_questions_get_open (probe->questions))
    return TRUE;
  conclude (probe);
  return FALSE;
}

static void
on_received (const char *bytes, gsize n_bytes, const int *fds, guint n_fds, gpointer user_data)
{
  Probe *probe = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpMessage) message = NULL;

  probe->n_received += n_bytes;
  if (probe->n_received > MAX_RECEIVED_BYTES)
    {
      probe_fail (probe, NO_QEMU_REMEDY, "has sent more than %d MiB", MAX_RECEIVED_BYTES >> 20);
      return;
    }
  qmp_reader_feed (probe->reader, bytes, n_bytes);
  while ((message = qmp_reader_next (probe->reader, &error)))
    {
      if (!take_message (probe, message))
        return;
      g_clear_pointer (&message, qmp_message_free);
    }
  if (error)
    probe_fail (probe, NO_QEMU_REMEDY, "does not talk as QEMU does (%s)", error->message);
}

/* The end */

/* (transfer full): what it did not do: "answer 'query-version'" */
static char *
describe_silence (Probe *probe)
{
  const VbProbeQuestion *question = vb_probe_questions_get_open (probe->questions);

  return probe->is_greeted ? g_strdup_printf ("answer '%s'", question->command)
                           : g_strdup ("answer");
}

/* The process may end before all that it has sent was read, and the other way round. */
static void
check_end (Probe *probe)
{
  g_autofree char *silence = NULL;

  if (probe->channel || !probe->has_ended)
    return;
  silence = describe_silence (probe);
  if (WIFSIGNALED (probe->wait_status))
    probe_fail (probe, REMEDY, "was killed by signal %d (%s) and did not %s",
                WTERMSIG (probe->wait_status), strsignal (WTERMSIG (probe->wait_status)), silence);
  else
    probe_fail (probe, REMEDY, "ended with exit status %d and did not %s",
                WEXITSTATUS (probe->wait_status), silence);
}

static void
on_monitor_ended (GError *error, gpointer user_data)
{
  Probe *probe = user_data;

  g_error_free (error);
  g_clear_pointer (&probe->channel, qmp_channel_close);
  check_end (probe);
}

static void
on_process_ended (int wait_status, gpointer user_data)
{
  Probe *probe = user_data;

  probe->has_ended = TRUE;
  probe->wait_status = wait_status;
  if (probe->task)
    check_end (probe);
  else
    probe_free (probe);
}

static gboolean
on_deadline (gpointer user_data)
{
  Probe *probe = user_data;
  g_autofree char *silence = describe_silence (probe);

  probe_fail (probe, REMEDY, "did not %s within %g s", silence, probe->config.timeout_ms / 1000.0);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = probe_end (user_data);

  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* The start */

static const QmpChannelFuncs channel_funcs = {
  .received = on_received,
  .ended = on_monitor_ended,
};

/* @source: (transfer full) */
static GSource *
probe_attach (Probe *probe, GSource *source, GSourceFunc callback)
{
  g_source_set_callback (source, callback, probe, NULL);
  g_source_attach (source, g_task_get_context (probe->task));
  return source;
}

static void
probe_run (Probe *probe)
{
  GCancellable *cancellable = g_task_get_cancellable (probe->task);
  g_autoptr (GError) error = NULL;
  int monitor_fd;

  probe->process = vb_probe_process_spawn (&probe->config, probe->groups, probe->n_groups,
                                           &monitor_fd, on_process_ended, probe, &error);
  if (!probe->process)
    {
      probe_return (probe, vb_emulator_facts_new_failed (error->message));
      return;
    }
  probe->deadline =
      probe_attach (probe, g_timeout_source_new (probe->config.timeout_ms), on_deadline);
  if (cancellable)
    probe->cancel =
        probe_attach (probe, g_cancellable_source_new (cancellable), G_SOURCE_FUNC (on_cancelled));
  probe->channel = qmp_channel_new (monitor_fd, FALSE, &channel_funcs, probe);
  qmp_channel_start (probe->channel, g_task_get_context (probe->task));
  qmp_channel_send (probe->channel, 1, g_strdup (vb_probe_questions_get_text (probe->questions)),
                    NULL, 0, NULL);
}

static void
list_groups (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Probe *probe = task_data;

  probe->groups = vb_process_list_groups (probe->config.uid, probe->config.gid, &probe->n_groups);
  g_task_return_boolean (task, TRUE);
}

static void
on_groups_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Probe *probe = user_data;
  g_autoptr (GTask) task = NULL;

  if (!g_cancellable_is_cancelled (g_task_get_cancellable (probe->task)))
    {
      probe_run (probe);
      return;
    }
  task = probe_end (probe);
  g_task_return_error_if_cancelled (task);
}

/* The groups of a user may be asked of a server: not here. */
static void
probe_start (Probe *probe)
{
  g_autoptr (GTask) listing = NULL;

  if (probe->config.uid < 0)
    {
      probe_run (probe);
      return;
    }
  listing = g_task_new (NULL, NULL, on_groups_listed, probe);
  g_task_set_task_data (listing, probe, NULL);
  g_task_run_in_thread (listing, list_groups);
}

void
vb_probe_async (const VbProbeConfig *config,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  vb_probe_describe_async (config, NULL, NULL, cancellable, callback, user_data);
}

void
vb_probe_describe_async (const VbProbeConfig *config,
                         VbEmulatorFacts *facts,
                         const char *device,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  VbEmulatorDevice found;
  Probe *probe;

  /* QEMU does not take an alias here. */
  if (device && vb_emulator_facts_find_device (facts, device, &found))
    device = found.name;
  probe = probe_new (config, facts, device);
  probe->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (probe->task, vb_probe_async);
  probe_start (probe);
}

VbEmulatorFacts *
vb_probe_finish (GAsyncResult *result, char **program, GError **error)
{
  Outcome *outcome;
  VbEmulatorFacts *facts;

  g_return_val_if_fail (g_async_result_is_tagged (result, vb_probe_async), NULL);

  outcome = g_task_propagate_pointer (G_TASK (result), error);
  if (!outcome)
    return NULL;
  facts = g_steal_pointer (&outcome->facts);
  if (program)
    *program = g_steal_pointer (&outcome->program);
  outcome_free (outcome);
  return facts;
}
