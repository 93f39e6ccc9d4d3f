/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bytes as the digits of a polynomial, at a secret point and modulo a prime: whatever the texts,
 * two of them have one hash in few of all points.
 */
#include "domain/text-hash.h"

#include <string.h>

#define PRIME_BITS 61
#define PRIME ((G_GUINT64_CONSTANT (1) << PRIME_BITS) - 1)
/* In one digit, which is then smaller than the prime */
#define DIGIT_BYTES 7

static guint64
get_secret_point (void)
{
  static gsize point;

  if (g_once_init_enter (&point))
    {
      guint64 number = (guint64) g_random_int () << 32 | g_random_int ();

      g_once_init_leave (&point, (gsize) (number % (PRIME - 1) + 1));
    }
  return point;
}

static guint64
multiply (guint64 a, guint64 b)
{
  unsigned __int128 product = (unsigned __int128) a * b;
  guint64 sum = ((guint64) product & PRIME) + (guint64) (product >> PRIME_BITS);

  return sum >= PRIME ? sum - PRIME : sum;
}

guint
vb_bytes_hash (const guint8 *bytes, gsize length)
{
  guint64 point = get_secret_point ();
  guint64 hash = length;

  for (gsize i = 0; i < length; i += DIGIT_BYTES)
    {
      guint64 digit = 0;

      memcpy (&digit, bytes + i, MIN (DIGIT_BYTES, length - i));
      hash = multiply ((hash + digit) % PRIME, point);
    }
  return (guint) (hash ^ hash >> 32);
}

guint
vb_text_hash (gconstpointer text)
{
  return vb_bytes_hash (text, strlen (text));
}
