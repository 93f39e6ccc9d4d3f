#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The whole path on a session bus, with a real QEMU under TCG: what a user does in a day."""

import os
import resource
import signal

from gi.repository import GLib

import virtbus_testing as vt
from virtbus_testing import ERROR, boolean, domain_xml


class SessionTestCase(vt.BusTestCase):
    def setUp(self):
        super().setUp()
        self.service.start(self.client)

    def serial(self, domain):
        serial = vt.Serial(domain)
        self.addCleanup(serial.close)
        return serial

    def start_guest(self, **settings):
        """The example guest, started and awake. (domain, its serial port)"""
        domain = self.client.define(domain_xml('guest', guest=True, **settings))
        domain.call('Start', paused=boolean(True))
        serial = self.serial(domain)
        domain.call('Resume')
        serial.expect('give me a key')
        return domain, serial


class Lifecycle(SessionTestCase):
    def test_from_define_to_undefine(self):
        identity = vt.new_uuid()
        domain = self.client.define(domain_xml('plain', identity=identity))
        self.assertEqual(domain.path, vt.path_of(identity))
        self.assertEqual(domain.state(), ('shutoff', 'unknown'))
        self.assertEqual((domain.get('Id'), domain.get('Pid')), (-1, 0))
        self.assertEqual(self.service.stored(), {identity})

        domain.call('Start')
        self.assertEqual(domain.state(), ('running', 'booted'))
        pid = domain.get('Pid')
        self.assertEqual(vt.emulators(), [pid])
        self.assertGreater(domain.get('Id'), 0)

        domain.call('Suspend')
        self.assertEqual(domain.state(), ('paused', 'user'))
        domain.call('Resume')
        self.assertEqual(domain.state(), ('running', 'user'))
        domain.call('Reset')
        domain.wait_event('reset')
        self.assertEqual(domain.get('Pid'), pid)

        domain.call('Destroy')
        self.assertEqual(domain.state(), ('shutoff', 'destroyed'))
        self.assertEqual((domain.get('Id'), domain.get('Pid')), (-1, 0))
        self.assert_no_emulator()
        domain.call('Undefine')
        self.assertFalse(domain.exists())
        self.assertEqual(self.service.stored(), set())
        self.assertEqual(self.client.list_domains(), {})

    def test_changes_come_in_order_and_before_the_reply(self):
        watcher = self.make_client()
        domain = self.client.define(domain_xml('watched')).on(watcher)
        states = []
        for method in ('Start', 'Suspend', 'Resume', 'Destroy'):
            pending = domain.start_call(method)
            pending.result()
            # What was sent before the reply has been dispatched before it.
            states += [change['State'] for change in watcher.changes(domain.path)
                       if 'State' in change]
            watcher.signals.clear()
            states.append(method)
        self.assertEqual(states, ['starting', 'running', 'Start', 'paused', 'Suspend',
                                  'running', 'Resume', 'shutoff', 'Destroy'])

    def test_one_signal_tells_all_of_a_start(self):
        domain = self.client.define(domain_xml('whole'))
        domain.start_call('Start').result()
        [running] = [change for change in self.client.changes(domain.path)
                     if change.get('State') == 'running']
        self.assertEqual(running['StateReason'], 'booted')
        self.assertIn('StateSince', running)
        self.assertIn('Suspend', running['AllowedOperations'])
        self.assertNotIn('Start', running['AllowedOperations'])

    def test_calls_in_the_wrong_state(self):
        domain = self.client.define(domain_xml('wrong'))
        for method in ('Shutdown', 'Reboot', 'Reset', 'Destroy', 'Suspend', 'Resume'):
            with self.subTest(method), self.assert_error(ERROR + 'InvalidState', 'wrong'):
                domain.call(method)
        domain.call('Start')
        with self.assert_error(ERROR + 'InvalidState', 'wrong'):
            domain.call('Start')
        with self.assert_error(ERROR + 'InvalidArgument', 'colour'):
            domain.call('Suspend', colour=boolean(True))

    def test_the_service_may_open_more_files_than_its_guests(self):
        given = resource.getrlimit(resource.RLIMIT_NOFILE)
        lower = (min(given[0], 512), given[1])
        self.service.stop()
        self.service.prefix = ['prlimit', f'--nofile={lower[0]}:{lower[1]}']
        self.service.start(self.client)
        domain = self.client.define(domain_xml('limited'))
        domain.call('Start')
        self.assertEqual(resource.prlimit(self.service.process.pid, resource.RLIMIT_NOFILE),
                         (lower[1], lower[1]))
        self.assertEqual(resource.prlimit(domain.get('Pid'), resource.RLIMIT_NOFILE), lower)

    def test_start_paused(self):
        domain = self.client.define(domain_xml('still'))
        domain.call('Start', paused=boolean(True))
        self.assertEqual(domain.state(), ('paused', 'user'))
        domain.call('Resume')
        self.assertEqual(domain.state(), ('running', 'user'))

    def test_undefine_of_a_running_domain_makes_it_transient(self):
        domain = self.client.define(domain_xml('passing'))
        domain.call('Start')
        domain.call('Undefine')
        self.assertFalse(domain.get('Persistent'))
        self.assertEqual(domain.state(), ('running', 'booted'))
        self.assertEqual(self.service.stored(), set())
        domain.call('Destroy')
        domain.wait_gone()

    def test_redefinition_of_a_running_domain_waits_for_the_next_start(self):
        identity = vt.new_uuid()
        domain = self.client.define(domain_xml('grows', identity=identity, memory_mib=16))
        domain.call('Start')
        self.client.define(domain_xml('grows', identity=identity, memory_mib=32))
        self.assertTrue(domain.get('PendingChanges'))
        self.assertEqual(domain.get('MaxMemory'), 16 * 1024)
        self.assertEqual(domain.get('Pending')['MaxMemory'], 32 * 1024)
        domain.call('Destroy')
        self.assertFalse(domain.get('PendingChanges'))
        self.assertEqual(domain.get('MaxMemory'), 32 * 1024)

    def test_generation_protects_against_a_second_editor(self):
        identity = vt.new_uuid()
        domain = self.client.define(domain_xml('edited', identity=identity))
        generation = domain.get('ConfigGeneration')
        self.client.define(domain_xml('edited', identity=identity, memory_mib=20))
        with self.assert_error(ERROR + 'Conflict'):
            self.client.define(domain_xml('edited', identity=identity, memory_mib=24),
                               **{'expected-generation': GLib.Variant('t', generation)})
        self.assertEqual(domain.get('MaxMemory'), 20 * 1024)


