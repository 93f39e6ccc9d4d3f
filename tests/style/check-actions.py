#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every method on the bus is guarded by the polkit action that was promised (action-table.txt): in
the method tables of objects/, in the policy file and in the documentation."""

import re
import sys
import xml.etree.ElementTree

sys.dont_write_bytecode = True
import introspection_xml  # noqa: E402
import source_tree  # noqa: E402

PREFIX = 'org.virtbus1.'
TABLE = 'tests/style/action-table.txt'
POLICY = 'policy/org.virtbus1.policy'
FREE = '-'

INTERFACE_TABLE = r'\bVbInterfaceTable\s+\w+\s*=\s*\{(.*?)\}\s*;'
METHOD_ROWS = r'\bVbMethodRow\s+(\w+)\s*\[\s*\w*\s*\]\s*=\s*\{(.*?)\}\s*;'
ROW = r'(?:\.name\s*=\s*)?"(\w+)"\s*,\s*(?:\.action\s*=\s*)?(VB_ACTION_\w+)\b.*'
SENTINEL = r'(?:0|NULL|)\s*'


def check(root):
    files = source_tree.list_files(root)
    promised = read_table(root)
    rows, problems = read_rows(root, files)
    objects = ''.join(code_of(root, path) for path in files if is_object_file(path))
    policy = read_policy(root, files)
    documents = {key: doc for key, doc in read_methods(root)}

    problems += compare(promised, documents, rows)
    for key, (action, others, is_choice) in promised.items():
        name = '.'.join(key)
        for other in others:
            if not re.search(rf'\b{macro_of(other)}\b', objects):
                problems.append(f'{name}: objects/ never asks for {macro_of(other)}')
        for needed in [action, *others]:
            if needed != FREE and PREFIX + needed not in policy:
                problems.append(f'{name}: {PREFIX + needed} is not in {POLICY}')
            if key in documents and not is_told(documents[key], needed):
                problems.append(f'{name}: the documentation does not name {PREFIX + needed}')
    return problems + list(check_macros(root, files))


def compare(promised, documents, rows):
    for key in sorted(documents.keys() - promised.keys()):
        yield f'{".".join(key)} is in no row of {TABLE}'
    for key in sorted(promised.keys() - documents.keys()):
        yield f'{TABLE}: {".".join(key)} is in no introspection file'
    for key in sorted(documents.keys() - rows.keys()):
        yield f'{".".join(key)} is in no method table of objects/'
    for key, (place, macro, chooses) in rows.items():
        if key in promised and chooses != promised[key][2]:
            yield (f'{place}: {".".join(key)} {"has a" if chooses else "needs a"} chooser, and '
                   f'{TABLE} says {"nothing of it" if chooses else "or"}')
        if key not in documents:
            yield f'{place}: {".".join(key)} is in no introspection file'
        elif key in promised and macro != macro_of(promised[key][0]):
            yield (f'{place}: {".".join(key)} is guarded by {macro}, '
                   f'promised is {macro_of(promised[key][0])}')


def macro_of(action):
    return 'VB_ACTION_' + ('NONE' if action == FREE else re.sub('[.-]', '_', action).upper())


def is_told(doc, action):
    return 'no polkit action' in doc if action == FREE else bool(
        re.search(rf'\b{re.escape(PREFIX + action)}(?![.\w-]*\w)', doc))


def read_table(root):
    """(interface, method) → (action, other actions, whether the row chooses between them)"""
    promised = {}
    for row in source_tree.read(root, TABLE).splitlines():
        words = row.split('#')[0].split()
        if words:
            others = [word for word in words[3:] if word not in ('also', 'or')]
            promised[words[0], words[1]] = (words[2], others, 'or' in words[3:])
    return promised


def read_methods(root):
    for _, reader in introspection_xml.read_all(root):
        for interface in reader.interfaces:
            for member in interface.members:
                if member.kind == 'method':
                    key = (interface.name.removeprefix(PREFIX), member.name)
                    yield key, member.doc.body if member.doc else ''


def read_policy(root, files):
    if POLICY not in files:
        return set()
    tree = xml.etree.ElementTree.fromstring(source_tree.read(root, POLICY))
    return {action.get('id') for action in tree.iter('action')}


def is_object_file(path):
    return path.startswith('objects/') and path.endswith('.c')


def code_of(root, path):
    return source_tree.blank_comments(source_tree.read(root, path))


def read_rows(root, files):
    """The rows of all method tables: (interface, method) → (place, macro, whether it has a chooser);
    and what is no row."""
    rows, problems = {}, []
    for path in filter(is_object_file, files):
        code = code_of(root, path)
        arrays = {match.group(1): (line, match.group(2))
                  for line, match in source_tree.find_lines(f'(?s){METHOD_ROWS}', code)}
        for table in re.findall(INTERFACE_TABLE, code, re.DOTALL):
            name = re.search(r'\.name\s*=\s*"([^"]+)"', table)
            array = re.search(r'\.methods\s*=\s*(\w+)', table)
            line, body = arrays.pop(array.group(1) if array else 'methods', (0, ''))
            if not name:
                problems.append(f'{path}: an interface table without a .name')
                continue
            interface = name.group(1).removeprefix(PREFIX)
            for row in re.findall(r'\{([^{}]*)\}', body):
                match = re.fullmatch(rf'\s*{ROW}', row, re.DOTALL)
                if match:
                    rows[interface, match.group(1)] = (f'{path}:{line}', match.group(2),
                                                       '.choose' in row)
                elif not re.fullmatch(rf'\s*{SENTINEL}', row):
                    problems.append(f'{path}:{line}: a row without name and action: {row.strip()}')
        for array, (line, _) in arrays.items():
            problems.append(f'{path}:{line}: no interface table uses {array}')
    return rows, problems


def check_macros(root, files):
    """Where a macro is defined as a string, it is that of its own action."""
    for path in files:
        if path.endswith('.h') and path.split('/')[0] in ('policy', 'objects'):
            for line, match in source_tree.find_lines(
                    r'^\s*#\s*define\s+(VB_ACTION_\w+)\s+"([^"]*)"', code_of(root, path)):
                if match.group(1) != macro_of(match.group(2).removeprefix(PREFIX)):
                    yield f'{path}:{line}: {match.group(1)} is another action: {match.group(2)}'


XML = '''<node><interface name="org.virtbus1.Lamp">
  <!--
    Light:

    Guarded by the polkit action org.virtbus1.lamp.light, and at night by org.virtbus1.lamp.night.
  -->
  <method name="Light"><arg name="options" type="a{sv}" direction="in"/></method>
  <!--
    Look:

    Free for everyone: no polkit action guards it.
  -->
  <method name="Look"><arg name="options" type="a{sv}" direction="in"/></method>
  <!--
    Dim:

    Guarded by the polkit action org.virtbus1.lamp.dim, or by org.virtbus1.lamp.dusk.
  -->
  <method name="Dim"><arg name="options" type="a{sv}" direction="in"/></method>
</interface></node>
'''

CODE = '''
static const VbMethodRow methods[] = {
  { "Light", VB_ACTION_LAMP_LIGHT, handle_light, light_options }, /* { "Blow", VB_ACTION_NONE } */
  { "Look", VB_ACTION_NONE, handle_look },
  { "Dim", VB_ACTION_LAMP_DIM, handle_dim, .choose = choose_by_hour },
  { NULL },
};
const VbInterfaceTable vb_lamp_interface_table = {
  .name = "org.virtbus1.Lamp",
  .methods = methods,
};
static void handle_light (void) { ask (VB_ACTION_LAMP_NIGHT); }
static const char *choose_by_hour (void) { return VB_ACTION_LAMP_DUSK; }
'''

POLICY_XML = ('<policyconfig><action id="org.virtbus1.lamp.light"/>'
              '<action id="org.virtbus1.lamp.night"/><action id="org.virtbus1.lamp.dim"/>'
              '<action id="org.virtbus1.lamp.dusk"/></policyconfig>')

RIGHT = {
    'introspection/org.virtbus1.Lamp.xml': XML,
    'objects/lamp.c': CODE,
    'policy/authority.h': '#define VB_ACTION_LAMP_LIGHT "org.virtbus1.lamp.light"\n',
    POLICY: POLICY_XML,
    TABLE: '# who may\nLamp Light lamp.light also lamp.night\nLamp Look -\n'
           'Lamp Dim lamp.dim or lamp.dusk\n',
}


def wrong(path, old, new, expected):
    assert old in RIGHT[path], old
    return {path: RIGHT[path].replace(old, new, 1)}, expected


WRONG = [
    wrong('objects/lamp.c', 'VB_ACTION_LAMP_LIGHT', 'VB_ACTION_NONE', 'promised is VB_ACTION_LAMP'),
    wrong('objects/lamp.c', 'VB_ACTION_NONE, handle_look', 'VB_ACTION_LAMP_NIGHT, handle_look',
          'promised is VB_ACTION_NONE'),
    wrong('objects/lamp.c', '  { "Look", VB_ACTION_NONE, handle_look },\n', '',
          'Lamp.Look is in no method table'),
    wrong('objects/lamp.c', '  { NULL }', '  { "Blow", VB_ACTION_NONE, blow }',
          'Lamp.Blow is in no introspection file'),
    wrong('objects/lamp.c', '  { NULL }', '  { "Blow", NULL, blow }', 'without name and action'),
    wrong('objects/lamp.c', 'const VbInterfaceTable', 'static const VbMethodRow more[] = {\n'
          '  { "Blow", VB_ACTION_NONE },\n};\nconst VbInterfaceTable', 'no interface table uses more'),
    wrong('objects/lamp.c', 'VB_ACTION_LAMP_NIGHT', 'NULL', 'never asks for VB_ACTION_LAMP_NIGHT'),
    wrong(POLICY, '<action id="org.virtbus1.lamp.light"/>', '', 'lamp.light is not in policy/'),
    wrong(POLICY, '<action id="org.virtbus1.lamp.night"/>', '', 'lamp.night is not in policy/'),
    wrong('policy/authority.h', '"org.virtbus1.lamp.light"', '"org.virtbus1.lamp.night"',
          'is another action'),
    wrong('introspection/org.virtbus1.Lamp.xml', 'org.virtbus1.lamp.light,', 'lamp,',
          'does not name org.virtbus1.lamp.light'),
    wrong('objects/lamp.c', ', .choose = choose_by_hour', '', 'Lamp.Dim needs a chooser'),
    wrong(TABLE, 'lamp.dim or', 'lamp.dim also', 'Lamp.Dim has a chooser'),
    wrong(TABLE, 'Lamp Look -\n', '', 'is in no row of'),
    wrong(TABLE, 'Lamp Look -\n', 'Lamp Look -\nLamp Blow -\n', 'is in no introspection file'),
]

if __name__ == '__main__':
    source_tree.main(check, RIGHT, WRONG)
