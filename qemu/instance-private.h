/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of an instance, which its files share: instance.c (object and commands), launch.c,
 * adopt.c (and every later reconnection), events.c, refresh.c, dump.c, exit.c.
 */
#pragma once

#include "qemu/instance.h"
#include "qemu/process.h"
#include "qmp/qmp.h"

struct _VbQemuInstance
{
  GObject parent_instance;

  VbQemuSettings settings;
  char *kvm_reason;   /* (owned) (nullable): behind @settings */
  VbDomain *domain;   /* (owned): live values are filled in by the launch */
  char *runtime_dir;  /* (owned) */
  char *log_path;     /* (owned) */
  goffset log_offset; /* where this QEMU's words begin in its log */

  VbProcess *process;  /* (owned) (nullable): from the spawn to the exit */
  QmpSession *session; /* (owned) (nullable) */
  gulong event_handler;
  gulong closed_handler;

  VbState state;
  VbStateReason reason;
  VbEnd pending_end;      /* told by QEMU before its exit, or before it holds an ended guest */
  gboolean pauses_at_end; /* the next STOP is QEMU holding the ended guest */
  gboolean released;      /* the guest was let go once */
  gboolean ending;        /* vb_qemu_instance_end_async() was called */
  guint n_stops;          /* our own `stop` commands in flight */
  GHashTable *io_errors;  /* (owned) (element-type utf8 VbIoStatus) of disks, by alias */
  guint n_deletions;      /* devices that QEMU told to be gone */

  GTask *launch;       /* (owned) (nullable): under way */
  GTask *adoption;     /* (owned) (nullable): under way */
  GTask *dump;         /* (owned) (nullable): under way */
  gboolean connecting; /* to the monitor of a QEMU that runs */
  guint reconnect_delay_ms;
  GPtrArray *end_tasks; /* (owned) (element-type GTask): wait for the exit */
  GPtrArray
      *orphaned_tasks; /* (owned) (element-type GTask): lost their monitor; wait to learn why */

  gboolean status_known;
  int wait_status;
  GSource *drain_timer;     /* (owned) (nullable) */
  GSource *kill_timer;      /* (owned) (nullable) */
  GSource *reconnect_timer; /* (owned) (nullable) */
};

typedef enum
{
  VB_INSTANCE_STATE,
  VB_INSTANCE_EVENT,
  VB_INSTANCE_HELD,
  VB_INSTANCE_EXITED,
  VB_INSTANCE_MEMORY,
  VB_INSTANCE_DOMAIN,
  VB_INSTANCE_CLOCK,
  VB_INSTANCE_IO_STATUS,
  VB_INSTANCE_N_SIGNALS,
} VbInstanceSignal;

/* instance.c */
void vb_instance_emit (VbQemuInstance *instance, VbInstanceSignal signal, ...);
/* Sets the timer in @slot, which is an instance's field. */
void vb_instance_set_timer (VbQemuInstance *instance,
                            GSource **slot,
                            guint timeout_ms,
                            GSourceFunc func);
void vb_instance_clear_source (GSource **slot);
/* Whether the monitor takes commands now. */
gboolean vb_instance_check_monitor (VbQemuInstance *instance, GError **error);
/* @fd: (transfer full): a connected socket. The session is not open yet. */
void vb_instance_start_session (VbQemuInstance *instance, int fd);
void vb_instance_drop_session (VbQemuInstance *instance);
/* Fails the commands that lost their monitor. @exit: (nullable): how QEMU ended */
void vb_instance_fail_orphans (VbQemuInstance *instance, const VbQemuExit *exit);

/* launch.c */
/* Ends the launch that is under way. */
void vb_launch_abort (VbQemuInstance *instance);
/* The process of the launch that is under way is gone. */
void vb_launch_process_ended (VbQemuInstance *instance, const VbQemuExit *exit);

/* adopt.c */
void vb_instance_schedule_reconnect (VbQemuInstance *instance);
/* Completes an adoption whose process turned out to be gone. @exit: (transfer full) */
void vb_instance_adoption_gone (VbQemuInstance *instance, VbQemuExit *exit);
/* What the monitor's log has of the guest's clock, which somebody may have listened to or not. */
void vb_instance_tell_missed_clock (VbQemuInstance *instance);

/* events.c */
void vb_instance_subscribe (QmpSession *session);
void vb_instance_handle_event (VbQemuInstance *instance, const char *name, QmpValue *data);
/* @domain: (transfer full): the live domain from now on */
void vb_instance_replace_domain (VbQemuInstance *instance, VbDomain *domain);
/* QEMU does not have the device any more. %FALSE where the live domain has none of that alias. */
gboolean vb_instance_lose_device (VbQemuInstance *instance, const char *alias);
/* Tells a change of state; nothing where it is no change. */
void vb_instance_set_state (VbQemuInstance *instance, VbState state, VbStateReason reason);
/* What QEMU's word means for this guest. */
void vb_instance_read_status (VbQemuInstance *instance,
                              const QmpValue *status,
                              VbState *state,
                              VbStateReason *reason);
/* Asks QEMU for its state and follows the answer. */
void vb_instance_query_status (VbQemuInstance *instance);

/* io-status.c */
void vb_instance_set_io_status (VbQemuInstance *instance, const char *alias, VbIoStatus status);
/* The guest goes on. */
void vb_instance_forget_io_errors (VbQemuInstance *instance);
/* @drives: the answer to `query-block` */
void vb_instance_take_io_status (VbQemuInstance *instance, const QmpValue *drives);

/* dump.c */
/* The event that tells the end of a dump, this instance's or another. */
void vb_instance_dump_completed (VbQemuInstance *instance, const QmpValue *data);
/* The monitor is there again; what it said meanwhile is lost. */
void vb_instance_dump_ask (VbQemuInstance *instance);
/* QEMU is gone. */
void vb_instance_dump_lost (VbQemuInstance *instance, const VbQemuExit *exit);

/* exit.c */
/* @process: (transfer full) */
void vb_instance_take_process (VbQemuInstance *instance, VbProcess *process);
/* The monitor's end of file, or an error on it. */
void vb_instance_monitor_closed (VbQemuInstance *instance);
/* (transfer full): the words in QEMU's log since it was spawned */
char *vb_instance_read_last_words (VbQemuInstance *instance);
/* (transfer full): "exit status 1", "killed by signal 9" */
char *vb_qemu_exit_describe (const VbQemuExit *exit);
