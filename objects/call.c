/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call of a method, from when it came in at the door until its reply.
 */
#include "objects/call.h"

#include "objects/error-map.h"

#include <gio/gunixfdlist.h>

#define MAX_GIVEN 16

static void
call_free (VbCall *call)
{
  call->tree->n_calls--;
  call->tree->last_call_us = g_get_monotonic_time ();
  g_clear_pointer (&call->options, g_variant_unref);
  g_clear_pointer (&call->document, vb_domain_unref);
  g_clear_object (&call->subject);
  g_clear_pointer (&call->questions, g_ptr_array_unref);
  g_clear_object (&call->invocation);
  vb_node_unref (call->node);
  g_object_unref (call->tree);
  g_free (call);
}

VbCall *
vb_call_new (VbNode *node, GDBusMethodInvocation *invocation)
{
  VbCall *call = g_new0 (VbCall, 1);

  call->tree = g_object_ref (node->tree);
  call->node = vb_node_ref (node);
  call->invocation = invocation;
  call->tree->n_calls++;
  call->tree->last_call_us = g_get_monotonic_time ();
  return call;
}

void
vb_call_complete (VbCall *call, GVariant *results)
{
  vb_notifier_flush (call->tree->notifier);
  g_dbus_method_invocation_return_value (g_steal_pointer (&call->invocation), results);
  call_free (call);
}

void
vb_call_complete_with_fd (VbCall *call, int fd)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new_from_array (&fd, 1);

  vb_notifier_flush (call->tree->notifier);
  g_dbus_method_invocation_return_value_with_unix_fd_list (g_steal_pointer (&call->invocation),
                                                           g_variant_new ("(h)", 0), fds);
  call_free (call);
}

void
vb_call_fail (VbCall *call, GError *error)
{
  g_autofree char *message = g_utf8_make_valid (error->message, -1);

  vb_notifier_flush (call->tree->notifier);
  g_dbus_method_invocation_return_dbus_error (g_steal_pointer (&call->invocation),
                                              vb_error_get_bus_name (error), message);
  g_error_free (error);
  call_free (call);
}

void
vb_call_refuse (VbCall *call, VbEngineError code, const char *format, ...)
{
  va_list arguments;
  GError *error;

  va_start (arguments, format);
  error = g_error_new_valist (VB_ENGINE_ERROR, code, format, arguments);
  va_end (arguments);
  vb_call_fail (call, error);
}

const char *
vb_call_get_sender (const VbCall *call)
{
  return g_dbus_method_invocation_get_sender (call->invocation);
}

const char *
vb_call_get_text (const VbCall *call)
{
  const char *text;

  g_variant_get_child (g_dbus_method_invocation_get_parameters (call->invocation), 0, "&s", &text);
  return text;
}

guint64
vb_call_get_number (const VbCall *call)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (call->invocation);
  g_autoptr (GVariant) number = g_variant_get_child_value (parameters, 0);

  switch (g_variant_classify (number))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      return g_variant_get_boolean (number);
    case G_VARIANT_CLASS_UINT32:
      return g_variant_get_uint32 (number);
    default:
      return g_variant_get_uint64 (number);
    }
}

gboolean
vb_call_get_boolean_option (const VbCall *call, const char *name, gboolean fallback)
{
  g_variant_lookup (call->options, name, "b", &fallback);
  return fallback;
}

guint32
vb_call_get_uint32_option (const VbCall *call, const char *name, guint32 fallback)
{
  g_variant_lookup (call->options, name, "u", &fallback);
  return fallback;
}

guint64
vb_call_get_uint64_option (const VbCall *call, const char *name, guint64 fallback)
{
  g_variant_lookup (call->options, name, "t", &fallback);
  return fallback;
}

const char *
vb_call_get_text_option (const VbCall *call, const char *name)
{
  const char *text = NULL;

  g_variant_lookup (call->options, name, "&s", &text);
  return text;
}

const char **
vb_call_get_texts_option (const VbCall *call, const char *name)
{
  const char **texts = NULL;

  g_variant_lookup (call->options, name, "^a&s", &texts);
  return texts;
}

/* (transfer full): the descriptor of @handle, or -1. What a handle is an index of, a client may have
 * sent or not. */
static int
get_descriptor (const VbCall *call, gint32 handle, GError **error)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (call->invocation);
  GUnixFDList *fds = g_dbus_message_get_unix_fd_list (message);
  int n_fds = fds != NULL ? g_unix_fd_list_get_length (fds) : 0;

  if (handle >= 0 && handle < n_fds)
    return g_unix_fd_list_get (fds, handle, error);
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
               "the message has no descriptor %d", handle);
  return -1;
}

/* (transfer full) (nullable) */
static VbGiven *
read_given (const VbCall *call, GVariant *handles, GError **error)
{
  g_autoptr (VbGiven) given = vb_given_new ();
  GVariantIter iter;
  const char *name;
  gint32 handle;

  if (g_variant_n_children (handles) > MAX_GIVEN)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                   "%" G_GSIZE_FORMAT " descriptors are too many; at most %d can be given",
                   g_variant_n_children (handles), MAX_GIVEN);
      return NULL;
    }
  g_variant_iter_init (&iter, handles);
  while (g_variant_iter_next (&iter, "{&sh}", &name, &handle))
    {
      int fd = get_descriptor (call, handle, error);
      if (fd < 0)
        return NULL;
      if (!vb_given_add (given, name, fd))
        {
          g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                       "'%s' is given two descriptors", name);
          return NULL;
        }
    }
  return g_steal_pointer (&given);
}

gboolean
vb_call_take_given_option (VbCall *call, const char *name, VbGiven **given)
{
  g_autoptr (GVariant) handles =
      g_variant_lookup_value (call->options, name, G_VARIANT_TYPE ("a{sh}"));
  g_autoptr (GError) error = NULL;

  *given = handles != NULL ? read_given (call, handles, &error) : NULL;
  if (error == NULL)
    return TRUE;
  vb_call_fail (call, g_error_new (error->domain, error->code, "%s: option '%s': %s",
                                   call->row->name, name, error->message));
  return FALSE;
}

const char *
vb_call_get_autodestroy_client (const VbCall *call)
{
  const char *sender = vb_call_get_sender (call);

  if (!vb_call_get_boolean_option (call, "autodestroy", FALSE))
    return NULL;
  vb_callers_watch (call->tree->callers, sender);
  return sender;
}
