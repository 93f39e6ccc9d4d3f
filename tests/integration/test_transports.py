#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""libqmp's test suite on every way to a monitor: the same tests over a QEMU of its own, a spare
monitor of a guest, a session through the service, and what was recorded of the first."""

import os
import pathlib
import subprocess

import virtbus_testing as vt
from virtbus_testing import boolean, domain_xml

SUITE = os.environ['VB_QMP_SUITE']
EMULATOR = ('qemu-system-x86_64', '-M', 'pc', '-nodefaults', '-display', 'none', '-S', '-m', '16',
            '-usb', '-compat', 'deprecated-input=reject,deprecated-output=hide')


class Transports(vt.BusTestCase):
    def run_suite(self, *arguments):
        """The names of the tests that passed; all must."""
        done = subprocess.run([SUITE, *map(str, arguments)], check=False, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=vt.PATIENCE_S)
        self.assertEqual(done.returncode, 0, done.stdout)
        passed = [line.split('/')[-1] for line in done.stdout.splitlines()
                  if line.startswith('ok ')]
        self.assertGreater(len(passed), 5, done.stdout)
        return passed

    def start_domain(self):
        self.service.start(self.client)
        tablet = "<input type='tablet' bus='usb'/></devices>"
        domain = self.client.define(domain_xml('suite').replace('</devices>', tablet))
        domain.call('Start', paused=boolean(True))
        return domain

    def test_own_emulator_and_recording(self):
        recordings = pathlib.Path(self.folder) / 'recordings'
        recordings.mkdir()
        expected = self.run_suite('exec', *EMULATOR)
        self.assertEqual(self.run_suite('record', recordings, *EMULATOR), expected)
        self.assertEqual(self.run_suite('replay', recordings), expected)
        self.assertEqual(sorted(path.stem for path in recordings.iterdir()), sorted(expected))

    def test_spare_monitor_and_service(self):
        domain = self.start_domain()
        spare = self.service.runtime_dir / domain.get('Uuid') / 'spare.sock'
        self.assertEqual(self.run_suite('path', spare),
                         self.run_suite('domain', self.bus.address, domain.path))
        self.assertEqual(domain.state(), ('paused', 'user'))
        self.assertEqual(domain.get('Tainted').count('qmp:cont'), 1)


if __name__ == '__main__':
    vt.run()
