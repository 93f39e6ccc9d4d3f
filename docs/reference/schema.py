# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the schema of the domain XML says of each element, by its path: a RELAX NG grammar whose
choices are spelled out. A pattern that lets everything through says nothing, nor does one that
follows the first element of a name, of which only the first counts."""

import itertools
import os
import re
import xml.etree.ElementTree as ElementTree

RNG = '{http://relaxng.org/ns/structure/1.0}'
DOCUMENTATION = '{http://relaxng.org/ns/compatibility/annotations/1.0}documentation'
DEFAULT = '{http://relaxng.org/ns/compatibility/annotations/1.0}defaultValue'
SILENT = re.compile(r'any-.*|anything|.*-but-.*|.*-again')
MANY = float('inf')
ABSENT = None  # among the words of an attribute: it need not be given
OTHER = object()  # and: it can be something else than words


class Value:
    """What an attribute or the text of an element can be: one word, or what a type allows."""

    def __init__(self, word=None, doc='', type_name=None):
        self.word, self.doc, self.type_name = word, doc, type_name


class Attribute:
    def __init__(self, node, doc, values):
        self.name, self.doc, self.values = node.get('name'), doc, values
        self.default, self.is_needed = node.get(DEFAULT), True

    def optional(self):
        copy = Attribute.__new__(Attribute)
        copy.__dict__ = {**self.__dict__, 'is_needed': False}
        return copy


class Child:
    """An element in another one, and how often it is there."""

    def __init__(self, node, doc, low=1, high=1):
        self.node, self.doc, self.low, self.high = node, doc, low, high
        self.name = node.get('name')

    def times(self, low, high):
        return Child(self.node, self.doc, self.low * low, self.high * high)


class Alternative:
    """One of the ways in which an element can be written."""

    def __init__(self, attributes=(), children=(), values=()):
        self.attributes, self.children, self.values = attributes, children, values

    def times(self, low, high):
        attributes = tuple(one if low else one.optional() for one in self.attributes)
        return Alternative(attributes, tuple(one.times(low, high) for one in self.children),
                           self.values)

    def told(self):
        """What the attributes can say: their words by name."""
        return {one.name: frozenset(OTHER if value.word is None else value.word
                                    for value in one.values) |
                (frozenset() if one.is_needed else frozenset([ABSENT]))
                for one in self.attributes}


def join(parts):
    return Alternative(*(tuple(itertools.chain(*(getattr(part, name) for part in parts)))
                         for name in ('attributes', 'children', 'values')))


def read_doc(node):
    """The documentation of a pattern is the first thing in it."""
    return read_text(list(node)[:1])


def read_word_doc(parent, node):
    """The documentation of a value, which has room for nothing, stands behind it."""
    parts = list(parent)
    return read_text(parts[parts.index(node) + 1:][:1])


def read_text(nodes):
    return ' '.join(' '.join(node.text.split()) for node in nodes if node.tag == DOCUMENTATION)


class Schema:
    def __init__(self, root, path):
        self.defines = {}
        self.types = {}  # of values, in the order in which they are met
        self.expanded = {}
        self.start = self.read(root, path).find(RNG + 'start')

    def read(self, root, path):
        grammar = ElementTree.parse(os.path.join(root, path)).getroot()
        for define in grammar.iter(RNG + 'define'):
            self.defines[define.get('name')] = define
        for include in grammar.iter(RNG + 'include'):
            self.read(root, os.path.join(os.path.dirname(path), include.get('href')))
        return grammar

    def list_start(self):
        return self.expand_all(self.start, '')

    def expand_element(self, node):
        if id(node) not in self.expanded:
            self.expanded[id(node)] = self.expand_all(node, '')
        return self.expanded[id(node)]

    def expand_all(self, parent, doc):
        """The alternatives of all patterns in parent, one after the other."""
        ways = [self.expand(node, parent, doc) for node in parent if node.tag != DOCUMENTATION]
        return [join(parts) for parts in itertools.product(*ways)]

    def expand(self, node, parent, doc):
        kind = node.tag.removeprefix(RNG)
        if kind in ('element', 'attribute'):
            return self.expand_named(node, kind, read_doc(node) or doc)
        if kind == 'ref':
            return self.expand_ref(node, parent)
        if kind == 'choice':
            return self.expand_choice(node, doc)
        if kind in ('optional', 'zeroOrMore', 'oneOrMore'):
            low, high = int(kind == 'oneOrMore'), 1 if kind == 'optional' else MANY
            return [way.times(low, high) for way in self.expand_all(node, doc)]
        if kind in ('group', 'interleave'):
            return self.expand_all(node, doc)
        if kind in ('value', 'data'):
            return [Alternative(values=tuple(self.list_values(node, parent)))]
        return [Alternative()]

    def expand_named(self, node, kind, doc):
        if node.get('name') is None:
            return [Alternative()]
        if kind == 'element':
            return [Alternative(children=(Child(node, doc),))]
        values = tuple(itertools.chain(*(self.list_values(part, node) for part in node)))
        return [Alternative(attributes=(Attribute(node, doc, values),))]

    def expand_ref(self, node, parent):
        name = node.get('name')
        define = self.defines[name]
        if SILENT.fullmatch(name):
            return [Alternative()]
        if is_value(define, self.defines):
            return [Alternative(values=tuple(self.list_values(node, parent)))]
        return self.expand_all(define, read_doc(define) if has_one_name(define) else '')

    def expand_choice(self, node, doc):
        """Values that can stand for each other are one way of writing, not several."""
        branches = [part for part in node if part.tag != DOCUMENTATION and not is_silent(part)]
        if all(is_value(part, self.defines) for part in branches):
            return [Alternative(values=tuple(itertools.chain(
                *(self.list_values(part, node) for part in branches))))]
        return list(itertools.chain(*(self.expand(part, node, doc) for part in branches)))

    def list_values(self, node, parent):
        kind = node.tag.removeprefix(RNG)
        if kind == 'value':
            yield Value(node.text or '', read_word_doc(parent, node))
        elif kind == 'text':
            yield Value(doc='any text')
        elif kind == 'data':
            yield Value(doc=read_doc(node) or describe_range(node))
        elif kind == 'choice':
            for part in node:
                yield from self.list_values(part, node)
        elif kind == 'ref' and not is_silent(node):
            yield from self.list_define(node.get('name'))

    def list_define(self, name):
        """A type has a name; a list of words that are told one by one is spelled out."""
        define = self.defines[name]
        values = list(itertools.chain(*(self.list_values(part, define) for part in define)))
        if all(value.word is not None and value.doc for value in values):
            yield from values
        else:
            self.types[name] = read_doc(define)
            yield Value(type_name=name)


def is_silent(node):
    return node.tag == RNG + 'ref' and SILENT.fullmatch(node.get('name')) is not None


def is_value(node, defines):
    """Whether a pattern is of values alone."""
    kind = node.tag.removeprefix(RNG)
    if kind == 'ref':
        return not is_silent(node) and is_value(defines[node.get('name')], defines)
    if kind in ('choice', 'define'):
        parts = [part for part in node if part.tag != DOCUMENTATION]
        return bool(parts) and all(is_value(part, defines) for part in parts)
    return kind in ('value', 'data', 'text')


def has_one_name(define):
    """Whether what a definition documents is elements or attributes of one name."""
    names, pending = set(), list(define)
    while pending:
        node = pending.pop()
        kind = node.tag.removeprefix(RNG)
        if kind in ('element', 'attribute'):
            names.add((kind, node.get('name')))
        elif kind == 'ref' and not is_silent(node):
            return False
        elif kind != 'data':
            pending += list(node)
    return len(names) == 1


LIMITS = {'unsignedShort': (0, 2**16 - 1), 'unsignedInt': (0, 2**32 - 1), 'int': (None, 2**31 - 1),
          'long': (None, 2**63 - 1)}


def describe_range(node):
    """What a number can be; nothing for what only an expression tells."""
    params = {param.get('name'): param.text for param in node.iter(RNG + 'param')}
    low, high = LIMITS.get(node.get('type'), (None, None))
    low, high = params.get('minInclusive', low), params.get('maxInclusive', high)
    return f'{low} to {high}' if low is not None and high is not None else ''
