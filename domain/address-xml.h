/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <address> element to and from XML. Private to the room.
 */
#pragma once

#include "domain/address.h"
#include "domain/xml-reader.h"
#include "domain/xml-writer.h"

/* A controller is made when it is missing, with those before it: a bound for their number. */
#define VB_ADDRESS_MAX_CONTROLLER 4095

/* Reads the <address> of the device @element into @address. @fitting: the type that the device can
 * have here, %VB_ADDRESS_NONE for none; @owner: the device in words, "a virtio disk", for messages */
void vb_address_parse (VbXmlReader *reader,
                       xmlNode *element,
                       VbAddressType fitting,
                       const char *owner,
                       VbAddress *address);
/* Reads the parts of a PCI address from the attributes of @element. %FALSE where they are wrong. */
gboolean vb_address_parse_pci (VbXmlReader *reader, xmlNode *element, VbAddress *address);
/* Writes them to the open element. */
void vb_address_format_pci (const VbAddress *address, VbXmlWriter *writer);
void vb_address_format (const VbAddress *address, VbXmlWriter *writer);
