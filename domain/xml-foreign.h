/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing text that does not come from a document: bytes that are no UTF-8 and characters that XML
 * has no way to spell are replaced. Private to the room.
 */
#pragma once

#include "domain/xml-writer.h"

/* @text: (nullable): nothing is written for %NULL or "" */
void vb_xml_write_foreign_text (VbXmlWriter *writer, const char *text);
void vb_xml_write_foreign_element (VbXmlWriter *writer, const char *name, const char *text);
/* @value: (nullable): then nothing is written */
void vb_xml_write_foreign_attribute (VbXmlWriter *writer, const char *name, const char *value);
