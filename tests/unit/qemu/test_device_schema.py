#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The reader of the schema of devices: what each wrong schema is told, and what a right one means."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
SCHEMA = pathlib.Path(os.environ['VB_SOURCE_ROOT']) / 'qemu' / 'schema'
sys.path.insert(0, str(SCHEMA))
import device_schema  # noqa: E402


def read(text):
    schema = device_schema.Schema()
    device_schema.read_text(schema, 'x.json', text)
    device_schema.resolve(schema)
    return schema


def entity(line, members=(), since=None, name=None):
    """An entity with the comment that its members need."""
    name = name or line.split("'")[3]
    doc = ['##', f'# @{name}: It is.', '#', *(f'# @{member}: it is' for member in members)]
    if since:
        doc += ['#', f'# Since: {since}']
    return '\n'.join([*doc, '##', line, ''])


def device(data, members=('p',)):
    """A device with a property that is described by @data."""
    return entity(f"{{ 'device': 'x', 'xml': ['sound'], 'data': {{ 'p': {data} }} }}", members)


# (what is wrong, its line, a part of what is told)
WRONG = [
    ("{ 'union': 'X' }", 1, 'it is not one of enum, base, device, chardev'),
    ("{ 'enum': 'on-off' }", 1, "'on-off' is no name of a enum"),
    ("{ 'device': 'a b' }", 1, "'a b' is no name of a device"),
    ("{ 'device': ['x'] }", 1, 'is no name of a device'),
    ("{ 'device': 'x', 'xml': [], 'data': {} }", 1, 'there is no comment that documents it'),
    (entity("{ 'device': 'x', 'xml': [], 'data': {} }", name='y'), 2, 'the comment before it documents y'),
    (entity("{ 'device': 'x', 'data': {} }"), 5, "'xml' is missing"),
    (entity("{ 'chardev': 'x' }"), 5, "'xml' is missing"),
    (entity("{ 'base': 'X' }"), 5, "'data' is missing"),
    (entity("{ 'chardev': 'x', 'xml': [], 'data': {} }"), 5, "'data' is not known"),
    (entity("{ 'device': 'x', 'xml': [], 'data': {} }", since='new'), 2, "'new' is no version"),
    (entity("{ 'device': 'x', 'xml': 'sound', 'data': {} }"), 5, "'xml' is no array of texts"),
    (entity("{ 'device': 'x', 'xml': [true], 'data': {} }"), 5, "'xml' is no array of texts"),
    (entity("{ 'device': 'x', 'xml': ['Sound'], 'data': {} }"), 5, "'Sound' is no place"),
    (entity("{ 'device': 'x', 'xml': ['sound[x]'], 'data': {} }"), 5, "'sound[x]' is no place"),
    (entity("{ 'device': 'x', 'xml': [], 'package': true, 'data': {} }"), 5, "'package' is no text"),
    (entity("{ 'device': 'x', 'xml': [], 'package': '', 'data': {} }"), 5, "'package' is no text"),
    (entity("{ 'device': 'x', 'xml': [], 'data': [] }"), 5, "'data' is no object of properties"),
    (entity("{ 'device': 'x', 'xml': [], 'bases': ['Y'], 'data': {} }"), 5, "base 'Y' is not known"),
    (entity("{ 'enum': 'X', 'data': [] }"), 5, "'data' is no array of words"),
    (entity("{ 'enum': 'X', 'data': ['a', 'a'] }"), 5, "'a' is no word, or there twice"),
    (entity("{ 'enum': 'X', 'data': ['a|b'] }"), 5, "'a|b' is no word"),
    (entity("{ 'enum': 'X', 'data': ['a'] }", ['b']), 2, '@b is documented and is not there'),
    (device("'u32'", []), 5, '@p is not documented'),
    (device("'u31'"), 6, "type 'u31' is not known"),
    (device("'OnOff'"), 6, "type 'OnOff' is not known"),
    (device("{ 'unit': 'MiB' }"), 6, "type 'None' is not known"),
    (device("{ 'type': 'u32', 'lowest': '1' }"), 6, "'lowest' is not known"),
    (device("{ 'type': 'u32', 'power-of-two': 'yes' }"), 6, "'power-of-two' is neither true nor false"),
    (device("{ 'type': 'u32', 'since': '7' }"), 6, "'7' is no version"),
    (device("{ 'type': 'u8', 'range': '0..256' }"), 6, "'0..256' is no range of u8"),
    (device("{ 'type': 'u8', 'range': '-1..2' }"), 6, "'-1..2' is no range of u8"),
    (device("{ 'type': 'u8', 'range': '3..2' }"), 6, "'3..2' is no range of u8"),
    (device("{ 'type': 'u8', 'range': '3' }"), 6, "'3' is no range of u8"),
    (device("{ 'type': 'str', 'range': '1..2' }"), 6, "'1..2' is no range of str"),
    (device("{ 'type': 'u64', 'range': '0..9223372036854775808' }"), 6, 'is no range of u64'),
    (device("'bool'") + device("'bool'"), 12, 'it is there twice'),
    ('##\n# @x: It is.\n##\n\n', 2, 'the comment on x is not just before an entity'),
]

