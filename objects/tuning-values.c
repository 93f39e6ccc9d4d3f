/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table of the keys; what a value may be is the engine's decision.
 */
#include "objects/tuning-values.h"

#include "engine/engine-error.h"

static const struct
{
  const char *name;
  const char *type;
} keys[VB_N_TUNING_VALUES] = {
  [VB_TUNING_MEMORY_HARD_LIMIT] = { "memory-hard-limit", "t" },
  [VB_TUNING_MEMORY_SOFT_LIMIT] = { "memory-soft-limit", "t" },
  [VB_TUNING_SWAP_HARD_LIMIT] = { "swap-hard-limit", "t" },
  [VB_TUNING_BLKIO_WEIGHT] = { "blkio-weight", "u" },
  [VB_TUNING_CPU_SHARES] = { "cpu-shares", "t" },
};

static gboolean
set_unknown (const char *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint key = 0; key < G_N_ELEMENTS (keys); key++)
    g_string_append_printf (known, "%s%s", key > 0 ? ", " : "", keys[key].name);
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
               "SetTuning: '%s' is not known; known: %s", name, known->str);
  return FALSE;
}

static gboolean
read_value (const char *name, GVariant *value, VbTuningChange *change, GError **error)
{
  guint key = 0;

  while (key < G_N_ELEMENTS (keys) && !g_str_equal (keys[key].name, name))
    key++;
  if (key == G_N_ELEMENTS (keys))
    return set_unknown (name, error);
  if (change->is_set[key])
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                 "SetTuning: '%s' is given twice", name);
  else if (!g_variant_is_of_type (value, G_VARIANT_TYPE (keys[key].type)))
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                 "SetTuning: '%s' has the type '%s', not '%s'", name,
                 g_variant_get_type_string (value), keys[key].type);
  else
    {
      change->is_set[key] = TRUE;
      change->values[key] =
          *keys[key].type == 'u' ? g_variant_get_uint32 (value) : g_variant_get_uint64 (value);
      return TRUE;
    }
  return FALSE;
}

gboolean
vb_tuning_values_read (GVariant *values, VbTuningChange *change, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) owned = value;

      if (!read_value (name, value, change, error))
        return FALSE;
    }
  return TRUE;
}
