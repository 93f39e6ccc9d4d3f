# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the schema of devices: the files of this folder, in the same style as libqmp's schema and with
its reader. Decides what is a right schema, and says of a wrong one where and why. Knows nothing of C.

Entities, each after a comment that documents it:

    { 'enum': NAME, 'data': [WORD, ...] }
    { 'base': NAME, 'bases': [BASE, ...], 'data': { PROPERTY: TYPE, ... } }
    { 'device': NAME, 'bases': [BASE, ...], 'xml': [PLACE, ...], 'package': PACKAGE,
      'instead': TEXT, 'data': { PROPERTY: TYPE, ... } }
    { BACKEND: NAME, 'xml': [PLACE, ...], 'package': PACKAGE, 'instead': TEXT }

BACKEND is chardev, netdev, blockdev, object, display, or option for one of QEMU's command line.

An enum has the name of QEMU's type, or is only for properties that QEMU takes as text. A base has what
several devices share. All members are optional but 'data' where it is shown, and 'xml'. A package is
Debian's, where one other than the emulator's own has it; 'instead' is what to do where an emulator
has it not and has no alternative: use none.

A TYPE is bool, u8, u16, u32, u64, i8, i16, i32, i64, size, str, or an enum; or, to say more,
{ 'type': TYPE, 'unit': TEXT, 'range': 'LOWEST..HIGHEST', 'power-of-two': true, 'since': VERSION,
'xml': PATH }. A PATH is below the device's element: boot/@order.

A PLACE is what of the domain XML asks for it: disk[@device=cdrom]/target/@bus=ide. It is an element
('*' is any device), what must be true of it, a path below it, and the word that stands there. Places
that differ in the word alone are alternatives to each other. One that begins with '/' is no device's.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', 'qmp'))
from generator.schema import Reader, SchemaError, Text  # noqa: E402, F401

BACKENDS = ('chardev', 'netdev', 'blockdev', 'object', 'display', 'option')
ENTRIES = ('device', *BACKENDS)
KEYS = {
    'enum': {'data'},
    'base': {'bases', 'data'},
    'device': {'bases', 'xml', 'package', 'instead', 'data'},
    **{kind: {'xml', 'package', 'instead'} for kind in BACKENDS},
}
NEEDED = {'enum': {'data'}, 'base': {'data'}, 'device': {'xml', 'data'},
          **{kind: {'xml'} for kind in BACKENDS}}
BITS = (8, 16, 32, 64)
NUMBERS = {**{f'u{bits}': (0, 2 ** bits - 1) for bits in BITS},
           **{f'i{bits}': (-2 ** (bits - 1), 2 ** (bits - 1) - 1) for bits in BITS},
           'size': (0, 2 ** 64 - 1)}
TYPES = ('bool', 'str', *NUMBERS)
# Who compares does so with signed numbers of 64 bits.
MAX_RANGE = 2 ** 63 - 1
NAME = r'[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*'
TYPE_NAME = r'(?:[A-Z][a-z0-9]*)+'
VERSION = r'\d+\.\d+'
PLACE = re.compile(r'(?P<slot>(?P<element>/domain|\*|[a-z]+)(?:\[(?:@[a-z]+=[a-z-]+|\d+)\])?'
                   r'(?P<path>(?:/[@a-zA-Z_]+)*))(?:=(?P<word>[\w.-]+))?')


class Property:
    """A property of a device or a base."""

    def __init__(self, name, meaning):
        self.name, self.meaning = name, meaning
        self.type = self.unit = self.since = self.xml = None
        self.enum = None
        self.range = None          # (lowest, highest), where it is not all that the type can hold
        self.is_power_of_two = False


class Place:
    """What of the domain XML asks for a device or a back end."""

    def __init__(self, match):
        self.slot, self.path, self.word = match['slot'], match['path'], match['word']


class Entity:
    def __init__(self, kind, name, reader, doc):
        self.kind, self.name, self.path, self.doc = kind, name, reader.path, doc
        self.line = name.line
        self.words = []            # of an enum
        self.bases = []            # of a base or a device: names, then entities
        self.properties = []       # its own
        self.places = []
        self.package = self.instead = None

    def fail(self, message, line=None):
        raise SchemaError(self.path, line or self.line, f'{self.kind} {self.name}: {message}')

    def all_bases(self):
        """Those of its bases, too; the nearer first."""
        for base in self.bases:
            yield base
            yield from base.all_bases()

    def all_properties(self):
        """By name; its own stand for those of its bases."""
        found = {}
        for entity in (self, *self.all_bases()):
            for item in entity.properties:
                found.setdefault(item.name, item)
        return [found[name] for name in sorted(found)]


class Schema:
    def __init__(self):
        self.entities = []

    def list(self, kind):
        return [entity for entity in self.entities if entity.kind == kind]


