/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which device of the host is whose: one is never in two guests. Knows names only, and decides
 * nothing but that.
 */
#pragma once

#include <glib-object.h>

#define VB_TYPE_CLAIMS (vb_claims_get_type ())
G_DECLARE_FINAL_TYPE (VbClaims, vb_claims, VB, CLAIMS, GObject)

typedef struct
{
  char *uuid;  /* (owned) of the domain */
  char *alias; /* (owned) of its device */
} VbClaim;

/**
 * VbClaims::changed:
 * @claims: the claims
 * @id: id of the host device that has been claimed or let go
 */

VbClaims *vb_claims_new (void);
/* FALSE where somebody has it. @id: of a VbHostDevice */
gboolean vb_claims_take (VbClaims *claims, const char *id, const char *uuid, const char *alias);
/* All (nullable) (transfer none): whose the host device is… */
const VbClaim *vb_claims_find (VbClaims *claims, const char *id);
/* …and which one a device of a domain is */
const char *vb_claims_find_device (VbClaims *claims, const char *uuid, const char *alias);
/* Does nothing where nobody has it. */
void vb_claims_release (VbClaims *claims, const char *id);
