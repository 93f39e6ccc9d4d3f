/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A domain: the description of a virtual machine as a plain value. It is built by parsing or by
 * copying and changing, then shared and never changed again. Knows no files, no bus, no QEMU.
 */
#pragma once

#include "domain/chardev.h"
#include "domain/clock.h"
#include "domain/controller.h"
#include "domain/cpu.h"
#include "domain/device.h"
#include "domain/diagnostics.h"
#include "domain/disk.h"
#include "domain/domain-error.h"
#include "domain/graphics.h"
#include "domain/hostdev.h"
#include "domain/input.h"
#include "domain/interface.h"
#include "domain/lifecycle.h"
#include "domain/machine-features.h"
#include "domain/memballoon.h"
#include "domain/os.h"
#include "domain/smartcard.h"
#include "domain/sound.h"
#include "domain/sysinfo.h"
#include "domain/tuning.h"
#include "domain/video.h"
#include "domain/watchdog.h"

/* Limits on a document. */
#define VB_DOMAIN_MAX_XML_BYTES (16 * 1024 * 1024)
#define VB_DOMAIN_MAX_XML_DEPTH 64
#define VB_DOMAIN_MAX_DEVICES 16384
#define VB_DOMAIN_MAX_TITLE_CHARS 256
#define VB_DOMAIN_MAX_DESCRIPTION_BYTES 4096

typedef enum
{
  VB_DOMAIN_TYPE_KVM,
  VB_DOMAIN_TYPE_QEMU,
  VB_DOMAIN_TYPE_KQEMU,
  VB_DOMAIN_TYPE_QVM86,
  VB_DOMAIN_TYPE_XEN,
  VB_DOMAIN_TYPE_LXC,
  VB_DOMAIN_TYPE_UML,
  VB_DOMAIN_TYPE_OPENVZ,
  VB_DOMAIN_TYPE_VSERVER,
  VB_DOMAIN_TYPE_LDOM,
  VB_DOMAIN_TYPE_TEST,
  VB_DOMAIN_TYPE_VMWARE,
  VB_DOMAIN_TYPE_HYPERV,
  VB_DOMAIN_TYPE_VBOX,
  VB_DOMAIN_TYPE_ONE,
  VB_DOMAIN_TYPE_PHYP,
} VbDomainType;

/* Who chooses the host's CPUs that run the virtual ones. */
typedef enum
{
  VB_VCPU_PLACEMENT_STATIC, /* the set in the definition, without one the host's scheduler */
  VB_VCPU_PLACEMENT_AUTO,   /* an adviser in the host */
} VbVcpuPlacement;

extern const VbEnumTable vb_domain_type_table;
extern const VbEnumTable vb_vcpu_placement_table;

typedef struct
{
  gatomicrefcount ref_count;
  VbDomainType type;
  int id;            /* -1: not running */
  char *name;        /* (owned) */
  char *uuid;        /* (owned) lower case with dashes; %NULL only before vb_domain_complete() */
  char *title;       /* (owned) (nullable) */
  char *description; /* (owned) (nullable) */
  VbKept *metadata;  /* (owned) (nullable) others' notes, written back as they came */
  guint64 memory_kib;
  guint64 current_memory_kib;
  gboolean huge_pages;
  guint vcpus;
  guint current_vcpus;
  VbVcpuPlacement vcpu_placement;
  VbCpuset *vcpu_cpus; /* (owned) (nullable: all) of the host, for those without a pin */
  VbTuning tuning;
  VbSysinfo sysinfo;
  VbOs os;
  VbFeatures features;
  VbCpu cpu;
  VbClock clock;
  VbLifecycleAction on_poweroff;
  VbLifecycleAction on_reboot;
  VbLifecycleAction on_crash;
  char *emulator;     /* (owned) (nullable) absolute path */
  GPtrArray *devices; /* (owned) (element-type VbDevice) in canonical order */
  GPtrArray *kept;    /* (owned) (nullable) (element-type VbKept) */
} VbDomain;

typedef enum
{
  VB_FORMAT_DEFINITION = 0, /* what is stored: live values (id, pty path, chosen port) left out */
  VB_FORMAT_LIVE = 1 << 0,
  VB_FORMAT_SECURE = 1 << 1, /* with passwords */
} VbFormatFlags;

