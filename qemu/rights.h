/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Doing something with the rights of another user, as far as files go.
 */
#pragma once

#include "qemu/qemu-error.h"

typedef struct
{
  gint64 uid; /* -1: the service's own rights */
  gint64 gid;
  guint *groups; /* (owned) (nullable) (array length=n_groups) */
  guint n_groups;
} VbRights;

typedef gboolean (*VbRightsFunc) (gpointer data, GError **error);

/* @name: (nullable): the service's own rights. May block. Errors: %VB_QEMU_ERROR_HOST_RESOURCE where
 * there is no such user. */
gboolean vb_rights_find (VbRights *rights, const char *name, GError **error);
void vb_rights_clear (VbRights *rights);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VbRights, vb_rights_clear)

/* Calls @func, in a thread of its own where @rights (nullable: the service's own) are others than the
 * service's, and waits for it. Only root can take the place of others: for anybody else the rights are
 * the service's. */
gboolean vb_rights_run (const VbRights *rights, VbRightsFunc func, gpointer data, GError **error);
