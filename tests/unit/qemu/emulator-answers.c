/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The answers that the facts are made of.
 */
#include "emulator-answers.h"

#include "qemu/facts-builder.h"

static const char format[] =
    "{'query-version': {'qemu': {'major': 7, 'minor': 2, 'micro': 22}, 'package': ''},"
    " 'query-target': {'arch': '%s'}, 'query-kvm': {'enabled': %s, 'present': true},"
    " 'query-machines': ["
    "  {'name': 'pc-i440fx-7.2', 'alias': 'pc', 'is-default': true, 'cpu-max': 255},"
    "  {'name': 'pc-q35-7.2', 'alias': 'q35', 'cpu-max': 288},"
    "  {'name': 'pc-i440fx-1.7', 'cpu-max': 255, 'deprecated': true}],"
    " 'qom-list-types': ["
    "  {'name': 'object', 'abstract': true},"
    "  {'name': 'secret', 'parent': 'object'},"
    "  {'name': 'device', 'parent': 'object', 'abstract': true},"
    "  {'name': 'pvpanic', 'parent': 'device'},"
    "  {'name': 'virtio-balloon-pci', 'parent': 'device'}],"
    " 'query-chardev-backends': [{'name': 'socket'}],"
    " 'query-qmp-schema': ["
    "  {'name': 'stop', 'meta-type': 'command', 'arg-type': '0'},"
    "  {'name': 'query-display-options', 'meta-type': 'command', 'ret-type': '1'},"
    "  {'name': '1', 'meta-type': 'object', 'members': [{'name': 'type', 'type': '2'}]},"
    "  {'name': '2', 'meta-type': 'enum', 'values': ['none']}]}";

VbEmulatorFacts *
make_answers (const char *target, gboolean has_kvm)
{
  g_autofree char *json = g_strdup_printf (format, target, has_kvm ? "true" : "false");
  g_autoptr (GError) error = NULL;
  VbEmulatorFacts *facts;

  g_strdelimit (json, "'", '"');
  facts = vb_emulator_facts_new_from_replies (json, &error);
  g_assert_no_error (error);
  return facts;
}
