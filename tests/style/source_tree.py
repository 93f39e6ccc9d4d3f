# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every style check needs: the files of a source tree, C without its comments, and the way a
check is run: over a tree, or over trees that are wrong on purpose to see that each rule fires."""

import os
import re
import subprocess
import sys
import tempfile

C_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def list_files(root):
    """The tree's files as sorted paths below root: what git tracks or would track, else all that
    is no build product."""
    git = subprocess.run(
        ['git', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    paths = git.stdout.decode('utf-8', 'surrogateescape').split('\0') if git.returncode == 0 else []
    paths = [path for path in paths if os.path.isfile(os.path.join(root, path))]
    return sorted(set(paths)) or walk(root)


def walk(root):
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders
                      if not name.startswith(('.git', 'build', '_build', '__pycache__'))
                      and not os.path.isdir(os.path.join(folder, name, 'meson-private'))]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8', errors='surrogateescape',
              newline='') as file:
        return file.read()


def blank_comments(text, strings_too=False):
    """C source with its comments (and the contents of its strings) made blank, lines kept."""
    def blank(match):
        token = match.group()
        if token[0] == '/':
            return re.sub(r'[^\n]', ' ', token)
        return token[0] * 2 if strings_too else token
    return C_TOKEN.sub(blank, text)


def find_lines(pattern, text):
    """Each match of a pattern with the number of its line."""
    for match in re.finditer(pattern, text, re.MULTILINE):
        yield text.count('\n', 0, match.start()) + 1, match


def write_tree(root, files):
    for path, content in files.items():
        target = os.path.join(root, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, 'w', encoding='utf-8', newline='') as file:
            file.write(content)


def check_files(check, files):
    with tempfile.TemporaryDirectory() as root:
        write_tree(root, {path: content for path, content in files.items() if content is not None})
        return check(root)


def self_test(check, right, wrongs):
    """Whether check accepts the tree `right` and finds what each of `wrongs` breaks in it: rows of
    (files that differ, None for one left out; a part of the problem that must be told)."""
    failures = [f'the right tree is refused: {problem}' for problem in check_files(check, right)]
    for changes, expected in wrongs:
        problems = check_files(check, {**right, **changes})
        if len(problems) != 1 or expected not in problems[0]:
            failures.append(f'expected one problem with "{expected}", got {problems}')
    return failures


def main(check, right, wrongs):
    """Runs a check as a program: CHECK SOURCE-ROOT, or CHECK --self-test."""
    if len(sys.argv) != 2:
        sys.exit(f'usage: {sys.argv[0]} SOURCE-ROOT | --self-test')
    if sys.argv[1] == '--self-test':
        problems = self_test(check, right, wrongs)
    else:
        problems = check(sys.argv[1])
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
