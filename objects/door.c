/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one door. A call goes through five steps, in the order of this file from its end: find the
 * row, check the options, collect the actions, ask the authority, dispatch, which may have to wait.
 * Which call needs what is not decided here but in the tables.
 */
#include "objects/door.h"

#include "engine/qmp-rules.h"
#include "objects/call.h"
#include "objects/host-device-question.h"
#include "objects/path.h"
#include "objects/standard.h"

#include <string.h>

#define MAX_DETAILS (4 + VB_HOST_DEVICE_N_DETAILS)

static void
fail_as_gone (VbCall *call)
{
  const char *path = g_dbus_method_invocation_get_object_path (call->invocation);

  vb_call_fail (call, g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT,
                                   "the object %s is gone, or does not have the interface any more",
                                   path));
}

/* An authority may take minutes, and so may what the call waits for: the object can be gone by now. */
static void
dispatch (VbCall *call)
{
  gboolean is_prepared = call->is_prepared || call->table->prepare == NULL;
  VbView view;

  vb_notifier_flush (call->tree->notifier);
  call->is_prepared = TRUE;
  if (vb_node_resolve (call->node, call->child, &view) == NULL)
    fail_as_gone (call);
  else if (is_prepared || call->table->prepare (call, &view))
    call->row->handle (call, &view);
}

/* (nullable): the machine that the call is about: the object's own, or that of the document */
static VbMachine *
find_subject (const VbCall *call)
{
  const VbDomain *document = call->document;

  if (document == NULL || document->uuid == NULL)
    return call->node->machine;
  return vb_registry_find_uuid (vb_engine_get_registry (call->tree->engine), document->uuid);
}

static void
read_document (VbCall *call)
{
  if (call->row->takes_document && call->document == NULL)
    call->document = vb_domain_parse (vb_call_get_text (call), strlen (vb_call_get_text (call)),
                                      FALSE, NULL, NULL);
}

/* @question: (nullable): of a device of the host */
static void
fill_details (const VbCall *call, const VbHostDeviceQuestion *question, VbDetail *details)
{
  VbMachine *machine = call->subject;
  const VbDomain *document = call->document;

  if (machine != NULL)
    {
      const char *owner = vb_machine_get_owner (machine);
      *details++ = (VbDetail){ "domain-name", vb_machine_get_name (machine) };
      *details++ = (VbDetail){ "domain-uuid", vb_machine_get_uuid (machine) };
      *details++ = (VbDetail){ "domain-owner", owner != NULL ? owner : "" };
      *details++ = (VbDetail){ "domain-tags", "" };
    }
  else if (document != NULL)
    {
      *details++ = (VbDetail){ "domain-name", document->name };
      *details++ = (VbDetail){ "domain-uuid", document->uuid != NULL ? document->uuid : "" };
    }
  if (call->row->names_command)
    {
      const char *command = vb_call_get_text (call);
      *details++ = (VbDetail){ "command", vb_qmp_command_is_name (command) ? command : "" };
    }
  for (guint i = 0; question != NULL && i < VB_HOST_DEVICE_N_DETAILS; i++)
    *details++ = question->details[i];
  *details = (VbDetail){ NULL };
}

static void admit (VbCall *call);

/* While the caller was asked about a new domain, somebody else may have defined it: then the caller
 * is asked again, about that one. */
static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  VbCall *call = data;
  GError *error = NULL;

  if (!vb_authority_check_finish (call->tree->authority, result, &error))
    {
      vb_call_fail (call, error);
      return;
    }
  if (find_subject (call) != call->subject)
    call->n_granted = call->n_devices_granted = 0;
  else if (call->actions[call->n_granted] != NULL)
    call->n_granted++;
  else
    call->n_devices_granted++;
  admit (call);
}

/* @question: (nullable) */
static void
ask_authority (VbCall *call, const char *action, const VbHostDeviceQuestion *question)
{
  const char *sender = vb_call_get_sender (call);
  GDBusMessage *message = g_dbus_method_invocation_get_message (call->invocation);
  gboolean interactive =
      g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION;
  VbDetail details[MAX_DETAILS + 1];

  read_document (call);
  g_set_object (&call->subject, find_subject (call));
  fill_details (call, question, details);
  vb_authority_check_async (call->tree->authority, sender, action, details, interactive,
                            vb_callers_watch (call->tree->callers, sender), on_answer, call);
}

/* Those that the call is about now. While the caller was asked, the domain may have got others, or the
 * host: then the caller is asked again. (transfer none) */
static GPtrArray *
update_questions (VbCall *call)
{
  g_autoptr (GPtrArray) questions = NULL;

  read_document (call);
  questions = vb_host_device_questions_new (call->row->takes_document
                                                ? call->document
                                                : vb_machine_get_definition (call->node->machine),
                                            call->tree->host_devices);
  if (call->questions != NULL && vb_host_device_questions_equal (call->questions, questions))
    return call->questions;
  g_clear_pointer (&call->questions, g_ptr_array_unref);
  call->n_devices_granted = 0;
  call->questions = g_steal_pointer (&questions);
  return call->questions;
}

static void
ask_for_devices (VbCall *call)
{
  const GPtrArray *questions = update_questions (call);

  if (call->n_devices_granted < questions->len)
    ask_authority (call, call->row->device_action,
                   g_ptr_array_index (questions, call->n_devices_granted));
  else
    dispatch (call);
}

/* Whoever needs no asking is allowed it for all devices. */
static void
grant (VbCall *call)
{
  if (call->actions[call->n_granted] != NULL)
    call->n_granted++;
  else
    call->has_device_action = TRUE;
  admit (call);
}

