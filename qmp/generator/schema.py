# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the schema of libqmp: files in the QAPI JSON style, each entity with a comment that documents
it. Decides what is a right schema, and says of a wrong one where and why. Knows nothing of C.

    ##
    # @NAME: What it is, in a sentence or more.
    #
    # @MEMBER: what it means
    #
    # Returns: what comes back
    #
    # Since: the version of QEMU that had it first
    ##
    { 'command': NAME, 'data': { MEMBER: TYPE }, 'returns': TYPE }

Entities: { 'enum': NAME, 'data': [WORD, ...] }, { 'struct': NAME, 'data': {...} },
{ 'command': NAME, 'data': {...} or STRUCT or 'any', 'returns': TYPE, 'fd': true, 'internal': true,
'if': WHEN }, { 'event': NAME, 'data': {...}, 'if': WHEN }. A TYPE is bool, int, uint64, number, str,
any, an enum, a struct, or one of these in brackets for an array. A member that starts with '*' is
optional. A command with 'fd' takes a descriptor along; one that is 'internal' is sent by the library
itself; an entity with 'if' is there only when that is true of QEMU, and so is a word of an enum that
is written { 'name': WORD, 'if': WHEN }.
"""

import re

BUILTINS = ('bool', 'int', 'uint64', 'number', 'str', 'any')
KEYS = {
    'enum': {'data'},
    'struct': {'data'},
    'command': {'data', 'returns', 'fd', 'internal', 'if'},
    'event': {'data', 'if'},
}
NAMES = {
    'enum': r'(?:[A-Z][a-z0-9]*)+',
    'struct': r'(?:[A-Z][a-z0-9]*)+',
    'command': r'[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*',
    'event': r'[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*',
}
MEMBER = r'\*?[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*'
WORD = r'[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*'
TOKEN = re.compile(r"[ \t]+|#.*|'(?P<string>[^'\n]*)'|(?P<mark>[][{}:,])|(?P<truth>true|false)\b")
# What each structure begins with in C.
RESERVED_MEMBERS = ('json', 'struct_id')


class SchemaError(Exception):
    def __init__(self, path, line, message):
        super().__init__(f'{path}:{line}: {message}')


class Text(str):
    """A string that remembers its line."""
    line = 0


class Doc:
    """What the comment before an entity says."""

    def __init__(self, name, line):
        self.name, self.line = name, line
        self.paragraphs, self.members, self.returns, self.since = [], {}, None, None

    @property
    def summary(self):
        return self.paragraphs[0]


class Type:
    """What a member or a reply is: a builtin, an enum or a struct; one or an array of them."""

    def __init__(self, name, is_array):
        self.name, self.is_array = name, is_array
        self.entity = None

    @property
    def kind(self):
        return self.entity.kind if self.entity else self.name


class Member:
    def __init__(self, text, type_):
        self.name, self.optional = text.lstrip('*'), text.startswith('*')
        self.type, self.line = type_, text.line


class Entity:
    """An enum, a struct, a command or an event."""

    def __init__(self, kind, name, path, doc):
        self.kind, self.name, self.path, self.doc = kind, name, path, doc
        self.line = name.line
        self.words = []            # of an enum
        self.word_conditions = {}  # when a word is there, for those that are not always
        self.members = []          # of a struct, a command or an event
        self.takes_any = False     # a command whose arguments are built by the caller
        self.arguments = None      # the struct, by name, that a command's arguments are
        self.returns = None        # a Type
        self.takes_fd = self.is_internal = False
        self.condition = None

    def fail(self, message, line=None):
        raise SchemaError(self.path, line or self.line, f'{self.kind} {self.name}: {message}')


class Schema:
    def __init__(self):
        self.entities = []
        self.files = []            # (path, what the file is about, its entities)

    def list(self, kind):
        return [entity for entity in self.entities if entity.kind == kind]


# Reading

class Reader:
    """The entities of one file, each with its documentation, as plain values."""

    def __init__(self, path, text):
        self.path = path
        self.lines = text.split('\n')
        self.tokens = []
        self.at = 0
        self.docs = {}
        self.about = ''
        self.split()

    def fail(self, line, message):
        raise SchemaError(self.path, line, message)

    def split(self):
        number = 0
        while number < len(self.lines):
            line = self.lines[number]
            number += 1
            if line == '##':
                number = self.read_doc(number)
            else:
                self.split_line(number, line)
        heading = re.match(r'(?:# SPDX.*\n#\n)?((?:# .*\n)+)', '\n'.join(self.lines))
        if heading:
            self.about = ' '.join(line[2:] for line in heading[1].splitlines())

    def split_line(self, number, line):
        at = 0
        while at < len(line):
            match = TOKEN.match(line, at)
            if not match:
                self.fail(number, f'cannot read "{line[at:at + 20]}"')
            at = match.end()
            if match['string'] is not None:
                text = Text(match['string'])
                text.line = number
                self.tokens.append(('string', text, number))
            elif match['mark']:
                self.tokens.append((match['mark'], None, number))
            elif match['truth']:
                self.tokens.append(('truth', match['truth'] == 'true', number))

    def read_doc(self, start):
        """Reads a comment from the line after its '##'; returns the line after its end."""
        lines, number = [], start
        while number < len(self.lines) and self.lines[number] != '##':
            line = self.lines[number]
            number += 1
            if line != '#' and not line.startswith('# '):
                self.fail(number, 'a comment that documents begins with "# " and ends with "##"')
            lines.append((number, line[2:].rstrip()))
        if number == len(self.lines):
            self.fail(start, 'the comment does not end with "##"')
        doc = self.parse_doc(start + 1, lines)
        self.docs[number + 1] = doc
        return number + 1

    def parse_doc(self, start, lines):
        match = re.fullmatch(r'@([\w-]+): (.+)', lines[0][1]) if lines else None
        if not match:
            self.fail(start, 'the comment does not begin with "@NAME: "')
        doc, parts = Doc(match[1], start), [match[2]]
        doc.paragraphs.append(parts)
        for number, line in lines[1:]:
            member = re.fullmatch(r'@([\w-]+): (.+)', line)
            tag = re.fullmatch(r'(Returns|Since): (.+)', line)
            if member:
                if member[1] in doc.members:
                    self.fail(number, f'@{member[1]} is documented twice')
                parts = doc.members[member[1]] = [member[2]]
            elif tag:
                parts = [tag[2]]
                setattr(doc, tag[1].lower(), parts)
            elif not line:
                parts = None
            elif parts is not None:
                parts.append(line)
            else:
                parts = [line]
                doc.paragraphs.append(parts)
        doc.paragraphs = [' '.join(parts) for parts in doc.paragraphs]
        doc.members = {name: ' '.join(parts) for name, parts in doc.members.items()}
        doc.returns = doc.returns and ' '.join(doc.returns)
        doc.since = doc.since and ' '.join(doc.since)
        return doc

    def next(self, *kinds):
        last = self.tokens[-1][2] if self.tokens else 1
        kind, value, line = self.tokens[self.at] if self.at < len(self.tokens) else (None, None, last)
        if kind not in kinds:
            wanted = ' or '.join('a string' if kind == 'string' else f'"{kind}"' for kind in kinds)
            self.fail(line, f'expected {wanted}')
        self.at += 1
        return kind, value, line

    def read_value(self):
        kind, value, _ = self.next('string', '{', '[', 'truth')
        if kind == '{':
            return self.read_object()
        if kind == '[':
            return self.read_array()
        return value

    def read_array(self):
        values = []
        if self.tokens[self.at:] and self.tokens[self.at][0] == ']':
            self.at += 1
            return values
        while True:
            values.append(self.read_value())
            if self.next(',', ']')[0] == ']':
                return values

    def read_object(self):
        values = {}
        if self.tokens[self.at:] and self.tokens[self.at][0] == '}':
            self.at += 1
            return values
        while True:
            _, key, line = self.next('string')
            self.next(':')
            if key in values:
                self.fail(line, f"'{key}' is there twice")
            values[key] = self.read_value()
            if self.next(',', '}')[0] == '}':
                return values

    def read_all(self):
        """(the line where it begins, the object) for each entity"""
        while self.at < len(self.tokens):
            _, _, line = self.next('{')
            yield line, self.read_object()


# Checking

def read_entity(reader, line, values):
    kinds = [kind for kind in KEYS if kind in values]
    if len(kinds) != 1:
        reader.fail(line, 'it is not one of enum, struct, command and event')
    kind, name = kinds[0], values[kinds[0]]
    if not isinstance(name, Text) or not re.fullmatch(NAMES[kind], name):
        reader.fail(line, f"'{name}' is no name for {article(kind)}")
    entity = Entity(kind, name, reader.path, reader.docs.pop(line - 1, None))
    for key in values:
        if key != kind and key not in KEYS[kind]:
            entity.fail(f"'{key}' is not known", key.line)
    if not entity.doc:
        entity.fail('there is no comment that documents it just before it')
    if entity.doc.name != name:
        entity.fail(f'the comment before it documents {entity.doc.name}', entity.doc.line)
    read_data(entity, values.get('data'))
    if 'returns' in values:
        entity.returns = read_type(entity, values['returns'], line)
    entity.takes_fd = read_truth(entity, values, 'fd')
    entity.is_internal = read_truth(entity, values, 'internal')
    entity.condition = values.get('if')
    if entity.condition is not None and not isinstance(entity.condition, Text):
        entity.fail("'if' is no text that says when it is there")
    check_doc(entity)
    return entity


def article(kind):
    return ('an ' if kind[0] in 'aeiou' else 'a ') + kind


def read_truth(entity, values, key):
    if not isinstance(values.get(key, False), bool):
        entity.fail(f"'{key}' is neither true nor false")
    return values.get(key, False)


def read_data(entity, data):
    if entity.kind == 'enum':
        read_words(entity, data)
    elif isinstance(data, dict):
        entity.members = [read_member(entity, name, data[name]) for name in data]
        check_members(entity)
    elif entity.kind == 'command' and isinstance(data, Text):
        entity.takes_any = data == 'any'
        entity.arguments = None if data == 'any' else data
    elif data is not None or entity.kind == 'struct':
        entity.fail("'data' is no object of members")


def read_words(entity, data):
    if not isinstance(data, list) or not data:
        entity.fail("'data' is no array of words")
    for word in data:
        if isinstance(word, dict) and set(word) == {'name', 'if'}:
            entity.word_conditions[word['name']] = word['if']
            word = word['name']
        if not isinstance(word, Text) or not re.fullmatch(WORD, word):
            entity.fail(f"'{word}' is no word")
        entity.words.append(word)
    repeated = first_repeated(re.sub(r'[-.]', '_', word).lower() for word in entity.words)
    if repeated:
        entity.fail(f"'{repeated}' is there twice")


def first_repeated(names):
    seen = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def read_member(entity, name, value):
    if not re.fullmatch(MEMBER, name):
        entity.fail(f"'{name}' is no name of a member", name.line)
    return Member(name, read_type(entity, value, name.line))


def read_type(entity, value, line):
    is_array = isinstance(value, list)
    if is_array and len(value) == 1:
        value = value[0]
    if not isinstance(value, Text):
        entity.fail('a type is a name, or one name in brackets', line)
    return Type(value, is_array)


def check_members(entity):
    names = [member.name.replace('-', '_').lower() for member in entity.members]
    names += ['has_' + name for name, member in zip(names, entity.members) if member.optional]
    repeated = first_repeated(names)
    if repeated:
        entity.fail(f"two members would be '{repeated}' in C")
    for name in RESERVED_MEMBERS:
        if name in names:
            entity.fail(f"a member cannot be called '{name}'")


def check_doc(entity):
    names = {member.name for member in entity.members} | set(entity.words)
    for name in entity.doc.members:
        if name not in names:
            entity.fail(f'@{name} is documented and is not there', entity.doc.line)
    for member in entity.members:
        if member.name not in entity.doc.members:
            entity.fail(f'@{member.name} is not documented', member.line)
    if entity.kind == 'command' and bool(entity.returns) != bool(entity.doc.returns):
        entity.fail('"Returns:" is documented if and only if something is returned',
                    entity.doc.line)
    if entity.kind in ('command', 'event') and not entity.doc.since:
        entity.fail('"Since:" is missing', entity.doc.line)


def resolve(schema):
    types = {entity.name: entity for entity in schema.entities if entity.kind in ('enum', 'struct')}

    def find(entity, type_, line):
        if type_.name in BUILTINS:
            return
        if type_.name not in types:
            entity.fail(f"type '{type_.name}' is not known", line)
        type_.entity = types[type_.name]

    for entity in schema.entities:
        for member in entity.members:
            find(entity, member.type, member.line)
        if entity.returns:
            find(entity, entity.returns, entity.line)
        if entity.arguments:
            name = entity.arguments
            if name not in types or types[name].kind != 'struct':
                entity.fail(f"its arguments '{name}' are no struct")
            entity.arguments = types[name]


def read_text(schema, path, text):
    reader = Reader(path, text)
    entities = []
    for line, values in reader.read_all():
        entity = read_entity(reader, line, values)
        if any(other.name == entity.name for other in schema.entities):
            entity.fail('it is there twice')
        schema.entities.append(entity)
        entities.append(entity)
    for line, doc in reader.docs.items():
        reader.fail(doc.line, f'the comment on {doc.name} is not just before an entity')
    schema.files.append((path, reader.about, entities))


def read_files(paths):
    schema = Schema()
    for path in paths:
        with open(path, encoding='utf-8') as file:
            read_text(schema, str(path), file.read())
    resolve(schema)
    return schema
