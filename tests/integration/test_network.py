#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Network cards of each type in a real QEMU: what the service makes of the host's network for them,
that frames go through it, and that nothing of it is left.

The script has a network and a mount namespace of its own: nothing of the machine's is touched. What
sends is the boot ROM of the card, which asks for an address."""

import contextlib
import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import xml.etree.ElementTree as ET

import virtbus_testing as vt
from virtbus_testing import ERROR

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
ETH_P_ALL = 3
MAC = '52:54:00:00:07:01'
INTERFACE = 'org.virtbus1.Interface'
HELPER = '/usr/lib/qemu/qemu-bridge-helper'


def ip(*arguments):
    return subprocess.run(['ip', *arguments], check=True, capture_output=True, text=True).stdout


def links():
    """The names of all links but the loopback."""
    return {line.split(': ')[1].split('@')[0] for line in ip('-o', 'link').splitlines()} - {'lo'}


def card(kind, content='', model='virtio', mac=MAC):
    return (f"<interface type='{kind}'><mac address='{mac}'/>{content}<model type='{model}'/>"
            "<boot order='1'/></interface>")


def domain_xml(name, *cards, **options):
    return vt.domain_xml(name, devices=''.join(cards), **options).replace("<boot dev='hd'/>", '')


def is_from_card(frame, mac=MAC):
    return frame[6:12] == bytes.fromhex(mac.replace(':', ''))


def passts():
    below = vt.descendants(int(os.environ['VB_TEST_REAPER']))
    return [pid for pid in below if vt.command_line(pid).startswith(('passt', '/usr/bin/passt'))]


class NetworkTestCase(vt.BusTestCase):
    def setUp(self):
        super().setUp()
        self.make_links()
        self.addCleanup(self.check_links, links())
        self.service.start(self.client)

    def make_links(self):
        pass

    def add_bridge(self):
        ip('link', 'add', 'br-test', 'type', 'bridge')
        self.addCleanup(ip, 'link', 'del', 'br-test')
        ip('link', 'set', 'br-test', 'up')

    def check_links(self, before):
        self.end_emulators()
        self.wait_links(before)

    def wait_links(self, expected):
        vt.iterate_until(lambda: links() == expected, f'the links {expected}', seen=links)

    def start(self, *cards, name='cards'):
        domain = self.client.define(domain_xml(name, *cards))
        domain.call('Start')
        self.assertEqual(domain.state(), ('running', 'booted'))
        return domain

    def target(self, domain, alias='net0'):
        return domain.client.call(f'{domain.path}/interface_{alias}', vt.PROPERTIES, 'Get', '(ss)', INTERFACE,
                                  'Target')

    def assert_start_fails(self, cards, *words, error='HostResource'):
        before, emulators, runs = links(), vt.emulators(), self.runs()
        domain = self.client.define(domain_xml('fails', cards))
        with self.assert_error(ERROR + error, *words):
            domain.call('Start')
        self.assertEqual(domain.state(), ('shutoff', 'failed'))
        self.assertEqual(vt.emulators(), emulators)
        self.wait_links(before)
        self.assertEqual(self.runs(), runs)
        domain.call('Undefine')

    def runs(self):
        return {path.name for path in self.service.runtime_dir.iterdir() if path.is_dir()}

    def sniff(self, link):
        sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.addCleanup(sniffer.close)
        sniffer.bind((link, 0))
        sniffer.setblocking(False)
        return sniffer

    def wait_frame(self, sniffer):
        def read():
            with contextlib.suppress(BlockingIOError):
                while not is_from_card(sniffer.recv(65536)):
                    pass
                return True
            return False
        vt.iterate_until(read, 'a frame of the card')


class Bridge(NetworkTestCase):
    def make_links(self):
        self.add_bridge()

    def test_frames_of_each_card(self):
        for model in ('virtio', 'e1000', 'rtl8139', 'ne2k_pci', 'pcnet'):
            with self.subTest(model):
                sniffer = self.sniff('br-test')
                domain = self.start(card('bridge', "<source bridge='br-test'/>", model), name=model)
                target = self.target(domain)
                self.assertRegex(target, '^vnet[0-9]+$')
                told = ip('-o', 'link', 'show', target)
                self.assertIn('master br-test', told)
                self.assertIn('fe:54:00:00:07:01', told)
                self.wait_frame(sniffer)
                domain.call('Destroy')
                self.wait_links({'br-test'})

    def test_name_survives_the_service(self):
        domain = self.start(card('bridge', "<source bridge='br-test'/>"))
        target = self.target(domain)
        source = ET.fromstring(domain.xml()).find('./devices/interface/target')
        self.assertEqual(source.get('dev'), target)
        self.service.kill()
        self.service.start(self.client)
        domain.wait_state('running')
        self.assertEqual(self.target(domain), target)
        self.assertIn(target, links())
        self.service.kill()
        os.kill(vt.emulators()[0], signal.SIGKILL)
        self.wait_links({'br-test'})
        self.service.start(self.client)
        domain.wait_state('shutoff')
        self.assertEqual(self.target(domain), '')

    def test_name_of_ones_own(self):
        domain = self.start(card('bridge', "<source bridge='br-test'/><target dev='lan-0'/>"))
        self.assertEqual(links(), {'br-test', 'lan-0'})
        self.assert_start_fails(card('bridge', "<source bridge='br-test'/><target dev='lan-0'/>"),
                                "interface 'net0': 'lan-0' is in use")
        domain.call('Destroy')
        domain.call('Start')
        self.assertEqual(self.target(domain), 'lan-0')
        domain.call('Destroy')

    def test_no_bridge(self):
        self.assert_start_fails(card('bridge', "<source bridge='br-none'/>"),
                                "interface 'net0': the host has no bridge 'br-none'")
        self.assert_start_fails(card('bridge', "<source bridge='lo'/>"), "'lo' is no bridge")

    def test_a_start_that_fails_later(self):
        emulator = self.fake_qemu('greeting exit 3 it cannot go on')
        domain = self.client.define(domain_xml(
            'fails', card('bridge', "<source bridge='br-test'/>"), emulator=emulator))
        with self.assert_error(ERROR + 'Emulator', 'it cannot go on'):
            domain.call('Start')
        self.wait_links({'br-test'})

    def test_vhost(self):
        """Where it is forced and the host has it not, the start is refused."""
        forced = card('bridge', "<source bridge='br-test'/>").replace(
            '<boot', "<driver name='vhost'/><boot")
        if os.path.exists('/dev/vhost-net'):
            domain = self.start(forced)
            domain.call('Destroy')
        else:
            self.assert_start_fails(forced, "interface 'net0': cannot open '/dev/vhost-net'",
                                    "load the kernel's module vhost_net")


class BridgeHelper(NetworkTestCase):
    """A user's service, which may make no tap device."""

    def make_links(self):
        self.add_bridge()
        nobody = pwd.getpwnam('nobody')
        for path in (self.folder, self.folder / 'home', self.folder / 'xdg-run',
                     *self.folder.glob('virtbus*')):
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        self.service.prefix = ['setpriv', f'--reuid={nobody.pw_uid}', f'--regid={nobody.pw_gid}',
                               '--clear-groups']

    def allow(self, text):
        """Makes the helper set-uid, and its configuration, as this namespace sees them."""
        scratch = pathlib.Path(tempfile.mkdtemp(prefix='vbt.'))
        self.addCleanup(shutil.rmtree, scratch)
        subprocess.run(['mount', '-t', 'tmpfs', 'scratch', scratch], check=True)
        self.addCleanup(subprocess.run, ['umount', scratch], check=True)
        for name in ('upper', 'work'):
            (scratch / name).mkdir()
        (scratch / 'upper/qemu').mkdir()
        (scratch / 'upper/qemu/bridge.conf').write_text(text, 'utf-8')
        subprocess.run(['mount', '-t', 'overlay', 'etc', '-o',
                        f'lowerdir=/etc,upperdir={scratch}/upper,workdir={scratch}/work', '/etc'],
                       check=True)
        self.addCleanup(subprocess.run, ['umount', '-l', '/etc'], check=True)
        shutil.copy(HELPER, scratch / 'helper')
        os.chmod(scratch / 'helper', 0o4755)
        subprocess.run(['mount', '--bind', scratch / 'helper', HELPER], check=True)
        self.addCleanup(subprocess.run, ['umount', HELPER], check=True)

    def test_allowed(self):
        self.allow('allow br-test\n')
        sniffer = self.sniff('br-test')
        domain = self.start(card('bridge', "<source bridge='br-test'/>"))
        self.assertIn(f'{self.target(domain)}', links())
        self.wait_frame(sniffer)
        domain.call('Destroy')
        self.wait_links({'br-test'})

    def test_not_allowed(self):
        self.allow('allow br-other\n')
        self.assert_start_fails(card('bridge', "<source bridge='br-test'/>"), "interface 'net0'",
                                'qemu-bridge-helper', 'access denied by acl file',
                                "'allow br-test' in /etc/qemu/bridge.conf")

    def test_not_a_tap_of_ones_own(self):
        self.assert_start_fails(card('bridge', "<source bridge='br-test'/><target dev='lan-0'/>"),
                                "may not make a tap device 'lan-0'", 'leave out <target dev>')
        self.assert_start_fails(card('ethernet'), 'may not make a tap device', '<target dev>')

    def test_a_tap_that_was_made_for_the_user(self):
        ip('tuntap', 'add', 'dev', 'users', 'mode', 'tap', 'user', 'nobody')
        self.addCleanup(ip, 'link', 'del', 'users')
        ip('link', 'set', 'users', 'master', 'br-test', 'up')
        sniffer = self.sniff('br-test')
        domain = self.start(card('ethernet', "<target dev='users'/>"))
        self.wait_frame(sniffer)
        domain.call('Destroy')
        self.assertEqual(links(), {'br-test', 'users'})


