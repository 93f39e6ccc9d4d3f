#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A QMP client that somebody else wrote, unchanged: that of labgrid, from Debian's package. It
knows nothing of virtbus, reads a line for a message and gives its commands no id."""

import importlib.util
import os
import pathlib
import unittest

import virtbus_testing
from gi.repository import GLib
from virtbus_testing import BusTestCase, domain_xml

QMP = 'org.virtbus1.Qmp'


def load_client():
    """labgrid's module as it is installed, or as tools/test.sh has unpacked it. The package around
    it, with all that this would import, is left out."""
    place = importlib.util.find_spec('labgrid')
    folder = (pathlib.Path(place.submodule_search_locations[0]) if place else
              pathlib.Path(os.environ['VB_PACKAGES'],
                           'python3-labgrid/usr/lib/python3/dist-packages/labgrid'))
    spec = importlib.util.spec_from_file_location('labgrid_qmp', folder / 'util' / 'qmp.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class ThirdParty(BusTestCase):

    def setUp(self):
        super().setUp()
        self.service.start(self.client)
        self.domain = self.client.create(domain_xml('third-party'))

    def open_session(self, **options):
        """A connected socket of a monitor, as two files."""
        reply, fds = self.client.connection.call_with_unix_fd_list_sync(
            'org.virtbus1', self.domain.path, QMP, 'OpenSession',
            GLib.Variant('(a{sv})', (options,)), None, 0,
            int(virtbus_testing.PATIENCE_S * 1000), None, None)
        fd = fds.get(reply.unpack()[0])
        files = os.fdopen(os.dup(fd), 'rb'), os.fdopen(fd, 'wb')
        for file in files:
            self.addCleanup(file.close)
        return files

    def test_reads(self):
        module = load_client()
        monitor = module.QMPMonitor(*self.open_session())
        self.assertEqual(monitor.execute('query-status')['status'], 'running')
        self.assertEqual(monitor.execute('query-name'), {'name': 'third-party'})
        self.assertIn('qemu', monitor.execute('query-version'))
        # Its own error class takes no dictionary, which is what it gives it.
        with self.assertRaises((module.QMPError, TypeError)) as caught:
            monitor.execute('query-nothing')
        self.assertIn('CommandNotFound', str(caught.exception))
        self.assertEqual(monitor.execute('query-status')['status'], 'running')

    def test_controls(self):
        """Commands whose replies come behind the events that they cause."""
        module = load_client()
        monitor = module.QMPMonitor(*self.open_session(mode=GLib.Variant('s', 'control')))
        self.assertEqual(monitor.execute('stop'), {})
        self.assertEqual(monitor.execute('query-status')['status'], 'paused')
        self.domain.wait(State='paused')
        self.assertEqual(monitor.execute('cont'), {})
        self.domain.wait(State='running')

    def test_two_at_once(self):
        module = load_client()
        monitors = [module.QMPMonitor(*self.open_session()) for _ in range(2)]
        for _ in range(10):
            for monitor in monitors:
                self.assertEqual(monitor.execute('query-status')['status'], 'running')


if __name__ == '__main__':
    virtbus_testing.run()
