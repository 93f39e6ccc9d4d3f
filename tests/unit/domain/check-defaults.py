#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The defaults that the schema tells (a:defaultValue) are the parser's: a golden case in which such an
attribute is not given means the same as with the default written out.

usage: check-defaults.py SOURCE-ROOT TELL-DOMAIN
       check-defaults.py --self-test
"""

import glob
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

SCHEMA = 'domain/virtbus-domain.rng'
CASES = 'tests/unit/domain/cases'
RNG = '{http://relaxng.org/ns/structure/1.0}'
DEFAULT = '{http://relaxng.org/ns/compatibility/annotations/1.0}defaultValue'
NONSENSE = '?'  # no attribute that has a default takes it


class Default:
    """What is meant where an attribute is not given, at all paths that share a pattern."""

    def __init__(self, paths, name, value):
        self.paths, self.name, self.value = paths, name, value

    def __str__(self):
        return f'{self.paths[0]}/@{self.name}="{self.value}"'


def read_defaults(root):
    sys.path.insert(0, os.path.join(root, 'docs', 'reference'))
    sys.dont_write_bytecode = True
    import places
    import schema
    found = []
    for thing in places.list_things(places.list_places(schema.Schema(root, SCHEMA))):
        paths = [place.path for place in thing.places]
        for name in thing.list_attributes():
            values = {one.default for _, one in thing.find_attributes(name)} - {None}
            found += [Default(paths, name, value) for value in sorted(values)]
    return found


def find_places(root_element, path):
    """The elements at a path."""
    steps = path.split('/')[2:]
    return root_element.findall('/'.join(steps)) if steps else [root_element]


def write_probes(cases, defaults, folder):
    """For each default and each case in which it is not given, or given as it is: documents without
    it, with it, and with nonsense in its place, which is refused if it is read at all. Gives
    (default, case, paths)."""
    probes = []
    for case in cases:
        for default in defaults:
            for path in default.paths:
                probes += write_probes_of(case, path, default, f'{folder}/{len(probes)}')
    return probes


def write_probes_of(case, path, default, prefix):
    tree = ElementTree.parse(case)
    probes = []
    elements = [element for element in find_places(tree.getroot(), path)
                if element.get(default.name, default.value) == default.value]
    for element in elements:
        given = dict(element.attrib)
        element.attrib.pop(default.name, None)
        paths = []
        for value in (None, default.value, NONSENSE):
            if value is not None:
                element.set(default.name, value)
            paths.append(f'{prefix}-{len(probes)}-{len(paths)}.xml')
            tree.write(paths[-1], encoding='utf-8')
        element.attrib.clear()
        element.attrib.update(given)
        probes.append((default, os.path.basename(case), paths))
    return probes


def ask_parser(program, paths):
    """The canonical document by path; empty for one that is refused."""
    told = {}
    for start in range(0, len(paths), 1000):
        run = subprocess.run([program, *paths[start:start + 1000]], stdout=subprocess.PIPE, check=True,
                             text=True, errors='replace')
        told.update(line.split('\t', 1) for line in run.stdout.splitlines())
    return told


def compare(probes, told, defaults):
    tried = set()
    for default, case, paths in probes:
        without, with_default, with_nonsense = (told[path] for path in paths)
        # it is read there, and need not be given
        if without and with_default and not with_nonsense:
            tried.add(default)
            if with_default != without:
                yield f'{default} is not what {case} means without it'
    for default in defaults:
        if default not in tried:
            yield f'no golden case lets {default} be tried'


def check(root, tell_domain):
    defaults = read_defaults(root)
    with tempfile.TemporaryDirectory() as folder:
        probes = write_probes(sorted(glob.glob(os.path.join(root, CASES, '*.in.xml'))), defaults,
                              folder)
        told = ask_parser(tell_domain, [path for _, _, paths in probes for path in paths])
        return list(compare(probes, told, defaults))


def self_test():
    """Whether a wrong default, and one that is never tried, would be told."""
    default = Default(['/a'], 'x', '1')
    probes = [(default, 'case', ['without', 'with', 'nonsense'])]
    for told, expected in ((('A', 'A', ''), None), (('A', 'B', ''), 'is not what case means'),
                           (('A', 'A', 'A'), 'no golden case'), (('', 'A', ''), 'no golden case'),
                           (('A', '', ''), 'no golden case')):
        problems = list(compare(probes, dict(zip(probes[0][2], told)), [default]))
        if len(problems) != (expected is not None) or expected and expected not in problems[0]:
            yield f'expected "{expected}", got {problems}'


if __name__ == '__main__':
    if len(sys.argv) == 2 and sys.argv[1] == '--self-test':
        found = list(self_test())
    elif len(sys.argv) == 3:
        found = check(*sys.argv[1:])
    else:
        sys.exit(__doc__)
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)
