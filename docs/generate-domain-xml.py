#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes docs/domain-xml.md from the schema and the golden cases of the domain XML.

usage: generate-domain-xml.py SOURCE-ROOT
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'reference'))
import domain_xml  # noqa: E402

SCHEMA = 'domain/virtbus-domain.rng'
CASES = 'tests/unit/domain/cases'
OUTPUT = 'docs/domain-xml.md'


def generate(root):
    """The text, and what is not documented."""
    reference = domain_xml.Reference(root, SCHEMA, CASES)
    return reference.write(), reference.problems


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    text, problems = generate(sys.argv[1])
    for problem in problems:
        print(problem)
    with open(os.path.join(sys.argv[1], OUTPUT), 'w', encoding='utf-8') as file:
        file.write(text)
    sys.exit(1 if problems else 0)


if __name__ == '__main__':
    main()
