/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Qmp: commands of QEMU's own and sessions with its monitor. Which right a call needs
 * follows from the command, or from the session's mode; for what changes something the log wants to
 * know the user.
 */
#include "objects/qmp.h"

#include "engine/execute.h"
#include "engine/qmp-rules.h"
#include "introspection/virtbus-interfaces.h"
#include "objects/call.h"
#include "policy/authority.h"

#include <string.h>

#define MODE_QUERY "query"
#define MODE_CONTROL "control"

static const char *
choose_for_command (const VbCall *call)
{
  return vb_qmp_command_reads (vb_call_get_text (call)) ? VB_ACTION_DOMAIN_QMP_QUERY
                                                        : VB_ACTION_DOMAIN_QMP_CONTROL;
}

static const char *
get_mode (const VbCall *call)
{
  const char *mode = vb_call_get_text_option (call, "mode");

  return mode != NULL ? mode : MODE_QUERY;
}

static const char *
choose_for_mode (const VbCall *call)
{
  return g_str_equal (get_mode (call), MODE_QUERY) ? VB_ACTION_DOMAIN_QMP_QUERY
                                                   : VB_ACTION_DOMAIN_QMP_CONTROL;
}

static void
on_executed (GObject *source, GAsyncResult *result, gpointer call)
{
  GError *error = NULL;
  g_autofree char *answer = vb_engine_execute_finish (VB_ENGINE (source), result, &error);

  if (answer != NULL)
    vb_call_complete (call, g_variant_new ("(s)", answer));
  else
    vb_call_fail (call, error);
}

/* @who: (nullable) */
static void
execute_for (VbCall *call, const char *who)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (call->invocation);
  VbExecute request = {
    .unsafe = vb_call_get_boolean_option (call, "unsafe", FALSE),
    .timeout_ms = vb_call_get_uint32_option (call, "timeout-ms", 0),
    .who = who,
  };

  g_variant_get_child (parameters, 0, "&s", &request.command);
  g_variant_get_child (parameters, 1, "&s", &request.arguments);
  vb_engine_execute_async (call->tree->engine, call->node->machine, &request, NULL, on_executed,
                           call);
}

static void
on_commander_known (GObject *source, GAsyncResult *result, gpointer data)
{
  VbCall *call = data;
  GError *error = NULL;
  g_autofree char *who = vb_callers_get_user_finish (result, &error);

  if (who != NULL)
    execute_for (call, who);
  else
    vb_call_fail (call, error);
}

static void
handle_execute (VbCall *call, const VbView *view)
{
  if (vb_qmp_command_reads (vb_call_get_text (call)))
    execute_for (call, NULL);
  else
    vb_callers_get_user_async (call->tree->callers, vb_call_get_sender (call), on_commander_known,
                               call);
}

/* @who: (nullable) */
static void
open_for (VbCall *call, const char *who)
{
  g_autofree const char **events = vb_call_get_texts_option (call, "events");
  VbQmpSessionOptions options = {
    .control = g_str_equal (get_mode (call), MODE_CONTROL),
    .unsafe = vb_call_get_boolean_option (call, "unsafe", FALSE),
    .events = events,
    .who = who,
  };
  GError *error = NULL;
  int fd = vb_engine_open_qmp_session (call->tree->engine, call->node->machine, &options, &error);

  if (fd >= 0)
    vb_call_complete_with_fd (call, fd);
  else
    vb_call_fail (call, error);
}

static void
on_opener_known (GObject *source, GAsyncResult *result, gpointer data)
{
  VbCall *call = data;
  GError *error = NULL;
  g_autofree char *who = vb_callers_get_user_finish (result, &error);

  if (who != NULL)
    open_for (call, who);
  else
    vb_call_fail (call, error);
}

static void
handle_open_session (VbCall *call, const VbView *view)
{
  const char *mode = get_mode (call);

  if (g_str_equal (mode, MODE_QUERY))
    open_for (call, NULL);
  else if (g_str_equal (mode, MODE_CONTROL))
    vb_callers_get_user_async (call->tree->callers, vb_call_get_sender (call), on_opener_known,
                               call);
  else
    vb_call_refuse (call, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                    "OpenSession: option 'mode': '%s' is no mode; known: " MODE_CONTROL
                    ", " MODE_QUERY,
                    mode);
}

static const VbOptionRow execute_options[] = {
  { "timeout-ms", "u" },
  { "unsafe", "b" },
  { NULL },
};

static const VbOptionRow open_session_options[] = {
  { "events", "as" },
  { "mode", "s" },
  { "unsafe", "b" },
  { NULL },
};

static const VbMethodRow methods[] = {
  { "Execute", VB_ACTION_DOMAIN_QMP_CONTROL, handle_execute, execute_options,
    .choose = choose_for_command, .names_command = TRUE },
  { "OpenSession", VB_ACTION_DOMAIN_QMP_CONTROL, handle_open_session, open_session_options,
    .choose = choose_for_mode },
  { NULL },
};

const VbInterfaceTable vb_qmp_interface_table = {
  .name = "org.virtbus1.Qmp",
  .info = &vb_bus_qmp_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .methods = methods,
};
