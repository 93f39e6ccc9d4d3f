/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One running QEMU: its process, its monitor, and what the two say. It reports and obeys; what
 * comes after an end (restart, preserve) is decided above.
 */
#pragma once

#include <gio/gio.h>

#include "domain/domain.h"
#include "qemu/emulator-facts.h"
#include "qemu/given.h"
#include "qemu/io-status.h"
#include "qemu/qemu-error.h"
#include "qemu/qemu-host.h"
#include "qemu/run-state.h"

typedef struct
{
  gint64 uid; /* user that QEMU runs as; -1: as the service */
  gint64 gid;
  gboolean sandbox;           /* `-sandbox on,…` */
  gboolean reject_deprecated; /* `-compat …`: the monitors refuse what a later QEMU will not take */
  gboolean kvm_usable;
  const char *kvm_reason;  /* why not */
  const char *owner;       /* (nullable) static: whose rights the guest's files are opened with */
  const char *secrets_dir; /* (nullable) passphrases; (owned) by who made the settings */
  const char *certificates_dir; /* (nullable) of displays; (owned) the same way */
  VbQemuHost *host;             /* (nullable): nothing is known; (owned) by who made the settings */
  guint start_timeout_ms;       /* for each step of a start: greeting, negotiation, each command */
  guint command_timeout_ms;     /* for a command to a started QEMU */
  guint quit_timeout_ms;        /* from `quit` to SIGKILL */
} VbQemuSettings;

typedef struct
{
  VbEnd end;
  gboolean status_known; /* FALSE for an adopted QEMU: it is no child of ours */
  int wait_status;
  char *last_words; /* (owned) the end of QEMU's log, "" if it said nothing */
} VbQemuExit;

#define VB_TYPE_QEMU_INSTANCE (vb_qemu_instance_get_type ())
G_DECLARE_FINAL_TYPE (VbQemuInstance, vb_qemu_instance, VB, QEMU_INSTANCE, GObject)

/**
 * VbQemuInstance::state:
 * @instance: the instance
 * @state: a #VbState
 * @reason: a #VbStateReason
 *
 * The guest's run state has changed, by an event of QEMU.
 */

/**
 * VbQemuInstance::event:
 * @instance: the instance
 * @kind: as in the signal `Event` of the interface org.virtbus1.Domain: "reset", "panic", …
 * @details: a #GVariant `a{sv}`
 */

/**
 * VbQemuInstance::held:
 * @instance: the instance
 * @end: a #VbEnd
 *
 * The guest has ended, but QEMU stays, paused: an action of the domain needs that, or QEMU cannot go
 * on (%VB_END_INTERNAL_ERROR). Who does not want to preserve this end calls
 * vb_qemu_instance_end_async().
 */

/**
 * VbQemuInstance::exited:
 * @instance: the instance
 * @exit: a #VbQemuExit, valid during the signal
 *
 * The process is gone. Sent once, and last; also when a launch fails after the process was spawned.
 */

/**
 * VbQemuInstance::domain:
 * @instance: the instance
 *
 * vb_qemu_instance_get_domain() gives another domain now: a device came or went, or another medium
 * is in a drive.
 */

/**
 * VbQemuInstance::clock:
 * @instance: the instance
 * @offset_s: a #gint64: seconds from the clock that QEMU was started with
 *
 * The guest has set its clock, now or while no service was there.
 */

/**
 * VbQemuInstance::io-status:
 * @instance: the instance
 *
 * vb_qemu_instance_get_io_status() tells something else now.
 */

/**
 * VbQemuInstance::memory:
 * @instance: the instance
 * @actual_kib: what the guest's balloon leaves it
 */

/* @runtime_dir holds the machine's `monitor.sock`, `passthrough.sock`, `spare.sock`, `monitor.log` and
 * `process`, from the launch until just before VbQemuInstance::exited; it exists.
 * @settings (transfer none): copied. @domain is completed. */
VbQemuInstance *vb_qemu_instance_new (const VbQemuSettings *settings,
                                      VbDomain *domain,
                                      const char *runtime_dir,
                                      const char *log_path);

/* Whether the domain could be started here: emulator, type, devices. Every reason why not is added
 * to @diagnostics (nullable); @error has the first. @facts: (nullable) of the domain's emulator,
 * without which what it can do is left to itself. Errors: VB_QEMU_ERROR_UNSUPPORTED,
 * VB_QEMU_ERROR_HOST_RESOURCE, VB_QEMU_ERROR_EMULATOR where it could not be asked. */
gboolean vb_qemu_check (const VbQemuSettings *settings,
                        const VbDomain *domain,
                        const VbEmulatorFacts *facts,
                        VbDiagnostics *diagnostics,
                        GError **error);
/* (transfer full): the emulator that would run the domain */
char *vb_qemu_find_emulator (const VbDomain *domain, GError **error);

/* Opens what the guest needs, spawns QEMU with `-S`, negotiates, hands secrets and sockets over and
 * reads back what QEMU chose. Ends with a guest that waits for vb_qemu_instance_cont_async(). On
 * failure or cancellation nothing is left behind. @given: (transfer full) (nullable): what is opened
 * already. */
