#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service may be killed at any instant, and so may QEMU: what was acknowledged is kept, what
runs is found again, what is half done is undone, and the truth is told about what ended.

VB_KILLS sets how often the tests with random instants kill; VB_SEED makes them choose the same
instants again.
"""

import os
import random
import signal
import xml.etree.ElementTree

import virtbus_testing as vt
from virtbus_testing import ERROR, boolean, domain_xml

KILLS = int(os.environ.get('VB_KILLS', '25'))
SEED = int(os.environ.get('VB_SEED', '0')) or random.randrange(1, 1 << 32)


class RestartTestCase(vt.BusTestCase):
    def setUp(self):
        super().setUp()
        self.service.start(self.client)

    def restart(self):
        self.service.kill()
        self.service.start(self.client)

    def start_guest(self, **settings):
        domain = self.client.define(domain_xml('guest', guest=True, **settings))
        domain.call('Start', paused=boolean(True))
        serial = vt.Serial(domain)
        self.addCleanup(serial.close)
        domain.call('Resume')
        serial.expect('give me a key')
        return domain, serial

    def lingering(self, **settings):
        """A domain whose guest has shut down, but whose QEMU does not end."""
        domain = self.client.define(domain_xml(
            'lingers', emulator=self.fake_qemu('system_powerdown linger'), **settings))
        domain.call('Start')
        domain.call('Shutdown')
        domain.wait_state('shutting-down')
        return domain


class ServiceKilled(RestartTestCase):
    """kill -9 of the service, in each state of a domain."""

    def test_shutoff(self):
        domain = self.client.define(domain_xml('off'))
        before = domain.xml()
        generation = domain.get('ConfigGeneration')
        self.restart()
        self.assertEqual(domain.xml(), before)
        self.assertEqual(domain.get('ConfigGeneration'), generation)
        self.assertEqual(domain.state(), ('shutoff', 'unknown'))

    def test_starting(self):
        domain = self.client.define(domain_xml('half', emulator=self.fake_qemu('cont ignore')))
        start = domain.start_call('Start')
        domain.wait_state('starting')
        vt.iterate_until(vt.emulators, 'QEMU')
        self.restart()
        with self.assert_error('org.freedesktop.DBus.Error.NoReply'):
            start.result()
        domain.wait_state('shutoff', 'failed')
        self.assert_no_emulator()
        name, message = domain.get('LastError')
        self.assertTrue(name.startswith(ERROR), name)
        self.assertIn('half', message)

    def test_starting_a_transient_domain(self):
        self.client.start_call(vt.ROOT_PATH, vt.MANAGER, 'CreateDomain', '(sa{sv})',
                               domain_xml('brief', emulator=self.fake_qemu('cont ignore')), {})
        vt.iterate_until(vt.emulators, 'QEMU')
        self.restart()
        vt.iterate_until(lambda: not self.client.list_domains(), 'the domain to go')
        self.assert_no_emulator()

    def test_running(self):
        domain = self.client.define(domain_xml('runs'))
        domain.call('Start')
        pid, number = domain.get('Pid'), domain.get('Id')
        live = domain.xml()
        self.restart()
        self.assertEqual(domain.state(), ('running', 'reconnected'))
        self.assertEqual((domain.get('Pid'), domain.get('Id')), (pid, number))
        self.assertEqual(domain.xml(), live)
        domain.call('Suspend')
        domain.call('Resume')
        domain.call('Destroy')
        self.assertEqual(domain.state(), ('shutoff', 'destroyed'))
        self.assert_no_emulator()

    def test_running_and_redefined(self):
        identity = vt.new_uuid()
        domain = self.client.define(domain_xml('runs', identity=identity, memory_mib=16))
        domain.call('Start')
        self.client.define(domain_xml('runs', identity=identity, memory_mib=32))
        self.restart()
        self.assertTrue(domain.get('PendingChanges'))
        self.assertEqual(domain.get('MaxMemory'), 16 * 1024)
        self.assertEqual(domain.get('Pending')['MaxMemory'], 32 * 1024)

    def test_running_and_transient(self):
        domain = self.client.create(domain_xml('brief'))
        pid = domain.get('Pid')
        self.restart()
        self.assertEqual(domain.get('Pid'), pid)
        self.assertFalse(domain.get('Persistent'))
        domain.call('Destroy')
        domain.wait_gone()

    def test_the_guest_is_heard_again(self):
        domain, serial = self.start_guest()
        self.restart()
        self.assertEqual(domain.state(), ('running', 'reconnected'))
        domain.call('Shutdown')
        serial.expect('good bye')
        domain.wait_state('shutoff', 'shutdown')

    def test_paused(self):
        domain = self.client.define(domain_xml('still'))
        domain.call('Start')
        domain.call('Suspend')
        pid = domain.get('Pid')
        self.restart()
        self.assertEqual(domain.state(), ('paused', 'user'))
        self.assertEqual(domain.get('Pid'), pid)
        domain.call('Resume')
        self.assertEqual(domain.state(), ('running', 'user'))

    def test_started_paused(self):
        domain = self.client.define(domain_xml('still'))
        domain.call('Start', paused=boolean(True))
        self.restart()
        self.assertEqual(domain.state(), ('paused', 'user'))
        domain.call('Resume')
        self.assertEqual(domain.state(), ('running', 'user'))

    def test_preserved(self):
        domain, serial = self.start_guest(on_poweroff='preserve')
        serial.type('p')
        domain.wait_state('paused', 'preserved')
        self.restart()
        self.assertEqual(domain.state(), ('paused', 'preserved'))
        with self.assert_error(ERROR + 'InvalidState'):
            domain.call('Resume')
        domain.call('Destroy')
        self.assertEqual(domain.get('State'), 'shutoff')
        self.assert_no_emulator()

    def test_shutting_down(self):
        domain = self.lingering()
        pid = domain.get('Pid')
        self.restart()
        self.assertEqual(domain.get('Pid'), pid)
        self.assertIn(domain.get('State'), ('shutting-down', 'running'))
        domain.call('Destroy')
        self.assertEqual(domain.get('State'), 'shutoff')
        self.assert_no_emulator()

    def test_many_at_once(self):
        domains = [self.client.define(domain_xml(f'number-{number}')) for number in range(6)]
        for domain in domains[:4]:
            domain.call('Start')
        pids = [domain.get('Pid') for domain in domains]
        for _ in range(3):
            self.restart()
            self.assertEqual([domain.get('Pid') for domain in domains], pids)
        self.assertEqual(set(vt.emulators()), set(pids[:4]))

    def test_killed_while_it_comes_up(self):
        domain = self.client.define(domain_xml('runs'))
        domain.call('Start')
        pid = domain.get('Pid')
        self.service.kill()
        for delay_ms in range(0, 100, 10):
            self.service.spawn()
            vt.let_pass(delay_ms / 1000)
            self.service.kill()
        self.service.start(self.client)
        self.assertEqual(domain.get('Pid'), pid)
        self.assertEqual(domain.get('State'), 'running')


class QemuKilled(RestartTestCase):
    """kill -9 of QEMU, in each state of a domain."""

    def kill_qemu(self, domain):
        os.kill(domain.get('Pid'), signal.SIGKILL)
        domain.wait_state('shutoff', 'crashed')
        self.assertEqual((domain.get('Pid'), domain.get('Id')), (0, -1))
        self.assert_no_emulator()

    def test_starting(self):
        domain = self.client.define(domain_xml('half', emulator=self.fake_qemu('greeting hang')))
        start = domain.start_call('Start')
        [pid] = vt.iterate_until(vt.emulators, 'QEMU')
        os.kill(pid, signal.SIGKILL)
        with self.assert_error(ERROR + 'Emulator', 'killed by signal 9'):
            start.result()
        self.assertEqual(domain.state(), ('shutoff', 'failed'))

    def test_running(self):
        domain = self.client.define(domain_xml('runs'))
        domain.call('Start')
        self.kill_qemu(domain)

    def test_paused(self):
        domain = self.client.define(domain_xml('still'))
        domain.call('Start', paused=boolean(True))
        self.kill_qemu(domain)

    def test_shutting_down(self):
        domain = self.lingering()
        os.kill(domain.get('Pid'), signal.SIGKILL)
        domain.wait(State='shutoff')
        self.assertIn(domain.get('StateReason'), ('shutdown', 'crashed'))
        self.assert_no_emulator()

    def test_transient(self):
        domain = self.client.create(domain_xml('brief'))
        os.kill(domain.get('Pid'), signal.SIGKILL)
        domain.wait_gone()

    def test_running_and_adopted(self):
        domain = self.client.define(domain_xml('runs'))
        domain.call('Start')
        self.restart()
        self.kill_qemu(domain)

    def test_ended_in_order_by_somebody_else(self):
        domain = self.client.define(domain_xml('told'))
        domain.call('Start')
        os.kill(domain.get('Pid'), signal.SIGTERM)
        domain.wait(State='shutoff')
        self.assert_no_emulator()


class EndedWhileAway(RestartTestCase):
    """What happened while there was no service is told when there is one."""

    def test_power_off(self):
        domain, serial = self.start_guest()
        pid = domain.get('Pid')
        self.service.kill()
        serial.type('p')
        self.wait_dead(pid)
        self.service.start(self.client)
        domain.wait_state('shutoff', 'shutdown')
        self.assertEqual((domain.get('Pid'), domain.get('Id')), (0, -1))
        domain.call('Start')

    def test_killed(self):
        domain = self.client.define(domain_xml('killed'))
        domain.call('Start')
        pid = domain.get('Pid')
        self.service.kill()
        os.kill(pid, signal.SIGKILL)
        self.wait_dead(pid)
        self.service.start(self.client)
        domain.wait_state('shutoff')
        self.assertIn(domain.get('StateReason'), ('crashed', 'unknown'))
        domain.call('Start')

    def test_panic(self):
        domain, serial = self.start_guest(on_crash='destroy')
        pid = domain.get('Pid')
        self.service.kill()
        serial.type('c')
        self.wait_dead(pid)
        self.service.start(self.client)
        domain.wait_state('shutoff', 'guest-panicked')

    def test_panic_and_dump(self):
        """QEMU holds the guest until there is a service that dumps its memory."""
        domain, serial = self.start_guest(on_crash='coredump-destroy')
        self.service.kill()
        serial.type('c')
        self.service.start(self.client)
        domain.wait_state('shutoff', 'guest-panicked')
        self.assertEqual(domain.get('LastError'), ('', ''))
        dumps = list((self.service.state_dir / 'dump').iterdir())
        self.assertEqual([path.suffix for path in dumps], ['.core'])
        self.assertTrue(dumps[0].name.startswith(f'guest-{domain.get("Uuid")}-'))
        self.assertEqual(dumps[0].stat().st_mode & 0o7777, 0o600)
        self.assertEqual(dumps[0].read_bytes()[:4], b'\x7fELF')

    def test_transient(self):
        domain = self.client.create(domain_xml('brief'))
        pid = domain.get('Pid')
        self.service.kill()
        os.kill(pid, signal.SIGKILL)
        self.wait_dead(pid)
        self.service.start(self.client)
        # A QEMU whose first thread is gone has others that still end.
        domain.wait_gone()
        self.assertEqual(self.client.list_domains(), {})

    def test_the_pid_is_another_process_now(self):
        """A record of a pid that somebody else has is no reason to touch that process."""
        domain = self.client.define(domain_xml('old'))
        domain.call('Start')
        pid = domain.get('Pid')
        record = self.service.runtime_dir / domain.get('Uuid') / 'process'
        self.service.kill()
        os.kill(pid, signal.SIGKILL)
        self.wait_dead(pid)
        text = record.read_text('utf-8')
        self.assertIn(str(pid), text)
        record.write_text(text.replace(str(pid), str(self.bus.process.pid), 1), 'utf-8')
        self.service.start(self.client)
        self.assertEqual(domain.get('State'), 'shutoff')
        self.assertIsNone(self.bus.process.poll())

    def test_the_client_of_an_autodestroy_domain_left(self):
        owner = self.make_client()
        domain = owner.create(domain_xml('bound'), autodestroy=boolean(True)).on(self.client)
        pid = domain.get('Pid')
        self.service.kill()
        owner.close()
        self.service.start(self.client)
        domain.wait_gone()
        self.wait_dead(pid)

    def test_the_client_of_an_autodestroy_domain_stayed(self):
        owner = self.make_client()
        domain = owner.create(domain_xml('bound'), autodestroy=boolean(True)).on(self.client)
        self.restart()
        self.assertEqual(domain.get('State'), 'running')
        owner.close()
        domain.wait_gone()


class Stopped(RestartTestCase):
    def test_a_qemu_that_does_not_answer_holds_nobody_up(self):
        self.service.stop()
        self.service.configure('[qemu]\ncommand-timeout-ms=3000\nquit-timeout-ms=300\n')
        self.service.start(self.client)
        hung = self.client.define(domain_xml('hung'))
        fine = self.client.define(domain_xml('fine'))
        hung.call('Start')
        fine.call('Start')
        pid = hung.get('Pid')
        os.kill(pid, signal.SIGSTOP)
        self.restart()
        self.assertEqual(hung.get('Pid'), pid)
        fine.wait_state('running', 'reconnected')
        fine.call('Suspend')
        fine.call('Resume')
        self.assertEqual(hung.get('State'), 'running')
        hung.call('Destroy')
        self.assertEqual(hung.state(), ('shutoff', 'destroyed'))
        self.wait_dead(pid)

    def test_one_that_goes_on_is_taken_over_after_all(self):
        self.service.stop()
        self.service.configure('[qemu]\ncommand-timeout-ms=3000\nquit-timeout-ms=300\n')
        self.service.start(self.client)
        domain = self.client.define(domain_xml('slow'))
        domain.call('Start')
        os.kill(domain.get('Pid'), signal.SIGSTOP)
        self.restart()
        os.kill(domain.get('Pid'), signal.SIGCONT)
        domain.wait_state('running', 'reconnected')
        domain.call('Suspend')
        self.assertEqual(domain.state(), ('paused', 'user'))


class RandomInstants(RestartTestCase):
    """kill -9 of the service at any instant of defining and of starting."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        print(f'VB_SEED={SEED} VB_KILLS={KILLS}', flush=True)

    def kill_within(self, longest_s):
        vt.let_pass(self.random.uniform(0, longest_s))
        self.service.kill()

    def check_whole(self, stored):
        """Every file is whole, and is a domain on the bus, and the other way round."""
        listed = {path for path, _state in self.client.list_domains().values()}
        self.assertEqual(listed, {vt.path_of(identity) for identity in self.service.stored()})
        self.assertLessEqual(stored, listed)
        folder = self.service.state_dir / 'domains'
        self.assertEqual([path.name for path in folder.iterdir() if path.suffix != '.xml'], [])
        for path in folder.iterdir():
            xml.etree.ElementTree.parse(path)

    def test_define(self):
        acknowledged = set()
        longest_s = 0.05
        for number in range(KILLS):
            calls = [self.client.start_call(vt.ROOT_PATH, vt.MANAGER, 'DefineDomain', '(sa{sv})',
                                            domain_xml(f'domain-{number}-{index}'), {})
                     for index in range(10)]
            self.kill_within(longest_s)
            for call in calls:
                try:
                    acknowledged.add(call.result())
                except vt.BusError as error:
                    # It was under way, or came too late.
                    self.assertIn(error.name, ('org.freedesktop.DBus.Error.NoReply',
                                               'org.freedesktop.DBus.Error.ServiceUnknown'))
            self.service.start(self.client)
            self.check_whole(acknowledged)
            # So that the next kill hits, whatever this host's speed.
            done = sum(isinstance(call.answer, tuple) for call in calls)
            longest_s *= 1.5 if done < 3 else 0.7 if done > 7 else 1
        self.assertTrue(acknowledged)

    def test_redefine_and_undefine(self):
        identity = vt.new_uuid()
        expected = {None}
        for number in range(KILLS):
            title = f'title-{number}'
            call = self.client.start_call(
                vt.ROOT_PATH, vt.MANAGER, 'DefineDomain', '(sa{sv})',
                domain_xml('changes', identity=identity).replace(
                    '<memory', f'<title>{title}</title><memory', 1), {})
            if self.random.random() < 0.5:
                call.result()
                expected = {title}
                call = vt.Domain(self.client, vt.path_of(identity)).start_call('Undefine')
                title = None
            self.kill_within(0.01)
            try:
                call.result()
                expected = {title}
            except vt.BusError:
                expected.add(title)
            self.service.start(self.client)
            self.check_whole(set())
            domain = vt.Domain(self.client, vt.path_of(identity))
            found = domain.get('Title') if self.client.list_domains() else None
            self.assertIn(found, expected)
            expected = {found}

    @staticmethod
    def sorted_out(domain):
        """Until QEMU has answered, a domain that may run is running for an unknown reason."""
        def state():
            found = domain.state()
            return found if found[0] == 'shutoff' or found == ('running', 'reconnected') else None
        return state

    def test_start_and_destroy(self):
        domain = self.client.define(domain_xml('started'))
        longest_s = 0.3
        outcomes = {'running': 0, 'shutoff': 0}
        for _ in range(KILLS):
            call = domain.start_call('Start')
            self.kill_within(longest_s)
            self.service.start(self.client)
            state, _reason = vt.iterate_until(self.sorted_out(domain),
                                                 'the start to be sorted out', domain.state)
            pid = domain.get('Pid')
            outcomes[state] += 1
            if call.answered and not isinstance(call.answer, vt.BusError):
                self.assertEqual(state, 'running')
            if state == 'running':
                self.assertEqual(vt.emulators(), [pid])
                domain.start_call('Destroy')
                self.kill_within(0.05)
                self.service.start(self.client)
                state, _reason = vt.iterate_until(self.sorted_out(domain), 'the end to be known',
                                                     domain.state)
                if state == 'running':
                    domain.call('Destroy')
            self.assertEqual(domain.get('State'), 'shutoff')
            self.assert_no_emulator()
            longest_s *= 0.8 if pid else 1.2
        print(outcomes, flush=True)


if __name__ == '__main__':
    vt.run()
