/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One table between libqmp's codes, the engine's, and QEMU's words.
 */
#include "engine/qmp-failure.h"

#include "engine/engine-error.h"
#include "qemu/qemu-error.h"
#include "qmp/qmp-error.h"

#include <gio/gio.h>

static const struct
{
  QmpError code;
  VbEngineError failure;
  const char *class;
} rows[] = {
  { QMP_ERROR_GENERIC, VB_ENGINE_ERROR_QMP_GENERIC, "GenericError" },
  { QMP_ERROR_COMMAND_NOT_FOUND, VB_ENGINE_ERROR_QMP_COMMAND_NOT_FOUND, "CommandNotFound" },
  { QMP_ERROR_DEVICE_NOT_FOUND, VB_ENGINE_ERROR_QMP_DEVICE_NOT_FOUND, "DeviceNotFound" },
  { QMP_ERROR_DEVICE_NOT_ACTIVE, VB_ENGINE_ERROR_QMP_DEVICE_NOT_ACTIVE, "DeviceNotActive" },
  { QMP_ERROR_KVM_MISSING_CAP, VB_ENGINE_ERROR_QMP_KVM_MISSING_CAP, "KVMMissingCap" },
};

GError *
vb_qmp_failure_from_qmp (GError *error, const char *command)
{
  g_autoptr (GError) owned = error;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_error_matches (error, QMP_ERROR, rows[i].code))
      return g_error_new_literal (VB_ENGINE_ERROR, rows[i].failure, error->message);
  if (error->domain == G_IO_ERROR)
    return g_steal_pointer (&owned);
  return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                      "QEMU was lost before it answered '%s': %s", command, error->message);
}

const char *
vb_qmp_failure_get_class (const GError *failure)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_error_matches (failure, VB_ENGINE_ERROR, rows[i].failure))
      return rows[i].class;
  return "GenericError";
}
