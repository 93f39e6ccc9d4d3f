/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of a domain that are no devices, each read and written in a file of its own. Private to
 * the room.
 */
#pragma once

#include "domain/domain.h"
#include "domain/xml-reader.h"
#include "domain/xml-writer.h"

/* name, uuid, title, description */
void vb_identity_parse (VbXmlReader *reader, VbDomain *domain);
void vb_identity_format (const VbDomain *domain, VbXmlWriter *writer);

/* memory, currentMemory, vcpu */
void vb_resources_parse (VbXmlReader *reader, VbDomain *domain);
void vb_resources_format (const VbDomain *domain, VbXmlWriter *writer);

/* os; also tells the reader its type, which devices depend on */
void vb_os_parse (VbXmlReader *reader, VbOs *os);
void vb_os_format (const VbOs *os, VbXmlWriter *writer);
void vb_os_copy (VbOs *copy, const VbOs *os);
void vb_os_clear (VbOs *os);

/* features, clock, on_poweroff, on_reboot, on_crash */
void vb_behaviour_parse (VbXmlReader *reader, VbDomain *domain);
void vb_behaviour_format (const VbDomain *domain, VbXmlWriter *writer);

/* Whether QEMU's machines are meant, whose implied devices and addresses this room knows. */
gboolean vb_domain_type_is_qemu (VbDomainType type);
/* Into the order in which a canonical document lists them; stable. */
void vb_domain_sort_devices (VbDomain *domain);
/* Makes the paths of what is kept those of the canonical document. */
void vb_ignored_refresh_paths (VbDomain *domain);