void vb_qemu_instance_launch_async (VbQemuInstance *instance,
                                    VbGiven *given,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
vb_qemu_instance_launch_finish (VbQemuInstance *instance, GAsyncResult *result, GError **error);

/**
 * vb_qemu_instance_adopt_async:
 *
 * Takes over the QEMU that an earlier service left in @runtime_dir. The finish function says what
 * was found. Before it completes VbQemuInstance::state tells the guest's state with its reason; after
 * that, VbQemuInstance::held tells where QEMU holds an ended guest.
 */
typedef enum
{
  VB_ADOPT_RUNNING,    /* it lives: @state is the guest's */
  VB_ADOPT_UNFINISHED, /* it lives, but its guest was never let go (QEMU's own `prelaunch`) */
  VB_ADOPT_GONE,       /* it has ended: @exit tells how, as far as its recorder has it */
} VbAdoptResult;
void vb_qemu_instance_adopt_async (VbQemuInstance *instance,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* FALSE with VB_QEMU_ERROR_TIMEOUT where the process lives but its monitor does not answer: the
 * instance then goes on trying, and sends VbQemuInstance::state when it has succeeded. */
gboolean vb_qemu_instance_adopt_finish (VbQemuInstance *instance,
                                        GAsyncResult *result,
                                        VbAdoptResult *adopted,
                                        VbState *state,
                                        VbQemuExit **exit,
                                        GError **error);
void vb_qemu_exit_free (VbQemuExit *exit);

/* What the guest is told or made to do. All of these share one finish function. */
typedef enum
{
  VB_QEMU_CONT,
  VB_QEMU_STOP,
  VB_QEMU_POWERDOWN, /* asks by the ACPI power button */
  VB_QEMU_RESET,
} VbQemuCommand;
void vb_qemu_instance_command_async (VbQemuInstance *instance,
                                     VbQemuCommand command,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
vb_qemu_instance_command_finish (VbQemuInstance *instance, GAsyncResult *result, GError **error);

/* Sets the balloon's target. Shares vb_qemu_instance_command_finish(). */
void vb_qemu_instance_set_memory_async (VbQemuInstance *instance,
                                        guint64 kib,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);

/* Has the virtual CPU @vcpu run on @cpus of the host alone. Shares vb_qemu_instance_command_finish().
 * Errors besides QEMU's: %VB_QEMU_ERROR_UNSUPPORTED where the machine does not have it,
 * %VB_QEMU_ERROR_HOST_RESOURCE where the host does not have them. */
void vb_qemu_instance_pin_async (VbQemuInstance *instance,
                                 guint vcpu,
                                 const VbCpuset *cpus,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/* Asks QEMU what is true now, after somebody else has sent it commands: state, balloon, devices,
 * media. What differs is told by the signals before it completes. What was plugged in and has a
 * place in a domain becomes a device of the live domain, with QEMU's id as its alias. Errors:
 * %VB_QEMU_ERROR_TIMEOUT, %VB_QEMU_ERROR_EMULATOR, %G_IO_ERROR_CANCELLED; what was found out before
 * an error may have been told. */
void vb_qemu_instance_refresh_async (VbQemuInstance *instance,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean
vb_qemu_instance_refresh_finish (VbQemuInstance *instance, GAsyncResult *result, GError **error);

/* Writes the memory of the guest, which stands still meanwhile, to @fd (transfer full) as an ELF core.
 * One at a time. Errors: %VB_QEMU_ERROR_EMULATOR (also where the disk is full), TIMEOUT,
 * %G_IO_ERROR_CANCELLED: QEMU may then still write. */
void vb_qemu_instance_dump_async (VbQemuInstance *instance,
                                  int fd,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean
vb_qemu_instance_dump_finish (VbQemuInstance *instance, GAsyncResult *result, GError **error);

/* Ends QEMU: `quit`, and SIGKILL where it does not obey in time. Completes once the process is
 * gone, after VbQemuInstance::exited (its end is %VB_END_HOST_REQUEST). Cannot fail. */
void vb_qemu_instance_end_async (VbQemuInstance *instance,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void vb_qemu_instance_end_finish (VbQemuInstance *instance, GAsyncResult *result);

/* QEMU's monitors besides the service's own. Each takes one client at a time, and negotiates with
 * every new one. */
typedef enum
{
  VB_QEMU_MONITOR_PASSTHROUGH, /* for the service's broker of client sessions */
  VB_QEMU_MONITOR_SPARE, /* for a program that may enter the runtime folder; the service leaves it */
} VbQemuMonitor;
/* (transfer full): path of the monitor's socket */
char *vb_qemu_instance_get_monitor_path (VbQemuInstance *instance, VbQemuMonitor monitor);

/* Of the disk with that alias */
VbIoStatus vb_qemu_instance_get_io_status (VbQemuInstance *instance, const char *alias);
/* 0 before the launch and after the exit */
int vb_qemu_instance_get_pid (VbQemuInstance *instance);
/* (transfer none): the domain with its live values (pty paths, chosen ports) */
VbDomain *vb_qemu_instance_get_domain (VbQemuInstance *instance);
