/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <smartcard>: one that QEMU emulates out of what the host has, or one that answers elsewhere.
 */
#include "qemu/argv-parts.h"
#include "qemu/host-end.h"

static QmpValue *
emulated_card (const VbSmartcard *card)
{
  QmpValue *device = vb_argv_new_device ("ccid-card-emulated");

  if (card->mode == VB_SMARTCARD_HOST)
    {
      qmp_value_set_string (device, "backend", "nss-emulated");
      return device;
    }
  qmp_value_set_string (device, "backend", "certificates");
  for (guint i = 0; i < VB_SMARTCARD_N_CERTIFICATES; i++)
    {
      g_autofree char *property = g_strdup_printf ("cert%u", i + 1);
      qmp_value_set_string (device, property, card->certificates[i]);
    }
  qmp_value_set_string (device, "db", card->database);
  return device;
}

static QmpValue *
passed_card (const VbDevice *device)
{
  QmpValue *json = vb_argv_new_device ("ccid-card-passthru");
  g_autofree char *id = vb_host_end_id (device);

  qmp_value_set_string (json, "chardev", id);
  return json;
}

QmpValue *
vb_argv_smartcard_device (const VbDomain *domain, const VbSmartcard *card)
{
  gboolean is_passed = card->mode == VB_SMARTCARD_PASSTHROUGH;
  QmpValue *device = is_passed ? passed_card (&card->base) : emulated_card (card);
  g_autofree char *bus =
      vb_argv_controller_bus (domain, VB_CONTROLLER_CCID, card->base.address.controller);

  qmp_value_set_string (device, "bus", bus);
  return device;
}

void
vb_argv_add_smartcard (VbArgv *argv, const VbDevice *device)
{
  const VbSmartcard *card = (const VbSmartcard *) device;

  if (card->mode == VB_SMARTCARD_PASSTHROUGH)
    vb_argv_add_host_end (argv, device);
  vb_argv_add_device (argv, device, vb_argv_smartcard_device (argv->domain, card));
}
