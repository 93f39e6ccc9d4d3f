/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All that decides what an emulator can do, as it is now: where it is the same again, so are the
 * facts. Each function looks at a handful of files.
 */
#pragma once

#include <glib.h>

typedef struct
{
  gatomicrefcount ref_count;
  char *path; /* (owned) of the emulator */
  gboolean kvm_usable;
  char *text; /* (owned) equal where nothing has changed */
} VbFactsKey;

VbFactsKey *vb_facts_key_new (const char *path, gboolean kvm_usable);
VbFactsKey *vb_facts_key_ref (VbFactsKey *key);
void vb_facts_key_unref (VbFactsKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbFactsKey, vb_facts_key_unref)
/* Whether everything is still as it was when @key was made. */
gboolean vb_facts_key_is_current (const VbFactsKey *key);

/* (transfer full): one file that is run and the modules that it may load, as they are now */
char *vb_facts_key_describe_program (const char *path);
