/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sets are built anew whenever something that they are made of has changed, and compared with
 * those that were there.
 */
#include "engine/capabilities.h"

#include "qemu/architecture.h"

struct _VbCapabilities
{
  GObject parent_instance;

  VbHost *host;           /* (owned) */
  VbEmulators *emulators; /* (owned) */
  GPtrArray *sets;        /* (owned) (element-type VbCapabilitySet) */
};

G_DEFINE_FINAL_TYPE (VbCapabilities, vb_capabilities, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* (nullable) (transfer none) */
static VbCapabilitySet *
find_set (GPtrArray *sets, VbOsType os_type, const char *arch)
{
  for (guint i = 0; i < sets->len; i++)
    {
      VbCapabilitySet *set = g_ptr_array_index (sets, i);

      if (set->os_type == os_type && g_str_equal (set->arch, arch))
        return set;
    }
  return NULL;
}

/* (transfer full) */
static GPtrArray *
build_sets (VbCapabilities *capabilities)
{
  const VbHostFacts *host = vb_host_get_facts (capabilities->host);
  g_autoptr (GPtrArray) paths = vb_emulators_list (capabilities->emulators);
  g_autofree VbCapabilitySource *sources = g_new0 (VbCapabilitySource, paths->len);
  VbCapabilityXen xen = { host->xen_capabilities, host->xen_emulator, host->xen_loader };

  for (guint i = 0; i < paths->len; i++)
    sources[i] = (VbCapabilitySource){
      .path = paths->pdata[i],
      .facts = vb_emulators_peek (capabilities->emulators, paths->pdata[i]),
      .is_busy = vb_emulators_is_busy (capabilities->emulators, paths->pdata[i]),
    };
  return vb_capability_sets_build (sources, paths->len, host->kvm_usable, host->architecture,
                                   host->xen_capabilities != NULL ? &xen : NULL);
}

static void
rebuild (VbCapabilities *capabilities)
{
  g_autoptr (VbCapabilities) kept = g_object_ref (capabilities);
  g_autoptr (GPtrArray) before = g_steal_pointer (&capabilities->sets);
  g_autoptr (GPtrArray) after = build_sets (capabilities);

  capabilities->sets = g_ptr_array_ref (after);
  for (guint i = 0; i < before->len; i++)
    {
      VbCapabilitySet *set = g_ptr_array_index (before, i);

      if (find_set (after, set->os_type, set->arch) == NULL)
        g_signal_emit (kept, signals[SIGNAL_CHANGED], 0, set, NULL);
    }
  for (guint i = 0; i < after->len; i++)
    {
      VbCapabilitySet *set = g_ptr_array_index (after, i);
      VbCapabilitySet *same = find_set (before, set->os_type, set->arch);

      if (same == NULL || !vb_capability_set_equal (same, set))
        g_signal_emit (kept, signals[SIGNAL_CHANGED], 0, same, set);
    }
}

static void
on_emulators_changed (VbEmulators *emulators, const char *path, VbCapabilities *capabilities)
{
  rebuild (capabilities);
}

static void
on_host_changed (VbHost *host, VbCapabilities *capabilities)
{
  vb_emulators_set_kvm_usable (capabilities->emulators, vb_host_get_facts (host)->kvm_usable);
  rebuild (capabilities);
}

static void
vb_capabilities_finalize (GObject *object)
{
  VbCapabilities *capabilities = VB_CAPABILITIES (object);

  g_signal_handlers_disconnect_by_data (capabilities->emulators, capabilities);
  g_signal_handlers_disconnect_by_data (capabilities->host, capabilities);
  g_object_unref (capabilities->emulators);
  g_object_unref (capabilities->host);
  g_ptr_array_unref (capabilities->sets);
  G_OBJECT_CLASS (vb_capabilities_parent_class)->finalize (object);
}

static void
vb_capabilities_class_init (VbCapabilitiesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vb_capabilities_finalize;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", VB_TYPE_CAPABILITIES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
vb_capabilities_init (VbCapabilities *capabilities)
{
}

VbCapabilities *
vb_capabilities_new (VbHost *host, const VbEmulatorsConfig *config)
{
  VbCapabilities *capabilities = g_object_new (VB_TYPE_CAPABILITIES, NULL);

  capabilities->host = g_object_ref (host);
  capabilities->emulators = vb_emulators_new (config);
  vb_emulators_set_kvm_usable (capabilities->emulators, vb_host_get_facts (host)->kvm_usable);
  vb_emulators_load_cache (capabilities->emulators);
  capabilities->sets = build_sets (capabilities);
  g_signal_connect (capabilities->emulators, "changed", G_CALLBACK (on_emulators_changed),
                    capabilities);
  g_signal_connect (host, "changed", G_CALLBACK (on_host_changed), capabilities);
  return capabilities;
}

VbEmulators *
vb_capabilities_get_emulators (VbCapabilities *capabilities)
{
  return capabilities->emulators;
}

GPtrArray *
vb_capabilities_list (VbCapabilities *capabilities)
{
  return g_ptr_array_ref (capabilities->sets);
}

VbCapabilitySet *
vb_capabilities_find (VbCapabilities *capabilities, VbOsType os_type, const char *arch)
{
  return find_set (capabilities->sets, os_type, vb_architecture_to_set (arch));
}

/* @paths: a set of those of QEMU's emulators that @set is made of */
static void
add_emulators (const VbCapabilitySet *set, GHashTable *paths)
{
  for (guint i = 0; i < set->domain_types->len; i++)
    {
      VbDomainType type = g_array_index (set->domain_types, VbDomainType, i);
      const VbCapabilityOverride *override = vb_capability_set_get_override (set, type);

      if (type != VB_DOMAIN_TYPE_XEN)
        g_hash_table_add (paths, g_strdup (override != NULL ? override->emulator : set->emulator));
    }
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (VbEmulatorFacts) facts =
      vb_emulators_probe_finish (VB_EMULATORS (source), result, NULL);
  guint *n_open = g_task_get_task_data (task);

  (*n_open)--;
  if (*n_open == 0)
    g_task_return_boolean (task, TRUE);
}

void
vb_capabilities_complete_async (VbCapabilities *capabilities,
                                VbCapabilitySet *set,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (capabilities, cancellable, callback, user_data);
  g_autoptr (GHashTable) paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint *n_open = g_new0 (guint, 1);
  GHashTableIter iter;
  gpointer path;

  g_task_set_source_tag (task, vb_capabilities_complete_async);
  g_task_set_task_data (task, n_open, g_free);
  if (set != NULL)
    add_emulators (set, paths);
  for (guint i = 0; set == NULL && i < capabilities->sets->len; i++)
    add_emulators (g_ptr_array_index (capabilities->sets, i), paths);

  *n_open = g_hash_table_size (paths);
  if (*n_open == 0)
    g_task_return_boolean (task, TRUE);
  g_hash_table_iter_init (&iter, paths);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    vb_emulators_probe_async (capabilities->emulators, path, cancellable, on_asked,
                              g_object_ref (task));
}

gboolean
vb_capabilities_complete_finish (VbCapabilities *capabilities, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
