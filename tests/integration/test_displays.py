#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Displays of running guests: who comes in, and at which port."""

import contextlib
import os
import pathlib
import shutil
import socket
import ssl
import struct
import subprocess
import xml.etree.ElementTree as ET

import display_clients
import virtbus_testing as vt
from display_clients import LinkRefused, Refused, enter_spice, enter_vnc
from virtbus_testing import ERROR, domain_xml

GRAPHICS = 'org.virtbus1.Graphics'
LOCAL = '127.0.0.1'
PAST, FUTURE = '2011-04-09T15:51:00', '2036-04-09T15:51:00'

# A program that takes the port of a SPICE server before QEMU can, as often as its file says.
THIEF = '''#!/usr/bin/python3
import os, pathlib, re, socket, sys
thefts = pathlib.Path(sys.argv[0]).with_suffix('.thefts')
ports = [int(match[1]) for match in (re.match(r'port=([0-9]+),', word) for word in sys.argv) if match]
if ports and int(thefts.read_text()) > 0:
    thefts.write_text(str(int(thefts.read_text()) - 1))
    booty = socket.socket()
    booty.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    booty.bind(('127.0.0.1', ports[0]))
    booty.listen()
    booty.set_inheritable(True)
os.execv({qemu!r}, [{qemu!r}, *sys.argv[1:]])
'''


class DisplaysTestCase(vt.BusTestCase):
    def setUp(self):
        super().setUp()
        for name in ('DISPLAY', 'XAUTHORITY'):
            self.environment.pop(name, None)
        self.service.start(self.client)

    def run_domain(self, *displays, **settings):
        return self.client.create(domain_xml('shown', devices=''.join(displays), **settings))

    def port(self, domain, display):
        """As its object has it, which is what the live XML says."""
        path = f'{domain.path}/graphics_{display}'
        port = self.client.call(path, vt.PROPERTIES, 'Get', '(ss)', GRAPHICS, 'Port')
        ports = [graphics.get('port') for graphics
                 in ET.fromstring(domain.xml()).iterfind('devices/graphics')]
        self.assertIn(str(port), ports)
        return port

    def query(self, domain, command):
        monitor = vt.SpareMonitor(self.service, domain.get('Uuid'))
        with contextlib.closing(monitor):
            return monitor.execute(command)['return']


class PasswordsTest(DisplaysTestCase):
    def enter(self, kind, attributes, password):
        domain = self.run_domain(f"<graphics type='{kind}' {attributes}/>")
        address = (LOCAL, self.port(domain, f'{kind}0'))
        try:
            {'vnc': enter_vnc, 'spice': enter_spice}[kind](address, password)
        finally:
            domain.call('Destroy')

    def test_passwords(self):
        cases = (
            ("passwd='sesame'", 'sesame', True),
            ("passwd='sesame'", 'Sesame', False),
            ("passwd='sesame'", '', False),
            ("passwd=''", '', False),
            (f"passwd='sesame' passwdValidTo='{FUTURE}'", 'sesame', True),
            (f"passwd='sesame' passwdValidTo='{PAST}'", 'sesame', False),
        )
        for kind in ('vnc', 'spice'):
            for attributes, password, is_let_in in cases:
                with self.subTest(kind=kind, attributes=attributes, password=password):
                    with (contextlib.nullcontext() if is_let_in else self.assertRaises(Refused)):
                        self.enter(kind, attributes, password)

    def test_none(self):
        domain = self.run_domain("<graphics type='vnc'/><graphics type='spice'/>")
        enter_vnc((LOCAL, self.port(domain, 'vnc0')))
        enter_spice((LOCAL, self.port(domain, 'spice1')))

    def test_elsewhere(self):
        """On a socket, and on another address."""
        path = str(self.folder / 'vnc.sock')
        domain = self.run_domain(f"<graphics type='vnc' socket='{path}' passwd='sesame'/>"
                                 "<graphics type='spice' listen='::1' passwd='sesame'/>")
        enter_vnc(path, 'sesame')
        enter_spice(('::1', self.port(domain, 'spice1')), 'sesame')