class Transient(SessionTestCase):
    def test_create_and_destroy(self):
        domain = self.client.create(domain_xml('brief'))
        self.assertEqual(domain.state(), ('running', 'booted'))
        self.assertFalse(domain.get('Persistent'))
        self.assertEqual(self.service.stored(), set())
        domain.call('Destroy')
        domain.wait_gone()
        self.assert_no_emulator()

    def test_autodestroy_when_the_client_leaves(self):
        owner = self.make_client()
        domain = owner.create(domain_xml('bound'), autodestroy=boolean(True)).on(self.client)
        kept = owner.define(domain_xml('kept')).on(self.client)
        kept.call('Start')
        owner.close()
        domain.wait_gone()
        self.assertEqual(kept.state(), ('running', 'booted'))

    def test_autodestroy_of_a_persistent_domain(self):
        owner = self.make_client()
        domain = self.client.define(domain_xml('bound'))
        domain.on(owner).call('Start', autodestroy=boolean(True))
        owner.close()
        domain.wait_state('shutoff', 'daemon')


class Autostart(SessionTestCase):
    def set_up_domains(self):
        wanted = self.client.define(domain_xml('wanted'))
        broken = self.client.define(domain_xml('broken', disk='/nonexistent/disk'))
        self.client.define(domain_xml('other'))
        for domain in (wanted, broken):
            domain.call('SetAutostart', '(ba{sv})', True)
        return wanted, broken

    def test_marked_domains_start_with_the_service(self):
        wanted, broken = self.set_up_domains()
        self.assertTrue(wanted.get('Autostart'))
        self.assertEqual(self.service.stop(), 0)
        self.service.start(self.client)
        wanted.wait_state('running', 'booted')
        broken.wait_state('shutoff', 'failed')
        name, message = broken.get('LastError')
        self.assertEqual(name, ERROR + 'HostResource')
        self.assertIn('/nonexistent/disk', message)
        self.assertEqual(self.client.lookup('other').state(), ('shutoff', 'unknown'))

    def test_an_idle_service_that_comes_back_starts_nothing(self):
        wanted, _broken = self.set_up_domains()
        self.assertEqual(self.service.stop(), 0)
        self.service.start(self.client, '--idle-timeout', '1')
        wanted.wait_state('running')
        wanted.call('Destroy')
        vt.iterate_until(lambda: self.service.process.poll() is not None, 'the idle service to go')
        self.assertEqual(self.service.process.wait(), 0)
        self.service.start(self.client)
        self.assertEqual(wanted.state(), ('shutoff', 'unknown'))
        self.assertEqual(self.service.stop(), 0)
        self.service.start(self.client)
        wanted.wait_state('running', 'booted')


