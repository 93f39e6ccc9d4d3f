/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes facts of what an emulator answers, one answer at a time. Pure. An answer is not trusted: what
 * is not understood in it is left out.
 */
#pragma once

#include "qemu/emulator-facts-private.h"
#include "qmp/qmp.h"

typedef struct _VbFactsBuilder VbFactsBuilder;

VbFactsBuilder *vb_facts_builder_new (void);
void vb_facts_builder_free (VbFactsBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbFactsBuilder, vb_facts_builder_free)

/* Takes what QEMU returned for @command; what facts have no use for is ignored. @device: (nullable):
 * whom `device-list-properties` was about */
void vb_facts_builder_add (VbFactsBuilder *builder,
                           const char *command,
                           const char *device,
                           const QmpValue *reply);
/* Takes note that QEMU has no @command. */
void vb_facts_builder_add_unknown (VbFactsBuilder *builder, const char *command);
/* Takes note that QEMU loads modules, and that these are all that are installed: back ends of others
 * are left out. To be called behind the answers. @files: names of files */
void vb_facts_builder_add_modules (VbFactsBuilder *builder, const char *const *files);
/* (transfer full). Errors, of a command without which little is known: %VB_QEMU_ERROR_UNSUPPORTED
 * where QEMU is so old that it has none, %VB_QEMU_ERROR_EMULATOR where there was no answer that can be
 * understood */
VbEmulatorFacts *vb_facts_builder_end (VbFactsBuilder *builder, GError **error);

/* (transfer full): @facts with the properties of devices that were told */
VbEmulatorFacts *vb_facts_builder_add_to (VbFactsBuilder *builder, VbEmulatorFacts *facts);

/* (transfer floating): the reply to `device-list-properties` as rows of %VB_FACTS_PROPERTIES */
GVariant *vb_facts_builder_read_properties (const QmpValue *reply);

/* All answers together, as tests have them. @json: an object that has for each command what it
 * returned, and for `device-list-properties` an object that has that for each device. */
VbEmulatorFacts *vb_emulator_facts_new_from_replies (const char *json, GError **error);
