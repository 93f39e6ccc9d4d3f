#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every element, attribute and word of the domain XML: either a guest that was started with it has
what it means, or a start is refused in words that say what would do, and nothing is left of it.

What no short test can show (a limit of a control group, what a guest does) is in a test of its own,
which the row names. No name of the schema is without a row.
"""

import fnmatch
import importlib.util
import sys
import unittest
import xml.etree.ElementTree as ET

import virtbus_testing as vt
import words
import words_chardevs
import words_devices
import words_disks
import words_displays
import words_host
import words_machine
import words_network

ROWS = [row for kind in (words_machine, words_devices, words_disks, words_network, words_chardevs,
                         words_displays) for row in kind.ROWS]
IDENTITY = '7f3b5a40-1f1f-4a0e-9d3f-5a1d00000002'
STYLE = vt.SOURCE_ROOT / 'tests' / 'style'


def load_schema_walk():
    """The style check that walks the schema; it finds its own neighbours."""
    sys.path.insert(0, str(STYLE))
    spec = importlib.util.spec_from_file_location('check_coverage', STYLE / 'check-coverage.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Rows(vt.BusTestCase):
    def setUp(self):
        super().setUp()
        self.service.start(self.client)
        self.host = words_host.Host(self.folder, self.addCleanup)

    def check_guest(self, row, xml):
        domain = self.client.create(xml, paused=vt.boolean(True))
        pid = domain.get('Pid')
        monitor = vt.SpareMonitor(self.service, IDENTITY)
        try:
            guest = words.Guest(domain, pid, monitor, self.host.fill)
            wrong = [problem for check in row.checks if (problem := check(guest))]
        finally:
            monitor.close()
            domain.call('Destroy')
        self.assertEqual(wrong, [])

    def check_refusal(self, row, xml):
        path, message = row.refusal
        found, _ = self.client.manager('ValidateDomain', '(sa{sv})', xml,
                                       {'start': vt.boolean(True)})
        errors = [(at, text) for severity, at, text, _line in found if severity == 'error']
        self.assertTrue([text for at, text in errors
                         if at == path and fnmatch.fnmatchcase(text, message)],
                        f'what was found is {errors}')
        with self.assertRaises(vt.BusError) as caught:
            self.client.create(xml, paused=vt.boolean(True))
        self.assertIn(caught.exception.message, [text for _, text in errors])
        self.assertEqual(self.client.list_domains(), {})

    def check_failure(self, row, xml):
        _, canonical = self.client.manager('ValidateDomain', '(sa{sv})', xml,
                                           {'start': vt.boolean(True)})
        self.assertTrue(canonical)
        with self.assertRaises(vt.BusError) as caught:
            self.client.create(xml, paused=vt.boolean(True))
        message = caught.exception.message
        self.assertTrue(fnmatch.fnmatchcase(message, self.host.fill(row.failure)), message)
        self.assertEqual(self.client.list_domains(), {})

    def test_rows(self):
        for row in ROWS:
            if row.elsewhere:
                continue
            with self.subTest(row.name):
                xml = self.host.fill(row.xml(IDENTITY))
                if row.refusal:
                    self.check_refusal(row, xml)
                elif row.failure:
                    self.check_failure(row, xml)
                else:
                    self.check_guest(row, xml)
                self.assert_no_emulator()


class Table(unittest.TestCase):
    def test_other_tests_are_there(self):
        for row in ROWS:
            if row.elsewhere:
                with self.subTest(row.name):
                    file, text = row.elsewhere.split(': ', 1)
                    self.assertIn(text, (vt.SOURCE_ROOT / 'tests' / file).read_text('utf-8'))

    def test_every_name_of_the_schema_has_a_row(self):
        walk = load_schema_walk()
        touched = set()
        for row in ROWS:
            touched.update(walk.list_touched(ET.fromstring(row.xml(IDENTITY)), ''))
        names = walk.Schema(str(vt.SOURCE_ROOT), walk.SCHEMA).named
        self.assertEqual([name for name in names
                          if name not in touched and name not in words_machine.WITHOUT_ROW], [])

    def test_names_of_rows_are_unique(self):
        names = [row.name for row in ROWS]
        self.assertEqual(len(names), len(set(names)))


if __name__ == '__main__':
    vt.run()
