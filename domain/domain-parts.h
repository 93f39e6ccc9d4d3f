/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of a domain that are no devices, each read and written in a file of its own. Private to
 * the room.
 */
#pragma once

#include "domain/domain.h"
#include "domain/xml-reader.h"
#include "domain/xml-writer.h"

/* name, uuid, title, description, metadata */
void vb_identity_parse (VbXmlReader *reader, VbDomain *domain);
void vb_identity_format (const VbDomain *domain, VbXmlWriter *writer);
#define VB_UUID_REFUSAL "\"%s\" is not a UUID: 32 hexadecimal digits, with dashes or without"

/* memory, currentMemory, memoryBacking, vcpu */
void vb_resources_parse (VbXmlReader *reader, VbDomain *domain);
void vb_resources_format (const VbDomain *domain, VbXmlWriter *writer);

/* blkiotune, memtune, cputune of a domain with @vcpus */
void vb_tuning_parse (VbXmlReader *reader, guint vcpus, VbTuning *tuning);
void vb_tuning_format (const VbTuning *tuning, VbXmlWriter *writer);
void vb_tuning_copy (VbTuning *copy, const VbTuning *tuning);
void vb_tuning_clear (VbTuning *tuning);

/* sysinfo; after the identity, whose UUID may stand there */
void vb_sysinfo_parse (VbXmlReader *reader, VbDomain *domain);
void vb_sysinfo_format (const VbSysinfo *sysinfo, VbXmlWriter *writer);
void vb_sysinfo_copy (VbSysinfo *copy, const VbSysinfo *sysinfo);
/* @paths: (element-type utf8) */
void vb_sysinfo_list_ignored (const VbSysinfo *sysinfo, GPtrArray *paths);

/* bootloader, os; also tells the reader the type of OS, which devices depend on */
void vb_os_parse (VbXmlReader *reader, VbOs *os);
void vb_os_format (const VbOs *os, VbXmlWriter *writer);
void vb_os_copy (VbOs *copy, const VbOs *os);
void vb_os_clear (VbOs *os);

VbFeatures vb_features_parse (VbXmlReader *reader);
void vb_features_format (VbFeatures set, VbXmlWriter *writer);

/* cpu of a domain with @vcpus */
void vb_cpu_parse (VbXmlReader *reader, guint vcpus, VbCpu *cpu);
void vb_cpu_format (const VbCpu *cpu, VbXmlWriter *writer);
void vb_cpu_copy (VbCpu *copy, const VbCpu *cpu);
void vb_cpu_clear (VbCpu *cpu);

void vb_clock_parse (VbXmlReader *reader, VbClock *clock);
void vb_clock_format (const VbClock *clock, VbXmlWriter *writer);
void vb_clock_copy (VbClock *copy, const VbClock *clock);
void vb_clock_clear (VbClock *clock);

/* on_poweroff, on_reboot, on_crash */
void vb_lifecycle_parse (VbXmlReader *reader, VbDomain *domain);
void vb_lifecycle_format (const VbDomain *domain, VbXmlWriter *writer);

/* Whether QEMU's machines are meant, whose implied devices and addresses this room knows. */
gboolean vb_domain_type_is_qemu (VbDomainType type);
/* Into the order in which a canonical document lists them; stable. */
void vb_domain_sort_devices (VbDomain *domain);
/* Makes the paths of what is kept those of the canonical document. */
void vb_ignored_refresh_paths (VbDomain *domain);
