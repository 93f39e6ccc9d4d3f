/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why a use case failed, ordered by what the caller can do about it. Errors of the rooms below
 * (VB_DOMAIN_ERROR, VB_QEMU_ERROR) pass through unchanged.
 */
#pragma once

#include <glib.h>

#define VB_ENGINE_ERROR (vb_engine_error_quark ())
GQuark vb_engine_error_quark (void);

typedef enum
{
  VB_ENGINE_ERROR_NOT_FOUND,
  VB_ENGINE_ERROR_ALREADY_EXISTS,
  VB_ENGINE_ERROR_INVALID_ARGUMENT,
  VB_ENGINE_ERROR_INVALID_STATE, /* message says which state would do */
  VB_ENGINE_ERROR_UNSUPPORTED,
  VB_ENGINE_ERROR_BUSY,     /* names the operation at work */
  VB_ENGINE_ERROR_CONFLICT, /* the definition is of another generation than was expected */
  VB_ENGINE_ERROR_HOST_RESOURCE,
  VB_ENGINE_ERROR_CANCELLED,   /* another caller ended what was under way */
  VB_ENGINE_ERROR_QMP_GENERIC, /* QEMU's own refusals of a command passed through, with its text */
  VB_ENGINE_ERROR_QMP_COMMAND_NOT_FOUND,
  VB_ENGINE_ERROR_QMP_DEVICE_NOT_FOUND,
  VB_ENGINE_ERROR_QMP_DEVICE_NOT_ACTIVE,
  VB_ENGINE_ERROR_QMP_KVM_MISSING_CAP,
} VbEngineError;
