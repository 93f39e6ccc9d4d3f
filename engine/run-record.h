/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a service leaves for the next one about a machine that runs: a folder `<runtime_dir>/<uuid>`
 * that is there before its QEMU is, and goes after the end was told. It holds the notes (`record`),
 * the definition that was started (`definition.xml`) and the live domain (`domain.xml`); the qemu
 * room keeps process and monitor there.
 */
#pragma once

#include "domain/domain.h"
#include "engine/assigned.h"
#include "qemu/run-state.h"

typedef struct
{
  char *uuid;   /* (owned) */
  char *folder; /* (owned) path */
  int id;
  char *owner;              /* (owned) (nullable) */
  char *client;             /* (owned) (nullable): autodestroy */
  gboolean finished;        /* its start was complete */
  gboolean rebooting;       /* its next power-off is the first half of a reboot */
  gboolean restarting;      /* its QEMU is gone, and it is about to be started again */
  gboolean confined;        /* its QEMU is in a control group of its own, or about to be */
  gboolean renaming;        /* under another name, which is: */
  char *new_name;           /* (owned) (nullable: not chosen yet) */
  gboolean has_clock;       /* the guest has set its clock, to: */
  gint64 clock_offset_s;    /* from the one that QEMU was started with */
  gboolean is_clock_stored; /* in the definition, too */
  gint64 adjustment_s;      /* of <clock offset='variable'> when QEMU was started */
  VbState state;            /* as last told, with the next two */
  VbStateReason reason;
  gint64 since_us;
  GPtrArray *assigned; /* (owned) (element-type VbAssigned): devices of the host that it has */
  char **tainted;      /* (owned) (nullable): what was done behind the service's back */
} VbRunRecord;

/* One that a former service left */
typedef struct
{
  VbRunRecord *record;  /* (owned) (nullable: taken) */
  VbDomain *definition; /* (owned) (nullable: cannot be read) what was started */
  VbDomain *live;       /* (owned) (nullable: its start did not get so far) */
} VbRemnant;

VbRunRecord *vb_run_record_new (const char *runtime_dir, const char *uuid);
void vb_run_record_free (VbRunRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbRunRecord, vb_run_record_free)

/* FALSE if it is noted already, or too much is. */
gboolean vb_run_record_taint (VbRunRecord *record, const char *word);

/* Makes the folder for a start of @definition, free of what an earlier run left there. */
gboolean vb_run_record_begin (VbRunRecord *record, const VbDomain *definition, GError **error);
gboolean vb_run_record_save (const VbRunRecord *record, GError **error);
gboolean vb_run_record_save_domains (const VbRunRecord *record,
                                     const VbDomain *definition,
                                     const VbDomain *live,
                                     GError **error);
/* Removes the folder. */
void vb_run_record_remove (const VbRunRecord *record);

/* (transfer full) (element-type VbRemnant): blocks. What cannot be read is reported in the log. */
GPtrArray *vb_run_record_load_all (const char *runtime_dir);
