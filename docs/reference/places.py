# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the elements of a schema stand, and in what ways each is written there. Elements that several
parents have in common are one thing: the address of a disk and that of a sound card are described
together."""

import itertools

import schema as rng


class Variant:
    """One way to write an element: an alternative of the schema, below a parent that says this."""

    def __init__(self, node, alternative, doc, outer):
        self.node, self.alternative, self.doc, self.outer = node, alternative, doc, outer
        self.told = alternative.told()

    def get_told(self, is_outer):
        return self.outer if is_outer else self.told


class Place:
    """An element by its path."""

    def __init__(self, path, low, high):
        self.path, self.low, self.high, self.variants = path, low, high, []
        self.name = path.rpartition('/')[2]
        self.parent = path.rpartition('/')[0]


def count_times(alternatives, name):
    """How often an element is there, of the alternatives that have it: at least and at most."""
    sums = [[sum(getattr(child, end) for child in one.children if child.name == name)
             for end in ('low', 'high')] for one in alternatives
            if any(child.name == name for child in one.children)]
    return min(low for low, _ in sums), max(high for _, high in sums)


def list_places(schema):
    """All places by their path, parents before their children."""
    places = {}
    add_children(schema, places, '', [(one, {}) for one in schema.list_start()])
    return places


def add_children(schema, places, parent, ways):
    """Adds what stands in parent, which is written in ways: alternatives with what they tell."""
    names = dict.fromkeys(child.name for one, _ in ways for child in one.children)
    for name in names:
        place = Place(f'{parent}/{name}', *count_times([one for one, _ in ways], name))
        places[place.path] = place
        add_variants(schema, place, ways)
        add_children(schema, places, place.path,
                     [(variant.alternative, variant.told) for variant in place.variants])


def add_variants(schema, place, ways):
    seen = set()
    for one, told in ways:
        for child in one.children:
            key = (id(child.node), frozenset(told.items()))
            if child.name == place.name and key not in seen:
                seen.add(key)
                place.variants += [Variant(child.node, way, child.doc, told)
                                   for way in schema.expand_element(child.node)]


class Thing:
    """An element with all the places where the same patterns describe it."""

    def __init__(self, places):
        self.places, self.name = places, places[0].name
        self.variants = list(itertools.chain(*(place.variants for place in places)))

    def list_attributes(self):
        return list(dict.fromkeys(one.name for variant in self.variants
                                  for one in variant.alternative.attributes))

    def list_children(self):
        return list(dict.fromkeys(one.name for variant in self.variants
                                  for one in variant.alternative.children))

    def find_attributes(self, name):
        """The patterns of an attribute, with the variant of each."""
        return [(variant, one) for variant in self.variants
                for one in variant.alternative.attributes if one.name == name]

    def list_values(self):
        return unique_values(value for variant in self.variants
                             for value in variant.alternative.values)

    def is_plain(self):
        """Whether there is nothing to it but its text."""
        return not self.list_attributes() and not self.list_children()

    def explain(self, chosen, among=None, but=None):
        """What tells the chosen variants from the others among some, as a Condition, not counting the
        attribute named `but`. One that tells them for certain, rather of this element than of the one
        around it; else the one that excludes most."""
        best, best_rank = None, (0, 0, 0)
        for one in self.list_conditions(chosen, among, but):
            rank = (one.is_certain, len(one.others - one.words), one.is_outer != one.is_certain)
            if one.others - one.words and rank > best_rank:
                best, best_rank = one, rank
        return best

    def explain_surely(self, chosen, among=None, but=None):
        """Where nothing but chosen variants are, which need not be all places where they are."""
        best = max(self.list_conditions(chosen, among, but), default=None,
                   key=lambda one: len(one.words - one.others))
        if best is None or not best.words - best.others:
            return None
        return Condition(best.is_outer, best.name, best.words - best.others, best.others)

    def list_conditions(self, chosen, among, but):
        chosen = set(chosen)
        others = set(self.variants if among is None else among) - chosen
        for is_outer in (False, True) if others else ():
            for name in dict.fromkeys(name for variant in self.variants
                                      for name in variant.get_told(is_outer)):
                words, rest = (gather(some, name, is_outer) for some in (chosen, others))
                if (is_outer or name != but) and rng.OTHER not in words | rest:
                    yield Condition(is_outer, name, words, rest)


class Condition:
    """An attribute, of the element or of the one around it, that has these words where something
    holds and those of the others where it does not."""

    def __init__(self, is_outer, name, words, others):
        self.is_outer, self.name, self.words, self.others = is_outer, name, words, others
        self.is_certain = not words & others


def gather(variants, name, is_outer):
    """The words that variants have for an attribute; none where it is absent."""
    absent = frozenset([rng.ABSENT])
    return frozenset().union(*(one.get_told(is_outer).get(name, absent) for one in variants))


def unique_values(values):
    """Values without those that are there already; a word is documented once."""
    unique = {}
    for value in values:
        key = (value.word, value.type_name, value.doc if value.word is None else '')
        if key not in unique or value.doc and not unique[key].doc:
            unique[key] = value
    return list(unique.values())


def list_things(places):
    """The places in groups that share a pattern, in the order of the first of each."""
    group_of, groups = {}, []
    for place in places.values():
        found = {id(group): group for node in {id(variant.node) for variant in place.variants}
                 if (group := group_of.get(node)) is not None}
        group = min(found.values(), key=groups.index) if found else []
        if not found:
            groups.append(group)
        for other in found.values():
            if other is not group:
                group.extend(other)
                groups.remove(other)
        group.append(place)
        group_of.update((id(variant.node), group) for member in group for variant in member.variants)
    return [Thing(group) for group in groups]
