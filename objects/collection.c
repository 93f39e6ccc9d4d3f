/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder of objects that each show one immutable value. An object that goes and comes back before
 * it was announced is told as gone and new: it is another one.
 */
#include "objects/collection.h"

#include "objects/path.h"
#include "objects/signals.h"

typedef struct
{
  const VbCollectionKind *kind;
  char *name;        /* (owned) */
  gpointer shown;    /* (owned) (nullable) as announced: %NULL before it was */
  gpointer next;     /* (owned) (nullable) while it is marked: %NULL where it is gone */
  GVariant *packed;  /* (owned) (nullable) all that is shown, `a{sa{sv}}` */
  gboolean is_other; /* @next is another object than the one that is shown */
  gboolean is_marked;
} Item;

struct _VbCollection
{
  const VbCollectionKind *kind;
  GHashTable *items; /* (owned) (element-type utf8 Item) by name */
  GQueue marked;     /* (element-type Item) those with news, each once */
};

/* The folder shows nothing itself. */
static const VbInterfaceTable *const folder_tables[] = { NULL };

/* @place: of a value of the item. @value: (nullable) */
static void
item_set (Item *item, gpointer *place, gpointer value)
{
  gpointer former = *place;

  *place = value != NULL ? item->kind->ref (value) : NULL;
  if (former != NULL)
    item->kind->unref (former);
}

static void
item_free (gpointer data)
{
  Item *item = data;

  item_set (item, &item->shown, NULL);
  item_set (item, &item->next, NULL);
  g_clear_pointer (&item->packed, g_variant_unref);
  g_free (item->name);
  g_free (item);
}

static char *
item_get_path (const Item *item)
{
  return g_strconcat (item->kind->path, "/", item->name, NULL);
}

/* All interfaces and properties of @value, `a{sa{sv}}`. (transfer floating) */
static GVariant *
item_read (const Item *item, gpointer value)
{
  VbView view;

  item->kind->init_view (&view, value);
  return vb_interface_tables_read (item->kind->get_tables (value), &view);
}

/* (transfer none) @name: (transfer full) */
static Item *
collection_add (VbCollection *collection, char *name)
{
  Item *item = g_new0 (Item, 1);

  item->kind = collection->kind;
  item->name = name;
  g_hash_table_insert (collection->items, item->name, item);
  return item;
}

static void
announce_added (const Item *item, GDBusConnection *connection, const char *path)
{
  vb_signal_added (connection, VB_PATH_ROOT, path, item_read (item, item->next));
}

static void
announce_removed (const Item *item, GDBusConnection *connection, const char *path)
{
  vb_signal_removed (connection, VB_PATH_ROOT, path, item->kind->get_tables (item->shown));
}

static void
announce_changed (const Item *item, GDBusConnection *connection, const char *path)
{
  VbView before, after;

  item->kind->init_view (&before, item->shown);
  item->kind->init_view (&after, item->next);
  vb_signal_differences (connection, path, item->kind->get_tables (item->next), VB_FACET_HOST,
                         &before, &after);
}

static void
announce_present (Item *item, GDBusConnection *connection)
{
  g_autofree char *path = item_get_path (item);

  if (item->shown != NULL && !item->is_other)
    announce_changed (item, connection, path);
  else
    {
      if (item->shown != NULL)
        announce_removed (item, connection, path);
      announce_added (item, connection, path);
    }
  item_set (item, &item->shown, item->next);
  item_set (item, &item->next, NULL);
  g_clear_pointer (&item->packed, g_variant_unref);
  item->is_marked = FALSE;
  item->is_other = FALSE;
}

VbCollection *
vb_collection_new (const VbCollectionKind *kind)
{
  VbCollection *collection = g_new0 (VbCollection, 1);

  collection->kind = kind;
  collection->items = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, item_free);
  g_queue_init (&collection->marked);
  return collection;
}

void
vb_collection_free (VbCollection *collection)
{
  g_queue_clear (&collection->marked);
  g_hash_table_unref (collection->items);
  g_free (collection);
}

void
vb_collection_load (VbCollection *collection, const GPtrArray *values)
{
  for (guint i = 0; i < values->len; i++)
    {
      gpointer value = g_ptr_array_index (values, i);
      Item *item = collection_add (collection, collection->kind->get_name (value));

      item_set (item, &item->shown, value);
    }
}

void
vb_collection_change (VbCollection *collection, gpointer before, gpointer after)
{
  g_autofree char *name = collection->kind->get_name (after != NULL ? after : before);
  Item *item = g_hash_table_lookup (collection->items, name);

  if (item == NULL)
    item = collection_add (collection, g_steal_pointer (&name));
  if (before == NULL || after == NULL)
    item->is_other = TRUE;
  item_set (item, &item->next, after);
  if (!item->is_marked)
    g_queue_push_tail (&collection->marked, item);
  item->is_marked = TRUE;
}

void
vb_collection_announce_present (VbCollection *collection, GDBusConnection *connection)
{
  GList *next;

  for (GList *link = collection->marked.head; link != NULL; link = next)
    {
      Item *item = link->data;

      next = link->next;
      if (item->next == NULL)
        continue;
      g_queue_delete_link (&collection->marked, link);
      announce_present (item, connection);
    }
}

void
vb_collection_announce_gone (VbCollection *collection, GDBusConnection *connection)
{
  Item *item;

  while ((item = g_queue_pop_head (&collection->marked)) != NULL)
    {
      g_autofree char *path = item_get_path (item);

      if (item->shown != NULL)
        announce_removed (item, connection, path);
      g_hash_table_remove (collection->items, item->name);
    }
}

/* What is still to be announced is not there yet. */
const VbInterfaceTable *const *
vb_collection_resolve (VbCollection *collection, const char *name, VbView *view)
{
  const Item *item;

  if (name == NULL)
    {
      *view = (VbView){ NULL };
      return folder_tables;
    }
  item = g_hash_table_lookup (collection->items, name);
  if (item == NULL || item->shown == NULL)
    return NULL;
  collection->kind->init_view (view, item->shown);
  return collection->kind->get_tables (item->shown);
}

char **
vb_collection_list_names (VbCollection *collection)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GHashTableIter items;
  gpointer item;

  g_hash_table_iter_init (&items, collection->items);
  while (g_hash_table_iter_next (&items, NULL, &item))
    if (((const Item *) item)->shown != NULL)
      g_ptr_array_add (names, g_strdup (((const Item *) item)->name));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}

void
vb_collection_add_objects (VbCollection *collection, GVariantBuilder *objects)
{
  GHashTableIter items;
  gpointer value;

  g_hash_table_iter_init (&items, collection->items);
  while (g_hash_table_iter_next (&items, NULL, &value))
    {
      Item *item = value;
      g_autofree char *path = item_get_path (item);

      if (item->shown == NULL)
        continue;
      if (item->packed == NULL)
        item->packed = vb_value_pack (item_read (item, item->shown));
      g_variant_builder_add (objects, "{o@a{sa{sv}}}", path, item->packed);
    }
}
