#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The generator of libqmp: what each wrong schema is told, and what becomes of a right one."""

import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

sys.dont_write_bytecode = True
QMP = pathlib.Path(os.environ['VB_SOURCE_ROOT']) / 'qmp'
sys.path.insert(0, str(QMP))
from generator import c_code, c_names, reference, schema  # noqa: E402


def read(text):
    whole = schema.Schema()
    schema.read_text(whole, 'x.json', textwrap.dedent(text).lstrip('\n'))
    schema.resolve(whole)
    return whole


def entity(line, members=(), tags=('Since: 1.0',), name=None):
    """An entity with the comment that its members need."""
    name = name or line.split("'")[3]
    doc = ['##', f'# @{name}: It is.', '#', *(f'# @{member}: it is' for member in members), '#']
    for tag in tags:
        doc += [f'# {tag}', '#']
    return '\n'.join([*doc, '##', line, ''])


RIGHT = (entity("{ 'enum': 'RunState', 'data': ['paused',\n  { 'name': 'guest-panicked', 'if': 'it rains' }] }")
         + entity("{ 'struct': 'Info', 'data': { '*state': 'RunState', 'static': 'bool',\n"
                  "  '*more': ['Info'], 'n': ['int'] } }", ['state', 'static', 'more', 'n'])
         + entity("{ 'command': 'query-it', 'data': { '*id': 'str' }, 'returns': ['Info'] }", ['id'],
                  ['Returns: all of them', 'Since: 1.0'])
         + entity("{ 'command': 'set_it', 'data': 'Info', 'fd': true, 'if': 'the moon is full' }")
         + entity("{ 'command': 'make-it', 'data': 'any' }")
         + entity("{ 'command': 'begin', 'internal': true }")
         + entity("{ 'event': 'IT_WENT', 'data': { 'at': 'uint64' } }", ['at'])
         + entity("{ 'event': 'IT' }"))

