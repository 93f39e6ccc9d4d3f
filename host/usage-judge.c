/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The verdict on one device: all uses at its place and below, those of its virtual functions, and
 * what it is to the board. The worst of them counts.
 */
#include "host/usage-private.h"

#include <string.h>

/* A bridge may have all of the machine behind it. */
#define MAX_REASONS 32

typedef struct
{
  VbSafety safety;
  char *text; /* (owned) */
} Reason;

typedef struct
{
  const VbHostUsage *usage;
  const VbSysfs *sysfs;
  const VbHostDevice *device;
  GPtrArray *reasons; /* (owned) (element-type Reason) */
} Trial;

/* Uses that lie side by side: those of one place and of all below. */
typedef struct
{
  VbUse *const *uses;
  guint n_uses;
} Uses;

static void
reason_free (Reason *reason)
{
  g_free (reason->text);
  g_free (reason);
}

/* @text: (transfer full) */
static void
add_reason (Trial *trial, VbSafety safety, char *text)
{
  Reason *reason = g_new (Reason, 1);
  reason->safety = safety;
  reason->text = text;
  g_ptr_array_add (trial->reasons, reason);
}

/* The worst first, and by text among equals. */
static gint
compare_reasons (gconstpointer a, gconstpointer b)
{
  const Reason *left = *(const Reason *const *) a;
  const Reason *right = *(const Reason *const *) b;
  if (left->safety != right->safety)
    return left->safety > right->safety ? -1 : 1;
  return strcmp (left->text, right->text);
}

/* The index of the first use whose path is not before @path. */
static guint
find_first (GPtrArray *uses, const char *path)
{
  guint low = 0;
  guint high = uses->len;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const VbUse *use = uses->pdata[middle];
      if (strcmp (use->path, path) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static Uses
find_uses_below (const VbHostUsage *usage, const char *path)
{
  g_autofree char *prefix = g_strconcat (path, "/", NULL);
  guint first = find_first (usage->uses, prefix);
  guint end = first;
  while (end < usage->uses->len &&
         g_str_has_prefix (((const VbUse *) usage->uses->pdata[end])->path, prefix))
    end++;
  return (Uses){ (VbUse *const *) usage->uses->pdata + first, end - first };
}

/* (transfer full): why @use speaks against the device: the use is its own, or of one behind it */
static char *
tell_reason (const Trial *trial, const VbUse *use)
{
  const char *name = strrchr (use->device, '/');
  const char *kind = "PCI";
  g_autofree char *subsystem = NULL;
  if (name == NULL || g_str_equal (use->device, trial->device->sysfs_path))
    return g_strdup (use->reason);
  subsystem = vb_sysfs_read_link (trial->sysfs, use->device, "subsystem");
  if (g_strcmp0 (subsystem, "usb") == 0)
    kind = "USB";
  return g_strdup_printf ("%s (%s device %s behind it)", use->reason, kind, name + 1);
}

/* Whoever sits at a seat has no other way to this machine than its keyboards. */
static void
judge_keyboards (Trial *trial, Uses below)
{
  g_autoptr (GHashTable) keyboards = vb_host_usage_count_keyboards (below.uses, below.n_uses);
  GHashTableIter iter;
  gpointer seat;
  gpointer n_below;
  g_hash_table_iter_init (&iter, keyboards);
  while (g_hash_table_iter_next (&iter, &seat, &n_below))
    if (n_below == g_hash_table_lookup (trial->usage->keyboards, seat))
      {
        g_autofree char *whose = vb_host_usage_describe_seat (seat);
        add_reason (trial, VB_SAFETY_FORBIDDEN,
                    g_strdup_printf ("no other keyboard is at %s", whose));
      }
}

static void
judge_place (Trial *trial)
{
  Uses below = find_uses_below (trial->usage, trial->device->sysfs_path);
  for (guint i = 0; i < below.n_uses; i++)
    add_reason (trial, below.uses[i]->safety, tell_reason (trial, below.uses[i]));
  judge_keyboards (trial, below);
}

static void
judge_virtual_function (Trial *trial, const char *path)
{
  g_autofree char *address = g_path_get_basename (path);
  Uses below = find_uses_below (trial->usage, path);
  for (guint i = 0; i < below.n_uses; i++)
    add_reason (trial, below.uses[i]->safety,
                g_strdup_printf ("%s (its virtual function %s)", below.uses[i]->reason, address));
}

/* The attribute that counts them waits while they are being made. */
static gboolean
has_virtual_functions (const Trial *trial)
{
  g_autofree char *first = vb_sysfs_resolve (trial->sysfs, trial->device->sysfs_path, "virtfn0");
  return first != NULL;
}

/* They lie beside their physical function, and vanish when its driver goes. */
static void
judge_virtual_functions (Trial *trial)
{
  const char *path = trial->device->sysfs_path;
  g_auto (GStrv) names = vb_sysfs_list (trial->sysfs, path);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *function = NULL;
      if (g_str_has_prefix (names[i], "virtfn"))
        function = vb_sysfs_resolve (trial->sysfs, path, names[i]);
      if (function != NULL)
        judge_virtual_function (trial, function);
    }
  add_reason (trial, VB_SAFETY_WARN, g_strdup ("its virtual functions go with it"));
}

static void
judge_itself (Trial *trial)
{
  static const char *(*const judges[]) (const VbHostDevice *device, VbSafety *safety) = {
    vb_host_usage_judge_board,
    vb_host_usage_judge_display,
  };
  for (guint i = 0; i < G_N_ELEMENTS (judges); i++)
    {
      VbSafety safety = VB_SAFETY_SAFE;
      const char *reason = judges[i](trial->device, &safety);
      if (reason != NULL)
        add_reason (trial, safety, g_strdup (reason));
    }
}

static void
drop_repeated (GPtrArray *reasons)
{
  guint n_kept = 0;
  for (guint i = 0; i < reasons->len; i++)
    if (n_kept == 0 || compare_reasons (&reasons->pdata[n_kept - 1], &reasons->pdata[i]) != 0)
      {
        gpointer kept = reasons->pdata[i];
        reasons->pdata[i] = reasons->pdata[n_kept];
        reasons->pdata[n_kept++] = kept;
      }
  g_ptr_array_set_size (reasons, (gint) n_kept);
}

/* (transfer full) */
static char **
take_texts (GPtrArray *reasons)
{
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  guint n_shown = reasons->len > MAX_REASONS ? MAX_REASONS - 1 : reasons->len;
  for (guint i = 0; i < n_shown; i++)
    g_strv_builder_add (texts, ((const Reason *) reasons->pdata[i])->text);
  if (n_shown < reasons->len)
    {
      g_autofree char *rest = g_strdup_printf ("and %u more", reasons->len - n_shown);
      g_strv_builder_add (texts, rest);
    }
  return g_strv_builder_end (texts);
}

void
vb_host_usage_judge (const VbHostUsage *usage, const VbSysfs *sysfs, VbHostDevice *device)
{
  g_autoptr (GPtrArray) reasons = g_ptr_array_new_with_free_func ((GDestroyNotify) reason_free);
  Trial trial = { usage, sysfs, device, reasons };

  judge_itself (&trial);
  judge_place (&trial);
  if (has_virtual_functions (&trial))
    judge_virtual_functions (&trial);

  g_ptr_array_sort (reasons, compare_reasons);
  drop_repeated (reasons);
  device->safety = reasons->len > 0 ? ((const Reason *) reasons->pdata[0])->safety : VB_SAFETY_SAFE;
  g_strfreev (device->safety_reasons);
  device->safety_reasons = take_texts (reasons);
}
