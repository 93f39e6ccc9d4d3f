/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a builder of facts has noted, and those of its parts that have a file of their own.
 */
#pragma once

#include "qemu/facts-builder.h"

typedef struct
{
  char *name;  /* (owned) */
  char *alias; /* (owned) (nullable) */
  guint max_cpus;
  gboolean is_default;
  gboolean is_deprecated;
} Machine;

typedef struct
{
  char *name;         /* (owned) */
  GVariant *blockers; /* (owned) the features that are missing, of type "as" */
} Cpu;

typedef struct
{
  char *name;        /* (owned) */
  char *bus;         /* (owned) */
  char *description; /* (owned) */
  char *category;    /* (owned) */
  char *alias;       /* (owned) */
  gboolean is_pluggable;
  GVariant *properties; /* (owned) (nullable): not known */
} Device;

struct _VbFactsBuilder
{
  guint64 unknown;    /* one bit for each of the commands */
  guint64 understood; /* one bit for each of the commands */
  char *version;      /* (owned) (nullable) */
  char *target;       /* (owned) (nullable) */
  gboolean has_kvm;
  GPtrArray *machines;                    /* (owned) (element-type Machine) */
  GPtrArray *cpus;                        /* (owned) (element-type Cpu) */
  GHashTable *devices;                    /* (owned) (element-type utf8 Device) by name */
  GHashTable *words[VB_N_EMULATOR_WORDS]; /* (owned) sets */
};

/* (nullable) (transfer none): a text that facts can hold, and that says something */
const char *vb_facts_get_text (const QmpValue *object, const char *member);

/* What @schema, the reply to `query-qmp-schema`, has in its lists. @words: a set of owned strings for
 * each VbEmulatorWord, which is added to */
void vb_facts_schema_read (const QmpValue *schema, GHashTable *const *words);

/* @device: valid during the call */
typedef void (*VbFactsListingFunc) (const VbEmulatorDevice *device, gpointer user_data);
/* Reads the text of the human monitor's `info qdm`; a line that is not understood is left out. */
void vb_facts_listing_read (const char *text, VbFactsListingFunc func, gpointer user_data);

/* (transfer floating): of %VB_FACTS_TYPE */
GVariant *vb_facts_builder_pack (VbFactsBuilder *builder);