def read_entity(reader, line, values):
    kinds = [kind for kind in KEYS if kind in values]
    if len(kinds) != 1:
        reader.fail(line, f'it is not one of {", ".join(KEYS)}')
    kind, name = kinds[0], values[kinds[0]]
    pattern = TYPE_NAME if kind in ('enum', 'base') else NAME
    if not isinstance(name, Text) or not re.fullmatch(pattern, name):
        reader.fail(line, f"'{name}' is no name of a {kind}")
    entity = Entity(kind, name, reader, reader.docs.pop(line - 1, None))
    check_keys(entity, values)
    check_doc(entity)
    entity.bases = read_texts(entity, values, 'bases')
    entity.package = read_text_of(entity, values, 'package')
    entity.instead = read_text_of(entity, values, 'instead')
    entity.places = [read_place(entity, text) for text in read_texts(entity, values, 'xml')]
    if kind == 'enum':
        read_words(entity, values['data'])
    elif 'data' in values:
        read_properties(entity, values['data'])
    check_documented(entity)
    return entity


def check_keys(entity, values):
    for key in values:
        if key != entity.kind and key not in KEYS[entity.kind]:
            entity.fail(f"'{key}' is not known", key.line)
    for key in sorted(NEEDED[entity.kind]):
        if key not in values:
            entity.fail(f"'{key}' is missing")


def check_doc(entity):
    if not entity.doc:
        entity.fail('there is no comment that documents it just before it')
    if entity.doc.name != entity.name:
        entity.fail(f'the comment before it documents {entity.doc.name}', entity.doc.line)
    if entity.doc.since and not re.fullmatch(VERSION, entity.doc.since):
        entity.fail(f"'{entity.doc.since}' is no version of QEMU", entity.doc.line)


def check_documented(entity):
    names = {item.name for item in entity.properties} | set(entity.words)
    for name in entity.doc.members:
        if name not in names:
            entity.fail(f'@{name} is documented and is not there', entity.doc.line)
    for item in entity.properties:
        if not item.meaning:
            entity.fail(f'@{item.name} is not documented')


def read_text_of(entity, values, key):
    value = values.get(key)
    if value is not None and not (isinstance(value, Text) and value):
        entity.fail(f"'{key}' is no text")
    return value


def read_texts(entity, values, key):
    value = values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(text, Text) for text in value):
        entity.fail(f"'{key}' is no array of texts")
    return value


def read_place(entity, text):
    match = PLACE.fullmatch(text)
    if not match:
        entity.fail(f"'{text}' is no place in the domain XML", text.line)
    return Place(match)


def read_words(entity, words):
    if not isinstance(words, list) or not words:
        entity.fail("'data' is no array of words")
    for word in words:
        if not isinstance(word, Text) or not re.fullmatch(NAME, word) or word in entity.words:
            entity.fail(f"'{word}' is no word, or there twice")
        entity.words.append(word)


def read_properties(entity, data):
    if not isinstance(data, dict):
        entity.fail("'data' is no object of properties")
    for name, value in data.items():
        if not re.fullmatch(NAME, name):
            entity.fail(f"'{name}' is no name of a property", name.line)
        entity.properties.append(read_property(entity, name, value))


def read_property(entity, name, value):
    item = Property(name, entity.doc.members.get(name))
    details = value if isinstance(value, dict) else {'type': value}
    for key in details:
        if key not in ('type', 'unit', 'range', 'power-of-two', 'since', 'xml'):
            entity.fail(f"'{key}' is not known", key.line)
    item.type = read_text_of(entity, details, 'type')
    item.unit = read_text_of(entity, details, 'unit')
    item.since = read_text_of(entity, details, 'since')
    item.xml = read_text_of(entity, details, 'xml')
    item.is_power_of_two = details.get('power-of-two', False)
    if not isinstance(item.is_power_of_two, bool):
        entity.fail("'power-of-two' is neither true nor false")
    if item.since and not re.fullmatch(VERSION, item.since):
        entity.fail(f"'{item.since}' is no version of QEMU", item.since.line)
    read_range(entity, item, read_text_of(entity, details, 'range'))
    return item


def read_range(entity, item, text):
    if text is None:
        return
    match = re.fullmatch(r'(-?\d+)\.\.(-?\d+)', text)
    lowest, highest = NUMBERS.get(item.type, (1, 0))
    if not match or not lowest <= int(match[1]) <= int(match[2]) <= min(highest, MAX_RANGE):
        entity.fail(f"'{text}' is no range of {item.type}", text.line)
    item.range = (int(match[1]), int(match[2]))


def resolve(schema):
    enums = {entity.name: entity for entity in schema.list('enum')}
    bases = {}
    for entity in schema.entities:
        for name in entity.bases:
            if name not in bases:
                entity.fail(f"base '{name}' is not known before it", name.line)
        entity.bases = [bases[name] for name in entity.bases]
        if entity.kind == 'base':
            bases[entity.name] = entity
        for item in entity.properties:
            item.enum = enums.get(item.type)
            if not item.enum and item.type not in TYPES:
                entity.fail(f"type '{item.type}' is not known")


def read_text(schema, path, text):
    reader = Reader(path, text)
    for line, values in reader.read_all():
        entity = read_entity(reader, line, values)
        if any((other.kind, other.name) == (entity.kind, entity.name) for other in schema.entities):
            entity.fail('it is there twice')
        schema.entities.append(entity)
    for doc in reader.docs.values():
        reader.fail(doc.line, f'the comment on {doc.name} is not just before an entity')


def read_files(paths):
    schema = Schema()
    for path in paths:
        with open(path, encoding='utf-8') as file:
            read_text(schema, str(path), file.read())
    resolve(schema)
    return schema
