/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why a domain document is refused, ordered by what the author of the document can do about it.
 */
#pragma once

#include <glib.h>

#define VB_DOMAIN_ERROR (vb_domain_error_quark ())
GQuark vb_domain_error_quark (void);

typedef enum
{
  VB_DOMAIN_ERROR_MALFORMED, /* not well-formed XML; the message has the line */
  VB_DOMAIN_ERROR_INVALID,   /* against the format; the message has line, path and remedy */
  VB_DOMAIN_ERROR_LIMIT,     /* too large, too deep, or too many devices */
} VbDomainError;