class EncryptionTest(DisplaysTestCase):
    def setUp(self):
        super().setUp()
        self.certificates = self.service.config.parent / 'certificates'

    def make_certificates(self):
        vt.make_certificates(self.certificates)
        return ssl.create_default_context(cafile=self.certificates / 'ca-cert.pem')

    def ports(self, domain):
        """(plain, encrypted), as object, live XML and QEMU have them"""
        ports = tuple(self.client.call(f'{domain.path}/graphics_spice0', vt.PROPERTIES, 'Get',
                                       '(ss)', GRAPHICS, name) for name in ('Port', 'TlsPort'))
        graphics = ET.fromstring(domain.xml()).find('devices/graphics')
        answer = self.query(domain, 'query-spice')
        for port, name, key in zip(ports, ('port', 'tlsPort'), ('port', 'tls-port')):
            self.assertEqual(graphics.get(name, '-1'), str(port))
            self.assertEqual(answer.get(key, -1), port)
        return ports

    def test_encrypted(self):
        tls = self.make_certificates()
        domain = self.run_domain("<graphics type='spice' autoport='yes' passwd='sesame'>"
                                 "<channel name='main' mode='secure'/></graphics>")
        port, tls_port = self.ports(domain)
        enter_spice((LOCAL, tls_port), 'sesame', tls)
        with self.assertRaises(Refused):
            enter_spice((LOCAL, tls_port), 'Sesame', tls)
        with self.assertRaises(LinkRefused) as caught:
            enter_spice((LOCAL, port), 'sesame')
        self.assertEqual(caught.exception.args, (display_clients.SPICE_NEEDS_ENCRYPTION,))
        with self.assertRaises(ssl.SSLCertVerificationError):
            enter_spice((LOCAL, tls_port), 'sesame', ssl.create_default_context())
        self.assertNotIn('PRIVATE', pathlib.Path(f'/proc/{domain.get("Pid")}/cmdline').read_text())
        self.service.kill()
        self.service.start(self.client)
        domain.wait_state('running')
        self.assertEqual(self.ports(domain), (port, tls_port))

    def test_encrypted_alone(self):
        tls = self.make_certificates()
        wanted = vt.free_port()
        domain = self.run_domain(f"<graphics type='spice' tlsPort='{wanted}'/>")
        self.assertEqual(self.ports(domain), (-1, wanted))
        enter_spice((LOCAL, wanted), tls=tls)

    def test_where_it_can_be_had(self):
        xml = "<graphics type='spice' port='-1' tlsPort='-1'/>"
        domain = self.run_domain(xml)
        self.assertEqual(self.ports(domain)[1], -1)
        domain.call('Destroy')
        tls = self.make_certificates()
        domain = self.run_domain(xml)
        port, tls_port = self.ports(domain)
        enter_spice((LOCAL, port))
        enter_spice((LOCAL, tls_port), tls=tls)

    def test_no_good_certificates(self):
        xml = f"<graphics type='spice' tlsPort='{vt.free_port()}'/>"
        with self.assert_error(ERROR + 'Unsupported', "graphics 'spice0'", str(self.certificates),
                               'server-key.pem'):
            self.run_domain(xml)
        self.make_certificates()
        key = self.certificates / 'server-key.pem'
        shutil.copy(self.certificates / 'authority.pem', key)
        with self.assert_error(ERROR + 'HostResource', "graphics 'spice0': QEMU cannot use the",
                               'Could not use private key file', 'correct ca-cert.pem'):
            self.run_domain(xml)
        key.write_text('no key', 'utf-8')
        with self.assert_error(ERROR + 'HostResource', "graphics 'spice0': QEMU cannot use the"):
            self.run_domain("<graphics type='spice' port='-1' tlsPort='-1'/>")
        key.unlink()
        with self.assert_error(ERROR + 'HostResource',
                               f"graphics 'spice0': cannot open '{key}': No such file"):
            self.run_domain(xml)
        self.assert_no_emulator()


