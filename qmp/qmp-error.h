/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What can go wrong between a client and a QEMU machine protocol monitor, ordered by what the
 * caller can do about it. Knows nothing of how a session works.
 */
#pragma once

#include "qmp/qmp-macros.h"

G_BEGIN_DECLS

/**
 * QMP_ERROR:
 *
 * Error domain of libqmp. A #GCancellable that is cancelled gives %G_IO_ERROR_CANCELLED instead.
 */
#define QMP_ERROR (qmp_error_quark ())
QMP_EXPORT GQuark qmp_error_quark (void);

/**
 * QmpError:
 * @QMP_ERROR_GENERIC: QEMU refused; the message is QEMU's own text (class `GenericError`, and any
 *   class this library does not know)
 * @QMP_ERROR_COMMAND_NOT_FOUND: this QEMU does not know the command
 * @QMP_ERROR_DEVICE_NOT_FOUND: no such device
 * @QMP_ERROR_DEVICE_NOT_ACTIVE: the device is not active
 * @QMP_ERROR_KVM_MISSING_CAP: the host's KVM lacks a capability
 * @QMP_ERROR_DISCONNECTED: the monitor has closed the connection, or the session was closed
 * @QMP_ERROR_TIMEOUT: the deadline passed before the answer; the session stays usable
 * @QMP_ERROR_PROTOCOL: the peer sent something that is not the machine protocol
 * @QMP_ERROR_TOO_LARGE: a message above the size or depth limit
 * @QMP_ERROR_INVALID_ARGUMENT: what the caller passed cannot be sent
 * @QMP_ERROR_UNSUPPORTED: the monitor does not offer what was asked for
 * @QMP_ERROR_GUEST_REFUSED: QEMU took the command, and the guest would not
 * @QMP_ERROR_ACCESS_DENIED: the service that leads to the monitor refused; it names the action
 * @QMP_ERROR_EMULATOR: QEMU could not be run or ended at once; its last words are in the message
 *
 * What went wrong, by what the caller can do about it. New codes are added at the end.
 */
typedef enum
{
  QMP_ERROR_GENERIC,
  QMP_ERROR_COMMAND_NOT_FOUND,
  QMP_ERROR_DEVICE_NOT_FOUND,
  QMP_ERROR_DEVICE_NOT_ACTIVE,
  QMP_ERROR_KVM_MISSING_CAP,
  QMP_ERROR_DISCONNECTED,
  QMP_ERROR_TIMEOUT,
  QMP_ERROR_PROTOCOL,
  QMP_ERROR_TOO_LARGE,
  QMP_ERROR_INVALID_ARGUMENT,
  QMP_ERROR_UNSUPPORTED,
  QMP_ERROR_GUEST_REFUSED,
  QMP_ERROR_ACCESS_DENIED,
  QMP_ERROR_EMULATOR,
} QmpError;

/**
 * qmp_error_is_remote:
 * @error: (nullable): any error
 *
 * Returns: whether @error is QEMU's own refusal (one of the first five codes of #QmpError)
 */
QMP_EXPORT gboolean qmp_error_is_remote (const GError *error);

G_END_DECLS
