/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells the bus what has changed: many changes of one object become one PropertiesChanged, which has
 * only values that are new. Nothing is read, and no reply is sent, before what it shows was
 * announced.
 */
#pragma once

#include "objects/node.h"

typedef struct _VbNotifier VbNotifier;

/* @root is the node of the host's properties. @collections: (array length=VB_N_COLLECTIONS) (not
 * owned) */
VbNotifier *
vb_notifier_new (GDBusConnection *connection, VbNode *root, VbCollection *const *collections);
void vb_notifier_free (VbNotifier *notifier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbNotifier, vb_notifier_free)

/* To be announced soon: a domain's node whose machine has changed, or one that is new. */
void vb_notifier_mark (VbNotifier *notifier, VbNode *node);
/* To be announced soon: properties of the host. */
void vb_notifier_mark_host (VbNotifier *notifier);
/* To be announced soon: a value of a collection, as vb_collection_change() takes it. */
void
vb_notifier_mark_value (VbNotifier *notifier, guint collection, gpointer before, gpointer after);
/* Announces what is marked. */
void vb_notifier_flush (VbNotifier *notifier);
/* Announces that the domain is gone, after all that is still to be told of it. */
void vb_notifier_remove (VbNotifier *notifier, VbNode *node);
/* Sends the signal `Event` of a domain, after all that is still to be told of it. */
void
vb_notifier_send_event (VbNotifier *notifier, VbNode *node, const char *kind, GVariant *details);
