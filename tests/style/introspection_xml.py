# SPDX-License-Identifier: LGPL-2.1-or-later
"""The introspection files with their doc comments, read as gdbus-codegen reads them: a comment
`name: @argument: one line … body` belongs to the element of that name that follows it."""

import xml.parsers.expat

import source_tree

FOLDER = 'introspection/'
CHANGED_SIGNAL = 'org.freedesktop.DBus.Property.EmitsChangedSignal'


class Doc:
    def __init__(self, comment, line):
        self.line = line
        self.name, self.arguments, self.body = '', {}, ''
        lines = [text.strip() for text in comment.strip().split('\n')]
        name, colon, rest = lines[0].partition(':')
        if not colon or rest or ' ' in name:
            return
        self.name = name
        rows = lines[1:]
        while rows and rows[0].startswith('@') and ': ' in rows[0]:
            argument, _, text = rows.pop(0)[1:].partition(': ')
            self.arguments[argument] = text
        self.body = '\n'.join(rows).strip()


class Member:
    """An interface, method, property or signal."""

    def __init__(self, kind, attributes, line, doc):
        self.kind, self.name, self.line, self.doc = kind, attributes['name'], line, doc
        self.signature = attributes.get('type', '')
        self.access = attributes.get('access', '')
        self.in_args, self.out_args, self.members = [], [], []
        self.annotations = {}

    def describe_signature(self):
        types_in = ''.join(signature for _, signature in self.in_args)
        types_out = ''.join(signature for _, signature in self.out_args)
        if self.kind == 'method':
            return f'{types_in} -> {types_out}'.strip()
        if self.kind == 'property':
            emits = self.annotations.get(CHANGED_SIGNAL)
            return f'{self.signature} const' if emits == 'const' else self.signature
        return types_out


class Reader:
    def __init__(self, text):
        self.interfaces, self.unused_docs, self.open = [], [], []
        self.doc = None
        self.parser = xml.parsers.expat.ParserCreate()
        self.parser.CommentHandler = self.read_comment
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.Parse(text, True)
        self.drop_doc()

    def read_comment(self, comment):
        self.drop_doc()
        doc = Doc(comment, self.parser.CurrentLineNumber)
        self.doc = doc if doc.name else None

    def drop_doc(self):
        if self.doc:
            self.unused_docs.append(self.doc)
        self.doc = None

    def take_doc(self, name):
        if not self.doc or self.doc.name != name:
            return None
        doc, self.doc = self.doc, None
        return doc

    def begin(self, element, attributes):
        line = self.parser.CurrentLineNumber
        owner = self.open[-1] if self.open else None
        if element in ('interface', 'method', 'property', 'signal'):
            member = Member(element, attributes, line, self.take_doc(attributes['name']))
            (owner.members if owner else self.interfaces).append(member)
            self.open.append(member)
        elif element == 'arg':
            direction = attributes.get('direction', 'out' if owner.kind == 'signal' else 'in')
            args = owner.in_args if direction == 'in' else owner.out_args
            args.append((attributes.get('name', ''), attributes['type']))
        elif element == 'annotation':
            owner.annotations[attributes['name']] = attributes['value']

    def end(self, element):
        if element in ('interface', 'method', 'property', 'signal'):
            self.open.pop()


def read_all(root):
    """Rows of (path, reader) for each introspection file of the tree."""
    for path in source_tree.list_files(root):
        if path.startswith(FOLDER) and path.endswith('.xml'):
            yield path, Reader(source_tree.read(root, path))
