#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the service comes and goes: by the bus, by hand, by another one, for idleness, by mistake."""

import os
import pathlib
import re
import signal
import stat
import subprocess

import virtbus_testing as vt
from virtbus_testing import domain_xml


class Activation(vt.BusTestCase):
    def make_activatable(self, *arguments):
        """As dbus-1/ installs it, but with folders of our own."""
        installed = (vt.BUILD_ROOT / 'dbus-1' / 'org.virtbus1.session.service').read_text('utf-8')
        command = ' '.join(self.service.command(*arguments))
        text = re.sub('^Exec=.*$', f'Exec={command}', installed, flags=re.MULTILINE)
        text = re.sub('^SystemdService=.*$', '', text, flags=re.MULTILINE)
        (self.folder / 'services' / 'org.virtbus1.service').write_text(text, 'utf-8')
        self.client.bus_call('ReloadConfig')

    def end_activated(self):
        pid = self.client.owner_pid()
        os.kill(pid, signal.SIGTERM)
        self.wait_dead(pid)

    def test_the_first_call_starts_the_service(self):
        self.make_activatable()
        self.assertFalse(self.client.has_owner())
        domain = self.client.define(domain_xml('first'))
        self.assertEqual(domain.get('Name'), 'first')
        self.end_activated()

    def test_idle_exit_and_activation_again(self):
        self.make_activatable('--idle-timeout', '1')
        domain = self.client.define(domain_xml('stays'))
        pid = self.client.owner_pid()
        vt.iterate_until(lambda: not self.client.has_owner(), 'the service to go')
        self.wait_dead(pid)
        self.assertEqual(domain.state(), ('shutoff', 'unknown'))
        self.assertNotEqual(self.client.owner_pid(), pid)
        self.end_activated()

    def test_idle_timeout_by_the_configuration(self):
        self.service.configure('[service]\nidle-timeout=1\n')
        self.make_activatable()
        self.client.define(domain_xml('stays'))
        vt.iterate_until(lambda: not self.client.has_owner(), 'the service to go')

    def test_no_idle_exit_while_a_guest_runs(self):
        self.make_activatable('--idle-timeout', '1')
        busy = self.client.define(domain_xml('busy'))
        busy.call('Start')
        pid = self.client.owner_pid()
        # A second service, idle as long, goes: that is how long there was to wait.
        other = vt.Service(self.folder / 'other', dict(self.environment))
        self.run_idle_elsewhere(other)
        self.assertEqual(self.client.owner_pid(), pid)
        busy.call('Destroy')
        vt.iterate_until(lambda: not self.client.has_owner(), 'the service to go')

    def run_idle_elsewhere(self, service):
        bus_folder = self.folder / 'other-bus'
        bus_folder.mkdir()
        bus = vt.Bus(bus_folder)
        self.addCleanup(bus.stop)
        bus.start(self.environment)
        service.environment['DBUS_SESSION_BUS_ADDRESS'] = bus.address
        self.assertEqual(service.run('--idle-timeout', '3'), (0, ''))

    def test_every_call_around_the_idle_exit_is_answered(self):
        self.make_activatable('--idle-timeout', '1')
        pids = set()
        pause_s = 0.98
        while len(pids) < 4:
            calls = [self.client.start_call(vt.ROOT_PATH, vt.MANAGER, 'ListDomains', '(a{sv})', {})
                     for _ in range(3)]
            for call in calls:
                self.assertEqual(call.result(), [])
            pids.add(self.client.owner_pid())
            # The next comes when the service is about to go, or has just gone.
            vt.let_pass(pause_s)
            pause_s += 0.003


