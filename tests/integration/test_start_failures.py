#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every way in which a start or a definition can fail: the exact error, the state that remains,
and nothing left behind."""

import os
import pathlib
import pwd

import virtbus_testing as vt
from virtbus_testing import ERROR, boolean, domain_xml


class FailureTestCase(vt.BusTestCase):
    def assert_start_fails(self, domain, error, *words):
        with self.assert_error(ERROR + error, *words) as caught:
            domain.call('Start')
        self.assert_failed(domain, caught.exception)

    def assert_failed(self, domain, error):
        self.assertEqual(domain.state(), ('shutoff', 'failed'))
        self.assertEqual(domain.get('LastError'), (error.name, error.message))
        self.assertEqual((domain.get('Pid'), domain.get('Id')), (0, -1))
        self.assert_no_emulator()
        self.assertEqual([path for path in self.service.runtime_dir.iterdir() if path.is_dir()], [])

    def assert_works(self, domain_name='works'):
        """Nothing of the failure is left that would hinder others."""
        domain = self.client.define(domain_xml(domain_name))
        domain.call('Start')
        self.assertEqual(domain.state(), ('running', 'booted'))
        domain.call('Destroy')


class Emulator(FailureTestCase):
    def setUp(self):
        super().setUp()
        self.service.start(self.client)

    def test_missing(self):
        domain = self.client.define(domain_xml('none', emulator='/nonexistent/qemu'))
        self.assert_start_fails(domain, 'HostResource', "emulator '/nonexistent/qemu'",
                                'No such file')

    def test_not_executable(self):
        path = self.folder / 'qemu'
        path.write_text('#!/bin/sh\n', 'utf-8')
        path.chmod(0o644)
        domain = self.client.define(domain_xml('plain', emulator=path))
        self.assert_start_fails(domain, 'HostResource', f"emulator '{path}'", 'not executable')

    def test_not_a_program(self):
        path = self.folder / 'qemu'
        path.write_bytes(b'\x7fNOT')
        path.chmod(0o755)
        domain = self.client.define(domain_xml('text', emulator=path))
        self.assert_start_fails(domain, 'Emulator', str(path))

    def test_a_folder(self):
        domain = self.client.define(domain_xml('folder', emulator=self.folder))
        self.assert_start_fails(domain, 'HostResource', str(self.folder))

    def test_exits(self):
        for step in ('start', 'greeting', 'qmp_capabilities', 'cont'):
            with self.subTest(step):
                emulator = self.fake_qemu(f'{step} exit 3 it cannot go on')
                domain = self.client.define(domain_xml(f'exits-{step}', emulator=emulator))
                self.assert_start_fails(domain, 'Emulator', 'it cannot go on')

    def test_refuses(self):
        domain = self.client.define(
            domain_xml('refuses', emulator=self.fake_qemu('cont error it does not want to')))
        self.assert_start_fails(domain, 'Emulator', 'it does not want to')

    def test_closes_its_monitor(self):
        for step in ('greeting', 'qmp_capabilities', 'cont'):
            with self.subTest(step):
                domain = self.client.define(
                    domain_xml(f'closes-{step}', emulator=self.fake_qemu(f'{step} close')))
                self.assert_start_fails(domain, 'Emulator')

    def test_garbage(self):
        for step in ('greeting', 'qmp_capabilities', 'cont'):
            with self.subTest(step):
                domain = self.client.define(
                    domain_xml(f'garbage-{step}', emulator=self.fake_qemu(f'{step} garbage')))
                self.assert_start_fails(domain, 'Emulator')

    def test_what_a_real_qemu_says_is_told(self):
        domain = self.client.define(domain_xml('huge', memory_mib=4 << 20))
        with self.assertRaises(vt.BusError) as caught:
            domain.call('Start')
        self.assertEqual(caught.exception.name, ERROR + 'Emulator')
        # Whether the host has that much or not.
        self.assertRegex(caught.exception.message, 'set up guest memory|phys-bits')
        self.assert_failed(domain, caught.exception)

    def test_what_the_emulator_lacks_is_known_before(self):
        domain = self.client.define(domain_xml('odd-machine', machine='no-such-machine'))
        self.assert_start_fails(domain, 'Unsupported', "machine 'no-such-machine' is not known",
                                "use 'pc'")

    def test_transient_domain_that_cannot_start_is_gone(self):
        emulator = self.fake_qemu('greeting exit 3 it cannot go on')
        with self.assert_error(ERROR + 'Emulator', 'it cannot go on'):
            self.client.create(domain_xml('passing', emulator=emulator))
        self.assertEqual(self.client.list_domains(), {})
        self.assert_no_emulator()

    def test_destroy_ends_a_start_that_hangs(self):
        domain = self.client.define(domain_xml('slow', emulator=self.fake_qemu('greeting hang')))
        start = domain.start_call('Start')
        domain.wait_state('starting')
        with self.assert_error(ERROR + 'Busy', 'Start'):
            domain.call('Start')
        domain.call('Destroy')
        with self.assert_error(ERROR + 'Cancelled'):
            start.result()
        self.assertEqual(domain.get('State'), 'shutoff')
        self.assert_no_emulator()

    def test_a_caller_that_leaves_does_not_end_its_start(self):
        caller = self.make_client()
        domain = self.client.define(domain_xml('left'))
        domain.on(caller).start_call('Start')
        domain.wait_state('starting')
        caller.close()
        domain.wait_state('running', 'booted')


class Deadlines(FailureTestCase):
    """Only what hangs has a short deadline, so that no load of the host makes it strike others."""

    def start_service(self, settings):
        self.service.configure('[qemu]\n' + settings)
        self.service.start(self.client)

    def test_hangs_at_each_step_of_a_start(self):
        self.start_service('start-timeout-ms=700\nquit-timeout-ms=300\n')
        for step in ('start', 'greeting', 'qmp_capabilities', 'cont'):
            with self.subTest(step):
                domain = self.client.define(
                    domain_xml(f'hangs-{step}', emulator=self.fake_qemu(f'{step} hang')))
                self.assert_start_fails(domain, 'Timeout')

    def test_hangs_after_the_start(self):
        self.start_service('command-timeout-ms=700\nquit-timeout-ms=300\n')
        for step, method in (('stop', 'Suspend'), ('system_powerdown', 'Shutdown'),
                             ('system_reset', 'Reset')):
            with self.subTest(step):
                domain = self.client.define(
                    domain_xml(f'hangs-{step}', emulator=self.fake_qemu(f'{step} hang')))
                domain.call('Start')
                with self.assert_error(ERROR + 'Timeout', step):
                    domain.call(method)
                self.assertEqual(domain.get('State'), 'running')
                domain.call('Destroy')
                self.assertEqual(domain.state(), ('shutoff', 'destroyed'))
                self.assert_no_emulator()

    def test_hangs_when_told_to_quit(self):
        self.start_service('quit-timeout-ms=300\n')
        domain = self.client.define(domain_xml('stubborn', emulator=self.fake_qemu('quit hang')))
        domain.call('Start')
        domain.call('Destroy')
        self.assertEqual(domain.state(), ('shutoff', 'destroyed'))
        self.assert_no_emulator()

    def test_others_are_served_while_one_hangs(self):
        self.start_service('quit-timeout-ms=300\n')
        hangs = self.client.define(domain_xml('hangs', emulator=self.fake_qemu('greeting hang')))
        start = hangs.start_call('Start')
        hangs.wait_state('starting')
        other = self.client.define(domain_xml('other', emulator=self.fake_qemu('')))
        other.call('Start')
        self.assertEqual(other.state(), ('running', 'booted'))
        self.assertFalse(start.answered)
        hangs.call('Destroy')
        with self.assert_error(ERROR + 'Cancelled'):
            start.result()


class Disks(FailureTestCase):
    def test_missing(self):
        self.service.start(self.client)
        domain = self.client.define(domain_xml('none', disk='/nonexistent/disk.img'))
        self.assert_start_fails(domain, 'HostResource', 'vda', '/nonexistent/disk.img',
                                'No such file')
        self.assert_works()

    def test_a_folder(self):
        self.service.start(self.client)
        domain = self.client.define(domain_xml('folder', disk=self.folder))
        with self.assertRaises(vt.BusError) as caught:
            domain.call('Start')
        self.assertIn(caught.exception.name, (ERROR + 'HostResource', ERROR + 'Emulator'))
        self.assertIn(str(self.folder), caught.exception.message)
        self.assert_failed(domain, caught.exception)

    def test_unreadable(self):
        become_unprivileged(self)
        disk = self.folder / 'secret.img'
        disk.write_bytes(bytes(512))
        disk.chmod(0)
        self.service.start(self.client)
        domain = self.client.define(domain_xml('secret', disk=disk))
        self.assert_start_fails(domain, 'HostResource', 'vda', str(disk), 'Permission denied')
        disk.chmod(0o644)
        domain.call('Start')
        self.assertEqual(domain.state(), ('running', 'booted'))
        self.assertEqual(domain.get('LastError'), ('', ''))


def become_unprivileged(test):
    """Lets the service run as a user to whom permissions apply; the test's folder is his."""
    if os.geteuid() != 0:
        return
    nobody = pwd.getpwnam('nobody')
    for path in (test.folder, *test.folder.iterdir()):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    test.service.prefix = ['setpriv', f'--reuid={nobody.pw_uid}', f'--regid={nobody.pw_gid}',
                           '--clear-groups']


