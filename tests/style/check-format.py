#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""All C is written as clang-format writes it with the .clang-format at the root."""

import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import source_tree  # noqa: E402


def check(root):
    paths = [path for path in source_tree.list_files(root) if path.endswith(('.c', '.h'))]
    if not paths:
        return []
    if not os.path.isfile(os.path.join(root, '.clang-format')):
        return ['there is no .clang-format at the root']
    try:
        run = subprocess.run(
            ['clang-format', '--dry-run', '-Werror', '--style=file', *paths],
            cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    except FileNotFoundError:
        return ['clang-format is missing: install the package clang-format']
    first_lines = {}
    for path, line in re.findall(r'^([^:\n]+):(\d+):\d+: error:', run.stderr, re.MULTILINE):
        if path in paths:
            first_lines.setdefault(path, line)
    if run.returncode != 0 and not first_lines:
        return [f'clang-format failed: {run.stderr.strip()}']
    return [f'{path}:{line}: not as formatted: clang-format -i {path}'
            for path, line in sorted(first_lines.items())]


RIGHT = {
    '.clang-format': 'BasedOnStyle: GNU\n',
    'engine/job.c': 'int job;\n',
}

WRONG = [
    ({'engine/job.c': 'int   job;\nint  other;\n'}, 'engine/job.c:1: not as formatted'),
    ({'domain/disk.h': 'int disk ;\n'}, 'domain/disk.h:1: not as formatted'),
    ({'.clang-format': 'BasedOnStyle: Nobody\n'}, 'clang-format failed'),
    ({'.clang-format': None}, 'no .clang-format'),
]

if __name__ == '__main__':
    source_tree.main(check, RIGHT, WRONG)
