/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers and sizes as the domain XML writes them.
 */
#include "domain/number.h"

#define KIB G_GUINT64_CONSTANT (1024)
#define KB G_GUINT64_CONSTANT (1000)

static const struct
{
  const char *name;
  guint64 bytes;
} size_units[] = {
  { "b", 1 },
  { "bytes", 1 },
  { "KB", KB },
  { "k", KIB },
  { "KiB", KIB },
  { "MB", KB *KB },
  { "M", KIB *KIB },
  { "MiB", KIB *KIB },
  { "GB", KB *KB *KB },
  { "G", KIB *KIB *KIB },
  { "GiB", KIB *KIB *KIB },
  { "TB", KB *KB *KB *KB },
  { "T", KIB *KIB *KIB *KIB },
  { "TiB", KIB *KIB *KIB *KIB },
  { "PB", KB *KB *KB *KB *KB },
  { "P", KIB *KIB *KIB *KIB *KIB },
  { "PiB", KIB *KIB *KIB *KIB *KIB },
  { "EB", KB *KB *KB *KB *KB *KB },
  { "E", KIB *KIB *KIB *KIB *KIB *KIB },
  { "EiB", KIB *KIB *KIB *KIB *KIB *KIB },
};

gboolean
vb_number_parse (const char *text, guint64 maximum, guint64 *value)
{
  return g_ascii_string_to_unsigned (text, 10, 0, maximum, value, NULL);
}

gboolean
vb_number_parse_c (const char *text, guint64 maximum, guint64 *value)
{
  if (text[0] != '0' || text[1] == '\0')
    return vb_number_parse (text, maximum, value);
  if (text[1] == 'x' || text[1] == 'X')
    return g_ascii_string_to_unsigned (text + 2, 16, 0, maximum, value, NULL);
  return g_ascii_string_to_unsigned (text + 1, 8, 0, maximum, value, NULL);
}

gboolean
vb_number_parse_signed (const char *text, gint64 minimum, gint64 maximum, gint64 *value)
{
  return g_ascii_string_to_signed (text, 10, minimum, maximum, value, NULL);
}

guint64
vb_size_unit_bytes (const char *unit)
{
  for (gsize i = 0; i < G_N_ELEMENTS (size_units); i++)
    if (g_ascii_strcasecmp (unit, size_units[i].name) == 0)
      return size_units[i].bytes;
  return 0;
}

char *
vb_size_unit_list (void)
{
  GString *list = g_string_new (size_units[0].name);

  for (gsize i = 1; i < G_N_ELEMENTS (size_units); i++)
    g_string_append_printf (list, ", %s", size_units[i].name);
  return g_string_free (list, FALSE);
}

gboolean
vb_size_to_kib (guint64 amount, guint64 unit_bytes, guint64 *kib)
{
  guint64 bytes;

  /* a whole number of KiB needs no detour through bytes, which could overflow */
  if (unit_bytes % KIB == 0)
    return !__builtin_mul_overflow (amount, unit_bytes / KIB, kib);
  if (__builtin_mul_overflow (amount, unit_bytes, &bytes))
    return FALSE;
  *kib = bytes / KIB + (bytes % KIB != 0);
  return TRUE;
}
