#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What happens when a guest no longer tells its watchdog that all is well, by each action.

The guest has nothing to boot; what a driver would write to the watchdog's port is written by QEMU's
monitor, and means the same: fire at once.
"""

import contextlib

import virtbus_testing as vt

IDENTITY = '7f3b5a40-1f1f-4a0e-9d3f-5a1d00000003'
IB700_ENABLE, AT_ONCE = 0x443, 0xf


class Watchdog(vt.BusTestCase):
    def setUp(self):
        super().setUp()
        self.service.start(self.client)

    def bite(self, action):
        """A running guest whose watchdog has just fired"""
        domain = self.client.create(vt.domain_xml(
            'dog', identity=IDENTITY, devices=f"<watchdog model='ib700' action='{action}'/>"))
        domain.wait_state('running')
        monitor = vt.SpareMonitor(self.service, IDENTITY)
        with contextlib.suppress(OSError, ValueError):      # QEMU may be gone before it answers
            monitor.execute('human-monitor-command',
                            **{'command-line': f'o/b {IB700_ENABLE:#x} {AT_ONCE:#x}'})
        monitor.close()
        domain.wait_event('watchdog')
        [details] = [parameters[1] for _path, _interface, member, parameters in self.client.signals
                     if member == 'Event' and parameters[0] == 'watchdog']
        self.assertEqual(details['action'], action)
        return domain

    def assert_runs(self, domain):
        self.assertEqual(domain.get('State'), 'running')
        domain.call('Destroy')

    def test_reset(self):
        domain = self.bite('reset')
        domain.wait_event('reset')
        self.assert_runs(domain)

    def test_shutdown(self):
        """Asks, as a power button does."""
        domain = self.bite('shutdown')
        domain.wait_event('powerdown-requested')
        self.assert_runs(domain)

    def test_poweroff(self):
        self.bite('poweroff').wait_gone()

    def test_pause(self):
        domain = self.bite('pause')
        domain.wait_state('paused', 'watchdog')
        domain.call('Resume')
        self.assert_runs(domain)

    def test_none(self):
        self.assert_runs(self.bite('none'))

    def test_dump(self):
        """The memory is written while the guest stands still, and it goes on."""
        domain = self.bite('dump')
        folder = self.service.state_dir / 'dump'
        vt.iterate_until(lambda: folder.is_dir() and any(folder.iterdir()), 'a dump')
        domain.wait_state('running')
        [dump] = folder.iterdir()
        self.assertEqual(dump.read_bytes()[:4], b'\x7fELF')
        self.assertEqual(domain.get('LastError'), ('', ''))
        self.assert_runs(domain)


if __name__ == '__main__':
    vt.run()
