/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder of objects that each show one immutable value, all served by one registration: a host has
 * a thousand devices. It keeps the values as they were announced last, so that what a client reads is
 * what it was told, and a change is the difference of two of them. Where they come from is its
 * owner's business, and who may see them the door's.
 */
#pragma once

#include "objects/table.h"

/* What the values are. */
typedef struct
{
  const char *path; /* of the folder */
  gpointer (*ref) (gpointer value);
  void (*unref) (gpointer value);
  /* (transfer full): the last element of its object's path, which stays */
  char *(*get_name) (gconstpointer value);
  void (*init_view) (VbView *view, gpointer value);
  const VbInterfaceTable *const *(*get_tables) (gconstpointer value);
} VbCollectionKind;

typedef struct _VbCollection VbCollection;

VbCollection *vb_collection_new (const VbCollectionKind *kind);
void vb_collection_free (VbCollection *collection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbCollection, vb_collection_free)

/* Takes over what there is when the collection comes to the bus: it is no news. @values:
 * (element-type: that of the kind) */
void vb_collection_load (VbCollection *collection, const GPtrArray *values);
/* To be announced: the value @before (nullable: it is new) is @after (nullable: it is gone) now. */
void vb_collection_change (VbCollection *collection, gpointer before, gpointer after);
/* Announces what came and what changed, and then what went. Between the two is the time for objects
 * that refer to one of these. */
void vb_collection_announce_present (VbCollection *collection, GDBusConnection *connection);
void vb_collection_announce_gone (VbCollection *collection, GDBusConnection *connection);

/* What the object @name (nullable: the folder itself) shows. (nullable): %NULL where there is no such
 * object */
const VbInterfaceTable *const *
vb_collection_resolve (VbCollection *collection, const char *name, VbView *view);
/* (transfer full) */
char **vb_collection_list_names (VbCollection *collection);
/* Adds all objects to an `a{oa{sa{sv}}}`, packed, and kept so for the next time. */
void vb_collection_add_objects (VbCollection *collection, GVariantBuilder *objects);
