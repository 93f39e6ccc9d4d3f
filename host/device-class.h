/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names of the classes of devices, as lspci and lsusb show them. Pure.
 */
#pragma once

#include <glib.h>

/* @code: 0xCCSSPP; of a subclass that has no name the class's. Never %NULL. */
const char *vb_pci_class_get_name (guint32 code);
/* Never %NULL */
const char *vb_usb_class_get_name (guint8 code);
