#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The schema and the parser agree: what virtbus-domain.rng refuses the parser refuses, and the other
way round but for the rules in beyond-schema.txt. Compared are the golden cases, the documents of
the test-invalid programs, the fragments in schema-fragments.xml and, where a developer has them,
the shared cases.

usage: check-schema.py SOURCE-ROOT TELL-FINDINGS TEST-INVALID…
       check-schema.py --fragments SOURCE-ROOT TELL-FINDINGS   (the fragments against the parser)
       check-schema.py --self-test SOURCE-ROOT
"""

import glob
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

SCHEMA = 'domain/virtbus-domain.rng'
TESTS = 'tests/unit/domain'
SHARED = os.environ.get('VB_SHARED_CASES', '../shared/cases')
SHARED_ACCEPTED = ('qemuxml2argv-0.9.0', 'qemuxml2argv-9.0.0', 'generic-9.0.0')
SHARED_REFUSED = ('invalid',)


def validate(schema, paths):
    """The documents that xmllint accepts, of those in paths."""
    if not paths:
        return set()
    run = subprocess.run(['xmllint', '--nonet', '--noout', '--relaxng', schema, *paths],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, text=True, errors='replace')
    told = run.stderr.splitlines()
    if any('compile' in line or 'failed to load' in line for line in told):
        sys.exit(f'{schema} is no schema:\n' + run.stderr)
    return {path for path in paths if f'{path} validates' in told}


def ask_parser(program, paths):
    """What the parser finds wrong, by document."""
    findings = {path: [] for path in paths}
    run = subprocess.run([program, *paths], stdout=subprocess.PIPE, check=True, text=True, errors='replace')
    for line in run.stdout.splitlines():
        path, message = line.split('\t', 1)
        if message != 'accepted':
            findings[path].append(message)
    return findings


def read_beyond(text):
    """The expressions of beyond-schema.txt; every one has a reason."""
    rules = []
    for line in text.splitlines():
        if line.startswith('    ') and rules:
            rules[-1][1] = line.strip()
        elif line and not line.startswith('#'):
            rules.append([line, None])
    return rules


def compare(accepted, findings, rules):
    """The documents about which schema and parser differ without a reason."""
    used = set()
    for path, messages in sorted(findings.items()):
        name = os.path.basename(path)
        if path not in accepted and not messages:
            yield f'{name}: the parser accepts it, the schema does not'
        if path in accepted:
            for message in messages:
                said = [rule for rule, _ in rules if re.search(rule, message)]
                used.update(said)
                if not said:
                    yield f'{name}: the schema accepts it, the parser says {message}'
    for rule, reason in rules:
        if reason is None:
            yield f'beyond-schema.txt: "{rule}" has no reason'
        if rule not in used:
            yield f'beyond-schema.txt: nothing is refused by "{rule}" alone'


def write_fragments(text, folder):
    """Each fragment in a document of its own; gives the paths of the right ones and the wrong."""
    right, wrong = [], []
    root = ElementTree.fromstring(text)
    for number, part in enumerate(root):
        children = {'name': '<name>a</name>', 'memory': '<memory>4096</memory>',
                    'os': '<os><type>hvm</type></os>', 'devices': ''}
        body = ''
        if part.get('at') == 'devices':
            children['devices'] = '<devices>' + inner(part) + '</devices>'
        else:
            body = inner(part)
            for child in part:
                children.pop(child.tag, None)
            if part.get('without'):
                children.pop(part.get('without'))
        path = os.path.join(folder, f'{part.tag}-{number + 1}.xml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(f'<domain type="kvm">{body}{"".join(children.values())}</domain>')
        (right if part.tag == 'right' else wrong).append(path)
    return right, wrong


def inner(part):
    return (part.text or '') + ''.join(
        ElementTree.tostring(child, encoding='unicode') for child in part)


def read(root, name):
    with open(os.path.join(root, name), encoding='utf-8') as file:
        return file.read()


def check_fragments(root, folder):
    right, wrong = write_fragments(read(root, f'{TESTS}/schema-fragments.xml'), folder)
    accepted = validate(os.path.join(root, SCHEMA), right + wrong)
    for path in right:
        if path not in accepted:
            yield f'the schema refuses {read("", path)}'
    for path in wrong:
        if path in accepted:
            yield f'the schema accepts {read("", path)}'


def check_parser(root, tell_findings):
    with tempfile.TemporaryDirectory() as folder:
        right, wrong = write_fragments(read(root, f'{TESTS}/schema-fragments.xml'), folder)
        findings = ask_parser(tell_findings, right + wrong)
        for path in right:
            for message in findings[path]:
                yield f'the parser refuses {read("", path)}: {message}'
        for path in wrong:
            if not findings[path]:
                yield f'the parser accepts {read("", path)}'


def keep_invalid(programs, folder):
    for program in programs:
        subprocess.run([program], stdout=subprocess.DEVNULL, check=True,
                       env={**os.environ, 'VB_KEEP_DOCUMENTS': folder})
    return glob.glob(f'{folder}/*.xml')


def list_shared(root, folders):
    return [path for folder in folders
            for path in glob.glob(os.path.join(root, SHARED, folder, '*.xml'))]


def check(root, tell_findings, *tests_invalid):
    rules = read_beyond(read(root, f'{TESTS}/beyond-schema.txt'))
    paths = glob.glob(os.path.join(root, TESTS, 'cases', '*.xml'))
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f'{folder}/invalid')
        paths += keep_invalid(tests_invalid, f'{folder}/invalid')
        paths += list_shared(root, SHARED_ACCEPTED + SHARED_REFUSED)
        accepted = validate(os.path.join(root, SCHEMA), paths)
        problems = list(compare(accepted, ask_parser(tell_findings, paths), rules))
        for path in list_shared(root, SHARED_ACCEPTED):
            if path not in accepted:
                problems.append(f'{path}: the schema does not accept it')
        return problems + list(check_fragments(root, folder))


def self_test(root):
    """Whether a wrong schema, a wrong parser and a rule without use would be told."""
    rules = [['taken', 'two devices'], ['size', 'arithmetic']]
    told = {
        'nothing': compare({'a', 'd', 'e'}, {'a': [], 'b': ['/x: bad'], 'd': ['/x: taken'],
                                             'e': ['/y: size']}, rules),
        'the parser accepts it': compare({'a'}, {'a': [], 'b': []}, []),
        'the schema accepts it': compare({'a'}, {'a': ['/x: taken', '/x: bad']}, rules[:1]),
        'nothing is refused by "size" alone': compare({'a'}, {'a': ['/x: taken']}, rules),
        'has no reason': compare({'a'}, {'a': ['/x: taken']}, read_beyond('# what\ntaken\n')),
    }
    for expected, problems in told.items():
        problems = list(problems)
        if (expected == 'nothing') != (not problems) or problems and expected not in problems[0]:
            yield f'expected "{expected}", got {problems}'
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(f'{folder}/{TESTS}')
        swap_fragments(root, folder)
        os.symlink(os.path.abspath(os.path.join(root, os.path.dirname(SCHEMA))),
                   f'{folder}/{os.path.dirname(SCHEMA)}')
        n_fragments = read(root, f'{TESTS}/schema-fragments.xml').count('</right>')
        if n_fragments == 0 or len(list(check_fragments(folder, folder))) < n_fragments:
            yield 'right fragments that are called wrong are not told'


def swap_fragments(root, folder):
    text = re.sub(r'(</?)(right|wrong)\b',
                  lambda tag: tag[1] + {'right': 'wrong', 'wrong': 'right'}[tag[2]],
                  read(root, f'{TESTS}/schema-fragments.xml'))
    with open(f'{folder}/{TESTS}/schema-fragments.xml', 'w', encoding='utf-8') as file:
        file.write(text)


if __name__ == '__main__':
    if len(sys.argv) == 3 and sys.argv[1] == '--self-test':
        found = list(self_test(sys.argv[2]))
    elif len(sys.argv) == 4 and sys.argv[1] == '--fragments':
        found = list(check_parser(*sys.argv[2:]))
    elif len(sys.argv) >= 4:
        found = check(*sys.argv[1:])
    else:
        sys.exit(__doc__)
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)
