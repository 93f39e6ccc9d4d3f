/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one emulator can do, as it says itself: machines, CPU models, devices and their properties,
 * backends. An immutable value with one packed GVariant inside, so that a cache file is its bytes
 * and reading one costs nothing. All that is returned belongs to it unless said otherwise.
 */
#pragma once

#include <glib.h>

typedef struct _VbEmulatorFacts VbEmulatorFacts;

VbEmulatorFacts *vb_emulator_facts_ref (VbEmulatorFacts *facts);
void vb_emulator_facts_unref (VbEmulatorFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbEmulatorFacts, vb_emulator_facts_unref)
gboolean vb_emulator_facts_equal (const VbEmulatorFacts *a, const VbEmulatorFacts *b);

/* (nullable): why it could not be asked, with the remedy; then everything else is empty */
const char *vb_emulator_facts_get_error (const VbEmulatorFacts *facts);
/* "7.2.22"; "" where not known */
const char *vb_emulator_facts_get_version (const VbEmulatorFacts *facts);
/* QEMU's name of the architecture it emulates: "x86_64", "i386", "arm" */
const char *vb_emulator_facts_get_target (const VbEmulatorFacts *facts);
/* Whether KVM works in it on this host, and so whether its CPU models are KVM's. */
gboolean vb_emulator_facts_has_kvm (const VbEmulatorFacts *facts);

typedef struct
{
  const char *name;      /* as a domain may write it: "pc" */
  const char *canonical; /* the name behind an alias: "pc-i440fx-7.2"; else the same as @name */
  guint max_cpus;
  gboolean is_default;
  gboolean is_deprecated;
} VbEmulatorMachine;

/* The default one first; an alias is a machine of its own, before its canonical one. Without `none`. */
guint vb_emulator_facts_get_n_machines (const VbEmulatorFacts *facts);
void vb_emulator_facts_get_machine (const VbEmulatorFacts *facts,
                                    guint index,
                                    VbEmulatorMachine *machine);
gboolean vb_emulator_facts_find_machine (const VbEmulatorFacts *facts,
                                         const char *name,
                                         VbEmulatorMachine *machine);

typedef struct
{
  const char *name;
  gboolean is_usable;
  char **blockers; /* (owned by who asked, g_free() of the array alone) features that are missing */
} VbEmulatorCpu;

guint vb_emulator_facts_get_n_cpus (const VbEmulatorFacts *facts);
void vb_emulator_facts_get_cpu (const VbEmulatorFacts *facts, guint index, VbEmulatorCpu *cpu);
gboolean
vb_emulator_facts_find_cpu (const VbEmulatorFacts *facts, const char *name, VbEmulatorCpu *cpu);

typedef struct
{
  const char *name;
  const char *bus; /* "PCI", "virtio-bus", "" for none */
  const char *description;
  const char *category;  /* "network", "storage", "input", … */
  const char *alias;     /* "" for none */
  gboolean is_pluggable; /* by a user at all: not "no-user" */
} VbEmulatorDevice;

guint vb_emulator_facts_get_n_devices (const VbEmulatorFacts *facts);
void
vb_emulator_facts_get_device (const VbEmulatorFacts *facts, guint index, VbEmulatorDevice *device);
/* By name or alias. */
gboolean vb_emulator_facts_find_device (const VbEmulatorFacts *facts,
                                        const char *name,
                                        VbEmulatorDevice *device);

typedef struct
{
  const char *name;
  const char *type;        /* QEMU's: "bool", "uint32", "str", "size", "OnOffAuto", "link<bus>" */
  const char *description; /* "" for none */
  GVariant *default_value; /* (nullable) b, t, x, d or s */
} VbEmulatorProperty;

/* Whether the properties of @device were asked for; those of the devices that a domain can have
 * always are. */
gboolean vb_emulator_facts_knows_properties (const VbEmulatorFacts *facts, const char *device);
guint vb_emulator_facts_get_n_properties (const VbEmulatorFacts *facts, const char *device);
void vb_emulator_facts_get_property (const VbEmulatorFacts *facts,
                                     const char *device,
                                     guint index,
                                     VbEmulatorProperty *property);
gboolean vb_emulator_facts_find_property (const VbEmulatorFacts *facts,
                                          const char *device,
                                          const char *name,
                                          VbEmulatorProperty *property);

/* Words of QEMU's own lists. */
typedef enum
{
  VB_EMULATOR_WORD_COMMAND,  /* of the monitor: "blockdev-add" */
  VB_EMULATOR_WORD_EVENT,    /* "RTC_CHANGE" */
  VB_EMULATOR_WORD_OBJECT,   /* concrete QOM types, so what `-object` takes, too: "secret" */
  VB_EMULATOR_WORD_CHARDEV,  /* back ends: "pty", "spicevmc" */
  VB_EMULATOR_WORD_NETDEV,   /* back ends: "user", "stream" */
  VB_EMULATOR_WORD_BLOCKDEV, /* drivers: "qcow2", "rbd" */
  VB_EMULATOR_WORD_DISPLAY,  /* types: "gtk", "sdl" */
  VB_EMULATOR_WORD_OPTION,   /* of the command line: "spice", "smbios" */
  VB_N_EMULATOR_WORDS,
} VbEmulatorWord;
gboolean
vb_emulator_facts_has (const VbEmulatorFacts *facts, VbEmulatorWord kind, const char *word);
/* (transfer container): g_free() */
const char **vb_emulator_facts_list (const VbEmulatorFacts *facts, VbEmulatorWord kind);
