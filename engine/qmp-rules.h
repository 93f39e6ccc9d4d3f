/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which of QEMU's commands a client may have passed through, by name and by what they are about.
 * Pure: knows no session and no client.
 *
 * The service's own in a QEMU is what it was started with: the monitors, and each device of the
 * definition with its back ends, block nodes and descriptor sets. To take one of these away is to
 * break what the service relies on, so that who does it has to say so. What clients have made
 * themselves, they may remove as they like.
 */
#pragma once

#include "domain/domain.h"

#define VB_QMP_MAX_NAME_BYTES 64

typedef struct _VbQmpOwn VbQmpOwn;

/* @domain: (nullable): as QEMU was started from it, completed. @n_fdsets: QEMU was started with the
 * descriptor sets 1 to this. */
VbQmpOwn *vb_qmp_own_new (const VbDomain *domain, guint n_fdsets);
void vb_qmp_own_free (VbQmpOwn *own);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbQmpOwn, vb_qmp_own_free)

/* Whether a command could be called so. */
gboolean vb_qmp_command_is_name (const char *name);
/* Whether it changes nothing. */
gboolean vb_qmp_command_reads (const char *name);
/* Whether it takes a descriptor that travels with it. */
gboolean vb_qmp_command_takes_descriptor (const char *name);
/* (nullable): the member of its arguments that says what it is about */
const char *vb_qmp_command_get_subject (const char *name);
/* (nullable): why the command needs to be meant, in words that follow its name; %NULL where it does
 * not. @subject: (nullable): the value of that member, as text */
const char *vb_qmp_own_find_harm (const VbQmpOwn *own, const char *name, const char *subject);