class Limits(FailureTestCase):
    def test_too_many_open_files(self):
        self.service.prefix = ['prlimit', '--nofile=48:48']
        self.service.start(self.client)
        domains = [self.client.define(domain_xml(f'number-{number}', emulator=self.fake_qemu('')))
                   for number in range(25)]
        failed = []
        for domain, start in [(domain, domain.start_call('Start')) for domain in domains]:
            try:
                start.result()
            except vt.BusError as error:
                failed.append(domain)
                self.assertEqual(error.name, ERROR + 'HostResource', error)
                self.assertRegex(error.message, 'Too many open files.*limit')
        self.assertTrue(failed)
        for domain in domains:
            if domain not in failed:
                domain.call('Destroy')
        self.assert_no_emulator()
        failed[0].call('Start')
        failed[0].call('Destroy')
        self.assertEqual(list(self.service.runtime_dir.iterdir()), [])


class Logs(FailureTestCase):
    def setUp(self):
        super().setUp()
        self.service.start(self.client)
        self.logs = self.service.state_dir / 'log'

    def test_no_name_is_too_long_for_its_log(self):
        for name in ('n' * 251, 'n' * 252, 'ü' * 127 + 'n'):
            with self.subTest(name):
                domain = self.client.define(domain_xml(name))
                domain.call('Start')
                base = name if len(name) == 251 else domain.get('Uuid')
                self.assertIn('starting', (self.logs / f'{base}.log').read_text('utf-8'))
                domain.call('Destroy')

    def test_a_fifo_holds_no_start_up(self):
        domain = self.client.define(domain_xml('fifo'))
        os.mkfifo(self.logs / 'fifo.log')
        self.assert_start_fails(domain, 'HostResource', str(self.logs / 'fifo.log'))
        self.assert_works()