static void
ask (VbCall *call, const char *action)
{
  if (call->actions[call->n_granted] != NULL)
    ask_authority (call, action, NULL);
  else
    ask_for_devices (call);
}

/* (nullable) */
static const char *
next_action (const VbCall *call)
{
  const char *action = call->actions[call->n_granted];

  return action != NULL || call->has_device_action ? action : call->row->device_action;
}

/* Asks for one action after another. Comes back here after each answer. */
static void
admit (VbCall *call)
{
  const char *action = next_action (call);

  if (action == NULL)
    {
      dispatch (call);
      return;
    }
  switch (vb_authority_decide (call->tree->authority, vb_call_get_sender (call), action))
    {
    case VB_DECISION_ALLOWED:
      grant (call);
      break;
    case VB_DECISION_ASK:
      ask (call, action);
      break;
    case VB_DECISION_DENIED:
    default:
      vb_call_fail (call, g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED,
                                       "the action %s is not allowed", action));
    }
}

static void
add_action (VbCall *call, const char *action)
{
  guint n_actions = 0;

  if (action == VB_ACTION_NONE)
    return;
  while (call->actions[n_actions] != NULL)
    n_actions++;
  g_assert (n_actions < VB_CALL_MAX_ACTIONS);
  call->actions[n_actions] = action;
}

static void
collect_actions (VbCall *call)
{
  add_action (call, call->row->choose != NULL ? call->row->choose (call) : call->row->action);
  add_action (call, call->row->also);
  for (const VbOptionRow *option = call->row->options; option != NULL && option->name != NULL;
       option++)
    if (option->action != NULL && vb_call_get_boolean_option (call, option->name, FALSE))
      add_action (call, option->action);
}

static GError *
new_unknown_option_error (const VbMethodRow *row, const char *name)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (const VbOptionRow *option = row->options; option->name != NULL; option++)
    g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", option->name);
  return g_error_new (VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                      "%s: option '%s' is not known; known: %s", row->name, name,
                      known->len > 0 ? known->str : "none");
}

/* @given: a bit for each row of the options so far. Which of two values is meant, nobody can say. */
static gboolean
check_option (
    const VbMethodRow *row, const char *name, GVariant *value, guint64 *given, GError **error)
{
  const VbOptionRow *option = vb_option_row_find (row->options, name);
  guint64 bit;

  if (option == NULL)
    {
      g_propagate_error (error, new_unknown_option_error (row, name));
      return FALSE;
    }
  bit = G_GUINT64_CONSTANT (1) << (option - row->options);
  if ((*given & bit) != 0)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                 "%s: option '%s' is given twice", row->name, name);
  else if (!g_variant_is_of_type (value, G_VARIANT_TYPE (option->type)))
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                 "%s: option '%s' has the type '%s', not '%s'", row->name, name,
                 g_variant_get_type_string (value), option->type);
  else
    {
      *given |= bit;
      return TRUE;
    }
  return FALSE;
}

/* The options are the last argument. */
static gboolean
check_options (VbCall *call, GError **error)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (call->invocation);
  GVariantIter options;
  guint64 given = 0;
  const char *name;
  GVariant *value;

  if (call->row->options == NULL)
    return TRUE;
  call->options = g_variant_get_child_value (parameters, g_variant_n_children (parameters) - 1);
  g_variant_iter_init (&options, call->options);
  while (g_variant_iter_next (&options, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) owned = value;

      if (!check_option (call->row, name, value, &given, error))
        return FALSE;
    }
  return TRUE;
}

/* GDBus has made sure that interface, method and property exist, and that the arguments have the
 * right types; but since then the object may have lost the interface: then there is no table.
 * Properties.Get and GetAll name the interface that they read; nothing is writable. */
static void
find_row (VbCall *call, const VbInterfaceTable *const *tables)
{
  const char *interface = g_dbus_method_invocation_get_interface_name (call->invocation);
  const char *method = g_dbus_method_invocation_get_method_name (call->invocation);

  if (g_str_equal (interface, vb_properties_interface_table.name))
    {
      call->table = vb_interface_table_find (tables, vb_call_get_text (call));
      call->row = vb_method_row_find (&vb_properties_interface_table, method);
      if (call->table != NULL)
        add_action (call, call->table->read_action);
    }
  else
    {
      call->table = vb_interface_table_find (tables, interface);
      call->row = call->table != NULL ? vb_method_row_find (call->table, method) : NULL;
    }
}

static void
on_method_call (GDBusConnection *connection,
                const char *sender,
                const char *object_path,
                const char *interface,
                const char *method,
                GVariant *parameters,
                GDBusMethodInvocation *invocation,
                gpointer data)
{
  VbCall *call = vb_call_new (data, invocation);
  const VbInterfaceTable *const *tables;
  GError *error = NULL;
  VbView view;

  call->child = vb_path_find_child (object_path, call->node->depth);
  tables = vb_node_resolve (call->node, call->child, &view);
  if (tables == NULL)
    {
      fail_as_gone (call);
      return;
    }
  find_row (call, tables);
  if (call->table == NULL)
    {
      fail_as_gone (call);
      return;
    }
  if (!check_options (call, &error))
    {
      vb_call_fail (call, error);
      return;
    }
  collect_actions (call);
  admit (call);
}

void
vb_call_resume (VbCall *call)
{
  dispatch (call);
}

const GDBusInterfaceVTable vb_door_vtable = { .method_call = on_method_call };
