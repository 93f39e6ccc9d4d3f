/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What displays are encrypted with: files that the administrator keeps in a folder of the service's
 * configuration, called as QEMU's manual calls them.
 */
#pragma once

#include "domain/domain.h"

#define VB_N_CERTIFICATES 3
/* The files' names, for messages. */
#define VB_CERTIFICATES_NAMES "ca-cert.pem, server-cert.pem and server-key.pem"

typedef struct
{
  const char *file;
  const char *spice_option; /* that tells QEMU where it is */
} VbCertificate;

extern const VbCertificate vb_certificates[VB_N_CERTIFICATES];

/* @folder: (nullable): there is none. Whether displays can be encrypted; not whether each file is there
 * and of use. */
gboolean vb_certificates_are_there (const char *folder);
/* Decides, for a start that follows, whether the SPICE display of @domain is to have a port of our
 * choice for encrypted connections: not without certificates, and with them also where a channel
 * insists. */
void vb_certificates_settle_port (VbDomain *domain, const char *folder);