class Store(FailureTestCase):
    """The folder of the definitions cannot be written."""

    def mount(self, options):
        """Makes the folder of the definitions a file system of its own, which only the service
        and a helper see; remount() tells that helper what to do."""
        domains = self.service.state_dir / 'domains'
        domains.mkdir(parents=True)
        orders, answers = self.folder / 'orders', self.folder / 'answers'
        os.mkfifo(orders)
        os.mkfifo(answers)
        enter = ['unshare', '--mount']
        if os.geteuid() != 0:
            enter += ['--user', '--map-current-user', '--keep-caps']
        self.service.prefix = [*enter, 'sh', '-c', f"""
            mount -t tmpfs -o {options} tmpfs {domains} || exit
            while read -r options; do
              mount -o "remount,$options" {domains} && echo done || echo failed
            done < {orders} > {answers} &
            exec "$@"
            """, 'sh']

    def start_mounted(self, options):
        self.mount(options)
        self.service.spawn()
        self.orders = open(self.folder / 'orders', 'w', 1, 'utf-8')
        self.addCleanup(self.orders.close)
        self.answers = open(self.folder / 'answers', 'r', 1, 'utf-8')
        self.addCleanup(self.answers.close)
        self.service.wait_owner(self.client)

    def remount(self, options):
        print(options, file=self.orders, flush=True)
        self.assertEqual(self.answers.readline(), 'done\n')

    def test_no_permission(self):
        become_unprivileged(self)
        self.service.start(self.client)
        kept = self.client.define(domain_xml('kept'))
        domains = self.service.state_dir / 'domains'
        domains.chmod(0o500)
        with self.assert_error(ERROR + 'HostResource', str(domains), 'Permission denied'):
            self.client.define(domain_xml('refused'))
        with self.assert_error(ERROR + 'HostResource', str(domains)):
            kept.call('Undefine')
        with self.assert_error(ERROR + 'HostResource', str(domains)):
            kept.call('SetTitle', '(sa{sv})', 'title')
        self.assertEqual(kept.get('Title'), '')
        self.assertEqual(list(self.client.list_domains()), ['kept'])
        domains.chmod(0o700)
        self.client.define(domain_xml('accepted'))
        self.assertEqual(len(self.service.stored()), 2)
        self.assertEqual(len(list(domains.iterdir())), 2)

    def test_no_permission_at_the_start(self):
        become_unprivileged(self)
        self.service.state_dir.mkdir()
        self.service.state_dir.chmod(0o500)
        status, words = self.service.run()
        self.assertEqual(status, 1)
        self.assertIn('virtbusd: ', words)
        self.assertIn(str(self.service.state_dir), words)
        self.assertFalse(self.client.has_owner())

    def test_read_only(self):
        self.start_mounted('mode=700')
        kept = self.client.define(domain_xml('kept'))
        self.remount('ro')
        with self.assert_error(ERROR + 'HostResource', 'Read-only file system'):
            self.client.define(domain_xml('refused'))
        with self.assert_error(ERROR + 'HostResource', 'Read-only file system'):
            kept.call('Undefine')
        kept.call('Start')
        kept.call('Destroy')
        self.remount('rw')
        self.client.define(domain_xml('accepted'))
        self.assertEqual(set(self.client.list_domains()), {'kept', 'accepted'})

    def test_full(self):
        self.start_mounted('mode=700,size=256k')
        accepted = {}
        with self.assert_error(ERROR + 'HostResource', 'No space left'):
            for number in range(1000):
                name = f'number-{number}'
                accepted[name] = self.client.define(domain_xml(name)).path
        self.assertGreater(len(accepted), 3)
        self.assertEqual({name: path for name, (path, _) in self.client.list_domains().items()},
                         accepted)
        stored = pathlib.Path(f'/proc/{self.service.process.pid}/root{self.service.state_dir}'
                              '/domains')
        self.assertEqual({vt.path_of(path.stem) for path in stored.iterdir()},
                         set(accepted.values()))
        for path in stored.iterdir():
            self.assertTrue(path.read_text('utf-8').rstrip().endswith('>'), path)
        for name in list(accepted)[:4]:
            vt.Domain(self.client, accepted[name]).call('Undefine')
        self.client.define(domain_xml('fits'))


