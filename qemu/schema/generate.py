#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the C table of the schema of devices, at build time.

usage: generate.py OUTPUT-FILE SCHEMA-FILE...

The language of the schema is described in device_schema.py, the table in ../device-table.h. What is
wrong with a schema is told as FILE:LINE: ENTITY: PROBLEM, and nothing is written."""

import re
import sys

sys.dont_write_bytecode = True
import device_schema  # noqa: E402

BANNER = '''/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Generated from the schema of devices.
 */
#include "qemu/device-table.h"
'''


def quote(text):
    if text is None:
        return 'NULL'
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"'


def identifier(entity, suffix=''):
    name = re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', entity.name)
    return re.sub(r'[^A-Za-z0-9]', '_', f'{entity.kind}_{name}{suffix}')


def row(**fields):
    """A row of a table, with what is not nothing."""
    return '  { ' + ', '.join(f'.{name} = {value}' for name, value in fields.items()
                              if value not in (None, 'NULL')) + ' },'


def property_row(item):
    lowest, highest = item.range or (None, None)
    return row(name=quote(item.name), type=None if item.enum else quote(item.type),
               words=quote('|'.join(item.enum.words)) if item.enum else None,
               meaning=quote(item.meaning), unit=quote(item.unit), since=quote(item.since),
               xml=quote(item.xml), has_range='TRUE' if item.range else None,
               lowest=lowest, highest=highest,
               is_power_of_two='TRUE' if item.is_power_of_two else None)


def group_lines(entity):
    yield f'static const VbSchemaProperty {identifier(entity, "_properties")}[] = {{'
    yield from map(property_row, sorted(entity.properties, key=lambda item: item.name))
    yield '};'


def place_lines(entity):
    yield f'static const VbSchemaPlace {identifier(entity, "_places")}[] = {{'
    for place in entity.places:
        yield row(slot=quote(place.slot), path=quote(place.path), word=quote(place.word))
    yield '};'


def groups_of(entity):
    """Those that have properties; the nearer first, each once."""
    found = {}
    for part in (entity, *entity.all_bases()):
        if part.properties:
            found[part.name] = part
    return list(found.values())


def group_list_lines(entity):
    groups = groups_of(entity)
    if groups:
        yield f'static const VbSchemaGroup {identifier(entity, "_groups")}[] = {{'
        for part in groups:
            yield f'  {{ {identifier(part, "_properties")}, {len(part.properties)} }},'
        yield '};'


def entry_row(entity):
    groups = groups_of(entity)
    return row(name=quote(entity.name), summary=quote(entity.doc.summary),
               since=quote(entity.doc.since), package=quote(entity.package),
               instead=quote(entity.instead),
               places=identifier(entity, '_places'), n_places=len(entity.places),
               groups=identifier(entity, '_groups') if groups else None, n_groups=len(groups))


def list_lines(schema, kind):
    entities = sorted(schema.list(kind), key=lambda entity: entity.name)
    yield f'static const VbSchemaEntry {kind}_entries[] = {{'
    yield from map(entry_row, entities)
    yield '};'


def enum_lines(schema):
    yield 'const VbSchemaEnum vb_schema_enums[] = {'
    enums = sorted(schema.list('enum'), key=lambda entity: entity.name)
    for enum in enums:
        yield f'  {{ {quote(enum.name)}, {quote("|".join(enum.words))} }},'
    yield '};'
    yield f'const guint vb_schema_n_enums = {len(enums)};'


def table_lines(schema):
    for entity in schema.entities:
        if entity.properties:
            yield from group_lines(entity)
    for entity in schema.entities:
        if entity.kind in device_schema.ENTRIES:
            yield from place_lines(entity)
            yield from group_list_lines(entity)
    for kind in device_schema.ENTRIES:
        yield from list_lines(schema, kind)
    yield 'const VbSchemaList vb_schema_lists[VB_N_SCHEMA_KINDS] = {'
    for kind in device_schema.ENTRIES:
        yield (f'  [VB_SCHEMA_{kind.upper()}] = {{ {kind}_entries, '
               f'G_N_ELEMENTS ({kind}_entries) }},')
    yield '};'
    yield from enum_lines(schema)


def main():
    if len(sys.argv) < 3:
        sys.exit(f'usage: {sys.argv[0]} OUTPUT-FILE SCHEMA-FILE...')
    try:
        lines = list(table_lines(device_schema.read_files(sys.argv[2:])))
    except (device_schema.SchemaError, OSError, UnicodeDecodeError) as error:
        sys.exit(str(error))
    with open(sys.argv[1], 'w', encoding='utf-8') as file:
        file.write(BANNER + '\n' + '\n'.join(lines) + '\n')


if __name__ == '__main__':
    main()
