#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs/domain-xml.md is what the schema gives, and the schema documents every element, attribute and
word of the domain XML."""

import importlib.util
import os
import sys
import tempfile

sys.dont_write_bytecode = True
import source_tree  # noqa: E402

SCHEMA = 'domain/virtbus-domain.rng'
CASE = 'tests/unit/domain/cases/a.out.xml'
REFERENCE = 'docs/domain-xml.md'


def load_generator():
    """Ours, also for trees that have none."""
    here = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        'generator', os.path.join(here, '../../docs/generate-domain-xml.py'))
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    return generator


GENERATOR = load_generator()


def check(root):
    text, problems = GENERATOR.generate(root)
    committed = source_tree.read(root, REFERENCE).splitlines()
    lines = text.splitlines()
    if not problems and committed != lines:
        number = next((i for i, pair in enumerate(zip(committed, lines)) if pair[0] != pair[1]),
                      min(len(committed), len(lines)))
        problems = [f'{REFERENCE}:{number + 1}: not what the schema gives: ninja docs']
    return [problem if problem.startswith(REFERENCE) else f'{SCHEMA}: {problem}'
            for problem in dict.fromkeys(problems)]


GRAMMAR = '''<grammar xmlns="http://relaxng.org/ns/structure/1.0"
    xmlns:a="http://relaxng.org/ns/compatibility/annotations/1.0">
  <start><ref name="house"/></start>
  <define name="house">
    <a:documentation>A house.</a:documentation>
    <element name="domain">
      <attribute name="roof">
        <a:documentation>Its roof.</a:documentation>
        <choice>
          <value>flat</value><a:documentation>Without a slope.</a:documentation>
          <value>steep</value><a:documentation>With one.</a:documentation>
        </choice>
      </attribute>
      <zeroOrMore>
        <element name="room">
          <a:documentation>A room.</a:documentation>
          <optional>
            <attribute name="size" a:defaultValue="9">
              <a:documentation>How large it is, in square metres.</a:documentation>
              <ref name="number"/>
            </attribute>
          </optional>
        </element>
      </zeroOrMore>
    </element>
  </define>
  <define name="number">
    <a:documentation>A number.</a:documentation>
    <data type="string"/>
  </define>
</grammar>
'''
TREE = {SCHEMA: GRAMMAR, CASE: '<domain roof="flat"><room size="1"/></domain>\n'}


def generate_reference(files):
    with tempfile.TemporaryDirectory() as root:
        source_tree.write_tree(root, files)
        return GENERATOR.generate(root)[0]


RIGHT = {**TREE, REFERENCE: generate_reference(TREE)}


def wrong(old, new, expected):
    assert old in GRAMMAR, old
    return {SCHEMA: GRAMMAR.replace(old, new, 1)}, expected


WRONG = [
    wrong('<a:documentation>A house.</a:documentation>', '', '/domain has no documentation'),
    wrong('<a:documentation>Its roof.</a:documentation>', '', '/domain/@roof has no documentation'),
    wrong('<a:documentation>With one.</a:documentation>', '', 'word "steep" of `roof` has no'),
    wrong('<a:documentation>A room.</a:documentation>', '', '/domain/room has no documentation'),
    wrong('<a:documentation>A number.</a:documentation>', '', 'type "number" has no documentation'),
    wrong('<ref name="number"/>', '<data type="string"/>', 'a value of /domain/room/@size has no'),
    wrong('Its roof.', 'How it ends.', f'{REFERENCE}:'),
    wrong('a:defaultValue="9"', 'a:defaultValue="8"', 'not what the schema gives'),
    ({SCHEMA: GRAMMAR.replace('zeroOrMore>', 'oneOrMore>')}, 'not what the schema gives'),
    ({CASE: '<domain roof="flat"><room size="2"/></domain>\n'}, 'not what the schema gives'),
    ({REFERENCE: RIGHT[REFERENCE] + 'More.\n'}, 'not what the schema gives'),
]

if __name__ == '__main__':
    source_tree.main(check, RIGHT, WRONG)
