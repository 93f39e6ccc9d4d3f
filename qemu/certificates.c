/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The certificates of displays.
 */
#include "qemu/certificates.h"

const VbCertificate vb_certificates[VB_N_CERTIFICATES] = {
  { "ca-cert.pem", "x509-cacert-file" },
  { "server-cert.pem", "x509-cert-file" },
  { "server-key.pem", "x509-key-file" },
};

gboolean
vb_certificates_are_there (const char *folder)
{
  return folder != NULL && g_file_test (folder, G_FILE_TEST_IS_DIR);
}

void
vb_certificates_settle_port (VbDomain *domain, const char *folder)
{
  VbGraphics *spice = vb_domain_find_graphics (domain, VB_GRAPHICS_SPICE);

  if (spice == NULL)
    return;
  if (!vb_certificates_are_there (folder))
    {
      if (spice->tls_port == VB_GRAPHICS_PORT_AUTOMATIC)
        spice->tls_port = VB_GRAPHICS_PORT_NONE;
    }
  else if (spice->autoport && spice->tls_port == VB_GRAPHICS_PORT_NONE &&
           vb_graphics_find_channel (spice, VB_GRAPHICS_CHANNEL_SECURE) != NULL)
    spice->tls_port = VB_GRAPHICS_PORT_AUTOMATIC;
}
