/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The authority of a session bus: whoever can connect to it is the user himself, so all is allowed.
 */
#include "policy/authority.h"

#define VB_TYPE_SESSION_AUTHORITY (vb_session_authority_get_type ())
G_DECLARE_FINAL_TYPE (VbSessionAuthority, vb_session_authority, VB, SESSION_AUTHORITY, GObject)

struct _VbSessionAuthority
{
  GObject parent;
};

static void vb_session_authority_iface_init (VbAuthorityInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (VbSessionAuthority,
                               vb_session_authority,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VB_TYPE_AUTHORITY,
                                                      vb_session_authority_iface_init))

static VbDecision
vb_session_authority_decide (VbAuthority *authority, const char *sender, const char *action)
{
  return VB_DECISION_ALLOWED;
}

static void
vb_session_authority_check_async (VbAuthority *authority,
                                  const char *sender,
                                  const char *action,
                                  const VbDetail *details,
                                  gboolean interactive,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (authority, cancellable, callback, user_data);

  g_task_set_source_tag (task, vb_session_authority_check_async);
  g_task_return_boolean (task, TRUE);
}

static void
vb_session_authority_iface_init (VbAuthorityInterface *iface)
{
  iface->decide = vb_session_authority_decide;
  iface->check_async = vb_session_authority_check_async;
}

static void
vb_session_authority_class_init (VbSessionAuthorityClass *klass)
{
}

static void
vb_session_authority_init (VbSessionAuthority *self)
{
}

VbAuthority *
vb_session_authority_new (void)
{
  return g_object_new (VB_TYPE_SESSION_AUTHORITY, NULL);
}
