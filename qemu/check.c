/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a valid domain may ask for that QEMU on this host cannot do. Every finding says what can.
 * What a QEMU has and another has not is left to check-devices.c, which asks its facts.
 */
#include "qemu/argv-parts.h"
#include "qemu/check-parts.h"

typedef VbCheck Check;
typedef void (*CheckDeviceFunc) (Check *check, const VbDevice *device);

static void
record_error (Check *check, const char *path, const char *message)
{
  vb_diagnostics_add (check->diagnostics, VB_SEVERITY_ERROR, path, 0, "%s", message);
  if (check->error == NULL)
    check->error = g_error_new_literal (VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED, message);
}

void
vb_check_refuse (VbCheck *check, const char *path, const char *format, ...)
{
  va_list arguments;
  g_autofree char *message = NULL;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  record_error (check, path, message);
}

/* Made for the first finding; there may be one for each device. */
static GHashTable *
number_devices (const VbDomain *domain)
{
  GHashTable *numbers = g_hash_table_new (NULL, NULL);
  guint counts[VB_N_DEVICE_KINDS] = { 0 };
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      g_hash_table_insert (numbers, (gpointer) device, GUINT_TO_POINTER (++counts[device->kind]));
    }
  return numbers;
}

char *
vb_check_path (VbCheck *check, const VbDevice *device, const char *rest)
{
  guint number;
  if (check->numbers == NULL)
    check->numbers = number_devices (check->domain);
  number = GPOINTER_TO_UINT (g_hash_table_lookup (check->numbers, device));
  return g_strdup_printf ("/domain/devices/%s[%u]%s", vb_device_kind_to_string (device->kind),
                          number, rest);
}

/* (transfer full): what is said of @device */
static char *
name_device (const VbDevice *device, const char *format, va_list arguments)
{
  g_autofree char *finding = g_strdup_vprintf (format, arguments);
  return g_strdup_printf ("%s '%s': %s", vb_device_kind_to_string (device->kind),
                          vb_device_get_name (device), finding);
}

void
vb_check_refuse_device (
    VbCheck *check, const VbDevice *device, const char *rest, const char *format, ...)
{
  va_list arguments;
  g_autofree char *path = vb_check_path (check, device, rest);
  g_autofree char *message = NULL;
  va_start (arguments, format);
  message = name_device (device, format, arguments);
  va_end (arguments);
  record_error (check, path, message);
  check->has_refused_device = TRUE;
}

void
vb_check_warn_device (
    VbCheck *check, const VbDevice *device, const char *rest, const char *format, ...)
{
  va_list arguments;
  g_autofree char *path = vb_check_path (check, device, rest);
  g_autofree char *message = NULL;
  va_start (arguments, format);
  message = name_device (device, format, arguments);
  va_end (arguments);
  vb_diagnostics_add (check->diagnostics, VB_SEVERITY_WARNING, path, 0, "%s", message);
}

/* Whether the controller is there for a drive, which has been refused. */
static gboolean
has_drive (const Check *check, const VbController *controller)
{
  VbDiskBus bus = controller->type == VB_CONTROLLER_IDE ? VB_DISK_BUS_IDE : VB_DISK_BUS_FDC;
  for (guint i = 0; i < check->domain->devices->len; i++)
    {
      const VbDisk *disk = g_ptr_array_index (check->domain->devices, i);
      if (disk->base.kind == VB_DEVICE_DISK && disk->bus == bus &&
          disk->base.address.controller == controller->index)
        return TRUE;
    }
  return FALSE;
}

static void
check_controller (Check *check, const VbDevice *device)
{
  const VbController *controller = (const VbController *) device;
  if (controller->ports > VB_CONTROLLER_MAX_PORTS)
    vb_check_refuse_device (check, device, "/@ports", "%u ports are not supported; use at most %d",
                            controller->ports, VB_CONTROLLER_MAX_PORTS);
  if (vb_argv_controller_is_supported (check->board, controller))
    return;
  if (controller->type == VB_CONTROLLER_SCSI)
    vb_check_refuse_device (
        check, device, "/@model",
        "model '%s' is not supported; use lsilogic, lsisas1068, vmpvscsi or virtio-scsi",
        vb_enum_to_string (&vb_scsi_model_table, (int) controller->model));
  else if (!has_drive (check, controller))
    vb_check_refuse_device (check, device, "/@index",
                            "the machine has one %s controller, with index 0",
                            vb_enum_to_string (&vb_controller_type_table, (int) controller->type));
}

