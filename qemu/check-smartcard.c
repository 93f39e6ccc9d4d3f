/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of a smartcard QEMU cannot have.
 */
#include "qemu/check-parts.h"

#include <string.h>

/* QEMU puts these into one line for the library that reads the certificates. */
#define CERTIFICATE_SEPARATORS ",()"
#define DATABASE_QUOTE '"'

static void
check_certificates (VbCheck *check, const VbSmartcard *card)
{
  for (guint i = 0; i < VB_SMARTCARD_N_CERTIFICATES; i++)
    if (strpbrk (card->certificates[i], CERTIFICATE_SEPARATORS) != NULL)
      {
        g_autofree char *rest = g_strdup_printf ("/certificate[%u]", i + 1);
        vb_check_refuse_device (check, &card->base, rest,
                                "certificate '%s' cannot be named: there is a comma or a "
                                "parenthesis in it; give it another nickname",
                                card->certificates[i]);
      }
  if (strchr (card->database, DATABASE_QUOTE) != NULL)
    vb_check_refuse_device (check, &card->base, "/database",
                            "database '%s' cannot be named: there is a quotation mark in it; "
                            "rename the folder",
                            card->database);
}

void
vb_check_smartcard (VbCheck *check, const VbDevice *device)
{
  const VbSmartcard *card = (const VbSmartcard *) device;

  if (vb_domain_find_first (check->domain, VB_DEVICE_SMARTCARD) != device)
    vb_check_refuse_device (check, device, "", "a machine has one smartcard at most; remove it");
  else if (device->address.controller > 0 || device->address.slot > 0)
    vb_check_refuse_device (check, device, "/address",
                            "a smartcard is in slot 0 of controller 0; leave the address out");
  if (card->mode == VB_SMARTCARD_HOST_CERTIFICATES)
    check_certificates (check, card);
  else if (card->mode == VB_SMARTCARD_PASSTHROUGH)
    vb_check_host_end (check, device);
}
