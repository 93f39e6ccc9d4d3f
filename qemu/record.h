/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files in a machine's runtime folder that outlive the service: `process` says who QEMU is,
 * `monitor.log` what it said last.
 */
#pragma once

#include "qemu/process.h"
#include "qemu/run-state.h"

/* Above this, the monitor's log is emptied. */
#define VB_RECORD_MAX_LOG_BYTES (64 * 1024)

typedef struct
{
  VbProcessIdentity identity;
  goffset log_offset; /* where this QEMU's words begin in the domain's log */
  gboolean released;  /* whether the guest was ever let go */
} VbRecord;

/* Begins the record: QEMU's own line is added by vb_process_spawn(). */
gboolean vb_record_begin (int fd, goffset log_offset);
/* Notes that the guest has been let go. */
void vb_record_release (const char *runtime_dir);
/* FALSE where there is none, or QEMU was never spawned */
gboolean vb_record_read (const char *runtime_dir, VbRecord *record);
/* Removes what a QEMU that is gone has left. */
void vb_record_remove (const char *runtime_dir);

/* The end that the monitor's log tells of, %VB_END_UNKNOWN if none. */
VbEnd vb_record_read_end (const char *runtime_dir);
/* The same, of the log's text. Pure. */
VbEnd vb_record_find_end (const char *text);
/* Where the guest last set its clock to, in seconds from the one that QEMU was started with. FALSE
 * where the monitor's log does not tell. */
gboolean vb_record_read_clock (const char *runtime_dir, gint64 *offset_s);
/* The same, of the log's text. Pure. */
gboolean vb_record_find_clock (const char *text, gint64 *offset_s);
/* Keeps the monitor's log bounded, while somebody reads the monitor. */
void vb_record_trim (const char *runtime_dir);
