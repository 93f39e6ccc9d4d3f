/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How events and the end of a session are told: to the library's own listeners as they come, and by
 * signals, masked unless somebody asked, from the main context that the session belongs to.
 */
#include "qmp/qmp-session-private.h"

enum
{
  SIGNAL_EVENT,
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* A signal that waits until the session's own main context runs. */
typedef struct
{
  QmpSession *session; /* (owned) */
  QmpMessage *message; /* (owned) (nullable): an event; %NULL: that the session is closed */
} Delivery;

static void
delivery_free (Delivery *delivery)
{
  g_clear_pointer (&delivery->message, qmp_message_free);
  g_object_unref (delivery->session);
  g_free (delivery);
}

static gboolean
on_deliver (gpointer data)
{
  Delivery *delivery = data;
  QmpSession *session = delivery->session;
  QmpMessage *event = delivery->message;
  g_autoptr (QmpValue) body = NULL;

  if (!event)
    {
      g_signal_emit (session, signals[SIGNAL_CLOSED], 0, session->error);
      return G_SOURCE_REMOVE;
    }
  body = qmp_message_parse_body (event, NULL);
  /* Only a name that somebody listens to is a quark: a monitor cannot fill the table of quarks. */
  g_signal_emit (session, signals[SIGNAL_EVENT], g_quark_try_string (event->event), event->event,
                 body, event->timestamp_us);
  return G_SOURCE_REMOVE;
}

void
qmp_session_deliver (QmpSession *session, QmpMessage *message)
{
  Delivery *delivery = g_new (Delivery, 1);
  g_autoptr (GSource) source = NULL;

  *delivery = (Delivery){ g_object_ref (session), message };
  if (session->context == session->home)
    {
      on_deliver (delivery);
      delivery_free (delivery);
      return;
    }
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_deliver, delivery, (GDestroyNotify) delivery_free);
  g_source_attach (source, session->home);
}

static void
tell_listener (GHook *hook, gpointer message)
{
  QmpListenFunc func = (QmpListenFunc) hook->func;
  gpointer *told = message;

  func (told[0], told[1], hook->data);
}

void
qmp_session_tell_listeners (QmpSession *session, QmpMessage *event)
{
  g_hook_list_marshal (&session->listeners, FALSE, tell_listener, (gpointer[]){ session, event });
}

gulong
qmp_session_listen (QmpSession *session,
                    QmpListenFunc func,
                    gpointer user_data,
                    GDestroyNotify destroy)
{
  GHook *hook = g_hook_alloc (&session->listeners);

  hook->func = (gpointer) func;
  hook->data = user_data;
  hook->destroy = destroy;
  g_hook_prepend (&session->listeners, hook);
  return hook->hook_id;
}

void
qmp_session_unlisten (QmpSession *session, gulong id)
{
  g_hook_destroy (&session->listeners, id);
}

void
qmp_session_install_signals (void)
{
  signals[SIGNAL_EVENT] =
      g_signal_new ("event", QMP_TYPE_SESSION, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 3, G_TYPE_STRING, QMP_TYPE_VALUE, G_TYPE_INT64);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", QMP_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

void
qmp_session_subscribe (QmpSession *session, const char *name)
{
  guint count;

  g_return_if_fail (QMP_IS_SESSION (session));
  g_return_if_fail (name);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (session->subscriptions, name));
  g_hash_table_replace (session->subscriptions, g_strdup (name), GUINT_TO_POINTER (count + 1));
}

void
qmp_session_unsubscribe (QmpSession *session, const char *name)
{
  guint count;

  g_return_if_fail (QMP_IS_SESSION (session));
  g_return_if_fail (name);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (session->subscriptions, name));
  if (count > 1)
    g_hash_table_replace (session->subscriptions, g_strdup (name), GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (session->subscriptions, name);
}