static void
check_input (Check *check, const VbDevice *device)
{
  if (((const VbInput *) device)->bus == VB_INPUT_BUS_XEN)
    vb_check_refuse_device (check, device, "/@bus",
                            "bus 'xen' is not supported by QEMU; use ps2 or usb");
}

static void
check_sound (Check *check, const VbDevice *device)
{
  const VbSound *sound = (const VbSound *) device;
  const char *model = vb_enum_to_string (&vb_sound_model_table, (int) sound->model);
  gboolean is_old = sound->model == VB_SOUND_SB16 || sound->model == VB_SOUND_PCSPK;
  for (guint i = 0; is_old && i < check->domain->devices->len; i++)
    {
      const VbSound *other = g_ptr_array_index (check->domain->devices, i);
      if (&other->base == device)
        break;
      if (other->base.kind == VB_DEVICE_SOUND && other->model == sound->model)
        vb_check_refuse_device (check, device, "/@model",
                                "a machine has one '%s' at most; use es1370 or ac97", model);
    }
}

static void
check_memballoon (Check *check, const VbDevice *device)
{
  if (((const VbMemballoon *) device)->model == VB_MEMBALLOON_XEN)
    vb_check_refuse_device (check, device, "/@model",
                            "model 'xen' is not supported by QEMU; use virtio or none");
}

static const CheckDeviceFunc device_checks[VB_N_DEVICE_KINDS] = {
  [VB_DEVICE_DISK] = vb_check_disk,
  [VB_DEVICE_CONTROLLER] = check_controller,
  [VB_DEVICE_INTERFACE] = vb_check_interface,
  [VB_DEVICE_SMARTCARD] = vb_check_smartcard,
  [VB_DEVICE_SERIAL] = vb_check_port,
  [VB_DEVICE_PARALLEL] = vb_check_port,
  [VB_DEVICE_CONSOLE] = vb_check_console,
  [VB_DEVICE_CHANNEL] = vb_check_channel,
  [VB_DEVICE_INPUT] = check_input,
  [VB_DEVICE_GRAPHICS] = vb_check_graphics,
  [VB_DEVICE_SOUND] = check_sound,
  [VB_DEVICE_VIDEO] = vb_check_video,
  [VB_DEVICE_HOSTDEV] = vb_check_hostdev,
  [VB_DEVICE_MEMBALLOON] = check_memballoon,
};

/* A device that is kept whole is nothing that the guest would miss, but for one. */
static void
check_kept (Check *check)
{
  const GPtrArray *list = check->domain->kept;
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const VbKept *kept = g_ptr_array_index (list, i);
      if (g_str_equal (kept->parent, "devices") && vb_kept_is_element (kept, "hostdev"))
        vb_check_refuse (check, kept->path,
                         "hostdev: mode 'capabilities' is for containers; remove the element");
    }
}

/* @error: (transfer full) */
static void
refuse_emulator (Check *check, GError *error)
{
  vb_diagnostics_add (check->diagnostics, VB_SEVERITY_ERROR, VB_CHECK_EMULATOR_PATH, 0, "%s",
                      error->message);
  if (check->error == NULL)
    check->error = error;
  else
    g_error_free (error);
}

/* @facts: (nullable) */
static void
check_emulator (Check *check, const VbEmulatorFacts *facts)
{
  GError *error = NULL;
  g_autofree char *emulator = vb_qemu_find_emulator (check->domain, &error);

  if (emulator != NULL && facts != NULL && vb_emulator_facts_get_error (facts) != NULL)
    error = g_error_new_literal (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                                 vb_emulator_facts_get_error (facts));
  if (error != NULL)
    refuse_emulator (check, error);
}

gboolean
vb_qemu_check (const VbQemuSettings *settings,
               const VbDomain *domain,
               const VbEmulatorFacts *facts,
               VbDiagnostics *diagnostics,
               GError **error)
{
  gboolean is_known = facts != NULL && vb_emulator_facts_get_error (facts) == NULL;
  Check check = { .settings = settings,
                  .domain = domain,
                  .board = vb_board_of (domain),
                  .facts = is_known ? facts : NULL,
                  .diagnostics = diagnostics };

  vb_check_machine (&check);
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      vb_check_place (&check, device);
      vb_check_board (&check, device);
      if (device_checks[device->kind] != NULL)
        device_checks[device->kind](&check, device);
    }
  check_kept (&check);
  check_emulator (&check, facts);
  if (check.facts != NULL && !check.has_refused_device)
    vb_check_devices (&check);
  g_clear_pointer (&check.numbers, g_hash_table_unref);
  if (check.error == NULL)
    return TRUE;
  g_propagate_error (error, check.error);
  return FALSE;
}
