/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks polkit about the caller's bus name, so that polkit itself finds out who that is. Whatever
 * goes wrong is a refusal. Nothing is remembered: a rule that changes counts from the next call on.
 */
#include "policy/policy-polkit.h"

#include <polkit/polkit.h>

#define VB_TYPE_POLKIT_AUTHORITY (vb_polkit_authority_get_type ())
G_DECLARE_FINAL_TYPE (VbPolkitAuthority, vb_polkit_authority, VB, POLKIT_AUTHORITY, GObject)

struct _VbPolkitAuthority
{
  GObject parent;

  PolkitAuthority *polkit; /* (owned) */
};

typedef struct
{
  char *action; /* (owned) */
  gboolean interactive;
} Check;

static void vb_polkit_authority_iface_init (VbAuthorityInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VbPolkitAuthority,
                               vb_polkit_authority,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VB_TYPE_AUTHORITY,
                                                      vb_polkit_authority_iface_init))

static void
check_free (Check *check)
{
  g_free (check->action);
  g_free (check);
}

/* A challenge is polkit's word for "only with a password": before asking where the caller did not
 * allow it, and after asking where nobody was there to type one. */
static GError *
refusal_new (const Check *check, PolkitAuthorizationResult *verdict)
{
  if (polkit_authorization_result_get_dismissed (verdict))
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED,
                        "not allowed: action %s: the request for a password was dismissed",
                        check->action);
  if (!polkit_authorization_result_get_is_challenge (verdict))
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED,
                        "not allowed: action %s; ask the administrator for a polkit rule",
                        check->action);
  if (check->interactive)
    return g_error_new (G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED,
                        "not allowed: action %s needs a password, and the caller has no polkit "
                        "agent that could ask for it; start one (such as pkttyagent), or ask the "
                        "administrator for a polkit rule",
                        check->action);
  return g_error_new (VB_AUTHORITY_ERROR, VB_AUTHORITY_ERROR_INTERACTION_REQUIRED,
                      "not allowed: action %s needs a password, and the call did not allow asking; "
                      "allow interactive authorization, or ask the administrator for a polkit rule",
                      check->action);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthorizationResult) verdict =
      polkit_authority_check_authorization_finish (POLKIT_AUTHORITY (source), result, &error);

  if (verdict == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_new_error (task, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED,
                               "not allowed: polkit could not be asked about action %s: %s",
                               check->action, error->message);
    }
  else if (!polkit_authorization_result_get_is_authorized (verdict))
    g_task_return_error (task, refusal_new (check, verdict));
  else
    g_task_return_boolean (task, TRUE);
}

static VbDecision
vb_polkit_authority_decide (VbAuthority *authority, const char *sender, const char *action)
{
  return VB_DECISION_ASK;
}

static void
vb_polkit_authority_check_async (VbAuthority *authority,
                                 const char *sender,
                                 const char *action,
                                 const VbDetail *details,
                                 gboolean interactive,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  VbPolkitAuthority *self = VB_POLKIT_AUTHORITY (authority);
  g_autoptr (PolkitSubject) subject = polkit_system_bus_name_new (sender);
  g_autoptr (PolkitDetails) polkit_details = polkit_details_new ();
  GTask *task = g_task_new (authority, cancellable, callback, user_data);
  Check *check = g_new0 (Check, 1);

  check->action = g_strdup (action);
  check->interactive = interactive;
  g_task_set_source_tag (task, vb_polkit_authority_check_async);
  g_task_set_task_data (task, check, (GDestroyNotify) check_free);
  for (const VbDetail *detail = details; detail != NULL && detail->key != NULL; detail++)
    polkit_details_insert (polkit_details, detail->key, detail->value);
  polkit_authority_check_authorization (
      self->polkit, subject, action, polkit_details,
      interactive ? POLKIT_CHECK_AUTHORIZATION_FLAGS_ALLOW_USER_INTERACTION
                  : POLKIT_CHECK_AUTHORIZATION_FLAGS_NONE,
      cancellable, on_checked, task);
}

static void
vb_polkit_authority_dispose (GObject *object)
{
  VbPolkitAuthority *self = VB_POLKIT_AUTHORITY (object);

  g_clear_object (&self->polkit);
  G_OBJECT_CLASS (vb_polkit_authority_parent_class)->dispose (object);
}

static void
vb_polkit_authority_iface_init (VbAuthorityInterface *iface)
{
  iface->decide = vb_polkit_authority_decide;
  iface->check_async = vb_polkit_authority_check_async;
}

static void
vb_polkit_authority_class_init (VbPolkitAuthorityClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vb_polkit_authority_dispose;
}

static void
vb_polkit_authority_init (VbPolkitAuthority *self)
{
}

/* libpolkit hands out a proxy even where nobody is behind it; only its owner tells. */
static void
on_polkit_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthority) polkit = polkit_authority_get_finish (result, &error);
  g_autofree char *owner = polkit != NULL ? polkit_authority_get_owner (polkit) : NULL;
  VbPolkitAuthority *self;

  if (owner == NULL)
    {
      g_task_return_new_error (task, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED,
                               "polkit cannot be reached on the system bus: %s; install and start "
                               "polkitd, or run the service with --session",
                               error != NULL ? error->message : "nobody owns its name");
      return;
    }
  self = g_object_new (VB_TYPE_POLKIT_AUTHORITY, NULL);
  self->polkit = g_steal_pointer (&polkit);
  g_task_return_pointer (task, self, g_object_unref);
}

void
vb_polkit_authority_new_async (GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, vb_polkit_authority_new_async);
  polkit_authority_get_async (cancellable, on_polkit_found, task);
}

VbAuthority *
vb_polkit_authority_new_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
