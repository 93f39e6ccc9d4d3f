#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""No file of the tree carries trailing white space, the path of somebody's own machine or the host
of a package registry, or promises later work."""

import re
import sys

sys.dont_write_bytecode = True
import source_tree  # noqa: E402

# Input and expected output of tests is kept as it came.
DATA = re.compile(r'tests/(?:.*/)?(?:cases|corpus[^/]*|data|golden)/|COPYING$')

# Spelled in pieces, so that this file passes its own check.
RULES = [
    (r'[ \t\r]+$', 'trailing white space'),
    (r'(?<![\w.-])/(?:work' r'/|home' r'/\w|tmp/build' r')', 'a path of one machine'),
    (r'\b(?:registry\.npmjs' r'\.org|pypi' r'\.org|files\.pythonhosted' r'\.org|crates' r'\.io'
     r'|proxy\.golang' r'\.org|rubygems' r'\.org|deb\.debian' r'\.org|archive\.ubuntu' r'\.com'
     r'|docker' r'\.io|ghcr' r'\.io|quay' r'\.io)\b', 'the host of a package registry'),
    (r'\b(?:TO' r'DO|FIX' r'ME)\b', 'a promise of later work'),
]


def check(root):
    problems = []
    for path in source_tree.list_files(root):
        if DATA.match(path):
            continue
        text = source_tree.read(root, path)
        if '\0' in text:
            continue
        for pattern, message in RULES:
            for line, match in source_tree.find_lines(pattern, text):
                problems.append(f'{path}:{line}: {message}: {match.group().strip()}'.rstrip(': '))
        if text and not text.endswith('\n'):
            problems.append(f'{path}: the last line does not end')
    return problems


RIGHT = {
    'README.md': 'Disks lie in /var/tmp, frame' + 'work/ and ~/home are fine.\n',
    'tests/unit/cases/a.xml': '<a>/home' + '/joe</a>  \n',
    'picture.bin': '\0 \n',
}

WRONG = [
    ({'a.c': 'int x; \n'}, 'a.c:1: trailing white space'),
    ({'a.md': 'one\r\n'}, 'trailing white space'),
    ({'a.sh': 'cd /work' + '/main\n'}, 'a path of one machine'),
    ({'a.sh': 'x\ncd "/home' + '/joe"\n'}, 'a.sh:2: a path of one machine'),
    ({'a.build': 'ninja -C /tmp' + '/build-x\n'}, 'a path of one machine'),
    ({'a.sh': 'wget https://pypi' + '.org/x\n'}, 'the host of a package registry'),
    ({'a.c': '/* TO' + 'DO: more */\n'}, 'a promise of later work'),
    ({'a.c': 'int x;'}, 'the last line does not end'),
]

if __name__ == '__main__':
    source_tree.main(check, RIGHT, WRONG)
