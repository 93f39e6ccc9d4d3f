/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Three indexes and the order of arrival; every look-up and change takes the same time however many
 * machines there are.
 */
#include "engine/registry-private.h"

#include "engine/machine-private.h"

#include <string.h>

#define UUID_HEX_DIGITS 32

struct _VbRegistry
{
  GObject parent_instance;

  GQueue machines;     /* (element-type VbMachine) (owned elements) in order of arrival */
  GHashTable *by_uuid; /* (owned) (element-type utf8 GList): link in `machines`; key in machine */
  GHashTable *by_name; /* (owned) (element-type utf8 VbMachine) keys owned */
  GHashTable *by_id;   /* (owned) (element-type int VbMachine) */
};

G_DEFINE_FINAL_TYPE (VbRegistry, vb_registry, G_TYPE_OBJECT)

enum
{
  SIGNAL_ADDED,
  SIGNAL_REMOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
vb_registry_finalize (GObject *object)
{
  VbRegistry *registry = VB_REGISTRY (object);

  g_hash_table_unref (registry->by_id);
  g_hash_table_unref (registry->by_name);
  g_hash_table_unref (registry->by_uuid);
  g_queue_clear_full (&registry->machines, g_object_unref);
  G_OBJECT_CLASS (vb_registry_parent_class)->finalize (object);
}

static void
vb_registry_class_init (VbRegistryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vb_registry_finalize;

  signals[SIGNAL_ADDED] = g_signal_new ("added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, VB_TYPE_MACHINE);
  signals[SIGNAL_REMOVED] = g_signal_new ("removed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, VB_TYPE_MACHINE);
}

static void
vb_registry_init (VbRegistry *registry)
{
  g_queue_init (&registry->machines);
  registry->by_uuid = g_hash_table_new (g_str_hash, g_str_equal);
  registry->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  registry->by_id = g_hash_table_new (NULL, NULL);
}

VbRegistry *
vb_registry_new (void)
{
  return g_object_new (VB_TYPE_REGISTRY, NULL);
}

void
vb_registry_add (VbRegistry *registry, VbMachine *machine)
{
  g_queue_push_tail (&registry->machines, g_object_ref (machine));
  g_hash_table_insert (registry->by_uuid, (gpointer) vb_machine_get_uuid (machine),
                       g_queue_peek_tail_link (&registry->machines));
  g_hash_table_insert (registry->by_name, g_strdup (vb_machine_get_name (machine)), machine);
  vb_machine_set_known (machine, TRUE);
  g_signal_emit (registry, signals[SIGNAL_ADDED], 0, machine);
}

void
vb_registry_remove (VbRegistry *registry, VbMachine *machine)
{
  g_autoptr (VbMachine) removed = machine;
  const char *uuid = vb_machine_get_uuid (machine);
  GList *link = g_hash_table_lookup (registry->by_uuid, uuid);

  g_hash_table_remove (registry->by_uuid, uuid);
  g_hash_table_remove (registry->by_name, vb_machine_get_name (machine));
  vb_registry_index_id (registry, machine, -1);
  g_queue_delete_link (&registry->machines, link);
  vb_machine_set_known (machine, FALSE);
  g_signal_emit (registry, signals[SIGNAL_REMOVED], 0, removed);
}

void
vb_registry_index_id (VbRegistry *registry, VbMachine *machine, int id)
{
  g_hash_table_remove (registry->by_id, GINT_TO_POINTER (vb_machine_get_id (machine)));
  if (id >= 0)
    g_hash_table_insert (registry->by_id, GINT_TO_POINTER (id), machine);
}

void
vb_registry_index_name (VbRegistry *registry, VbMachine *machine, const char *name)
{
  g_hash_table_remove (registry->by_name, vb_machine_get_name (machine));
  g_hash_table_insert (registry->by_name, g_strdup (name), machine);
}

char *
vb_uuid_normalize (const char *spelling)
{
  GString *uuid = g_string_sized_new (UUID_HEX_DIGITS + 5);
  guint n_digits = 0;

  for (const char *c = spelling; *c != '\0' && n_digits <= UUID_HEX_DIGITS; c++)
    {
      if (*c == '-')
        continue;
      if (!g_ascii_isxdigit (*c))
        break;
      if (n_digits == 8 || n_digits == 12 || n_digits == 16 || n_digits == 20)
        g_string_append_c (uuid, '-');
      g_string_append_c (uuid, g_ascii_tolower (*c));
      n_digits++;
      if (c[1] == '\0' && n_digits == UUID_HEX_DIGITS)
        return g_string_free (uuid, FALSE);
    }
  g_string_free (uuid, TRUE);
  return NULL;
}

VbMachine *
vb_registry_find_uuid (VbRegistry *registry, const char *uuid)
{
  g_autofree char *normal = vb_uuid_normalize (uuid);
  GList *link = normal != NULL ? g_hash_table_lookup (registry->by_uuid, normal) : NULL;

  return link != NULL ? link->data : NULL;
}

VbMachine *
vb_registry_find_name (VbRegistry *registry, const char *name)
{
  return g_hash_table_lookup (registry->by_name, name);
}

VbMachine *
vb_registry_find_id (VbRegistry *registry, int id)
{
  return g_hash_table_lookup (registry->by_id, GINT_TO_POINTER (id));
}

VbMachine *
vb_registry_find (VbRegistry *registry, const char *key)
{
  VbMachine *machine = vb_registry_find_uuid (registry, key);
  guint64 id = 0;

  if (machine == NULL)
    machine = vb_registry_find_name (registry, key);
  if (machine == NULL && g_ascii_string_to_unsigned (key, 10, 0, G_MAXINT, &id, NULL))
    machine = vb_registry_find_id (registry, (int) id);
  return machine;
}

guint
vb_registry_get_n_machines (VbRegistry *registry)
{
  return registry->machines.length;
}

void
vb_registry_foreach (VbRegistry *registry, VbMachineFunc func, gpointer user_data)
{
  for (GList *link = registry->machines.head; link != NULL; link = link->next)
    func (link->data, user_data);
}
