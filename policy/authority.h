/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who may do what: one question, asked before every call. An interface, so that polkit is one
 * answer to it. Knows no domains and no machines, only names of actions and their details.
 */
#pragma once

#include <gio/gio.h>

#define VB_TYPE_AUTHORITY (vb_authority_get_type ())
G_DECLARE_INTERFACE (VbAuthority, vb_authority, VB, AUTHORITY, GObject)

/* The actions; policy/org.virtbus1.policy declares each. */
#define VB_ACTION_NONE NULL
#define VB_ACTION_DOMAIN_LIST "org.virtbus1.domain.list"
#define VB_ACTION_DOMAIN_DEFINE "org.virtbus1.domain.define"
#define VB_ACTION_DOMAIN_UNDEFINE "org.virtbus1.domain.undefine"
#define VB_ACTION_DOMAIN_START "org.virtbus1.domain.start"
#define VB_ACTION_DOMAIN_STOP "org.virtbus1.domain.stop"
#define VB_ACTION_DOMAIN_SUSPEND "org.virtbus1.domain.suspend"
#define VB_ACTION_DOMAIN_MODIFY "org.virtbus1.domain.modify"
#define VB_ACTION_DOMAIN_QMP_QUERY "org.virtbus1.domain.qmp-query"
#define VB_ACTION_DOMAIN_QMP_CONTROL "org.virtbus1.domain.qmp-control"
#define VB_ACTION_DOMAIN_READ_SECRETS "org.virtbus1.domain.read-secrets"
#define VB_ACTION_HOSTDEVICE_ATTACH "org.virtbus1.hostdevice.attach"

/* Registered with GDBus, which has no code of its own for this one: on the bus it is
 * org.freedesktop.DBus.Error.InteractiveAuthorizationRequired. A refusal is
 * %G_DBUS_ERROR_ACCESS_DENIED. */
#define VB_AUTHORITY_ERROR (vb_authority_error_quark ())
GQuark vb_authority_error_quark (void);

typedef enum
{
  VB_AUTHORITY_ERROR_INTERACTION_REQUIRED, /* a password would help */
} VbAuthorityError;

typedef struct
{
  const char *key;
  const char *value;
} VbDetail;

typedef enum
{
  VB_DECISION_DENIED,
  VB_DECISION_ALLOWED,
  VB_DECISION_ASK, /* only the asynchronous check can tell */
} VbDecision;

struct _VbAuthorityInterface
{
  GTypeInterface parent;

  VbDecision (*decide) (VbAuthority *authority, const char *sender, const char *action);
  /* Its result is a GTask that returns a boolean. */
  void (*check_async) (VbAuthority *authority,
                       const char *sender,
                       const char *action,
                       const VbDetail *details,
                       gboolean interactive,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
};

/* The answer that needs no asking, so that a session bus pays nothing. */
VbDecision vb_authority_decide (VbAuthority *authority, const char *sender, const char *action);

/**
 * vb_authority_check_async:
 * @sender: the caller's unique bus name
 * @action: one of the actions above
 * @details: (array zero-terminated=1): ends with a %NULL key; copied
 * @interactive: whether the user may be asked for a password
 *
 * Errors: %G_DBUS_ERROR_ACCESS_DENIED, naming the action and what to do;
 * %VB_AUTHORITY_ERROR_INTERACTION_REQUIRED where a password would help and the call did not allow
 * asking for one.
 */
void vb_authority_check_async (VbAuthority *authority,
                               const char *sender,
                               const char *action,
                               const VbDetail *details,
                               gboolean interactive,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean vb_authority_check_finish (VbAuthority *authority, GAsyncResult *result, GError **error);

/* Allows every caller: the bus itself lets only its own user in. */
VbAuthority *vb_session_authority_new (void);
