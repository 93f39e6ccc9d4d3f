/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is stored of a domain: its definition and what the service notes beside it. An immutable
 * shared value, so that a thread can write it while the model goes on; whoever wants a change makes
 * another one. Knows its text, and no files.
 */
#pragma once

#include "domain/domain.h"

typedef struct
{
  gatomicrefcount ref_count;
  VbDomain *definition; /* (owned) completed */
  guint64 generation;   /* from 1; grows with each change of the definition */
  gboolean autostart;
  char *owner;    /* (owned) (nullable) */
  char **retired; /* (owned) aliases of devices that are gone, for no other device to get */
} VbStored;

/* @definition (transfer full), @owner (nullable) copied, @retired (transfer full) (nullable) */
VbStored *vb_stored_new (VbDomain *definition,
                         guint64 generation,
                         gboolean autostart,
                         const char *owner,
                         char **retired);
VbStored *vb_stored_ref (VbStored *stored);
void vb_stored_unref (VbStored *stored);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbStored, vb_stored_unref)

/* (transfer full): what follows @previous when its definition becomes @definition (transfer full):
 * the next generation, with the aliases that disappear retired. @previous itself, with one more
 * reference, where nothing changes. */
VbStored *vb_stored_succeed (VbStored *previous, VbDomain *definition);
/* (transfer full): the same with another autostart */
VbStored *vb_stored_with_autostart (VbStored *previous, gboolean autostart);

/* (transfer full): one line for the service, then the document with its secrets */
char *vb_stored_format (const VbStored *stored);
/* (transfer full) (nullable) */
VbStored *vb_stored_parse (const char *text, gsize length, GError **error);
