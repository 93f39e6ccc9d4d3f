/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A disk's <source> to and from XML. Private to the room.
 */
#pragma once

#include "domain/disk.h"
#include "domain/xml-reader.h"
#include "domain/xml-writer.h"

/* A VbDiskType, as the attribute or else the source says it; -1 after an error. */
int vb_disk_type_parse (VbXmlReader *reader, xmlNode *element);
/* Reads the source of the disk @element, whose type and device @disk has already. */
void vb_disk_source_parse (VbXmlReader *reader, xmlNode *element, VbDisk *disk);
void vb_disk_source_format (const VbDisk *disk, VbXmlWriter *writer);
/* @hosts: (nullable) (element-type VbDiskHost); (transfer full) (nullable) */
GPtrArray *vb_disk_hosts_copy (const GPtrArray *hosts);