class Definitions(FailureTestCase):
    def setUp(self):
        super().setUp()
        self.service.start(self.client)

    def test_two_definitions_of_one_name(self):
        first = self.client.define(domain_xml('twin', identity=vt.new_uuid()))
        with self.assert_error(ERROR + 'AlreadyExists', "'twin'", first.get('Uuid')):
            self.client.define(domain_xml('twin', identity=vt.new_uuid()))
        with self.assert_error(ERROR + 'AlreadyExists', "'twin'"):
            self.client.create(domain_xml('twin', identity=vt.new_uuid()))
        other = self.client.define(domain_xml('other'))
        with self.assert_error(ERROR + 'AlreadyExists', "'twin'"):
            other.call('Rename', '(sa{sv})', 'twin')
        self.assertEqual(set(self.client.list_domains()), {'twin', 'other'})
        self.assertEqual(len(self.service.stored()), 2)

    def test_of_two_at_once_one_wins(self):
        pending = [self.client.start_call(vt.ROOT_PATH, vt.MANAGER, 'DefineDomain', '(sa{sv})',
                                          domain_xml('race', identity=vt.new_uuid()), {})
                   for _ in range(8)]
        outcomes = []
        for call in pending:
            try:
                call.result()
                outcomes.append('stored')
            except vt.BusError as error:
                outcomes.append(error.name)
        self.assertEqual(outcomes.count('stored'), 1)
        self.assertLessEqual(set(outcomes), {'stored', ERROR + 'Busy', ERROR + 'AlreadyExists'})
        self.assertEqual(len(self.service.stored()), 1)

    def test_fail_if_exists(self):
        identity = vt.new_uuid()
        self.client.define(domain_xml('once', identity=identity))
        with self.assert_error(ERROR + 'AlreadyExists', 'once'):
            self.client.define(domain_xml('once', identity=identity),
                               **{'fail-if-exists': boolean(True)})

    def test_bad_xml(self):
        for xml in ('', '<domain>', "<domain type='qemu'><memory>1</memory></domain>"):
            with self.subTest(xml), self.assert_error(ERROR + 'InvalidXml'):
                self.client.define(xml)
        self.assertEqual(self.client.list_domains(), {})

    def test_definitions_that_cannot_be_read_are_reported_and_left(self):
        whole = self.client.define(domain_xml('whole'))
        self.service.stop()
        broken = self.service.state_dir / 'domains' / f'{vt.new_uuid()}.xml'
        broken.write_text('<domain', 'utf-8')
        self.service.start(self.client)
        self.assertEqual(list(self.client.list_domains()), ['whole'])
        self.assertEqual(whole.state(), ('shutoff', 'unknown'))
        self.assertIn(broken.name, self.service.messages())
        self.assertEqual(broken.read_text('utf-8'), '<domain')


if __name__ == '__main__':
    vt.run()