VbDomain *vb_domain_ref (VbDomain *domain);
void vb_domain_unref (VbDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbDomain, vb_domain_unref)
/* A deep copy with one reference, to be changed before it is shared. */
VbDomain *vb_domain_copy (const VbDomain *domain);
/* Whether both would be written as the same definition, secrets included. */
gboolean vb_domain_equal (const VbDomain *a, const VbDomain *b);

/**
 * vb_domain_parse:
 * @xml: the document; need not be NUL-terminated
 * @length: its size in bytes
 * @live: whether live values (`id`, pty paths, chosen ports, as %VB_FORMAT_LIVE writes them) are
 *   read, which only the service's own runtime records may carry; else they are dropped. What was
 *   plugged into a running machine is taken then: it may have an alias of its own, a disk no medium
 *   that has a path, and the boot orders gaps
 * @diagnostics: (nullable): gets every finding of the document, not the first one alone, and
 *   a warning for each thing kept without effect
 * @error: the first error, as "line 14: /domain/devices/disk[2]/target/@bus: …"
 *
 * Never touches the network, files or external entities.
 *
 * Returns: (transfer full) (nullable): the domain as written, without defaults
 */
VbDomain *vb_domain_parse (
    const char *xml, gsize length, gboolean live, VbDiagnostics *diagnostics, GError **error);

/**
 * vb_domain_complete:
 * @domain: a domain that only the caller holds
 * @previous: (nullable): the definition that @domain replaces: a device that is the same one (a
 *   disk by target, an interface by MAC or else by place, others by place) keeps its alias, MAC and
 *   address
 * @retired_aliases: (nullable): aliases that no new device may get
 *
 * Makes every default explicit: UUID, MACs, aliases, target ports, addresses, implied controllers
 * (all up to the one that a device names), input, video and memory balloon. A device stays without
 * an address where the machine has no place left, and on PCI of boards whose places are not known.
 * Completing a completed domain changes nothing.
 */
void
vb_domain_complete (VbDomain *domain, const VbDomain *previous, const char *const *retired_aliases);

/* (transfer full): the canonical document; a fixed point of parse and format */
char *vb_domain_format (const VbDomain *domain, VbFormatFlags flags);
/* (transfer full): one device's element */
char *vb_device_format (const VbDevice *device, VbFormatFlags flags);

/* (nullable) (transfer none): by alias */
VbDevice *vb_domain_find_device (const VbDomain *domain, const char *alias);
/* (nullable) (transfer none): the first of its kind */
VbDevice *vb_domain_find_first (const VbDomain *domain, VbDeviceKind kind);
/* (nullable) (transfer none) */
VbController *
vb_domain_find_controller (const VbDomain *domain, VbControllerType type, guint index);
/* (nullable) (transfer none): the first display of @type */
VbGraphics *vb_domain_find_graphics (const VbDomain *domain, VbGraphicsType type);
/* What the domain's watchdog does; %VB_WATCHDOG_ACTION_NONE where it has none */
VbWatchdogAction vb_domain_get_watchdog_action (const VbDomain *domain);
/* (transfer full) (array zero-terminated=1): paths of what is kept without effect */
char **vb_domain_list_ignored (const VbDomain *domain);

/* Changes to a domain that only the caller holds. The alias of what is added is taken by no other
 * device. @device: (transfer full) */
void vb_domain_add_device (VbDomain *domain, VbDevice *device);
/* %FALSE where there is none of that alias */
gboolean vb_domain_remove_device (VbDomain *domain, const char *alias);
/* Gives @domain the devices of @source instead of its own. */
void vb_domain_copy_devices (VbDomain *domain, const VbDomain *source);
/* Whether the devices of both would be written as the same definition. */
gboolean vb_domain_has_same_devices (const VbDomain *a, const VbDomain *b);
/* (transfer full): the first target on @bus that no disk has: "vdb" */
char *vb_domain_find_free_target (const VbDomain *domain, VbDiskBus bus);

/* The checks that a setter shares with the parser. Errors: %VB_DOMAIN_ERROR_INVALID. */
gboolean vb_domain_check_name (const char *name, GError **error);
gboolean vb_domain_check_title (const char *title, GError **error);
gboolean vb_domain_check_description (const char *description, GError **error);
