#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libqmp's own schema against what each installed QEMU says of itself: every command, event and
member is there, kinds match, what QEMU may leave out is optional, what it needs is required, and
every word of an enum is known. What is deprecated is hidden, so nothing of ours may lean on it."""

import glob
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
QMP = pathlib.Path(os.environ['VB_SOURCE_ROOT'], 'qmp')
sys.path.insert(0, str(QMP))
from generator import schema  # noqa: E402

EMULATORS = sorted(glob.glob('/usr/bin/qemu-system-*'))
# Not a limit on how long anything may take, but on how long a broken test hangs.
PATIENCE_S = float(os.environ.get('VB_PATIENCE_S', '120'))
JSON_TYPES = {'bool': {'boolean'}, 'int': {'int'}, 'uint64': {'int'}, 'number': {'number', 'int'},
              'str': {'string'}}


def ask(emulator):
    """What an emulator answers to query-qmp-schema: {name: entity}"""
    commands = ''.join(json.dumps({'execute': name, 'id': name}) + '\n' for name in (
        'qmp_capabilities', 'query-qmp-schema', 'quit'))
    run = subprocess.run(
        [emulator, '-M', 'none', '-nodefaults', '-display', 'none', '-S', '-compat',
         'deprecated-input=reject,deprecated-output=hide', '-qmp', 'stdio'],
        input=commands, capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    for line in run.stdout.splitlines():
        message = json.loads(line)
        if message.get('id') == 'query-qmp-schema':
            return {entity['name']: entity for entity in message['return']}
    raise AssertionError(f'{emulator} does not tell its schema: {run.stdout} {run.stderr}')


class Comparison:
    """Ours against theirs. What differs is told as "COMMAND: PLACE: what"."""

    def __init__(self, ours, theirs):
        self.theirs = theirs
        self.drift, self.absent = [], []
        self.seen = set()
        for command in ours.list('command'):
            self.compare_entity(command)
        for event in ours.list('event'):
            self.compare_entity(event)

    def tell(self, where, what):
        self.drift.append(f'{".".join(where)}: {what}')

    def compare_entity(self, entity):
        theirs = self.theirs.get(entity.name)
        if not theirs or theirs['meta-type'] != entity.kind:
            if entity.condition:
                self.absent.append(f'{entity.kind} {entity.name} (only where {entity.condition})')
            else:
                self.tell([entity.name], f'there is no such {entity.kind}')
            return
        if not entity.takes_any:
            members = entity.arguments.members if entity.arguments else entity.members
            self.compare_members(members, [theirs['arg-type']], [entity.name],
                                 entity.kind == 'command')
        if entity.kind == 'command':
            self.compare_reply(entity, theirs['ret-type'])

    def compare_reply(self, command, name):
        where = [command.name, 'the reply']
        if command.returns:
            self.compare_type(command.returns, [name], where, False)
        elif self.theirs[name].get('members') != []:
            self.tell(where, 'it returns something')

    # Types. A union is several types at once, of which each can be.

    def compare_type(self, ours, names, where, is_argument):
        names = self.enter_alternates(names)
        if ours.is_array:
            arrays = [name for name in names if self.theirs[name]['meta-type'] == 'array']
            if not self.judge(arrays, names, where, 'an array', is_argument):
                return
            names = self.enter_alternates([self.theirs[name]['element-type'] for name in arrays])
        if ours.name != 'any':
            matching = [name for name in names if self.is_kind(ours, self.theirs[name])]
            if self.judge(matching, names, where, ours.name, is_argument):
                self.compare_inside(ours, matching, where, is_argument)

    def enter_alternates(self, names):
        found = []
        for name in names:
            entity = self.theirs[name]
            if entity['meta-type'] == 'alternate':
                found += self.enter_alternates([member['type'] for member in entity['members']])
            else:
                found.append(name)
        return found

    def judge(self, matching, names, where, what, is_argument):
        """An argument may be one of several kinds; a reply must be what is expected of it."""
        right = bool(matching) and (is_argument or len(matching) == len(names))
        if not right:
            found = ', '.join(sorted({self.theirs[name].get('json-type', self.theirs[name]['meta-type'])
                                      for name in names}))
            self.tell(where, f'expected {what}, found {found}')
        return right

    @staticmethod
    def is_kind(ours, theirs):
        if ours.kind in ('enum', 'struct'):
            return theirs['meta-type'] == {'enum': 'enum', 'struct': 'object'}[ours.kind]
        # A word can be read as text.
        return (theirs.get('json-type') in JSON_TYPES[ours.name] or
                (ours.name == 'str' and theirs['meta-type'] == 'enum'))

    def compare_inside(self, ours, names, where, is_argument):
        if ours.kind == 'enum':
            words = {member['name'] for name in names for member in self.theirs[name]['members']}
            for word in ours.entity.words:
                condition = ours.entity.word_conditions.get(word)
                if word not in words and condition:
                    self.absent.append(f"word '{word}' of {ours.name} (only where {condition})")
                elif word not in words:
                    self.tell(where, f"'{word}' is no word of {ours.name}")
        elif ours.kind == 'struct':
            key = (ours.name, tuple(names), is_argument)
            if key not in self.seen:
                self.seen.add(key)
                self.compare_members(ours.entity.members, names, where, is_argument)

    # Members

    def members_of(self, name):
        """({name: member} that are always there, {name: [member]} of variants)"""
        entity = self.theirs[name]
        base = {member['name']: member for member in entity['members']}
        variants = {}
        for variant in entity.get('variants', []):
            inner, deeper = self.members_of(variant['type'])
            for member in [*inner.values(), *[one for many in deeper.values() for one in many]]:
                variants.setdefault(member['name'], []).append(member)
        return base, variants

    def compare_members(self, members, names, where, is_argument):
        objects = [self.members_of(name) for name in names]
        for member in members:
            here = [*where, member.name]
            always = [base[member.name] for base, _ in objects if member.name in base]
            sometimes = [one for _, variants in objects for one in variants.get(member.name, [])]
            if not always + sometimes:
                self.tell(here, 'there is no such member')
                continue
            is_optional = (len(always) < len(objects)
                           or any('default' in one for one in always))
            if is_optional and not member.optional:
                self.tell(here, 'it is optional')
            if is_argument and member.optional and not is_optional:
                self.tell(here, 'it is required')
            self.compare_type(member.type, [one['type'] for one in always + sometimes], here,
                              is_argument)
        if is_argument:
            ours = {member.name for member in members}
            for base, _ in objects:
                for name, member in base.items():
                    if 'default' not in member and name not in ours:
                        self.tell([*where, name], 'it is required, and is not in the schema')


def read_own(change=lambda path, text: text):
    whole = schema.Schema()
    for path in sorted((QMP / 'schema').glob('*.json')):
        schema.read_text(whole, path.name, change(path.name, path.read_text('utf-8')))
    schema.resolve(whole)
    return whole


class Schema(unittest.TestCase):
    maxDiff = None

    def test_every_emulator(self):
        self.assertIn('/usr/bin/qemu-system-x86_64', EMULATORS)
        for emulator in EMULATORS:
            with self.subTest(emulator):
                comparison = Comparison(read_own(), ask(emulator))
                for absent in comparison.absent:
                    print(f'{emulator}: without {absent}', file=sys.stderr)
                self.assertEqual(comparison.drift, [])

    def test_the_usual_emulator_has_all(self):
        self.assertEqual(Comparison(read_own(), ask('/usr/bin/qemu-system-x86_64')).absent, [])


# (what is changed in the schema, into what, what is told)
WRONGS = [
    (r"'command': 'query-kvm'", "'command': 'query-kvn'", 'query-kvn: there is no such command'),
    (r"'event': 'WAKEUP'", "'event': 'WAKE'", 'WAKE: there is no such event'),
    (r"'enabled': 'bool', 'present'", "'enabled': 'bool', 'absent'",
     'query-kvm.the reply.absent: there is no such member'),
    (r"'enabled': 'bool', 'present'", "'enabled': 'str', 'present'",
     'query-kvm.the reply.enabled: expected str, found boolean'),
    (r"'enabled': 'bool', 'present'", "'enabled': ['bool'], 'present'",
     'query-kvm.the reply.enabled: expected an array, found boolean'),
    (r"'returns': \['ChardevInfo'\]", "'returns': 'ChardevInfo'",
     'query-chardev.the reply: expected ChardevInfo, found array'),
    (r"'data': { '\*name': 'str' } }", "'data': { 'name': 'str' } }",
     'query-name.the reply.name: it is optional'),
    (r"'device_del', 'data': { 'id'", "'device_del', 'data': { '*id'",
     'device_del.id: it is required'),
    (r"'set_link', 'data': { 'name': 'str', 'up': 'bool' }", "'set_link', 'data': { 'name': 'str' }",
     'set_link.up: it is required, and is not in the schema'),
    (r"'data': \['poweroff', 'pause'\]", "'data': ['poweroff', 'explode']",
     "set-action.shutdown: 'explode' is no word of ShutdownAction"),
    (r"'command': 'query-uuid', 'returns': 'UuidInfo'", "'command': 'query-uuid'",
     'query-uuid.the reply: it returns something'),
    (r"'slot': 'int', 'function': 'int'", "'slott': 'int', 'function': 'int'",
     'query-pci.the reply.devices.slott: there is no such member'),
    (r"'\*display': 'str' } }\n\n##\n# @expire", "'display': 'str' } }\n\n##\n# @expire",
     'set_password.display: it is optional'),
    (r"'status': 'MigrationStatus' } }", "'status': 'int' } }",
     'MIGRATION.status: expected int, found enum'),
]


class WrongSchema(unittest.TestCase):
    """The comparison can fail: each change is found, and by its name."""

    def setUp(self):
        self.theirs = ask('/usr/bin/qemu-system-x86_64')

    def test_each(self):
        for pattern, replacement, expected in WRONGS:
            with self.subTest(expected):
                changed = []

                def change(path, text):
                    new, count = re.subn(pattern, replacement, text, count=1)
                    changed.extend([path] * count)
                    return self.mend_comments(new) if count else text

                own = read_own(change)
                self.assertEqual(len(changed), 1)
                self.assertEqual(Comparison(own, self.theirs).drift, [expected])

    @staticmethod
    def mend_comments(text):
        """Comments say what the schema said before it was made wrong."""
        for old, new in (('@query-kvm:', '@query-kvn:'), ('@WAKEUP:', '@WAKE:'),
                         ('@slot: its slot\n', '@slott: its slot\n'), ('@present:', '@absent:')):
            name = new.strip('@:').split(':')[0]
            if re.search(rf"'{name}'", text):
                text = text.replace('# ' + old, '# ' + new)
        if "'query-uuid' }" in text:
            text = text.replace('# Returns: the UUID\n#\n', '')
        if "'set_link', 'data': { 'name': 'str' }" in text:
            text = text.replace('# @up: whether it is plugged in\n', '')
        return text

    def test_absent_is_told(self):
        for name in ('query-spice', 'SPICE_CONNECTED'):
            del self.theirs[name]
        comparison = Comparison(read_own(), self.theirs)
        self.assertEqual(comparison.drift, [])
        self.assertEqual(comparison.absent,
                         ['command query-spice (only where SPICE is built in)',
                          'event SPICE_CONNECTED (only where SPICE is built in)'])


if __name__ == '__main__':
    unittest.main(verbosity=2)
