/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings that must not stay in freed memory.
 */
#include "domain/secret.h"

#include <string.h>

struct VbSecret
{
  char *text; /* (owned) */
};

VbSecret *
vb_secret_take (char *text)
{
  VbSecret *secret;

  if (text == NULL)
    return NULL;
  secret = g_new (VbSecret, 1);
  secret->text = text;
  return secret;
}

VbSecret *
vb_secret_copy (const VbSecret *secret)
{
  return secret != NULL ? vb_secret_take (g_strdup (secret->text)) : NULL;
}

void
vb_secret_free (VbSecret *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret->text, strlen (secret->text));
  g_free (secret->text);
  g_free (secret);
}

const char *
vb_secret_reveal (const VbSecret *secret)
{
  return secret != NULL ? secret->text : NULL;
}
