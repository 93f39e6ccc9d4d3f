/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hardware addresses of network cards.
 */
#include "domain/mac.h"

#include <string.h>

#define MAC_LENGTH 17

char *
vb_mac_normalize (const char *text)
{
  if (strlen (text) != MAC_LENGTH)
    return NULL;
  for (gsize i = 0; i < MAC_LENGTH; i++)
    if (i % 3 == 2 ? text[i] != ':' : !g_ascii_isxdigit (text[i]))
      return NULL;
  return g_ascii_strdown (text, MAC_LENGTH);
}

gboolean
vb_mac_is_multicast (const char *mac)
{
  return (g_ascii_xdigit_value (mac[1]) & 1) != 0;
}

char *
vb_mac_generate (gboolean is_xen)
{
  guint32 number = g_random_int ();

  return g_strdup_printf ("%s:%02x:%02x:%02x", is_xen ? "00:16:3e" : "52:54:00",
                          number & (is_xen ? 0x7f : 0xff), number >> 8 & 0xff, number >> 16 & 0xff);
}
