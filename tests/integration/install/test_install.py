#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Installs into a temporary DESTDIR and asks those who will read the files whether they can: every
expected file is there, XML is well-formed, systemd takes the units and the user, a bus with the
installed policy lets root own the name and everyone call it, and programs find libqmp by pkg-config
and by introspection. Nothing of the host is touched.
"""

import argparse
import configparser
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

from gi.repository import Gio, GLib

OPTIONS = None

# Taken by uid, so that no user database has to know it.
OTHER_UID = 65534

# Calls a method of the service, or asks for its name; exits with 0 if the bus lets it.
CLIENT = '''
import os, sys
from gi.repository import Gio, GLib
address, uid, act = sys.argv[1:]
if os.getuid() != int(uid):
    os.setgroups([])
    os.setuid(int(uid))
bus = Gio.DBusConnection.new_for_address_sync(
    address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
    | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
try:
    if act == 'own':
        bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                      'RequestName', GLib.Variant('(su)', ('org.virtbus1', 0)), None,
                      Gio.DBusCallFlags.NONE, -1, None)
    else:
        bus.call_sync('org.virtbus1', '/', 'org.freedesktop.DBus.Peer', 'Ping', None, None,
                      Gio.DBusCallFlags.NO_AUTO_START, -1, None)
except GLib.Error as error:
    print(Gio.DBusError.get_remote_error(error))
    sys.exit(1)
'''

# What a user of libqmp writes first; the peer is the other end of a socket that closes at once.
LIBQMP_PROGRAM = '''
#include <qmp/qmp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int
main (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) session = NULL;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM, 0, fds) != 0)
    return 1;
  close (fds[1]);
  session = qmp_session_new_for_fd (fds[0]);
  if (qmp_session_open_sync (session, 0, NULL, &error))
    return 2;
  puts (error->message);
  return g_error_matches (error, QMP_ERROR, QMP_ERROR_DISCONNECTED) ? 0 : 3;
}
'''
LIBQMP_SCRIPT = '''
import gi
gi.require_version('Qmp', '1.0')
from gi.repository import Qmp
print(Qmp.Value.parse('[1, {"a": null}]', -1).to_string())
'''
LIBQMP_VALA = '''
async void talk () throws Error {
  var session = yield Qmp.Session.connect_async ("/nonexistent/monitor", 0, null);
  yield session.open_async (0, null);
  session.event.connect ((name, data, timestamp_us) => print ("%s\\n", name));
  var reply = yield session.call_full_async ("getfd", new Qmp.Value.parse ("{}", -1),
                                             Qmp.CallFlags.NONE, { 0 }, 0, null);
  var status = yield session.query_status_async (0, null);
  print ("%s %d\\n", reply.to_string (), (int) status.status);
}

void main () {
  var loop = new MainLoop ();
  talk.begin ((source, result) => {
    try {
      talk.end (result);
    } catch (Qmp.Error.DISCONNECTED error) {
      print ("disconnected\\n");
    } catch (Error error) {
      print ("%s\\n", error.message);
    }
    loop.quit ();
  });
  loop.run ();
}
'''


def run(*command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)


class Install(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='virtbus-install.'))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        # Other users are to read it below.
        cls.folder.chmod(0o755)
        cls.destdir = cls.folder / 'root'
        result = run(OPTIONS.meson, 'install', '-C', OPTIONS.build, '--no-rebuild', '--quiet',
                     '--destdir', str(cls.destdir), umask=0o022)
        if result.returncode != 0:
            raise AssertionError(f'meson install failed:\n{result.stdout}')
        cls.files = sorted(path for path in cls.destdir.rglob('*') if path.is_file())

    @classmethod
    def staged(cls, path):
        return cls.destdir / str(path).lstrip('/')

    def found(self, path):
        self.assertIn(self.staged(path), self.files)
        return self.staged(path)

    def ini(self, path):
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.optionxform = str
        parser.read_string(self.found(path).read_text(encoding='utf-8'))
        return parser

    def test_everything_is_there(self):
        expected = [
            f'{OPTIONS.bindir}/virtbusd',
            f'{OPTIONS.sysconfdir}/virtbus/virtbus.conf',
            f'{OPTIONS.datadir}/dbus-1/system.d/org.virtbus1.conf',
            f'{OPTIONS.datadir}/dbus-1/system-services/org.virtbus1.service',
            f'{OPTIONS.datadir}/dbus-1/services/org.virtbus1.service',
            f'{OPTIONS.datadir}/polkit-1/actions/org.virtbus1.policy',
            f'{OPTIONS.prefix}/lib/systemd/system/virtbusd.service',
            f'{OPTIONS.prefix}/lib/systemd/user/virtbusd.service',
            f'{OPTIONS.prefix}/lib/sysusers.d/virtbus.conf',
        ]
        headers = f'{OPTIONS.includedir}/libqmp-glib-1.0/qmp'
        for name in OPTIONS.headers:
            expected.append(f'{headers}/{pathlib.Path(name).name}')
        expected.append(f'{OPTIONS.libdir}/pkgconfig/libqmp-glib-1.0.pc')
        expected.append(f'{OPTIONS.libdir}/libqmp-glib-1.0.so')
        expected.append(f'{OPTIONS.libdir}/libqmp-glib-1.0.so.0')
        if OPTIONS.introspection:
            expected.append(f'{OPTIONS.libdir}/girepository-1.0/Qmp-1.0.typelib')
            expected.append(f'{OPTIONS.datadir}/gir-1.0/Qmp-1.0.gir')
        if OPTIONS.vapi:
            expected.append(f'{OPTIONS.datadir}/vala/vapi/libqmp-glib-1.0.vapi')
        for source in pathlib.Path(OPTIONS.source, 'introspection').glob('*.xml'):
            expected.append(f'{OPTIONS.datadir}/dbus-1/interfaces/{source.name}')
        for source in pathlib.Path(OPTIONS.source, 'domain').glob('**/*.rng'):
            schema = source.relative_to(pathlib.Path(OPTIONS.source, 'domain'))
            expected.append(f'{OPTIONS.datadir}/virtbus/{schema}')
        documents = f'{OPTIONS.datadir}/doc/virtbus'
        expected.append(f'{documents}/domain-xml.md')
        expected.append(f'{documents}/qmp-reference.md')
        for source in pathlib.Path(OPTIONS.source, 'introspection').glob('*.xml'):
            expected.append(f'{documents}/api/api-{source.stem}.rst')
        if OPTIONS.manual:
            expected.append(f'{documents}/devices.md')
        if OPTIONS.guest:
            expected.append(f'{OPTIONS.datadir}/virtbus/example-guest.img')
            expected.append(f'{OPTIONS.datadir}/virtbus/hello.xml')
        missing = [path for path in expected if self.staged(path) not in self.files]
        self.assertEqual(missing, [])

    def test_modes(self):
        for path in self.files:
            mode = path.stat().st_mode & 0o777
            program = path.parent == self.staged(OPTIONS.bindir) or '.so' in path.suffixes
            with self.subTest(path=path):
                self.assertEqual(mode, 0o755 if program else 0o644)

    def test_nothing_names_the_build(self):
        for path in self.files:
            if path.stat().st_mode & 0o111:
                continue
            content = path.read_bytes()
            with self.subTest(path=path):
                for folder in (OPTIONS.build, OPTIONS.source, str(self.destdir)):
                    self.assertNotIn(folder.encode(), content)
                self.assertIsNone(re.search(rb'@[A-Za-z_]+@', content))

    def test_xml(self):
        files = [path for path in self.files if path.suffix in ('.xml', '.policy')]
        files.append(self.found(f'{OPTIONS.datadir}/dbus-1/system.d/org.virtbus1.conf'))
        result = run('xmllint', '--nonet', '--noout', *files)
        self.assertEqual((result.returncode, result.stdout), (0, ''))

    def test_example(self):
        if OPTIONS.guest:
            image = f'{OPTIONS.datadir}/virtbus/example-guest.img'
            self.found(image)
            example = self.found(f'{OPTIONS.datadir}/virtbus/hello.xml')
            self.assertIn(f"<source file='{image}'/>", example.read_text(encoding='utf-8'))

    def libqmp_environment(self):
        return {
            **os.environ,
            'LC_ALL': 'C.UTF-8',
            'PKG_CONFIG_PATH': str(self.folder),
            'LD_LIBRARY_PATH': str(self.staged(OPTIONS.libdir)),
            'GI_TYPELIB_PATH': str(self.staged(f'{OPTIONS.libdir}/girepository-1.0')),
        }

    def test_libqmp_headers_only(self):
        """Private headers stay at home."""
        folder = self.staged(f'{OPTIONS.includedir}/libqmp-glib-1.0')
        self.assertEqual(sorted(path.name for path in folder.rglob('*.h')),
                         sorted(pathlib.Path(name).name for name in OPTIONS.headers))

    def libqmp_flags(self):
        # The file as it would be, had the prefix been the folder where it is staged.
        text = self.found(f'{OPTIONS.libdir}/pkgconfig/libqmp-glib-1.0.pc').read_text('utf-8')
        self.assertIn(f'prefix={OPTIONS.prefix}\n', text)
        copy = self.folder / 'libqmp-glib-1.0.pc'
        copy.write_text(text.replace(f'prefix={OPTIONS.prefix}\n',
                                     f'prefix={self.staged(OPTIONS.prefix)}\n'), 'utf-8')

        flags = run('pkg-config', '--cflags', '--libs', 'libqmp-glib-1.0',
                    env=self.libqmp_environment())
        self.assertEqual(flags.returncode, 0, flags.stdout)
        return shlex.split(flags.stdout)

    def test_libqmp_in_c(self):
        source = self.folder / 'program.c'
        source.write_text(LIBQMP_PROGRAM, encoding='utf-8')
        program = self.folder / 'program'
        result = run(*shlex.split(OPTIONS.cc), '-Wall', '-Werror', source, '-o', program,
                     *self.libqmp_flags(), *shlex.split(OPTIONS.link_args))
        self.assertEqual(result.returncode, 0, result.stdout)
        result = run(program, env=self.libqmp_environment())
        self.assertEqual((result.returncode, result.stdout),
                         (0, 'the monitor closed the connection before its greeting\n'))

    def test_libqmp_in_python(self):
        if OPTIONS.introspection:
            result = run(sys.executable, '-c', LIBQMP_SCRIPT, env=self.libqmp_environment())
            self.assertEqual((result.returncode, result.stdout), (0, '[1,{"a":null}]\n'))

    def test_libqmp_in_vala(self):
        if not OPTIONS.vapi:
            return
        source = self.folder / 'program.vala'
        source.write_text(LIBQMP_VALA, encoding='utf-8')
        program = self.folder / 'vala-program'
        # Of what valac writes in C, not every warning can be helped.
        flags = [word for flag in [*self.libqmp_flags(), '-w'] for word in ('-X', flag)]
        result = run('valac', '--quiet', source, '--output', program, '--pkg', 'libqmp-glib-1.0',
                     f'--vapidir={self.staged(f"{OPTIONS.datadir}/vala/vapi")}',
                     f'--girdir={self.staged(f"{OPTIONS.datadir}/gir-1.0")}', *flags,
                     env=self.libqmp_environment())
        self.assertEqual((result.returncode, result.stdout), (0, ''))
        result = run(program, env=self.libqmp_environment())
        self.assertEqual((result.returncode, result.stdout), (0, 'disconnected\n'))

    def test_activation(self):
        for kind, folder, unit in (('system', 'system-services', 'system'),
                                   ('session', 'services', 'user')):
            with self.subTest(kind=kind):
                file = self.ini(f'{OPTIONS.datadir}/dbus-1/{folder}/org.virtbus1.service')
                section = file['D-BUS Service']
                self.assertEqual(section['Name'], 'org.virtbus1')
                self.assertEqual(section['Exec'], f'{OPTIONS.bindir}/virtbusd --{kind}')
                self.found(f'{OPTIONS.prefix}/lib/systemd/{unit}/{section["SystemdService"]}')

    def test_units(self):
        for kind, bus in (('system', 'system'), ('user', 'session')):
            path = f'{OPTIONS.prefix}/lib/systemd/{kind}/virtbusd.service'
            unit = self.ini(path)
            with self.subTest(kind=kind):
                service = unit['Service']
                self.assertEqual(service['ExecStart'], f'{OPTIONS.bindir}/virtbusd --{bus}')
                self.assertEqual(service['Type'], 'dbus')
                self.assertEqual(service['BusName'], 'org.virtbus1')
                self.assertEqual(service['KillMode'], 'process')

                # systemd-analyze looks for the program where the unit says, which is not yet.
                folder = self.folder / kind
                folder.mkdir()
                copy = folder / 'virtbusd.service'
                text = self.found(path).read_text(encoding='utf-8').replace(
                    f'={OPTIONS.bindir}/', f'={self.staged(OPTIONS.bindir)}/')
                copy.write_text(text, encoding='utf-8')
                result = run(
                    'systemd-analyze', f'--{kind}', 'verify', copy,
                    env={**os.environ, 'XDG_RUNTIME_DIR': str(folder), 'LC_ALL': 'C.UTF-8'})
                complaints = [line for line in result.stdout.splitlines()
                              if 'virtbusd.service:' in line and 'dbus.socket' not in line]
                self.assertEqual(complaints, [])

    def test_user(self):
        result = run('systemd-sysusers', '--dry-run', f'--root={self.destdir}',
                     self.found(f'{OPTIONS.prefix}/lib/sysusers.d/virtbus.conf'))
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertRegex(result.stdout, "Creating user 'virtbus-qemu'")
        self.assertRegex(result.stdout, "Creating group 'virtbus'")

    def test_bus_policy(self):
        policies = self.found(f'{OPTIONS.datadir}/dbus-1/system.d/org.virtbus1.conf').parent
        socket = self.folder / 'bus'
        config = self.folder / 'bus.conf'
        template = pathlib.Path(OPTIONS.source, 'tests', 'fixtures', 'system-bus.conf.in')
        config.write_text(template.read_text(encoding='utf-8').replace('@SOCKET@', str(socket))
                          .replace('@POLICIES@', str(policies)), encoding='utf-8')
        daemon = subprocess.Popen(
            ['setpriv', '--pdeathsig', 'KILL', 'dbus-daemon', f'--config-file={config}', '--nofork',
             '--nopidfile', '--nosyslog', '--print-address=1'],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        with daemon:
            try:
                address = daemon.stdout.readline().strip()
                self.assertTrue(address, 'the bus does not start with the installed policy')
                self.check_bus(address)
            finally:
                daemon.kill()

    def check_bus(self, address):
        def client(uid, act):
            return run(sys.executable, '-c', CLIENT, address, str(uid), act)

        denied = 'org.freedesktop.DBus.Error.AccessDenied\n'
        if os.getuid() != 0:
            self.assertEqual(client(os.getuid(), 'own').stdout, denied)
            return
        self.assertEqual(client(OTHER_UID, 'own').stdout, denied)

        # This process is the service: it owns the name, and GDBus answers a Ping from its worker.
        bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        reply = bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus',
                              'org.freedesktop.DBus', 'RequestName',
                              GLib.Variant('(su)', ('org.virtbus1', 0)), None,
                              Gio.DBusCallFlags.NONE, -1, None)
        self.assertEqual(reply.unpack(), (1,))
        for uid in (0, OTHER_UID):
            result = client(uid, 'call')
            self.assertEqual(result.returncode, 0, result.stdout)
        bus.close_sync(None)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    for name in ('meson', 'build', 'source', 'prefix', 'bindir', 'libdir', 'includedir', 'datadir',
                 'sysconfdir', 'cc', 'link-args'):
        parser.add_argument(f'--{name}', required=True)
    parser.add_argument('--headers', nargs='+', required=True)
    for name in ('guest', 'introspection', 'manual', 'vapi'):
        parser.add_argument(f'--{name}', action=argparse.BooleanOptionalAction, required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
