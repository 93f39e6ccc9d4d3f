#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual of devices has every device and back end of the schema, says something of each, and
explains each property that a domain's command line sets.

usage: check-manual.py SOURCE-ROOT MANUAL
       check-manual.py --self-test
"""

import glob
import json
import os
import re
import sys

DEVICES = 'qemu/schema/devices.json'
ARGUMENTS = 'tests/unit/qemu/cases/*.args'
# Of -device itself.
GENERAL = {'driver', 'id', 'bus'}
ABSENT = 'not in this emulator'
NOTHING = 'It has no properties.'


class Section:
    def __init__(self, category):
        self.category, self.text, self.meanings = category, '', {}


def read_manual(text):
    """The sections of devices and the rows of back ends, by name."""
    sections, rows, category, section = {}, {}, '', None
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r'(?<!\\)\|', line)[1:-1]]
        name = cells[0].strip('`') if cells and cells[0].startswith('`') else None
        if line.startswith('## '):
            category, section = line[3:].removeprefix('Devices: '), None
        elif line.startswith('### '):
            section = sections[line[4:]] = Section(category)
        elif name and section:
            section.meanings[name] = cells[-1]
        elif name:
            rows[name] = cells[1]
        elif section and not cells:
            section.text += line
    return sections, rows


def read_schema(root):
    """The names of devices, and those of back ends."""
    sys.path.insert(0, os.path.join(root, os.path.dirname(DEVICES)))
    sys.dont_write_bytecode = True
    import device_schema
    schema = device_schema.read_files([os.path.join(root, DEVICES)])
    return ({entity.name for entity in schema.entities if entity.kind == 'device'},
            {entity.name for entity in schema.entities if entity.kind in device_schema.BACKENDS})


def read_set_properties(paths):
    """(device, property) for all that command lines set."""
    for path in paths:
        with open(path, encoding='utf-8') as file:
            lines = file.read().splitlines()
        for option, text in zip(lines, lines[1:]):
            if option == '-device':
                values = json.loads(text)
                yield from ((values['driver'], name) for name in values)


def compare(text, devices, backends, used):
    sections, rows = read_manual(text)
    for name in sorted(devices ^ sections.keys()):
        yield f'{name}: ' + ('is not in the manual' if name in devices else 'is not in the schema')
    for name in sorted(backends - rows.keys()):
        yield f'{name}: is not in the manual'
    for name, meaning in rows.items():
        if not meaning:
            yield f'{name}: has no meaning'
    for name, section in sections.items():
        if not section.text:
            yield f'{name}: its section is empty'
        elif not section.meanings and section.category != ABSENT and NOTHING not in section.text:
            yield f'{name}: has no property'
    for device, name in sorted(set(used)):
        section = sections.get(device)
        if name not in GENERAL and section and not section.meanings.get(name):
            yield f'{device}: the property {name}, which domains set, has no meaning'
        elif not section and device not in devices:
            yield f'{device}: domains have it, the manual has it not'


MANUAL = '''# Devices
## Devices: input
### lamp
Gives light.
| property | type | default | meaning |
|---|---|---|---|
| `level` | `dim\\|bright` |  | how much |
| `x-new` | `bool` |  |  |
## Devices: not in this emulator
### torch
Gives light outside.
## Ends
| name | meaning | domain XML |
|---|---|---|
| `wall` | a socket | |
'''


def self_test():
    for old, new, used, expected in (
            ('', '', [('lamp', 'level'), ('lamp', 'id')], None),
            ('### torch\nGives light outside.\n', '', [], 'torch: is not in the manual'),
            ('### torch', '### fire\nHot.\n### torch', [], 'fire: is not in the schema'),
            ('Gives light.\n', '', [], 'lamp: its section is empty'),
            (MANUAL[MANUAL.index('| `level`'):MANUAL.index('## Devices: not')], '', [],
             'lamp: has no property'),
            ('`wall`', '`fence`', [], 'wall: is not in the manual'),
            ('a socket', '', [], 'wall: has no meaning'),
            ('', '', [('lamp', 'x-new')], 'the property x-new, which domains set'),
            ('', '', [('lamp', 'x-old')], 'the property x-old, which domains set'),
            ('', '', [('fire', 'heat')], 'fire: domains have it')):
        problems = list(compare(MANUAL.replace(old, new, 1), {'lamp', 'torch'}, {'wall'}, used))
        if len(problems) != (expected is not None) or expected and expected not in problems[0]:
            yield f'expected "{expected}", got {problems}'


def check(root, manual):
    with open(manual, encoding='utf-8') as file:
        text = file.read()
    used = list(read_set_properties(sorted(glob.glob(os.path.join(root, ARGUMENTS)))))
    return [*compare(text, *read_schema(root), used),
            *([] if used else [f'{ARGUMENTS}: no command line has a device'])]


if __name__ == '__main__':
    if len(sys.argv) == 2 and sys.argv[1] == '--self-test':
        found = list(self_test())
    elif len(sys.argv) == 3:
        found = check(*sys.argv[1:])
    else:
        sys.exit(__doc__)
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)
