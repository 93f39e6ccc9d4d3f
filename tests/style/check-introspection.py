#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bus interface is what was promised (api-table.txt) and every part of it is documented."""

import re
import sys

sys.dont_write_bytecode = True
import introspection_xml  # noqa: E402
import source_tree  # noqa: E402

PREFIX = 'org.virtbus1.'
TABLE = 'tests/style/api-table.txt'
MIN_WORDS = {'interface': 12, 'method': 8, 'property': 5, 'signal': 8, 'argument': 3}


def check(root):
    problems, seen = [], {}
    for path, reader in introspection_xml.read_all(root):
        for doc in reader.unused_docs:
            problems.append(f'{path}:{doc.line}: the comment about {doc.name} precedes no such name')
        for interface in reader.interfaces:
            problems += check_interface(path, interface)
            for member in interface.members:
                key = (interface.name.removeprefix(PREFIX), member.kind, member.name)
                seen[key] = (f'{path}:{member.line}', member.describe_signature())
    return problems + list(compare_with_table(seen, read_table(root)))


def read_table(root):
    rows = {}
    for row in source_tree.read(root, TABLE).splitlines():
        words = row.split('#')[0].split()
        if words:
            rows[tuple(words[:3])] = ' '.join(words[3:])
    return rows


def compare_with_table(seen, table):
    for key, (place, signature) in seen.items():
        name = ' '.join(key)
        if key not in table:
            yield f'{place}: {name} is not in {TABLE}'
        elif table[key] != signature:
            yield f'{place}: {name} has the signature "{signature}", promised is "{table[key]}"'
    for key in sorted(table.keys() - seen.keys()):
        yield f'{TABLE}: {" ".join(key)} is promised, but in no introspection file'


def check_interface(path, interface):
    yield from check_doc(path, interface)
    if path != f'{introspection_xml.FOLDER}{interface.name}.xml':
        yield f'{path}:{interface.line}: {interface.name} belongs into a file of its own name'
    if interface.doc and 'short_description' not in interface.doc.arguments:
        yield f'{path}:{interface.line}: {interface.name} has no @short_description'
    for member in interface.members:
        yield from check_doc(path, member)
        if member.kind == 'property':
            yield from check_property(f'{path}:{member.line}: {member.name}', member)
        else:
            yield from check_arguments(f'{path}:{member.line}: {member.name}', member)


def check_doc(path, member):
    if not member.doc:
        yield f'{path}:{member.line}: {member.kind} {member.name} is not documented'
    elif count_words(drop_changes(member.doc.body)) < MIN_WORDS[member.kind]:
        yield f'{path}:{member.line}: {member.kind} {member.name} is hardly documented'


def count_words(text):
    return len(re.findall(r"[A-Za-z][A-Za-z'-]*", text))


def drop_changes(body):
    return re.sub(r'^(Changes when|Never changes).*', '', body, flags=re.MULTILINE | re.DOTALL)


def check_property(where, member):
    emits = member.annotations.get(introspection_xml.CHANGED_SIGNAL)
    if member.access != 'read':
        yield f'{where} can be written: setters are methods'
    if emits not in ('true', 'const'):
        yield f'{where} has no EmitsChangedSignal annotation "true" or "const"'
    if member.doc:
        expected = 'Never changes' if emits == 'const' else 'Changes when'
        if not re.search(rf'^{expected} ', member.doc.body, re.MULTILINE):
            yield f'{where} does not say when it changes, in a paragraph "{expected} …"'


def check_arguments(where, member):
    if member.kind == 'method' and member.in_args[-1:] != [('options', 'a{sv}')]:
        yield f'{where} does not end with a{{sv}} options'
    if not member.doc:
        return
    names = [name for name, _ in member.in_args + member.out_args]
    for name in names:
        text = member.doc.arguments.get(name, '')
        if count_words(text) < MIN_WORDS['argument']:
            yield f'{where}: argument {name} is not documented'
        elif not text.endswith('.'):
            yield f'{where}: argument {name}: its text must be one line that ends with a full stop'
    for name in member.doc.arguments:
        if name not in names:
            yield f'{where} has no argument {name}'


