/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <virtualport> element to and from XML. Private to the room.
 */
#pragma once

#include "domain/virtual-port.h"
#include "domain/xml-reader.h"
#include "domain/xml-writer.h"

/* Reads the <virtualport> of the interface @element, if there is one, into @port. */
void vb_virtual_port_parse (VbXmlReader *reader, xmlNode *element, VbVirtualPort *port);
void vb_virtual_port_format (const VbVirtualPort *port, VbXmlWriter *writer);
