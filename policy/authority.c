/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The interface of an authority, and its one error. Decides nothing itself but that a call without
 * an action is free.
 */
#include "policy/authority.h"

static const GDBusErrorEntry error_entries[] = {
  { VB_AUTHORITY_ERROR_INTERACTION_REQUIRED,
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired" },
};

G_DEFINE_INTERFACE (VbAuthority, vb_authority, G_TYPE_OBJECT)

static void
vb_authority_default_init (VbAuthorityInterface *iface)
{
}

GQuark
vb_authority_error_quark (void)
{
  static gsize quark = 0;

  g_dbus_error_register_error_domain ("vb-authority-error-quark", &quark, error_entries,
                                      G_N_ELEMENTS (error_entries));
  return (GQuark) quark;
}

VbDecision
vb_authority_decide (VbAuthority *authority, const char *sender, const char *action)
{
  g_return_val_if_fail (VB_IS_AUTHORITY (authority), VB_DECISION_DENIED);
  if (action == VB_ACTION_NONE)
    return VB_DECISION_ALLOWED;
  return VB_AUTHORITY_GET_IFACE (authority)->decide (authority, sender, action);
}

void
vb_authority_check_async (VbAuthority *authority,
                          const char *sender,
                          const char *action,
                          const VbDetail *details,
                          gboolean interactive,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (VB_IS_AUTHORITY (authority));
  g_return_if_fail (action != VB_ACTION_NONE);
  VB_AUTHORITY_GET_IFACE (authority)->check_async (authority, sender, action, details, interactive,
                                                   cancellable, callback, user_data);
}

gboolean
vb_authority_check_finish (VbAuthority *authority, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, authority), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