class Guest(SessionTestCase):
    """What the guest itself does, and what comes after."""

    def test_the_guest_is_asked_to_shut_down(self):
        domain, serial = self.start_guest()
        domain.call('Shutdown')
        serial.expect('good bye')
        domain.wait_state('shutoff', 'shutdown')
        self.assertIn('powerdown-requested', domain.events())
        self.assert_no_emulator()

    def test_reboot_asks_the_guest_and_starts_it_again(self):
        domain, serial = self.start_guest()
        pid = domain.get('Pid')
        domain.call('Reboot')
        serial.expect('good bye')
        vt.iterate_until(lambda: domain.get('Pid') not in (0, pid), 'another QEMU')
        domain.wait_state('running', 'booted')
        # That was for once: the guest's own power-off is followed by what the definition says.
        again = self.serial(domain)
        again.expect('give me a key')
        again.type('p')
        domain.wait_state('shutoff', 'shutdown')

    def test_grace_before_the_plug_is_pulled(self):
        domain, _serial = self.start_guest()
        domain.call('Destroy', **{'grace-ms': GLib.Variant('u', 100000)})
        self.assertEqual(domain.state(), ('shutoff', 'shutdown'))

    def test_grace_that_the_guest_does_not_use(self):
        domain = self.client.define(domain_xml('deaf'))
        domain.call('Start', paused=boolean(True))
        domain.call('Destroy', **{'grace-ms': GLib.Variant('u', 10)})
        self.assertEqual(domain.state(), ('shutoff', 'destroyed'))

    def test_power_off_and_destroy(self):
        domain, serial = self.start_guest(on_poweroff='destroy')
        serial.type('p')
        domain.wait_state('shutoff', 'shutdown')
        self.assert_no_emulator()

    def test_power_off_and_restart(self):
        domain, serial = self.start_guest(on_poweroff='restart')
        pid = domain.get('Pid')
        serial.type('p')
        vt.iterate_until(lambda: domain.get('Pid') not in (0, pid), 'another QEMU')
        domain.wait_state('running', 'booted')
        self.assertEqual(vt.emulators(), [domain.get('Pid')])

    def test_power_off_and_preserve(self):
        domain, serial = self.start_guest(on_poweroff='preserve')
        pid = domain.get('Pid')
        serial.type('p')
        domain.wait_state('paused', 'preserved')
        self.assertEqual(domain.get('Pid'), pid)
        with self.assert_error(ERROR + 'InvalidState'):
            domain.call('Resume')
        domain.call('Destroy')
        self.assertEqual(domain.state()[0], 'shutoff')
        self.assert_no_emulator()

    def test_reboot_and_restart(self):
        domain, serial = self.start_guest(on_reboot='restart')
        pid = domain.get('Pid')
        serial.type('r')
        serial.expect('give me a key')
        self.assertEqual(domain.get('State'), 'running')
        self.assertEqual(domain.get('Pid'), pid)
        self.assertIn('reset', domain.events())

    def test_reboot_and_destroy(self):
        domain, serial = self.start_guest(on_reboot='destroy')
        serial.type('r')
        domain.wait_state('shutoff')
        self.assert_no_emulator()

    def test_reboot_and_preserve(self):
        domain, serial = self.start_guest(on_reboot='preserve')
        serial.type('r')
        domain.wait_state('paused', 'preserved')
        domain.call('Destroy')
        self.assert_no_emulator()

    def test_panic_and_destroy(self):
        domain, serial = self.start_guest(on_crash='destroy')
        serial.type('c')
        domain.wait_state('shutoff', 'guest-panicked')
        self.assertIn('panic', domain.events())
        self.assert_no_emulator()

    def test_panic_and_restart(self):
        domain, serial = self.start_guest(on_crash='restart')
        pid = domain.get('Pid')
        serial.type('c')
        vt.iterate_until(lambda: domain.get('Pid') not in (0, pid), 'another QEMU')
        domain.wait_state('running', 'booted')

    def test_panic_and_preserve(self):
        domain, serial = self.start_guest(on_crash='preserve')
        pid = domain.get('Pid')
        serial.type('c')
        domain.wait_state('paused', 'preserved')
        self.assertEqual(domain.get('Pid'), pid)
        domain.call('Destroy')
        self.assert_no_emulator()