class PortsTest(DisplaysTestCase):
    BOTH = "<graphics type='vnc'/><graphics type='spice'/>"

    def thief(self, thefts):
        program = self.folder / 'thief'
        program.write_text(THIEF.format(qemu=shutil.which('qemu-system-x86_64')), 'utf-8')
        program.chmod(0o755)
        program.with_suffix('.thefts').write_text(str(thefts), 'utf-8')
        return program

    def test_started_at_once(self):
        domains = [self.client.define(domain_xml(f'shown{number}', devices=self.BOTH))
                   for number in range(5)]
        for call in [domain.start_call('Start') for domain in domains]:
            call.result()
        ports = {self.port(domain, display) for domain in domains for display in ('vnc0', 'spice1')}
        self.assertEqual(len(ports), 2 * len(domains))
        for domain in domains:
            spice = self.query(domain, 'query-spice')
            self.assertEqual((spice['host'], spice['port']), (LOCAL, self.port(domain, 'spice1')))
            enter_vnc((LOCAL, self.port(domain, 'vnc0')))
        # None was started twice.
        logs = [path.read_text('utf-8') for path in self.service.state_dir.rglob('*.log')]
        self.assertEqual([log.count(' starting:') for log in logs], [1] * len(domains))

    def test_stolen(self):
        domain = self.run_domain("<graphics type='spice'/>", emulator=self.thief(2))
        enter_spice((LOCAL, self.port(domain, 'spice0')))
        self.assertEqual(domain.state()[0], 'running')
        self.assertNotIn('crashed', domain.events())

    def test_stolen_ever_again(self):
        with self.assert_error(ERROR + 'HostResource', "graphics 'spice0': QEMU cannot listen on port",
                               'choose another port or address'):
            self.run_domain("<graphics type='spice'/>", emulator=self.thief(1000))
        self.assertEqual((self.folder / 'thief.thefts').read_text('utf-8'), '990')
        self.assert_no_emulator()

    def test_stolen_explicit(self):
        port = vt.free_port()
        with self.assert_error(ERROR + 'HostResource',
                               f"graphics 'spice0': QEMU cannot listen on port {port} of 127.0.0.1",
                               "or autoport='yes'"):
            self.run_domain(f"<graphics type='spice' port='{port}'/>", emulator=self.thief(1000))
        self.assertEqual((self.folder / 'thief.thefts').read_text('utf-8'), '999')
        self.assert_no_emulator()

    def test_taken(self):
        with contextlib.closing(socket.create_server((LOCAL, 0))) as server:
            port = server.getsockname()[1]
            for kind in ('vnc', 'spice'):
                with self.assert_error(ERROR + 'HostResource',
                                       f"graphics '{kind}0': cannot listen on port {port}",
                                       "or autoport='yes'"):
                    self.run_domain(f"<graphics type='{kind}' port='{port}'/>")
        self.assert_no_emulator()

    def test_explicit_again(self):
        """Connections of the last run are no obstacle."""
        port = vt.free_port()
        domain = self.client.define(domain_xml('shown', devices=f"<graphics type='spice' port='{port}'/>"))
        for _ in range(2):
            domain.call('Start')
            self.assertEqual(self.port(domain, 'spice0'), port)
            with contextlib.closing(display_clients.connect((LOCAL, port))):
                domain.call('Destroy')

    def test_after_a_restart_of_the_service(self):
        domain = self.run_domain(self.BOTH)
        ports = [self.port(domain, display) for display in ('vnc0', 'spice1')]
        self.service.kill()
        self.service.start(self.client)
        domain.wait_state('running')
        self.assertEqual([self.port(domain, display) for display in ('vnc0', 'spice1')], ports)
        enter_vnc((LOCAL, ports[0]))
        enter_spice((LOCAL, ports[1]))
        self.assertEqual(self.client.call(f'{domain.path}/graphics_spice1', vt.PROPERTIES, 'Get',
                                          '(ss)', GRAPHICS, 'TlsPort'), -1)


class WindowsTest(DisplaysTestCase):
    """On an X server of our own, which wants a cookie."""

    def setUp(self):
        super().setUp()
        self.cookie = self.folder / 'Xauthority'
        parts = (b'', b'', b'MIT-MAGIC-COOKIE-1', os.urandom(16))
        # Any host, any display.
        self.cookie.write_bytes(b'\xff\xff' + b''.join(struct.pack('>H', len(part)) + part
                                                       for part in parts))
        server = subprocess.Popen(
            ['Xvfb', '-displayfd', '1', '-screen', '0', '320x240x24', '-nolisten', 'tcp', '-auth',
             str(self.cookie)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        self.display = ':' + server.stdout.readline().decode().strip()

    def window(self, more=''):
        return f"<graphics type='sdl' display='{self.display}' {more}/>"

    def test_beside_others(self):
        domain = self.run_domain(self.window(f"xauth='{self.cookie}' fullscreen='yes'"),
                                 PortsTest.BOTH, "<sound model='ac97'/>")
        enter_vnc((LOCAL, self.port(domain, 'vnc1')))
        enter_spice((LOCAL, self.port(domain, 'spice2')))
        [pid] = vt.emulators()
        environment = pathlib.Path(f'/proc/{pid}/environ').read_text('utf-8').split('\0')
        self.assertIn(f'DISPLAY={self.display}', environment)
        self.assertIn(f'XAUTHORITY={self.cookie}', environment)

    def test_of_the_session(self):
        """The service's own screen, where the definition names none."""
        self.service.stop()
        self.environment.update(DISPLAY=self.display, XAUTHORITY=str(self.cookie))
        self.service.start(self.client)
        domain = self.run_domain("<graphics type='sdl'/><sound model='es1370'/>")
        self.assertEqual(domain.state()[0], 'running')

    def test_unreachable(self):
        for more in ('', f"xauth='{self.folder}/none'"):
            with self.assert_error(ERROR + 'HostResource',
                                   "graphics 'sdl0': QEMU cannot open a window: ",
                                   'Could not initialize SDL', 'name the X server in display'):
                self.run_domain(self.window(more))
        self.assert_no_emulator()


if __name__ == '__main__':
    vt.run()
