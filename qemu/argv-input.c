/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <input>, <watchdog> and <memballoon>: devices with nothing behind them on the host.
 */
#include "qemu/argv-parts.h"

QmpValue *
vb_argv_input_device (const VbInput *input)
{
  if (input->bus != VB_INPUT_BUS_USB)
    return NULL;
  return vb_argv_new_device (input->type == VB_INPUT_TABLET ? "usb-tablet" : "usb-mouse");
}

void
vb_argv_add_input (VbArgv *argv, const VbDevice *device)
{
  QmpValue *json = vb_argv_input_device ((const VbInput *) device);
  if (json != NULL)
    vb_argv_add_device (argv, device, json);
}

void
vb_argv_add_watchdog (VbArgv *argv, const VbDevice *device)
{
  const VbWatchdog *watchdog = (const VbWatchdog *) device;
  /* A dump is not QEMU's matter: it pauses, and the service does the rest. */
  VbWatchdogAction action =
      watchdog->action == VB_WATCHDOG_ACTION_DUMP ? VB_WATCHDOG_ACTION_PAUSE : watchdog->action;
  vb_argv_add_format (argv, "-action", "watchdog=%s",
                      vb_enum_to_string (&vb_watchdog_action_table, (int) action));
  vb_argv_add_device (argv, device,
                      vb_argv_new_device (
                          vb_enum_to_string (&vb_watchdog_model_table, (int) watchdog->model)));
}

void
vb_argv_add_memballoon (VbArgv *argv, const VbDevice *device)
{
  if (((const VbMemballoon *) device)->model == VB_MEMBALLOON_VIRTIO)
    vb_argv_add_device (argv, device, vb_argv_new_device ("virtio-balloon-pci"));
}