RIGHT = (entity("{ 'enum': 'Mode', 'data': ['fast', 'slow'] }")
         + entity("{ 'base': 'Thing', 'data': { 'a': 'bool', 'b': 'u8' } }", ['a', 'b'])
         + entity("{ 'base': 'Disk', 'bases': ['Thing'], 'data': { 'c': 'Mode' } }", ['c'])
         + entity("{ 'device': 'disk-0', 'bases': ['Disk'], 'package': 'it', 'data': {\n"
                  "  'b': { 'type': 'u32', 'unit': 'MiB', 'range': '1..16', 'power-of-two': true,\n"
                  "         'since': '2.9', 'xml': '@size' } },\n"
                  "  'xml': ['disk[@device=cdrom]/target/@bus=ide', '/domain/on_crash', '*'] }",
                  ['b'], since='1.0')
         + entity("{ 'chardev': 'disk-0', 'xml': ['*/@type=pty'], 'instead': 'use none' }"))


class Wrong(unittest.TestCase):
    def test_each(self):
        for text, line, expected in WRONG:
            with self.subTest(text):
                with self.assertRaises(device_schema.SchemaError) as caught:
                    read(text)
                self.assertIn(expected, str(caught.exception))
                self.assertTrue(str(caught.exception).startswith(f'x.json:{line}: '),
                                str(caught.exception))

    def test_program(self):
        with tempfile.TemporaryDirectory() as folder:
            path, output = os.path.join(folder, 'x.json'), os.path.join(folder, 'x.c')
            pathlib.Path(path).write_text('{ }\n', encoding='utf-8')
            done = subprocess.run([sys.executable, SCHEMA / 'generate.py', output, path],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertTrue(done.stderr.startswith(f'{path}:1: it is not one of '), done.stderr)
            self.assertFalse(os.path.exists(output))


class Right(unittest.TestCase):
    def test_device(self):
        entry = read(RIGHT).list('device')[0]
        self.assertEqual(entry.doc.summary, 'It is.')
        self.assertEqual((entry.doc.since, entry.package, entry.instead), ('1.0', 'it', None))
        self.assertEqual([(place.slot, place.path, place.word) for place in entry.places],
                         [('disk[@device=cdrom]/target/@bus', '/target/@bus', 'ide'),
                          ('/domain/on_crash', '/on_crash', None), ('*', '', None)])

    def test_properties(self):
        properties = read(RIGHT).list('device')[0].all_properties()
        self.assertEqual([item.name for item in properties], ['a', 'b', 'c'])
        own = properties[1]
        self.assertEqual((own.type, own.unit, own.range, own.since, own.xml, own.is_power_of_two),
                         ('u32', 'MiB', (1, 16), '2.9', '@size', True))
        self.assertEqual(properties[2].enum.words, ['fast', 'slow'])

    def test_back_end(self):
        entry = read(RIGHT).list('chardev')[0]
        self.assertEqual((entry.name, entry.instead), ('disk-0', 'use none'))


if __name__ == '__main__':
    unittest.main()
