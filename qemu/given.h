/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Descriptors that were opened before a launch by who may, or may better: by a client of the bus, or
 * by the service for a device of the host. Each is of a name: an absolute path as a definition has
 * it, or what vb_descriptors_key() says of a device.
 */
#pragma once

#include "qemu/qemu-error.h"

typedef struct _VbGiven VbGiven;

VbGiven *vb_given_new (void);
/* Closes all. */
void vb_given_free (VbGiven *given);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbGiven, vb_given_free)

/* @fd: (transfer full). FALSE where @name has one already, which stays; @fd is then closed. */
gboolean vb_given_add (VbGiven *given, const char *name, int fd);
/* Moves all of @other, but for names that are here already. @other: (transfer full) (nullable) */
void vb_given_merge (VbGiven *given, VbGiven *other);
/* (transfer full): other descriptors of the same; of none for %NULL. Errors:
 * %VB_QEMU_ERROR_HOST_RESOURCE. */
VbGiven *vb_given_copy (const VbGiven *given, GError **error);
/* @given: (nullable). -1 where there is none */
int vb_given_find (const VbGiven *given, const char *name);
/* (transfer container) (array zero-terminated=1): sorted */
const char **vb_given_list (const VbGiven *given);
