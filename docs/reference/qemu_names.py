# SPDX-License-Identifier: LGPL-2.1-or-later
"""What words of the domain XML become in QEMU, out of the schema of its devices."""

import os
import re
import sys

FOLDER = 'qemu/schema'
DEVICES = f'{FOLDER}/devices.json'
DEVICE_PATH = '/domain/devices/'
ANY_DEVICE = '*'


def read(root):
    """For each attribute by its path below the devices ("disk/target/@bus"): its words, each with
    (what it becomes in QEMU, what that is)."""
    found = {}
    if os.path.exists(os.path.join(root, DEVICES)):
        sys.path.insert(0, os.path.join(root, FOLDER))
        import device_schema
        for entity in device_schema.read_files([os.path.join(root, DEVICES)]).entities:
            for place in entity.places:
                attribute, word = name_word(place)
                if word is not None:
                    found.setdefault(attribute, {}).setdefault(word, []).append(
                        (str(entity.name), entity.doc.summary))
    return found


def name_word(place):
    """The attribute and the word that a place is about; one without a word of its own can be about
    that of a condition: controller[@type=fdc]."""
    element = re.match(r'[^\[/]*', place.slot)[0]
    condition = re.search(r'\[@([a-z]+)=([^\]]+)\]', place.slot)
    if place.word is not None:
        return element + place.path, str(place.word)
    if condition is not None and not place.path:
        return f'{element}/@{condition[1]}', condition[2]
    return None, None


def find(names, path, attribute):
    """Those of an attribute of the element at a path. What is said of any device is of those of which
    nothing else is said."""
    below = path.removeprefix(DEVICE_PATH)
    own = names.get(f'{below}/@{attribute}')
    return own or ({} if '/' in below else names.get(f'{ANY_DEVICE}/@{attribute}', {}))