class Ethernet(NetworkTestCase):
    def make_links(self):
        self.add_bridge()

    def script(self, text):
        path = self.folder / 'ifup'
        path.write_text(f'#!/bin/sh\n{text}\n', 'utf-8')
        path.chmod(0o755)
        return f"<script path='{path}'/>"

    def test_script(self):
        sniffer = self.sniff('br-test')
        domain = self.start(card('ethernet', self.script('ip link set "$1" master br-test up')))
        self.wait_frame(sniffer)
        domain.call('Destroy')
        self.wait_links({'br-test'})

    def test_no_script(self):
        domain = self.start(card('ethernet', "<script path='no'/><target dev='plain'/>"))
        self.assertIn('plain', links())
        self.wait_frame(self.sniff('plain'))
        domain.call('Destroy')

    def test_script_that_fails(self):
        self.assert_start_fails(card('ethernet', self.script('echo "no $1 today" >&2; exit 4')),
                                "interface 'net0': '", "ifup' ended with status 4: no vnet0 today")
        self.assert_start_fails(card('ethernet', "<script path='/nonexistent/up'/>"),
                                "'/nonexistent/up' cannot be run")

    def test_destroy_ends_a_script_that_hangs(self):
        """So does the end of the service: the next finds nothing."""
        mark = self.folder / 'began'
        script = self.script(f'echo $$ > {mark}.new; mv {mark}.new {mark}; exec sleep 1000')
        domain = self.client.define(domain_xml('hangs', card('ethernet', script)))
        start = domain.start_call('Start')
        vt.iterate_until(mark.exists, 'the script to begin')
        domain.call('Destroy')
        with self.assert_error(ERROR + 'Cancelled'):
            start.result()
        self.wait_dead(int(mark.read_text()))
        self.wait_links({'br-test'})
        mark.unlink()
        domain.start_call('Start')
        vt.iterate_until(mark.exists, 'the script to begin')
        self.service.kill()
        self.wait_dead(int(mark.read_text()))
        self.wait_links({'br-test'})
        self.service.start(self.client)
        domain.wait_state('shutoff')
        domain.call('Undefine')


