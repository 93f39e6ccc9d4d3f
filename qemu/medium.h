/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is in a drive of a running QEMU, in the words of a domain. Pure: it reads QEMU's answers.
 */
#pragma once

#include "domain/disk.h"
#include "qmp/qmp-value.h"

/* (owned by who asked for them) */
typedef struct
{
  QmpValue *drives; /* `query-block` */
  QmpValue *nodes;  /* `query-named-block-nodes`; (nullable) */
  QmpValue *fdsets; /* `query-fdsets` */
} VbBlockAnswers;

typedef struct
{
  gboolean is_inserted;
  VbDiskType type;
  char *source;       /* (owned) (nullable): no path names it */
  const char *format; /* static */
  gboolean read_only;
  VbDiskCache cache;
} VbMedium;

/* (transfer full) (nullable): what `query-block` has of the device of QEMU's @id, where it is a drive */
QmpValue *vb_medium_find_drive (const QmpValue *drives, const char *id);
/* %FALSE where the device of QEMU's @id is no drive */
gboolean vb_medium_find (const VbBlockAnswers *answers, const char *id, VbMedium *medium);
void vb_medium_clear (VbMedium *medium);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VbMedium, vb_medium_clear)