# (what is wrong, its line, a part of what is told)
WRONG = [
    ("{ 'enum' 'X' }", 1, 'expected ":"'),
    ("{ enum: 'X' }", 1, 'cannot read "enum: \'X\' }"'),
    ("{ 'enum': 'X'", 1, 'expected "," or "}"'),
    ("{ 'enum': 'X', 'data': [ }", 1, 'expected a string or "{" or "[" or "truth"'),
    ("{ 'enum': 'X', 'data': ['a'", 1, 'expected "," or "]"'),
    ("[ 'X' ]", 1, 'expected "{"'),
    ("{ 'enum': 'X',\n  'enum': 'Y' }", 2, "'enum' is there twice"),
    ("{ 'union': 'X' }", 1, 'it is not one of enum, struct, command and event'),
    ("{ 'enum': 'X', 'struct': 'X' }", 1, 'it is not one of'),
    ("{ }", 1, 'it is not one of'),
    ("{ 'enum': 'run-state' }", 1, "'run-state' is no name for an enum"),
    ("{ 'struct': 'VNCInfo_' }", 1, "'VNCInfo_' is no name for a struct"),
    ("{ 'command': 'Stop' }", 1, "'Stop' is no name for a command"),
    ("{ 'event': 'Stop' }", 1, "'Stop' is no name for an event"),
    ("{ 'event': ['STOP'] }", 1, 'is no name for an event'),
    ("{ 'event': 'STOP' }", 1, 'event STOP: there is no comment that documents it'),
    (entity("{ 'event': 'STOP' }") + '\n' + entity("{ 'event': 'STOP' }"), 17, 'it is there twice'),
    (entity("{ 'event': 'STOP' }", name='RESUME'), 2, 'the comment before it documents RESUME'),
    ('##\n# @STOP: It is.', 1, 'the comment does not end with "##"'),
    ('##\n# It is.\n##\n', 2, 'the comment does not begin with "@NAME: "'),
    ('##\n##\n', 2, 'the comment does not begin with "@NAME: "'),
    ('##\n# @STOP: It is.\n#not so\n##\n', 3, 'a comment that documents begins with "# "'),
    ('##\n# @STOP: It is.\n##\n\n', 2, 'the comment on STOP is not just before an entity'),
    ('##\n# @X: It is.\n#\n# @a: one\n# @a: two\n##\n', 5, '@a is documented twice'),
    (entity("{ 'event': 'STOP', 'returns': 'int' }"), 8, "'returns' is not known"),
    (entity("{ 'struct': 'X', 'data': {}, 'fd': true }"), 8, "'fd' is not known"),
    (entity("{ 'event': 'STOP', 'data': { 'a': 'int' } }"), 8, '@a is not documented'),
    (entity("{ 'event': 'STOP' }", ['a']), 2, '@a is documented and is not there'),
    (entity("{ 'event': 'STOP' }", tags=[]), 2, '"Since:" is missing'),
    (entity("{ 'command': 'x' }", tags=['Returns: it', 'Since: 1']), 2, '"Returns:" is documented'),
    (entity("{ 'command': 'x', 'returns': 'int' }"), 2, '"Returns:" is documented'),
    (entity("{ 'enum': 'X' }"), 8, "'data' is no array of words"),
    (entity("{ 'enum': 'X', 'data': [] }"), 8, "'data' is no array of words"),
    (entity("{ 'enum': 'X', 'data': ['a b'] }"), 8, "'a b' is no word"),
    (entity("{ 'enum': 'X', 'data': [['a']] }"), 8, 'is no word'),
    (entity("{ 'enum': 'X', 'data': [{ 'name': 'a' }] }"), 8, "'{'name': 'a'}' is no word"),
    (entity("{ 'enum': 'X', 'data': ['a-b', 'a.b'] }"), 8, "'a_b' is there twice"),
    (entity("{ 'struct': 'X' }"), 8, "'data' is no object of members"),
    (entity("{ 'event': 'X', 'data': 'any' }"), 8, "'data' is no object of members"),
    (entity("{ 'command': 'x', 'data': ['int'] }"), 8, "'data' is no object of members"),
    (entity("{ 'struct': 'X', 'data': { '1a': 'int' } }", ['1a']), 9, "'1a' is no name of a member"),
    (entity("{ 'struct': 'X', 'data': { 'a': [] } }", ['a']), 9, 'a type is a name, or one name'),
    (entity("{ 'struct': 'X', 'data': { 'a': [['int']] } }", ['a']), 9, 'a type is a name'),
    (entity("{ 'struct': 'X', 'data': { 'a': true } }", ['a']), 9, 'a type is a name'),
    (entity("{ 'struct': 'X', 'data': { 'a': 'Y' } }", ['a']), 9, "type 'Y' is not known"),
    (entity("{ 'struct': 'X', 'data': { 'a-b': 'int',\n 'a_b': 'int' } }", ['a-b', 'a_b']), 10,
     "two members would be 'a_b' in C"),
    (entity("{ 'struct': 'X', 'data': { '*a': 'int', 'has-a': 'int' } }", ['a', 'has-a']), 10,
     "two members would be 'has_a' in C"),
    (entity("{ 'struct': 'X', 'data': { 'json': 'int' } }", ['json']), 9,
     "a member cannot be called 'json'"),
    (entity("{ 'command': 'x', 'returns': 'Y' }", tags=['Returns: it', 'Since: 1']), 10,
     "type 'Y' is not known"),
    (entity("{ 'command': 'x', 'data': 'Y' }"), 8, "its arguments 'Y' are no struct"),
    (entity("{ 'enum': 'Y', 'data': ['a'] }") + entity("{ 'command': 'x', 'data': 'Y' }"), 16,
     "its arguments 'Y' are no struct"),
    (entity("{ 'command': 'x', 'fd': 'yes' }"), 8, "'fd' is neither true nor false"),
    (entity("{ 'command': 'x', 'if': true }"), 8, "'if' is no text"),
]


