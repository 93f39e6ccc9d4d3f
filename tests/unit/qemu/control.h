/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Somebody else who talks to a machine's QEMU: a session with one of its other monitors. Each call
 * waits.
 */
#pragma once

#include "machine-fixture.h"
#include "qmp/qmp.h"

/* (transfer full): open */
QmpSession *control_open (Machine *machine, VbQemuMonitor monitor);
/* (transfer full): the answer, which must be none of error. @arguments: (nullable) JSON */
QmpValue *control_ask (QmpSession *session, const char *command, const char *arguments);
/* The same, whose answer does not matter. */
void control_tell (QmpSession *session, const char *command, const char *arguments);
/* (transfer full): the error that the answer must be */
GError *control_fail (QmpSession *session, const char *command, const char *arguments);
