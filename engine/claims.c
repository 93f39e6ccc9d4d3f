/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table from host devices to those who have them.
 */
#include "engine/claims.h"

struct _VbClaims
{
  GObject parent_instance;
  GHashTable *by_id; /* (owned) (element-type utf8 VbClaim) */
};

G_DEFINE_FINAL_TYPE (VbClaims, vb_claims, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
claim_free (gpointer data)
{
  VbClaim *claim = data;

  g_free (claim->uuid);
  g_free (claim->alias);
  g_free (claim);
}

static void
vb_claims_finalize (GObject *object)
{
  g_hash_table_unref (VB_CLAIMS (object)->by_id);
  G_OBJECT_CLASS (vb_claims_parent_class)->finalize (object);
}

static void
vb_claims_class_init (VbClaimsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vb_claims_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", VB_TYPE_CLAIMS, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
vb_claims_init (VbClaims *claims)
{
  claims->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, claim_free);
}

VbClaims *
vb_claims_new (void)
{
  return g_object_new (VB_TYPE_CLAIMS, NULL);
}

gboolean
vb_claims_take (VbClaims *claims, const char *id, const char *uuid, const char *alias)
{
  VbClaim *claim;

  if (g_hash_table_contains (claims->by_id, id))
    return FALSE;
  claim = g_new (VbClaim, 1);
  claim->uuid = g_strdup (uuid);
  claim->alias = g_strdup (alias);
  g_hash_table_insert (claims->by_id, g_strdup (id), claim);
  g_signal_emit (claims, signals[SIGNAL_CHANGED], 0, id);
  return TRUE;
}

const VbClaim *
vb_claims_find (VbClaims *claims, const char *id)
{
  return g_hash_table_lookup (claims->by_id, id);
}

const char *
vb_claims_find_device (VbClaims *claims, const char *uuid, const char *alias)
{
  GHashTableIter iter;
  gpointer id, value;

  g_hash_table_iter_init (&iter, claims->by_id);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      const VbClaim *claim = value;
      if (g_str_equal (claim->uuid, uuid) && g_str_equal (claim->alias, alias))
        return id;
    }
  return NULL;
}

void
vb_claims_release (VbClaims *claims, const char *id)
{
  /* It may be that of the claim, which goes. */
  g_autofree char *released = g_strdup (id);

  if (g_hash_table_remove (claims->by_id, id))
    g_signal_emit (claims, signals[SIGNAL_CHANGED], 0, released);
}
