#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The service on a real system bus, with a real polkitd and the project's own policy files.

The clients are existing unprivileged users of the host. Run through system-bus.sh (run() below
does so), which leaves starting polkitd to this script.
"""

import grp
import os
import pathlib
import pwd
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import unittest

import display_clients
import virtbus_testing as vt
from virtbus_testing import ERROR, boolean, domain_xml

SYSTEM_BUS = 'unix:path=/run/dbus/system_bus_socket'
POLKITD = next(path for path in ('/usr/lib/polkit-1/polkitd', '/usr/libexec/polkitd')
               if os.path.exists(path))
POLKIT_NAME = 'org.freedesktop.PolicyKit1'
DENIED = 'org.freedesktop.DBus.Error.AccessDenied'
PASSWORD_NEEDED = 'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired'
# Who may what: the last is made a member of the group virtbus, the others as 10-test.rules says.
USERS = ('nobody', 'daemon', 'games', 'news', 'man')
MEMBER = 'man'


def action(verb):
    return f'org.virtbus1.domain.{verb}'


class SystemTestCase(unittest.TestCase):
    assert_error = vt.BusTestCase.assert_error
    end_emulators = vt.BusTestCase.end_emulators
    end_service = vt.BusTestCase.end_service

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='vbt.'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.addCleanup(self.end_emulators)
        self.root = self.client_of('root')
        self.polkitd = None
        self.addCleanup(self.stop_polkitd)
        self.service = vt.Service(self.folder, vt.service_environment(self.folder))
        self.service.environment.pop('DBUS_SYSTEM_BUS_ADDRESS')
        self.service.mode = '--system'
        self.addCleanup(self.end_service, self.service)

    def start(self):
        self.start_polkitd()
        self.service.start(self.root)
        for user in USERS:
            setattr(self, user, self.client_of(user))

    def client_of(self, user):
        """A connection of that user: the bus looks at who connects."""
        os.seteuid(pwd.getpwnam(user).pw_uid)
        try:
            client = vt.Client(SYSTEM_BUS)
        finally:
            os.seteuid(0)
        self.addCleanup(client.close)
        return client

    def start_polkitd(self):
        self.polkitd = subprocess.Popen([POLKITD, '--no-debug'], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        vt.iterate_until(lambda: self.root.has_owner(POLKIT_NAME), 'polkitd')

    def stop_polkitd(self):
        if self.polkitd:
            self.polkitd.terminate()
            self.polkitd.wait()
            self.polkitd = None
            vt.iterate_until(lambda: not self.root.has_owner(POLKIT_NAME), "polkitd's end")


class Rules(SystemTestCase):
    def setUp(self):
        super().setUp()
        self.start()

    def test_the_mode_is_told(self):
        self.assertEqual(self.nobody.call(vt.ROOT_PATH, vt.PROPERTIES, 'Get', '(ss)', vt.MANAGER,
                                          'Mode'), 'system')

    def test_root_may_everything(self):
        domain = self.root.define(domain_xml('roots'))
        domain.call('Start')
        self.assertEqual(domain.state(), ('running', 'booted'))
        domain.call('GetXml', secure=boolean(True))
        domain.call('Destroy')
        domain.call('Undefine')

    def test_without_a_rule_one_may_only_look(self):
        domain = self.root.define(domain_xml('roots')).on(self.nobody)
        self.assertEqual(domain.state(), ('shutoff', 'unknown'))
        self.assertIn('roots', self.nobody.list_domains())
        self.assertIn('<name>roots</name>', domain.xml())
        with self.assert_error(PASSWORD_NEEDED, action('define')):
            self.nobody.define(domain_xml('mine'))
        for verb, method, arguments in (
                ('start', 'Start', ()), ('stop', 'Shutdown', ()), ('stop', 'Reboot', ()),
                ('stop', 'Reset', ()), ('stop', 'Destroy', ()), ('suspend', 'Suspend', ()),
                ('suspend', 'Resume', ()), ('undefine', 'Undefine', ()),
                ('modify', 'SetAutostart', ('(ba{sv})', True)),
                ('modify', 'SetTitle', ('(sa{sv})', 'title')),
                ('modify', 'Rename', ('(sa{sv})', 'renamed'))):
            with self.subTest(method), self.assert_error(PASSWORD_NEEDED, action(verb)):
                domain.call(method, *arguments)
        with self.assert_error(PASSWORD_NEEDED, action('read-secrets')):
            domain.call('GetXml', secure=boolean(True))
        self.assertEqual(self.service.stored(), {domain.get('Uuid')})

    def test_nobody_there_to_type_the_password(self):
        domain = self.root.define(domain_xml('roots'))
        with self.assert_error(DENIED, action('start'), 'agent'):
            self.nobody.call(domain.path, vt.DOMAIN, 'Start', '(a{sv})', {}, interactive=True)

    def test_a_rule_that_says_no(self):
        domain = self.root.define(domain_xml('roots'))
        with self.assert_error(DENIED, action('start'), 'ask the administrator'):
            domain.on(self.daemon).call('Start')
        with self.assert_error(DENIED, action('start')):
            self.daemon.call(domain.path, vt.DOMAIN, 'Start', '(a{sv})', {}, interactive=True)
        with self.assert_error(DENIED, action('list')):
            domain.on(self.daemon).get('State')

    def test_rules_decide_per_action_and_per_domain(self):
        mine = self.games.define(domain_xml('stoppable'))
        other = self.games.define(domain_xml('other'))
        roots = self.root.define(domain_xml('roots')).on(self.games)
        self.assertEqual(mine.get('Owner'), 'games')
        self.assertEqual(roots.get('Owner'), 'root')
        for domain in (mine, other, roots):
            domain.call('Start')
        mine.call('Destroy')
        with self.assert_error(DENIED, action('stop')):
            other.call('Destroy')
        with self.assert_error(PASSWORD_NEEDED, action('suspend')):
            other.call('Suspend')
        roots.call('Suspend')
        self.assertEqual(roots.state(), ('paused', 'user'))
        with self.assert_error(PASSWORD_NEEDED, action('modify')):
            mine.call('SetTitle', '(sa{sv})', 'title')

    def test_qmp_needs_the_right_that_the_command_needs(self):
        execute = lambda client, command: client.call(domain.path, vt.QMP, 'Execute', '(ssa{sv})',
                                                      command, '', {})
        open_session = lambda client, mode: client.call(domain.path, vt.QMP, 'OpenSession',
                                                        '(a{sv})', {'mode': vt.string(mode)})
        domain = self.games.define(domain_xml('asked'))
        domain.call('Start')
        for verb, command, mode in (('qmp-query', 'query-status', 'query'),
                                    ('qmp-control', 'stop', 'control')):
            with self.subTest(verb), self.assert_error(PASSWORD_NEEDED, action(verb)):
                execute(self.nobody, command)
            with self.subTest(verb), self.assert_error(PASSWORD_NEEDED, action(verb)):
                open_session(self.nobody, mode)
        self.assertIn('"running": true', execute(self.games, 'query-status'))
        open_session(self.games, 'query')
        self.assertEqual(domain.get('Tainted'), [])
        self.assertEqual(execute(self.games, 'system_reset'), '{}')
        self.assertEqual(domain.get('Tainted'), ['qmp:system_reset'])
        self.assertTrue(any("user 'games'" in line and "'system_reset'" in line
                            for line in self.service.messages().splitlines()))
        with self.assert_error(PASSWORD_NEEDED, action('qmp-control')):
            execute(self.games, 'stop')
        with self.assert_error(PASSWORD_NEEDED, action('qmp-control')):
            open_session(self.games, 'control')
        open_session(self.man, 'control')

    def test_a_transient_domain_needs_both_rights(self):
        self.games.create(domain_xml('brief'))
        with self.assert_error(PASSWORD_NEEDED, action('define')):
            self.nobody.create(domain_xml('another'))

    def test_who_sees_one_domain_only(self):
        public = self.root.define(domain_xml('public')).on(self.news)
        secret = self.root.define(domain_xml('secret')).on(self.news)
        self.assertEqual(public.get('Name'), 'public')
        with self.assert_error(DENIED, action('list')):
            secret.get('Name')
        with self.assert_error(DENIED, action('list')):
            secret.xml()

    def test_a_member_of_the_group_may_everything(self):
        domain = self.man.define(domain_xml('members'))
        domain.call('Start')
        domain.call('Suspend')
        domain.call('SetTitle', '(sa{sv})', 'title')
        domain.call('GetXml', secure=boolean(True))
        domain.call('Destroy')
        domain.call('Undefine')

    def test_a_caller_that_leaves_is_forgotten(self):
        leaver = self.client_of('nobody')
        domain = self.root.define(domain_xml('roots'))
        leaver.start_call(domain.path, vt.DOMAIN, 'Start', '(a{sv})', {})
        leaver.connection.flush_sync(None)
        leaver.close()
        self.assertEqual(domain.state(), ('shutoff', 'unknown'))

    def test_refusal_while_polkit_is_away_and_back_to_normal_after(self):
        domain = self.root.define(domain_xml('roots')).on(self.games)
        self.stop_polkitd()
        with self.assert_error(DENIED, 'polkit could not be asked', action('start')):
            domain.call('Start')
        self.start_polkitd()
        domain.call('Start')


class Unprivileged(SystemTestCase):
    def assert_confined(self, pid, user):
        entry = pwd.getpwnam(user)
        self.assertEqual(set(vt.status_field(pid, 'Uid')), {str(entry.pw_uid)})
        self.assertEqual(set(vt.status_field(pid, 'Gid')), {str(entry.pw_gid)})
        self.assertEqual(vt.status_field(pid, 'NoNewPrivs'), ['1'])
        self.assertEqual(vt.status_field(pid, 'Seccomp'), ['2'])
        for kind in ('CapEff', 'CapPrm', 'CapInh', 'CapAmb'):
            self.assertEqual(int(vt.status_field(pid, kind)[0], 16), 0, kind)
        self.assertNotIn('0', vt.status_field(pid, 'Groups'))

    def test_qemu_runs_as_the_default_user(self):
        self.start()
        users = {entry.pw_name for entry in pwd.getpwall()}
        image = self.folder / 'disk.img'
        shutil.copy(vt.GUEST_IMAGE, image)
        image.chmod(0o600)
        domain = self.root.define(domain_xml('confined', disk=image))
        domain.call('Start')
        self.assert_confined(domain.get('Pid'),
                             'virtbus-qemu' if 'virtbus-qemu' in users else 'nobody')
        self.service.kill()
        self.service.start(self.root)
        self.assertEqual(domain.get('State'), 'running')
        domain.call('Suspend')
        domain.call('Destroy')
        self.assertEqual(domain.state(), ('shutoff', 'destroyed'))

    def test_qemu_runs_as_the_configured_user(self):
        self.service.configure('[qemu]\nuser=games\n')
        self.start()
        domain = self.root.define(domain_xml('confined'))
        domain.call('Start')
        self.assert_confined(domain.get('Pid'), 'games')

    def test_qemu_runs_as_root_where_one_says_so(self):
        self.service.configure('[qemu]\nuser=root\n')
        self.start()
        domain = self.root.define(domain_xml('unconfined'))
        domain.call('Start')
        self.assertEqual(set(vt.status_field(domain.get('Pid'), 'Uid')), {'0'})
        domain.call('Destroy')

    def test_key_of_displays_is_roots_alone(self):
        folder = self.service.config.parent / 'certificates'
        vt.make_certificates(folder)
        self.assertEqual((folder / 'server-key.pem').stat().st_mode & 0o777, 0o600)
        self.start()
        domain = self.root.define(domain_xml(
            'encrypted', devices="<graphics type='spice' port='-1' tlsPort='-1'/>"))
        domain.call('Start')
        port = self.root.call(f'{domain.path}/graphics_spice0', vt.PROPERTIES, 'Get', '(ss)',
                              'org.virtbus1.Graphics', 'TlsPort')
        tls = ssl.create_default_context(cafile=folder / 'ca-cert.pem')
        display_clients.enter_spice(('127.0.0.1', port), tls=tls)

    def test_folders_are_closed_to_others(self):
        self.start()
        self.root.define(domain_xml('stored'))
        for folder in (self.service.state_dir / 'domains', self.service.runtime_dir):
            self.assertEqual(folder.stat().st_mode & 0o007, 0, folder)


class OwnersRights(SystemTestCase):
    """The files of a domain are opened with the rights of its owner, whom polkit lets start it,
    and not with those of the service, which is root."""

    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        self.image = self.folder / 'disk.img'
        shutil.copy(vt.GUEST_IMAGE, self.image)
        self.image.chmod(0o600)
        self.start()

    def give(self, path):
        games = pwd.getpwnam('games')
        os.chown(path, games.pw_uid, games.pw_gid)

    def test_image_of_another(self):
        xml = domain_xml('stoppable', disk=self.image)
        domain = self.games.define(xml)
        with self.assert_error(ERROR + 'HostResource', str(self.image), "let user 'games' read it"):
            domain.call('Start')
        self.assertEqual(domain.state()[0], 'shutoff')
        self.give(self.image)
        domain.call('Start')
        self.assertEqual(domain.state(), ('running', 'booted'))

    def test_kernel_that_only_its_owner_reads(self):
        """QEMU is yet another user, who may not read it either."""
        kernel = self.folder / 'kernel'
        kernel.write_bytes(vt.linux_image())
        kernel.chmod(0o400)
        xml = domain_xml('stoppable').replace('<boot dev', f'<kernel>{kernel}</kernel><boot dev')
        domain = self.games.define(xml)
        with self.assert_error(ERROR + 'HostResource', f"kernel: cannot open '{kernel}'",
                               "let user 'games' read it"):
            domain.call('Start')
        self.give(kernel)
        domain.call('Start')
        self.assertEqual(domain.state(), ('running', 'booted'))
        domain.call('Destroy')
        domain.on(self.root).call('Undefine')

    def test_socket_in_a_folder_of_another(self):
        closed = self.folder / 'closed'
        closed.mkdir(mode=0o755)
        path = closed / 'vnc'
        domain = self.games.define(domain_xml(
            'stoppable', devices=f'<graphics type="vnc" socket="{path}"/>'))
        with self.assert_error(ERROR + 'HostResource', str(path), 'Permission denied'):
            domain.call('Start')
        self.assertFalse(path.exists())
        self.give(closed)
        domain.call('Start')
        self.assertEqual(path.owner(), 'games')


class Start(SystemTestCase):
    def test_polkit_is_needed(self):
        status, words = self.service.run()
        self.assertEqual(status, 1)
        self.assertIn('polkit cannot be reached', words)
        self.assertFalse(self.root.has_owner())

    def test_only_root_may_own_the_name(self):
        self.start_polkitd()
        self.folder.chmod(0o777)
        nobody = pwd.getpwnam('nobody')
        self.service.prefix = ['setpriv', f'--reuid={nobody.pw_uid}', f'--regid={nobody.pw_gid}',
                               '--clear-groups']
        status, words = self.service.run()
        self.assertEqual(status, 1)
        self.assertIn('cannot own the bus name org.virtbus1', words)

    def test_unknown_user_in_the_configuration(self):
        self.service.configure('[qemu]\nuser=no-such-user\n')
        status, words = self.service.run()
        self.assertEqual(status, 1)
        self.assertIn(f"{self.service.config}: group [qemu], key 'user'", words)
        self.assertIn("there is no user 'no-such-user'", words)

    def test_autostart_once_per_boot_of_the_host(self):
        self.start()
        domain = self.root.define(domain_xml('daily'))
        domain.call('SetAutostart', '(ba{sv})', True)
        self.service.stop()
        shutil.rmtree(self.service.runtime_dir)         # as a boot of the host does
        self.service.start(self.root)
        domain.wait_state('running', 'booted')
        domain.call('Destroy')
        self.service.stop()
        self.service.start(self.root)
        self.assertEqual(domain.state(), ('shutoff', 'unknown'))


def prepare(folder):
    """What system-bus.sh wants: the project's own files, the rules of this test, the group."""
    for name in ('actions', 'rules.d', 'dbus'):
        (folder / name).mkdir()
    source = vt.SOURCE_ROOT
    shutil.copy(source / 'policy' / 'org.virtbus1.policy', folder / 'actions')
    shutil.copy(source / 'policy' / '50-virtbus.rules', folder / 'rules.d')
    shutil.copy(source / 'tests' / 'integration' / 'polkit' / '10-test.rules', folder / 'rules.d')
    shutil.copy(source / 'dbus-1' / 'org.virtbus1.conf', folder / 'dbus')
    groups = [f'{group.gr_name}:x:{group.gr_gid}:{",".join(group.gr_mem)}'
              for group in grp.getgrall() if group.gr_name != 'virtbus']
    (folder / 'group').write_text('\n'.join([*groups, f'virtbus:x:64999:{MEMBER}', '']), 'utf-8')


def run():
    if os.environ.get('VB_SYSTEM_BUS') == '1':
        vt.run()
    with tempfile.TemporaryDirectory(prefix='vbt.polkit.') as folder:
        prepare(pathlib.Path(folder))
        script = vt.SOURCE_ROOT / 'tests' / 'integration' / 'system-bus.sh'
        process = subprocess.Popen(
            [script, folder, '--', sys.executable, __file__, *sys.argv[1:]],
            env={**os.environ, 'VB_SYSTEM_BUS': '1'})
        for number in vt.ENDING_SIGNALS:
            signal.signal(number, lambda number, _frame: process.send_signal(number))
        status = process.wait()
    sys.exit(status)


if __name__ == '__main__':
    run()