class Cables(NetworkTestCase):
    def make_links(self):
        ip('link', 'set', 'lo', 'up')
        with contextlib.suppress(subprocess.CalledProcessError):
            ip('route', 'add', '224.0.0.0/4', 'dev', 'lo')

    def wait_frame_on(self, connection):
        """Frames on a stream have their length before them."""
        received = bytearray()
        connection.setblocking(False)

        def read():
            with contextlib.suppress(BlockingIOError):
                received.extend(connection.recv(65536))
            if len(received) < 4:
                return False
            length, = struct.unpack('!I', received[:4])
            return len(received) >= 4 + length
        vt.iterate_until(read, 'a frame on the cable')
        self.assertTrue(is_from_card(bytes(received[4:])))

    def test_server(self):
        self.start(card('server', "<source port='5701'/>"))
        with socket.create_connection(('127.0.0.1', 5701)) as connection:
            self.wait_frame_on(connection)
        with socket.create_connection(('127.0.0.1', 5701)):
            pass
        self.assert_start_fails(card('server', "<source address='127.0.0.1' port='5701'/>"),
                                "interface 'net0': cannot listen on port 5701 of 127.0.0.1")

    def test_client(self):
        with socket.create_server(('127.0.0.1', 5702)) as server:
            self.start(card('client', "<source address='127.0.0.1' port='5702'/>"))
            connection, _ = server.accept()
            with connection:
                self.wait_frame_on(connection)

    def test_two_guests(self):
        server = self.start(card('server', "<source address='::1' port='5703'/>"), name='server')
        client = self.start(card('client', "<source address='::1' port='5703'/>"), name='client')
        self.assertEqual(client.state(), ('running', 'booted'))
        self.assertEqual(server.state(), ('running', 'booted'))

    def test_nobody_listens(self):
        self.assert_start_fails(card('client', "<source address='127.0.0.1' port='5704'/>"),
                                "interface 'net0': cannot connect to port 5704 of 127.0.0.1",
                                "start the guest with the end of type 'server' there first")

    def test_group(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as member:
            member.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            member.bind(('230.0.0.7', 5705))
            member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                              socket.inet_aton('230.0.0.7') + socket.inet_aton('0.0.0.0'))
            member.setblocking(False)
            self.start(card('mcast', "<source address='230.0.0.7' port='5705'/>"))
            self.wait_frame(member)