class Replacing(vt.BusTestCase):
    def second(self):
        service = vt.Service(self.folder, dict(self.environment))
        service.log = self.folder / 'second.log'
        service.log.touch()
        self.addCleanup(self.end_service, service)
        return service

    def test_a_second_service_on_the_same_bus_is_refused(self):
        self.service.start(self.client)
        pid = self.service.process.pid
        status, words = self.second().run()
        self.assertEqual(status, 1)
        self.assertIn(f'virtbusd: the bus name org.virtbus1 is owned by process {pid}', words)
        self.assertIn('--replace', words)
        self.assertEqual(self.client.owner_pid(), pid)

    def start_one(self, *arguments):
        self.service.start(self.client, *arguments)
        domain = self.client.define(domain_xml('asks'))
        domain.call('Start')
        domain.call('Destroy')

    def wait_cached(self, folder):
        vt.iterate_until(lambda: list(folder.glob('*.facts')), f'what QEMU can do, in {folder}')

    def test_what_emulators_can_do_is_kept_beside_the_definitions(self):
        self.start_one()
        self.wait_cached(self.service.state_dir / 'cache')

    def test_what_emulators_can_do_is_kept_where_it_is_told(self):
        folder = self.folder / 'kept' / 'here'
        self.start_one('--cache-dir', str(folder))
        self.wait_cached(folder)
        self.assertFalse((self.service.state_dir / 'cache').exists())

    def test_a_cache_that_cannot_be_written_hinders_nobody(self):
        folder = self.folder / 'no-folder'
        folder.write_text('', 'utf-8')
        self.start_one('--cache-dir', str(folder))
        vt.iterate_until(lambda: str(folder) in self.service.messages(), 'the word about it')

    def test_a_second_service_on_the_same_store_is_refused(self):
        self.service.start(self.client)
        bus_folder = self.folder / 'other-bus'
        bus_folder.mkdir()
        bus = vt.Bus(bus_folder)
        self.addCleanup(bus.stop)
        bus.start(self.environment)
        second = self.second()
        second.environment['DBUS_SESSION_BUS_ADDRESS'] = bus.address
        status, words = second.run()
        self.assertEqual(status, 1)
        self.assertIn(str(self.service.state_dir), words)
        self.assertIn('service', words)

    def test_replace(self):
        self.service.start(self.client)
        domain = self.client.define(domain_xml('handed-over'))
        domain.call('Start')
        pid = domain.get('Pid')
        first, self.service.process = self.service.process, None
        second = self.second()
        second.spawn('--replace')
        self.assertEqual(first.wait(vt.PATIENCE_S), 0)
        self.assertIn('taken over', self.service.messages())

        def is_served():
            # It owned the name for a moment before: to take it from the first.
            try:
                return self.client.list_domains()
            except vt.BusError:
                return None
        vt.iterate_until(is_served, 'the second service')
        self.assertEqual(self.client.owner_pid(), second.process.pid)
        self.assertEqual(domain.get('Pid'), pid)
        self.assertEqual(domain.get('State'), 'running')

    def test_replace_without_anybody_to_replace(self):
        self.service.start(self.client, '--replace')
        self.assertEqual(self.client.list_domains(), {})

    def test_replace_of_a_hung_service(self):
        self.service.start(self.client)
        hung = self.service.process
        hung.send_signal(signal.SIGSTOP)
        try:
            status, words = self.second().run('--replace')
        finally:
            hung.send_signal(signal.SIGCONT)
        self.assertEqual(status, 1)
        self.assertIn(f'process {hung.pid}; it was told to leave and has not', words)
        self.service.process = None
        self.assertEqual(hung.wait(vt.PATIENCE_S), 0)

    def test_interrupted_while_waiting_for_the_other_to_leave(self):
        self.service.start(self.client)
        hung, self.service.process = self.service.process, None
        hung.send_signal(signal.SIGSTOP)
        second = self.second()
        second.spawn('--replace')
        vt.iterate_until(lambda: not self.client.has_owner(), 'the name to be taken')
        self.assertEqual(second.stop(), 0)
        hung.send_signal(signal.SIGCONT)
        self.assertEqual(hung.wait(vt.PATIENCE_S), 0)


