/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An authority that answers as a test says.
 */
#include "tests/bus/scripted-authority.h"

struct _ScriptedAuthority
{
  GObject parent;

  GHashTable *decisions; /* (owned) action (owned) → VbDecision + 1 */
  VbDecision decision;   /* for all other actions */
  GQueue waiting;        /* (owned) (element-type GTask) */
  GString *question;     /* (owned) */
  guint n_asked;
};

static void scripted_authority_iface_init (VbAuthorityInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ScriptedAuthority,
                               scripted_authority,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VB_TYPE_AUTHORITY,
                                                      scripted_authority_iface_init))

static VbDecision
decide (VbAuthority *base, const char *sender, const char *action)
{
  ScriptedAuthority *authority = SCRIPTED_AUTHORITY (base);
  guint decision = GPOINTER_TO_UINT (g_hash_table_lookup (authority->decisions, action));

  return decision != 0 ? (VbDecision) (decision - 1) : authority->decision;
}

static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  ScriptedAuthority *authority = g_task_get_source_object (task);

  if (g_queue_remove (&authority->waiting, task))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the caller is gone");
      g_object_unref (task);
    }
}

static void
check_async (VbAuthority *base,
             const char *sender,
             const char *action,
             const VbDetail *details,
             gboolean interactive,
             GCancellable *cancellable,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  ScriptedAuthority *authority = SCRIPTED_AUTHORITY (base);
  GTask *task = g_task_new (authority, cancellable, callback, user_data);

  g_assert_true (g_dbus_is_unique_name (sender));
  g_task_set_check_cancellable (task, FALSE);
  g_string_assign (authority->question, action);
  for (; details->key != NULL; details++)
    g_string_append_printf (authority->question, " %s=%s", details->key, details->value);
  if (interactive)
    g_string_append (authority->question, " interactive");
  authority->n_asked++;
  g_queue_push_tail (&authority->waiting, task);
  g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), task, 0);
}

static void
scripted_authority_iface_init (VbAuthorityInterface *iface)
{
  iface->decide = decide;
  iface->check_async = check_async;
}

static void
scripted_authority_finalize (GObject *object)
{
  ScriptedAuthority *authority = SCRIPTED_AUTHORITY (object);

  g_assert_cmpuint (g_queue_get_length (&authority->waiting), ==, 0);
  g_hash_table_unref (authority->decisions);
  g_string_free (authority->question, TRUE);
  G_OBJECT_CLASS (scripted_authority_parent_class)->finalize (object);
}

static void
scripted_authority_class_init (ScriptedAuthorityClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = scripted_authority_finalize;
}

static void
scripted_authority_init (ScriptedAuthority *authority)
{
  authority->decisions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  authority->decision = VB_DECISION_ALLOWED;
  authority->question = g_string_new (NULL);
  g_queue_init (&authority->waiting);
}

ScriptedAuthority *
scripted_authority_new (void)
{
  return g_object_new (TYPE_SCRIPTED_AUTHORITY, NULL);
}

void
scripted_authority_set (ScriptedAuthority *authority, const char *action, VbDecision decision)
{
  if (action == NULL)
    authority->decision = decision;
  else
    g_hash_table_insert (authority->decisions, g_strdup (action), GUINT_TO_POINTER (decision + 1));
}

guint
scripted_authority_get_n_waiting (ScriptedAuthority *authority)
{
  return g_queue_get_length (&authority->waiting);
}

guint
scripted_authority_get_n_asked (ScriptedAuthority *authority)
{
  return authority->n_asked;
}

void
scripted_authority_answer (ScriptedAuthority *authority, const GError *error)
{
  g_autoptr (GTask) task = g_queue_pop_head (&authority->waiting);

  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

const char *
scripted_authority_get_question (ScriptedAuthority *authority)
{
  return authority->question->str;
}
