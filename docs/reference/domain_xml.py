# SPDX-License-Identifier: LGPL-2.1-or-later
"""The reference of the domain XML as Markdown, from the schema and the golden cases."""

import itertools
import re

import examples
import places
import qemu_names
import schema as rng

TIMES = {(1, 1): 'once', (0, 1): 'at most once', (0, 2): 'at most twice', (0, rng.MANY): 'any number',
         (1, rng.MANY): 'once or more'}
PARTS = ('The domain', 'Devices', 'Parts of several devices')
MAX_PARENTS_IN_TITLE = 5

INTRODUCTION = '''# The domain XML

<!-- Written by docs/generate-domain-xml.py from domain/virtbus-domain.rng and its parts: change those. -->

A domain is described by a document of this format, which libvirt had in April 2011. What follows is
made from the schema that an editor can check documents with, `virtbus-domain.rng`; a test holds the
schema and the service to each other.

What holds everywhere:

* Elements and attributes come in any order.
* Elements and attributes that are not in this reference are kept as they were written, have no effect
  and are listed in the property `Ignored`. A value that is not in this reference is refused.
* Where an element can stand once, only the first one of its name counts; the others are kept.
* Everything that is not given gets a value when the domain is defined, so that the guest sees the same
  machine at each start. `GetXML` shows it.
* That a document is right does not mean that this service and this host can run it. What they cannot
  is refused by `Start`, with a message that says what could be had instead; `ValidateDomain` with the
  option `start` tells it before. What a word becomes in QEMU stands behind it; the manual of devices,
  `devices.md`, tells more.
'''


def slug(title):
    """The name that GitHub gives to a heading."""
    return re.sub(r'[^\w\- ]', '', title.lower()).replace(' ', '-')


def code(word):
    return f'`{word}`' if word else 'nothing'


def enumerate_words(words):
    named = [code(word) for word in sorted(words - {rng.ABSENT})]
    named += ['not given'] if rng.ABSENT in words else []
    return join_words(named, 'or')


def join_words(words, last):
    return f' {last} '.join(part for part in (', '.join(words[:-1]), words[-1]) if part)


def cell(text):
    return text.replace('|', '\\|')


def table(head, rows):
    lines = ['| ' + ' | '.join(head) + ' |', '|' + '---|' * len(head)]
    return lines + ['| ' + ' | '.join(cell(text) for text in row) + ' |' for row in rows] + ['']