class Wrong(unittest.TestCase):
    def test_each(self):
        for text, line, expected in WRONG:
            with self.subTest(text):
                with self.assertRaises(schema.SchemaError) as caught:
                    read(text)
                self.assertIn(expected, str(caught.exception))
                self.assertTrue(str(caught.exception).startswith(f'x.json:{line}: '),
                                str(caught.exception))

    def test_clash_in_c(self):
        text = (entity("{ 'struct': 'ItWentEvent', 'data': {} }")
                + entity("{ 'event': 'IT_WENT', 'data': { 'at': 'int' } }", ['at']))
        with self.assertRaisesRegex(schema.SchemaError, 'it would be QmpItWentEvent in C, as struct'):
            c_code.write_all(read(text))

    def test_program(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'bad.json'
            path.write_text("{ 'event': 'STOP' }\n", 'utf-8')
            for arguments, expected in ((['.'], 'usage: '),
                                        ([folder, path], f'{path}:1: event STOP: there is no'),
                                        ([folder, folder + '/none'], 'No such file')):
                run = subprocess.run([sys.executable, QMP / 'generate.py', *arguments], check=False,
                                     capture_output=True, text=True)
                self.assertEqual(run.returncode, 1)
                self.assertIn(expected, run.stderr)
                self.assertNotIn('Traceback', run.stderr)
            self.assertEqual(os.listdir(folder), ['bad.json'])


class Right(unittest.TestCase):
    def setUp(self):
        self.schema = read(RIGHT)
        self.files = c_code.write_all(self.schema)

    def assert_lines(self, name, *lines):
        for line in lines:
            self.assertIn(line, self.files[name].split('\n'))

    def test_types(self):
        self.assert_lines('qmp-types.h', '  QMP_RUN_STATE_UNKNOWN = 0,', '  QMP_RUN_STATE_PAUSED,',
                          '  gboolean has_state;', '  QmpRunState state;', '  gboolean static_;',
                          '  GPtrArray *more;', '  GArray *n;',
                          ' * @more: (nullable) (element-type QmpInfo): it is',
                          'QMP_EXPORT QmpInfo *qmp_info_new (void);')

    def test_commands(self):
        self.assert_lines('qmp-commands.h',
                          ' * Returns: (transfer container) (element-type QmpInfo): all of them; %NULL '
                          'with @error set', ' * Only where the moon is full.')
        header = self.files['qmp-commands.h']
        self.assertIn('qmp_session_set_it_async (QmpSession *session,', header)
        self.assertIn('const QmpInfo *arguments,', header)
        self.assertIn('int fd,', header)
        self.assertIn('QmpValue *arguments,', header)
        self.assertNotIn('begin', header)

    def test_events(self):
        self.assert_lines('qmp-events.h', '  guint64 at;')
        self.assertNotIn('qmp_it_event', self.files['qmp-events.h'])

    def test_tables_hold_no_pointers(self):
        self.assertNotIn('*', self.files['qmp-tables.c'].split('clang-format off */')[1]
                         .split('/* clang-format on')[0])

    def test_reference(self):
        text = reference.write(self.schema)
        for line in ('### query-it', '* *`id`* (`str`): it is', 'Only where the moon is full.',
                     'Returns array of [Info](#info): all of them.', '* `paused`',
                     '* `guest-panicked` (only where it rains)'):
            self.assertIn(line, text.split('\n'))

    def test_words_share_bytes(self):
        words = c_code.Words(['status', 'us', 'x', ''])
        self.assertEqual(words.offsets['us'], words.offsets['status'] + 4)
        with self.assertRaises(ValueError):
            c_code.Words([f'{number:060}' for number in range(1100)])

    def test_is_the_same_each_time(self):
        self.assertEqual(self.files, c_code.write_all(read(RIGHT)))


class OwnSchema(unittest.TestCase):
    def test_everything_is_used(self):
        """A type that no command and no event reaches is in nobody's way but its own."""
        whole = schema.read_files(sorted((QMP / 'schema').glob('*.json')))
        used, border = set(), whole.list('command') + whole.list('event')
        while border:
            thing = border.pop()
            types = [member.type.entity for member in thing.members]
            types += [thing.arguments, thing.returns and thing.returns.entity]
            found = {type_ for type_ in types if type_} - used
            used |= found
            border += found
        unused = {thing.name for thing in whole.list('enum') + whole.list('struct')} - {
            thing.name for thing in used}
        self.assertEqual(unused, set())

    def test_lines_are_short(self):
        whole = schema.read_files(sorted((QMP / 'schema').glob('*.json')))
        for name, text in c_code.write_all(whole).items():
            for line in text.split('\n') if not name.startswith('qmp-tables') else []:
                self.assertLessEqual(len(line), c_names.WIDTH, f'{name}: {line}')


if __name__ == '__main__':
    unittest.main(verbosity=2)
