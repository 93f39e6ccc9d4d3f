/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The schema of devices of ours as a table that the build makes out of schema/devices.json: what
 * QEMU's devices and back ends mean, and where the domain XML asks for them. Knows no emulator.
 */
#pragma once

#include <glib.h>

typedef enum
{
  VB_SCHEMA_DEVICE,
  VB_SCHEMA_CHARDEV,
  VB_SCHEMA_NETDEV,
  VB_SCHEMA_BLOCKDEV,
  VB_SCHEMA_OBJECT,
  VB_SCHEMA_DISPLAY,
  VB_SCHEMA_OPTION, /* of the command line */
  VB_N_SCHEMA_KINDS,
} VbSchemaKind;

typedef struct
{
  const char *name;
  const char *type;  /* (nullable): "u32"; %NULL for an enum */
  const char *words; /* (nullable): of an enum: "auto|on|off" */
  const char *meaning;
  const char *unit;  /* (nullable) */
  const char *since; /* (nullable): the version of QEMU that had it first */
  const char *xml;   /* (nullable): below the device's element: "boot/@order" */
  gboolean has_range;
  gint64 lowest;
  gint64 highest;
  gboolean is_power_of_two;
} VbSchemaProperty;

/* What several devices share, or what one has alone; sorted by name. */
typedef struct
{
  const VbSchemaProperty *properties;
  guint n_properties;
} VbSchemaGroup;

/* What of the domain XML asks for a device or a back end. */
typedef struct
{
  const char *slot; /* "disk[@device=cdrom]/target/@bus": those in one slot are alternatives */
  const char *path; /* "/target/@bus": the part of it below the device's element */
  const char *word; /* (nullable): what stands there: "ide" */
} VbSchemaPlace;

typedef struct
{
  const char *name; /* QEMU's */
  const char *summary;
  const char *since;   /* (nullable) */
  const char *package; /* (nullable): Debian's, where one other than the emulator's own has it */
  const char *instead; /* (nullable): what to do where an emulator has it not: "use none" */
  const VbSchemaPlace *places;
  guint n_places;
  const VbSchemaGroup *groups; /* of a device; what is in one stands over those after it */
  guint n_groups;
} VbSchemaEntry;

typedef struct
{
  const VbSchemaEntry *entries; /* sorted by name */
  guint n_entries;
} VbSchemaList;

typedef struct
{
  const char *name; /* QEMU's, of the type */
  const char *words;
} VbSchemaEnum;

extern const VbSchemaList vb_schema_lists[VB_N_SCHEMA_KINDS];
extern const VbSchemaEnum vb_schema_enums[]; /* sorted by name */
extern const guint vb_schema_n_enums;

/* (nullable) */
const VbSchemaEntry *vb_schema_find (VbSchemaKind kind, const char *name);
/* (nullable) @device: (nullable) */
const VbSchemaProperty *vb_schema_find_property (const VbSchemaEntry *device, const char *name);
/* (nullable): the words of QEMU's enum @name */
const char *vb_schema_find_words (const char *name);
