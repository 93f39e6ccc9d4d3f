#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The declaration of the polkit actions: it is what polkit reads, it is complete, and no default
lets a password typed for one domain open another."""

import os
import pathlib
import re
import subprocess
import unittest
import xml.etree.ElementTree

POLICY = pathlib.Path(os.environ['VB_SOURCE_ROOT'], 'policy')
DECLARATION = POLICY / 'org.virtbus1.policy'
DTD = '/usr/share/polkit-1/policyconfig-1.dtd'


class Policy(unittest.TestCase):
    def setUp(self):
        self.actions = xml.etree.ElementTree.parse(DECLARATION).getroot().findall('action')

    def test_follows_the_format(self):
        subprocess.run(['xmllint', '--noout', '--nonet', '--dtdvalid', DTD, DECLARATION],
                       check=True)

    def test_has_every_action_that_the_service_asks_for(self):
        asked = re.findall(r'#define VB_ACTION_\w+ "(.*)"',
                           (POLICY / 'authority.h').read_text('utf-8'))
        self.assertEqual(sorted(action.get('id') for action in self.actions), sorted(asked))
        self.assertEqual(len(asked), len(set(asked)))

    def test_defaults(self):
        for action in self.actions:
            listing = action.get('id') == 'org.virtbus1.domain.list'
            with self.subTest(action.get('id')):
                self.assertEqual({default.tag: default.text for default in action.find('defaults')},
                                 dict.fromkeys(('allow_any', 'allow_inactive', 'allow_active'),
                                               'yes' if listing else 'auth_admin'))

    def test_words_for_people(self):
        for action in self.actions:
            with self.subTest(action.get('id')):
                self.assertRegex(action.findtext('message'), '^Authentication is .*\\.$')
                self.assertRegex(action.findtext('description'), '^[A-Z][^.]*$')


if __name__ == '__main__':
    unittest.main(verbosity=2)
