/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An emulator that runs without a machine, to be asked. It ends with its owner and takes with it
 * whatever it has started.
 */
#pragma once

#include "qemu/probe.h"

/* The emulator's number of its monitor's socket. */
#define VB_PROBE_MONITOR_FD 3

typedef struct _VbProbeProcess VbProbeProcess;

typedef void (*VbProbeProcessFunc) (int wait_status, gpointer user_data);

/* (transfer full): what it is run with */
char **vb_probe_process_make_argv (const VbProbeConfig *config);
/* @groups: supplementary ones of the user of @config. @monitor_fd: (out): where it answers.
 * @func: called when it has ended and was reaped. Errors: what kept it from being run */
VbProbeProcess *vb_probe_process_spawn (const VbProbeConfig *config,
                                        const guint *groups,
                                        guint n_groups,
                                        int *monitor_fd,
                                        VbProbeProcessFunc func,
                                        gpointer user_data,
                                        GError **error);
/* Of one that has ended. */
void vb_probe_process_free (VbProbeProcess *process);

void vb_probe_process_kill (VbProbeProcess *process);
/* (transfer full) (nullable): the file that it runs now: the interpreter's, while it is a script */
char *vb_probe_process_read_program (const VbProbeProcess *process);
/* (transfer full) (nullable): of vb_module_folders_list_used(); @program: as just read */
char **vb_probe_process_list_modules (const VbProbeProcess *process, const char *program);
/* (transfer full): the end of what it wrote beside its answers; "" for nothing */
char *vb_probe_process_read_words (const VbProbeProcess *process);