class Reference:
    def __init__(self, root, schema_path, cases_folder):
        self.schema = rng.Schema(root, schema_path)
        self.places = places.list_places(self.schema)
        self.things = places.list_things(self.places)
        self.thing_at = {place.path: thing for thing in self.things for place in thing.places}
        self.qemu_names = qemu_names.read(root)
        self.examples = examples.find(root, cases_folder, self.name_all())
        self.titles = {id(thing): self.make_title(thing) for thing in self.things}
        self.problems = []

    def name_all(self):
        """The paths of all elements and attributes."""
        return set(self.places) | {f'{place.path}/@{name}' for thing in self.things
                                   for place in thing.places for name in thing.list_attributes()}

    def make_title(self, thing):
        parents = [place.parent.rpartition('/')[2] for place in thing.places]
        if len(thing.places) > MAX_PARENTS_IN_TITLE:
            return f'{thing.name} of devices'
        if len(thing.places) > 1:
            return f'{thing.name} of {", ".join(parents)}'
        steps = thing.places[0].path.removeprefix('/domain/').removeprefix('devices/').split('/')
        return ': '.join(step for step in steps if step)

    def link(self, thing):
        if thing.is_plain():
            return f'`{thing.name}`'
        return f'[`{thing.name}`](#{slug(self.titles[id(thing)])})'

    def write(self):
        """The whole document; what is not documented is in `problems` afterwards."""
        parts = {part: [thing for thing in self.things if self.find_part(thing) == part]
                 for part in PARTS}
        sections = [[f'## {part}', '', *itertools.chain(*map(self.write_section, things))]
                    for part, things in parts.items()]
        return '\n'.join([INTRODUCTION, *self.write_contents(parts), *itertools.chain(*sections),
                          *self.write_values()]).rstrip() + '\n'

    @staticmethod
    def find_part(thing):
        if thing.is_plain():
            return None
        if len(thing.places) > 1:
            return PARTS[2]
        return PARTS[thing.places[0].path.startswith('/domain/devices/')]

    @staticmethod
    def is_main(thing):
        return len(thing.places) > 1 or thing.places[0].parent in ('', '/domain', '/domain/devices')

    def write_contents(self, parts):
        """A line for each element with what is in it."""
        lines = ['## Contents', '']
        for part, things in parts.items():
            lines += [f'* [{part}](#{slug(part)})']
            for thing in things:
                entry = f'[{self.titles[id(thing)]}](#{slug(self.titles[id(thing)])})'
                if self.is_main(thing):
                    lines += [f'  * {entry}']
                else:
                    lines[-1] += (', ' if ': [' in lines[-1] else ': ') + entry.replace(
                        lines[-1].split(']')[0].split('[')[1] + ': ', '', 1)
        return lines + ['* [Values](#values)', '']

    def write_values(self):
        rows = []
        for name, doc in sorted(self.schema.types.items()):
            self.require(doc, f'the type "{name}"')
            rows.append((f'`{name}`', doc))
        return ['## Values', '', 'What the tables above call by a name in italics:', '',
                *table(('name', 'what it is'), rows)]

    def require(self, doc, what):
        if not doc:
            self.problems.append(f'{what} has no documentation')

    def write_section(self, thing):
        lines = [('### ' if self.is_main(thing) else '#### ') + self.titles[id(thing)], '']
        lines += self.write_parents(thing)
        lines += self.write_meaning(thing)
        values = thing.list_values()
        if values:
            lines += [f'Its text is {self.describe_values(thing, "", values)}.', '']
        lines += self.write_words([('its text', values, {})])
        lines += self.write_attributes(thing)
        lines += self.write_children(thing)
        path = thing.places[0].path
        if path in self.examples and self.is_main(thing) and len(thing.places) == 1:
            lines += ['```xml', self.examples[path], '```', '']
        return lines

    @staticmethod
    def write_parents(thing):
        parents = [place.parent for place in thing.places]
        if len(parents) > 1:
            names = [f'`{parent.rpartition("/")[2]}`' for parent in parents]
            return [f'In `{parents[0].rpartition("/")[0]}`, in {join_words(names, "and")}.', '']
        return [f'In `{parents[0]}`.', ''] if parents[0] else []

    def write_meaning(self, thing):
        docs = self.group_docs(thing, thing.variants, {one: one.doc for one in thing.variants})
        self.require(docs, thing.places[0].path)
        if len(docs) == 1:
            return [docs[0][0], '']
        return [f'* Where {self.describe_where(thing, where)}: {doc}'
                if where is not None and where.is_certain else f'* {doc}' for doc, where in docs] + ['']

    def group_docs(self, thing, among, doc_of, but=None):
        """The different texts, each with what tells where it is meant."""
        texts = list(dict.fromkeys(doc for doc in doc_of.values() if doc))
        if len(texts) == 1:
            return [(texts[0], None)]
        return [(text, thing.explain([one for one in among if doc_of.get(one) == text], among, but))
                for text in texts]

    def describe_where(self, thing, where):
        if not where.is_outer:
            return f'`{where.name}` is {enumerate_words(where.words)}'
        parents = list(dict.fromkeys(place.parent.rpartition('/')[2] for place in thing.places))
        owner = f'`{parents[0]}`' if len(parents) == 1 else 'the element around it'
        return f'`{where.name}` of {owner} is {enumerate_words(where.words)}'

    def describe_values(self, thing, attribute, values):
        """What a value can be, in a few words."""
        parts = []
        for value in values:
            if value.type_name:
                parts.append(f'[*{value.type_name}*](#values)')
            elif value.word is not None:
                parts.append(code(value.word))
            else:
                self.require(value.doc, f'a value of {thing.places[0].path}{attribute}')
                parts.append(value.doc)
        return ', '.join(dict.fromkeys(parts))

    def write_words(self, lists):
        """The meaning of words, for lists of (what has them, its values, what they become in QEMU);
        those that have the same are told together."""
        names_of = {}
        for name, values, names in lists:
            text = tuple(self.describe_words(name, values, names))
            if text:
                names_of.setdefault(text, []).append(name)
        return list(itertools.chain(*((f'Words of {join_words(names, "and")}:', '', *text, '')
                                      for text, names in names_of.items())))

    def describe_words(self, name, values, names):
        """A line for each word. They are documented all or, as are those of switches, not at all; of
        other values those are told that QEMU has."""
        words = {value.word: value.doc for value in values if value.word}
        for word, doc in words.items() if any(words.values()) else ():
            self.require(doc, f'the word "{word}" of {name}')
            found = [code(qemu_name) for qemu_name, _ in names.get(word, ())]
            yield f'* {code(word)}: {doc}' + (f' (QEMU: {", ".join(found)})' if found else '')
        if not words:
            for word, found in sorted(names.items()):
                yield f'* {code(word)}: ' + ' '.join(
                    f'{summary} (QEMU: {code(qemu_name)})' for qemu_name, summary in found)

    def write_attributes(self, thing):
        rows, words = [], []
        for name in thing.list_attributes():
            found = dict(thing.find_attributes(name))
            values = places.unique_values(itertools.chain(*(one.values for one in found.values())))
            rows.append((f'`{name}`', self.describe_values(thing, f'/@{name}', values),
                         self.describe_default(thing, name, found),
                         self.describe_meaning(thing, name, found)))
            words.append((f'`{name}`', values, qemu_names.find(
                self.qemu_names, thing.places[0].path, name)))
        lines = table(('attribute', 'value', 'unless given', 'meaning'), rows) if rows else []
        return lines + self.write_words(words)

    def describe_meaning(self, thing, name, found):
        where = thing.explain(found, but=name)
        docs = self.group_docs(thing, list(found), {one: pattern.doc for one, pattern in
                                                    found.items()}, but=name)
        self.require(docs, f'{thing.places[0].path}/@{name}')
        text = ' '.join(doc if place is None else f'Where {self.describe_where(thing, place)}: {doc}'
                        for doc, place in docs)
        return text if where is None else f'Only where {self.describe_where(thing, where)}. {text}'

    @staticmethod
    def is_certain(thing, having, but=None):
        """Whether it is told where something is: everywhere, or by an attribute."""
        where = thing.explain(having, but=but)
        return len(having) == len(thing.variants) or where is not None and where.is_certain

    def describe_default(self, thing, name, found):
        needed = [one for one, pattern in found.items() if pattern.is_needed]
        if len(needed) == len(found) and self.is_certain(thing, found, name):
            return 'must be given'
        parts = [code(default) for default in dict.fromkeys(
            pattern.default for pattern in found.values() if pattern.default)]
        where = thing.explain_surely(needed, but=name) if needed and not parts else None
        if where is not None:
            parts.append(f'must be given where {self.describe_where(thing, where)}')
        return '; '.join(parts)

    def write_children(self, thing):
        rows, words = [], []
        for name in thing.list_children():
            having = [one for one in thing.variants
                      if any(child.name == name for child in one.alternative.children)]
            path = next(f'{place.path}/{name}' for place in thing.places
                        if f'{place.path}/{name}' in self.places)
            place, child = self.places[path], self.thing_at[path]
            rows.append((self.link(child), self.describe_times(thing, place, having),
                         self.describe_values(child, '', child.list_values()),
                         self.describe_child(thing, child, place, having)))
            words += [(f'`{name}`', child.list_values(), {})] if child.is_plain() else []
        lines = table(('element', 'how often', 'text', 'meaning'), rows) if rows else []
        return lines + self.write_words(words)

    def describe_times(self, thing, place, having):
        low = place.low if self.is_certain(thing, having) else 0
        return TIMES.get((low, place.high), f'{place.high} times')

    def describe_child(self, thing, child, place, having):
        where = thing.explain(having)
        docs = list(dict.fromkeys(one.doc for one in place.variants if one.doc))
        self.require(docs, place.path)
        parts = [f'Only where {self.describe_where(thing, where)}.'] if where is not None else []
        parts += docs if len(docs) == 1 else ['One of several kinds.']
        for name in child.list_attributes():
            words = places.gather(place.variants, name, False)
            if (words < places.gather(child.variants, name, False) and
                    not words & {rng.ABSENT, rng.OTHER}):
                parts.append(f'Its `{name}` is {enumerate_words(words)}.')
        return ' '.join(parts)