class Monitors(SessionTestCase):
    """What others tell QEMU."""

    def test_a_device_is_taken_away(self):
        identity = vt.new_uuid()
        domain = self.client.define(domain_xml('loses', identity=identity,
                                               devices="<input type='tablet' bus='usb'/>"))
        domain.call('Start')
        path = domain.path + '/input_0'
        monitor = vt.SpareMonitor(self.service, identity)
        self.addCleanup(monitor.close)
        self.assertEqual(monitor.execute('device_del', id='input0'), {'return': {}})
        domain.wait_event('device-removed')
        tablet = vt.Domain(self.client, path)
        self.assertFalse(tablet.get('Live', 'org.virtbus1.Device'))
        self.assertTrue(tablet.get('Config', 'org.virtbus1.Device'))
        self.assertTrue(domain.get('PendingChanges'))
        self.assertNotIn('input0', domain.xml())
        monitor.close()

        # Nor does it come back with another service; the monitor does.
        self.service.stop()
        self.service.start(self.client)
        self.assertEqual(domain.get('State'), 'running')
        self.assertFalse(tablet.get('Live', 'org.virtbus1.Device'))
        monitor = vt.SpareMonitor(self.service, identity)
        self.addCleanup(monitor.close)
        self.assertEqual(monitor.execute('query-status')['return']['status'], 'running')
        domain.call('Destroy')
        self.assertEqual(list(self.service.runtime_dir.glob('*/spare.sock')), [])

    def test_what_is_deprecated_is_refused(self):
        identity = vt.new_uuid()
        domain = self.client.define(domain_xml('strict', identity=identity))
        domain.call('Start')
        monitor = vt.SpareMonitor(self.service, identity)
        self.addCleanup(monitor.close)
        refused = monitor.execute('nbd-server-remove', name='none')
        self.assertEqual(refused['error']['class'], 'CommandNotFound')


class Death(SessionTestCase):
    def test_qemu_is_killed(self):
        domain = self.client.define(domain_xml('killed'))
        domain.call('Start')
        os.kill(domain.get('Pid'), signal.SIGKILL)
        domain.wait_state('shutoff', 'crashed')
        name, message = domain.get('LastError')
        self.assertEqual(name, ERROR + 'Emulator')
        self.assertIn('killed', message)
        domain.call('Start')
        self.assertEqual(domain.state(), ('running', 'booted'))
        self.assertEqual(domain.get('LastError'), ('', ''))

    def test_a_stopped_qemu_harms_nobody_else_and_can_be_destroyed(self):
        self.service.stop()
        self.service.configure('[qemu]\nquit-timeout-ms=300\ncommand-timeout-ms=3000\n')
        self.service.start(self.client)
        hung = self.client.define(domain_xml('hung'))
        fine = self.client.define(domain_xml('fine'))
        hung.call('Start')
        fine.call('Start')
        os.kill(hung.get('Pid'), signal.SIGSTOP)
        suspend = hung.start_call('Suspend')
        for _ in range(20):
            fine.call('Suspend')
            fine.call('Resume')
            self.assertEqual(fine.get('State'), 'running')
        with self.assert_error(ERROR + 'Timeout', "'stop'"):
            suspend.result()
        hung.call('Destroy')
        self.assertEqual(hung.state(), ('shutoff', 'destroyed'))
        self.assertEqual(vt.emulators(), [fine.get('Pid')])

    def test_guests_run_on_when_the_service_ends_in_order(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            domain = self.client.define(domain_xml(f'on-{number}'))
            domain.call('Start')
            pid = domain.get('Pid')
            process, self.service.process = self.service.process, None
            process.send_signal(number)
            self.assertEqual(process.wait(vt.PATIENCE_S), 0)
            self.assertIn(pid, vt.emulators())
            self.service.start(self.client)
            self.assertEqual(domain.get('Pid'), pid)
            self.assertEqual(domain.state()[0], 'running')


if __name__ == '__main__':
    vt.run()
