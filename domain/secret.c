/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings that must not stay in freed memory.
 */
#include "domain/secret.h"

#include <string.h>

void
vb_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}
