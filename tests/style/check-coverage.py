#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every element, attribute and word that the schema of the domain XML names is in a golden case that
is accepted: /domain/devices/disk/target, …/@bus, …/@bus='ide'."""

import os
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
import source_tree  # noqa: E402

SCHEMA = 'domain/virtbus-domain.rng'
CASES = 'tests/unit/domain/cases/'
RNG = '{http://relaxng.org/ns/structure/1.0}'


class Schema:
    """What a schema names, by path."""

    def __init__(self, root, path):
        self.defines = {}
        self.named = {}
        self.seen = set()
        self.walk(self.read(root, path).find(RNG + 'start'), '')

    def read(self, root, path):
        grammar = ElementTree.fromstring(source_tree.read(root, path))
        for define in grammar.iter(RNG + 'define'):
            self.defines[define.get('name')] = define
        for include in grammar.iter(RNG + 'include'):
            self.read(root, os.path.join(os.path.dirname(path), include.get('href')))
        return grammar

    def walk(self, pattern, path):
        for part in pattern:
            kind, name = part.tag.removeprefix(RNG), part.get('name')
            if kind == 'ref':
                self.follow(name, path)
            elif kind == 'value':
                if part.text:
                    self.named[f"{path}='{part.text}'"] = None
            elif kind in ('element', 'attribute'):
                if name is not None:  # else of any name
                    below = f'{path}/@{name}' if kind == 'attribute' else f'{path}/{name}'
                    self.named[below] = None
                    self.walk(part, below)
            elif kind != 'data':
                self.walk(part, path)

    def follow(self, name, path):
        if (name, path) not in self.seen:
            self.seen.add((name, path))
            self.walk(self.defines[name], path)


def list_touched(element, path):
    path = f'{path}/{element.tag}'
    yield path
    yield f"{path}='{''.join(element.itertext()).strip()}'"
    for name, value in element.attrib.items():
        yield f'{path}/@{name}'
        yield f"{path}/@{name}='{value}'"
    for child in element:
        yield from list_touched(child, path)


def check(root):
    touched = set()
    paths = source_tree.list_files(root)
    for path in paths:
        if path.startswith(CASES) and path.endswith('.in.xml'):
            if path.removesuffix('.in.xml') + '.out.xml' in paths:
                document = ElementTree.parse(os.path.join(root, path))
                touched.update(list_touched(document.getroot(), ''))
    return [f'no golden case has {name}' for name in Schema(root, SCHEMA).named
            if name not in touched]


RIGHT = {
    SCHEMA: '''<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <start><ref name="house"/></start>
  <include href="schema/rooms.rng"/>
  <define name="house">
    <element name="house">
      <attribute name="roof"><choice><value>flat</value><value>steep</value></choice></attribute>
      <attribute><anyName><except><name>roof</name></except></anyName></attribute>
      <zeroOrMore><ref name="room"/></zeroOrMore>
    </element>
  </define>
</grammar>
''',
    'domain/schema/rooms.rng': '''<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <define name="room">
    <element name="room">
      <optional><attribute name="size"><data type="string"/></attribute></optional>
      <choice><value>kitchen</value><value>hall</value></choice>
    </element>
  </define>
</grammar>
''',
    CASES + 'a.in.xml': '<house roof="flat"><room> kitchen </room><room size="1">hall</room></house>',
    CASES + 'a.out.xml': '',
    CASES + 'b.in.xml': '<house roof="steep"/>',
    CASES + 'b.out.xml': '',
}

WRONG = [
    ({CASES + 'b.in.xml': '<house/>'}, "no golden case has /house/@roof='steep'"),
    ({CASES + 'b.out.xml': None}, "no golden case has /house/@roof='steep'"),
    ({CASES + 'a.in.xml': '<house roof="flat"><room size="1">kitchen</room></house>'},
     "no golden case has /house/room='hall'"),
    ({CASES + 'a.in.xml': '<house roof="flat"><room>kitchen</room><room>hall</room></house>'},
     'no golden case has /house/room/@size'),
    ({SCHEMA: RIGHT[SCHEMA].replace('<attribute><any', '<element name="garden"><empty/></element>'
                                    '<attribute><any')}, 'no golden case has /house/garden'),
]

if __name__ == '__main__':
    source_tree.main(check, RIGHT, WRONG)