XML = '''<node>
  <!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
  <!--
    org.virtbus1.Lamp:
    @short_description: A lamp

    A lamp that stands in a room and can be lit by whoever may do so at night.
  -->
  <interface name="org.virtbus1.Lamp">
    <!--
      Light:
      @level: How bright it is to be.
      @options: Settings of this call.
      @before: How bright it was.

      Lights the lamp until somebody puts it out again.
    -->
    <method name="Light">
      <arg name="level" type="u" direction="in"/>
      <arg name="options" type="a{sv}" direction="in"/>
      <arg name="before" type="u" direction="out"/>
    </method>
    <!--
      Broke:
      @reason: Why it went out.

      Tells that the lamp went out and has to be replaced.
    -->
    <signal name="Broke">
      <arg name="reason" type="s"/>
    </signal>
    <!--
      Lit:

      Whether the lamp gives light now.

      Changes when it is lit or put out.
    -->
    <property name="Lit" type="b" access="read">
      <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="true"/>
    </property>
    <!--
      Maker:

      Who made the lamp, by name.

      Never changes while it exists.
    -->
    <property name="Maker" type="s" access="read">
      <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="const"/>
    </property>
  </interface>
</node>
'''

LAMP = 'introspection/org.virtbus1.Lamp.xml'
RIGHT = {
    LAMP: XML,
    TABLE: '# promised\nLamp method Light ua{sv} -> u\nLamp signal Broke s\n'
           'Lamp property Lit b\nLamp property Maker s const\n',
}


def wrong(old, new, expected):
    assert XML.count(old) >= 1, old
    return {LAMP: XML.replace(old, new, 1)}, expected


WRONG = [
    wrong('Lights the lamp until somebody puts it out again.', 'Lights it.', 'Light is hardly'),
    wrong('      Lit:\n', '', 'property Lit is not documented'),
    wrong('    org.virtbus1.Lamp:\n', '', 'interface org.virtbus1.Lamp is not documented'),
    wrong('    @short_description: A lamp\n', '', 'no @short_description'),
    wrong('Whether the lamp gives light now.', 'Light.', 'property Lit is hardly'),
    wrong('Tells that the lamp went out and has to be replaced.', '', 'signal Broke is hardly'),
    wrong('      @before: How bright it was.\n', '', 'argument before is not documented'),
    wrong('How bright it was.', 'How bright\nit was.', 'argument before is not documented'),
    wrong('How bright it was.', 'How bright it was\nthen.', 'must be one line'),
    wrong('      @reason: Why it went out.\n', '', 'argument reason is not documented'),
    wrong('      @before:', '      @shade: Of what colour.\n      @before:', 'no argument shade'),
    wrong('Changes when it is lit or put out.', '', 'does not say when it changes'),
    wrong('Never changes while it exists.', 'Changes when sold.', '"Never changes …"'),
    wrong('type="b" access="read"', 'type="b" access="readwrite"', 'can be written'),
    wrong('EmitsChangedSignal" value="true"', 'EmitsChangedSignal" value="false"',
          'has no EmitsChangedSignal'),
    wrong('type="b" access="read"', 'type="u" access="read"', 'promised is "b"'),
    wrong('name="before" type="u"', 'name="before" type="t"', 'promised is "ua{sv} -> u"'),
    wrong('name="reason" type="s"', 'name="reason" type="u"', 'promised is "s"'),
    wrong('    <!--\n      Maker:', '    <!--\n      Shade:\n\n      Its colour.\n    -->\n    <!--\n'
          '      Maker:', 'precedes no such name'),
    ({TABLE: RIGHT[TABLE] + 'Lamp method PutOut a{sv} ->\n'}, 'promised, but in no'),
    ({TABLE: RIGHT[TABLE].replace('Lamp signal Broke s\n', '')}, 'is not in tests/style/api-table'),
    ({TABLE: RIGHT[TABLE].replace('ua{sv} -> u', 'a{sv}u -> u'),
      LAMP: XML.replace('      <arg name="level" type="u" direction="in"/>\n', '').replace(
          'name="options" type="a{sv}" direction="in"/>\n', 'name="options" type="a{sv}" '
          'direction="in"/>\n      <arg name="level" type="u" direction="in"/>\n')},
     'does not end with a{sv} options'),
    ({LAMP: None, 'introspection/org.virtbus1.Light.xml': XML}, 'a file of its own name'),
]

if __name__ == '__main__':
    source_tree.main(check, RIGHT, WRONG)
