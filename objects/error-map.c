/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What errors are called on the bus: one table, over the errors of all rooms below.
 */
#include "objects/error-map.h"

#include <gio/gio.h>

#include "domain/domain-error.h"
#include "engine/engine-error.h"
#include "policy/authority.h"
#include "qemu/qemu-error.h"

#define ERROR_NAME(word) "org.virtbus1.Error." word

typedef struct
{
  GQuark (*domain) (void);
  int code;
  const char *name;
} ErrorRow;

static const ErrorRow rows[] = {
  { vb_domain_error_quark, VB_DOMAIN_ERROR_MALFORMED, ERROR_NAME ("InvalidXml") },
  { vb_domain_error_quark, VB_DOMAIN_ERROR_INVALID, ERROR_NAME ("InvalidXml") },
  { vb_domain_error_quark, VB_DOMAIN_ERROR_LIMIT, ERROR_NAME ("InvalidXml") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_NOT_FOUND, ERROR_NAME ("NotFound") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_ALREADY_EXISTS, ERROR_NAME ("AlreadyExists") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_INVALID_ARGUMENT, ERROR_NAME ("InvalidArgument") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_INVALID_STATE, ERROR_NAME ("InvalidState") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_UNSUPPORTED, ERROR_NAME ("Unsupported") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_BUSY, ERROR_NAME ("Busy") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_CONFLICT, ERROR_NAME ("Conflict") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_HOST_RESOURCE, ERROR_NAME ("HostResource") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_CANCELLED, ERROR_NAME ("Cancelled") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_QMP_GENERIC, ERROR_NAME ("Qmp.Generic") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_QMP_COMMAND_NOT_FOUND,
    ERROR_NAME ("Qmp.CommandNotFound") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_QMP_DEVICE_NOT_FOUND,
    ERROR_NAME ("Qmp.DeviceNotFound") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_QMP_DEVICE_NOT_ACTIVE,
    ERROR_NAME ("Qmp.DeviceNotActive") },
  { vb_engine_error_quark, VB_ENGINE_ERROR_QMP_KVM_MISSING_CAP, ERROR_NAME ("Qmp.KVMMissingCap") },
  { vb_qemu_error_quark, VB_QEMU_ERROR_UNSUPPORTED, ERROR_NAME ("Unsupported") },
  { vb_qemu_error_quark, VB_QEMU_ERROR_HOST_RESOURCE, ERROR_NAME ("HostResource") },
  { vb_qemu_error_quark, VB_QEMU_ERROR_EMULATOR, ERROR_NAME ("Emulator") },
  { vb_qemu_error_quark, VB_QEMU_ERROR_TIMEOUT, ERROR_NAME ("Timeout") },
  { vb_authority_error_quark, VB_AUTHORITY_ERROR_INTERACTION_REQUIRED,
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired" },
  { g_io_error_quark, G_IO_ERROR_CANCELLED, ERROR_NAME ("Cancelled") },
  { g_io_error_quark, G_IO_ERROR_TIMED_OUT, ERROR_NAME ("Timeout") },
};

const char *
vb_error_get_bus_name (const GError *error)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_error_matches (error, rows[i].domain (), rows[i].code))
      return rows[i].name;
  if (error->domain == G_DBUS_ERROR)
    {
      g_autofree char *name = g_dbus_error_encode_gerror (error);
      return g_intern_string (name);
    }
  return ERROR_NAME ("Internal");
}