class Start(vt.BusTestCase):
    def test_the_name_is_owned_only_when_all_is_loaded(self):
        self.service.start(self.client)
        for number in range(50):
            self.client.define(domain_xml(f'number-{number}'))
        self.service.stop()
        self.service.spawn()
        vt.iterate_until(self.client.has_owner, 'the name')
        self.assertEqual(len(self.client.list_domains()), 50)

    def test_the_bus_goes_away(self):
        self.service.start(self.client)
        process, self.service.process = self.service.process, None
        self.bus.stop()
        self.assertEqual(process.wait(vt.PATIENCE_S), 0)
        self.assertIn('virtbusd: the connection to the bus was closed', self.service.messages())

    def test_no_bus(self):
        self.service.environment['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/nonexistent/bus'
        status, words = self.service.run()
        self.assertEqual(status, 1)
        self.assertIn('virtbusd: cannot connect to the session bus:', words)

    def test_a_signal_at_any_moment_of_the_start(self):
        for _ in range(10):
            process = self.service.spawn()
            size = self.service.log.stat().st_size
            pathlib.Path(f'/proc/{process.pid}/comm').read_text('utf-8')
            vt.iterate_until(lambda pid=process.pid: 'virtbusd' in vt.command_line(pid), 'exec')
            self.assertIn(self.service.stop(), (0, -signal.SIGTERM))
            self.assertEqual(self.service.log.stat().st_size, size, self.service.messages())

    def test_a_state_folder_that_is_a_file(self):
        self.service.state_dir.write_text('', 'utf-8')
        status, words = self.service.run()
        self.assertEqual(status, 1)
        self.assertIn(str(self.service.state_dir), words)

    def test_the_folders_of_a_session(self):
        self.service.command = lambda *arguments: [vt.SERVICE, '--session']
        self.service.start(self.client)
        self.client.define(domain_xml('at-home'))
        [stored] = (self.folder / 'home/.local/share/virtbus/domains').glob('*.xml')
        self.assertEqual(stat.S_IMODE(stored.stat().st_mode), 0o600)
        self.assertTrue((self.folder / 'xdg-run/virtbus').is_dir())


class CommandLine(vt.BusTestCase):
    def run_with(self, *arguments):
        done = subprocess.run([vt.SERVICE, *arguments], check=False, env=self.environment,
                              capture_output=True, encoding='utf-8', timeout=vt.PATIENCE_S)
        return done.returncode, done.stdout, done.stderr

    def test_version(self):
        status, words, errors = self.run_with('--version')
        self.assertEqual((status, errors), (0, ''))
        self.assertRegex(words, r'\Avirtbusd \d+\.\d+\.\d+\n\Z')

    def test_help(self):
        status, words, errors = self.run_with('--help')
        self.assertEqual((status, errors), (0, ''))
        for option in ('--system', '--session', '--config', '--state-dir', '--runtime-dir', '--cache-dir',
                       '--idle-timeout', '--replace', '--version'):
            self.assertIn(option, words)

    def test_wrong_use(self):
        for arguments, complaint in (
                (['--no-such-option'], '--no-such-option'),
                (['--system', '--session'], '--system and --session exclude each other'),
                (['start'], "unexpected argument 'start'"),
                (['--idle-timeout', 'soon'], 'soon'),
                (['--idle-timeout', '-5'], '--idle-timeout is -5'),
                (['--config'], '--config')):
            with self.subTest(arguments):
                status, words, errors = self.run_with(*arguments)
                self.assertEqual((status, words), (2, ''))
                self.assertTrue(errors.startswith('virtbusd: '), errors)
                self.assertIn(complaint, errors)

    def test_wrong_configuration(self):
        path = self.folder / 'wrong.conf'
        for text, complaint in (
                ('[qemu]\nusr=me\n', "group [qemu], key 'usr': no such setting is known"),
                ('[quemu]\nuser=me\n', "group [quemu], key 'user': no such setting is known"),
                ('[qemu]\nsandbox=perhaps\n', "key 'sandbox': 'perhaps' is neither"),
                ('[qemu]\nstart-timeout-ms=10s\n', "key 'start-timeout-ms': '10s' is not a whole"),
                ('[qemu]\nquit-timeout-ms=0\n', "key 'quit-timeout-ms': '0' is not a whole"),
                ('[service]\nlog-dir=logs\n', "key 'log-dir': 'logs' is not an absolute path"),
                ('[service]\nidle-timeout=-1\n', "key 'idle-timeout': '-1' is not a whole"),
                ('[qemu]\nuser=nobody\n', "key 'user': only the system service"),
                ('nonsense\n', 'nonsense')):
            with self.subTest(text):
                path.write_text(text, 'utf-8')
                status, words, errors = self.run_with('--session', '--config', str(path))
                self.assertEqual((status, words), (1, ''))
                self.assertTrue(errors.startswith('virtbusd: '), errors)
                self.assertIn(complaint, errors)
                self.assertIn(str(path), errors)

    def test_the_named_configuration_must_exist(self):
        status, _words, errors = self.run_with('--session', '--config', '/nonexistent.conf')
        self.assertEqual(status, 1)
        self.assertIn('virtbusd: cannot read the configuration /nonexistent.conf: ', errors)

    def test_the_installed_example_changes_nothing(self):
        example = vt.SOURCE_ROOT / 'service' / 'virtbus.conf'
        self.service.config = example
        self.service.start(self.client)
        # Every setting that it shows is one that is known.
        shown = re.sub(r'^#(?=[a-z-]+=)', '', example.read_text('utf-8'), flags=re.MULTILINE)
        shown = re.sub(r'^user=.*$', '', shown, flags=re.MULTILINE)
        path = self.folder / 'shown.conf'
        path.write_text(shown, 'utf-8')
        status, _words, errors = self.run_with('--session', '--config', str(path))
        self.assertEqual(status, 1)
        self.assertIn('is owned by process', errors)


if __name__ == '__main__':
    vt.run()
