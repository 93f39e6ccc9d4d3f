/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is known of one emulator, and of which file that is true. Asks nobody but the cache.
 */
#pragma once

#include "qemu/emulator-facts.h"
#include "qemu/emulator-folders.h"
#include "qemu/facts-key.h"

typedef struct
{
  char *path;                 /* (owned) */
  gboolean is_installed;      /* else a domain has named it */
  gboolean is_outdated;       /* @facts are of what was there before */
  VbEmulatorFacts *facts;     /* (owned) (nullable) */
  VbFactsKey *key;            /* (owned) (nullable): what @facts are of; with them */
  char *program;              /* (owned) (nullable): that @path runs, where it is a script */
  char *program_text;         /* (owned) (nullable): which file that was */
  guint n_described;          /* devices that @facts were told of one by one */
  gint64 learned_us;          /* monotonic time */
  guint64 last_use;           /* a number that grows */
  VbEmulatorFolders *folders; /* that tell when a file is replaced */
  GPtrArray *watched;         /* (owned) (element-type utf8) files, by canonical paths */
} VbEmulatorRecord;

/* @folders outlives it. */
VbEmulatorRecord *vb_emulator_record_new (const char *path, VbEmulatorFolders *folders);
void vb_emulator_record_free (VbEmulatorRecord *record);

/* Whether facts that there are were of other files. */
gboolean vb_emulator_record_is_replaced (const VbEmulatorRecord *record);
/* Whether one of the record's files is in the set @touched. */
gboolean vb_emulator_record_is_touched (const VbEmulatorRecord *record, GHashTable *touched);
/* Whether there are facts that are true now. A failure, which may have been the host's, lasts
 * @retry_ms. */
gboolean vb_emulator_record_is_current (const VbEmulatorRecord *record, guint retry_ms);

/* @key: what they are of. @program: (nullable) */
void vb_emulator_record_learn (VbEmulatorRecord *record,
                               VbEmulatorFacts *facts,
                               VbFactsKey *key,
                               const char *program);
/* @facts: the same, with one more device */
void vb_emulator_record_describe (VbEmulatorRecord *record, VbEmulatorFacts *facts);
void vb_emulator_record_clear (VbEmulatorRecord *record);
/* Whether the cache knows what is there now. @cache_dir: (nullable) */
gboolean
vb_emulator_record_recall (VbEmulatorRecord *record, const char *cache_dir, gboolean kvm_usable);
/* Keeps facts, unless they are a failure. @cache_dir: (nullable) */
void vb_emulator_record_save (const VbEmulatorRecord *record, const char *cache_dir);
