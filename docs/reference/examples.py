# SPDX-License-Identifier: LGPL-2.1-or-later
"""An example of each element out of the golden cases: as written by the service, and the one that
shows the most."""

import os
import textwrap
import xml.parsers.expat

MAX_LINES = 20


def find(root, folder, known):
    """The text of the best example by path, made of nothing but what is known."""
    best = {}
    for name in sorted(os.listdir(os.path.join(root, folder))):
        if name.endswith('.out.xml'):
            with open(os.path.join(root, folder, name), 'rb') as file:
                for path, names, text in split(file.read()):
                    n_lines = text.count('\n') + 1
                    score = (len(names), -n_lines)
                    if names <= known and n_lines <= MAX_LINES and score > best.get(
                            path, ((0, 0), ''))[0]:
                        best[path] = (score, text)
    return {path: text for path, (_, text) in best.items()}


def split(document):
    """Each element of a document: its path, all that is in it, and its text."""
    open_elements, found = [], []
    parser = xml.parsers.expat.ParserCreate()

    def start(name, attributes):
        path = (open_elements[-1][0] if open_elements else '') + '/' + name
        open_elements.append((path, parser.CurrentByteIndex,
                              {path, *(f'{path}/@{attribute}' for attribute in attributes)}))

    def end(name):
        path, begin, names = open_elements.pop()
        index = parser.CurrentByteIndex
        # an empty element ends where it begins
        finish = document.index(b'>', index) + 1
        line = document.rfind(b'\n', 0, begin) + 1
        found.append((path, names, textwrap.dedent(document[line:finish].decode())))
        if open_elements:
            open_elements[-1][2].update(names)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(document, True)
    return found