class Passt(NetworkTestCase):
    CARD = card('user', "<backend type='passt'/>")

    def make_links(self):
        ip('link', 'set', 'lo', 'up')
        ip('link', 'add', 'uplink', 'type', 'veth', 'peer', 'name', 'router')
        self.addCleanup(ip, 'link', 'del', 'uplink')
        ip('addr', 'add', '192.0.2.2/24', 'dev', 'uplink')
        ip('link', 'set', 'uplink', 'up')
        ip('link', 'set', 'router', 'up')
        ip('route', 'add', 'default', 'via', '192.0.2.1')

    def assert_none(self):
        vt.iterate_until(lambda: not passts(), 'the end of passt')

    def test_ends_with_the_guest(self):
        domain = self.start(self.CARD)
        self.assertEqual(len(passts()), 1)
        self.assertIn('passt', domain.xml())
        domain.call('Destroy')
        self.assert_none()

    def test_ends_with_a_failed_start(self):
        emulator = self.fake_qemu('greeting exit 3 it cannot go on')
        domain = self.client.define(domain_xml('fails', self.CARD, emulator=emulator))
        with self.assert_error(ERROR + 'Emulator', 'it cannot go on'):
            domain.call('Start')
        self.assert_none()

    def test_outlives_the_service_but_not_the_guest(self):
        domain = self.start(self.CARD)
        self.service.kill()
        self.assertEqual(len(passts()), 1)
        os.kill(vt.emulators()[0], signal.SIGKILL)
        self.assert_none()
        self.service.start(self.client)
        domain.wait_state('shutoff')

    def test_no_way_out(self):
        ip('route', 'del', 'default')
        self.assert_start_fails(self.CARD, "interface 'net0': '/usr/bin/passt' ended with status 1")


class Refusals(NetworkTestCase):
    def test_what_would_do(self):
        self.assert_start_fails(card('network', "<source network='default'/>"),
                                "interface 'net0': type 'network' is not supported; use bridge",
                                error='Unsupported')
        self.assert_start_fails(card('direct', "<source dev='none'/>"),
                                "interface 'net0': the host has no card 'none'")


if __name__ == '__main__':
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS | CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'no namespaces can be had')
    subprocess.run(['mount', '--make-rprivate', '/'], check=True)
    vt.run()
