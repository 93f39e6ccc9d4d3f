#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Channels, a virtio console and a forwarded address with a guest at the other end: what is written
at the host's end comes back from the guest, with the name that it finds it by."""

import contextlib
import os
import pathlib
import socket
import xml.etree.ElementTree as ET

import full_guest
import virtbus_testing as vt

INSIDE = vt.SOURCE_ROOT / 'tests' / 'integration' / 'echo-guest'
MODULES = ('virtio_pci', 'virtio_console', 'virtio_net')
CHAR_DEVICE = 'org.virtbus1.CharDevice'

DEVICES = """
  <serial type='file'><source path='{folder}/console.log'/></serial>
  <console type='pty'><target type='virtio'/></console>
  <channel type='unix'><target type='virtio' name='org.example.left-open'/></channel>
  <channel type='unix'>
    <source mode='bind' path='{folder}/channel.sock'/><target type='virtio' name='org.example.bound'/>
  </channel>
  <channel type='pty'><target type='virtio' name='org.example.terminal'/></channel>
  <channel type='pipe'>
    <source path='{folder}/pipe'/><target type='virtio' name='org.example.pipes'/>
  </channel>
  <channel type='unix'>
    <source mode='bind' path='{folder}/forward.sock'/>
    <target type='guestfwd' address='10.0.2.1' port='4600'/>
  </channel>
  <interface type='user'><model type='virtio'/></interface>
"""


class EchoGuestTest(vt.BusTestCase):
    def setUp(self):
        super().setUp()
        self.service.start(self.client)
        self.guest_folder = self.folder / 'guest'
        self.guest_folder.mkdir()
        for end in ('in', 'out'):
            os.mkfifo(self.guest_folder / f'pipe.{end}')
        self.domain = self.start_guest()

    def start_guest(self):
        kernel, modules = full_guest.find_kernel()
        initrd = full_guest.make_initrd(self.guest_folder, modules, MODULES, INSIDE / 'init.sh')
        domain = ET.fromstring(vt.domain_xml('echo', memory_mib=128,
                                             devices=DEVICES.format(folder=self.guest_folder)))
        for name, text in (('kernel', kernel), ('initrd', initrd),
                           ('cmdline', 'console=ttyS0 quiet panic=-1 no_timer_check')):
            ET.SubElement(domain.find('os'), name).text = str(text)
        return self.client.create(ET.tostring(domain, encoding='unicode'))

    def property(self, device, name):
        return self.client.call(f'{self.domain.path}/{device}', vt.PROPERTIES, 'Get', '(ss)',
                                CHAR_DEVICE, name)

    def source(self, device):
        return self.property(device, 'Source')

    def console(self):
        return (self.guest_folder / 'console.log').read_text('utf-8', 'replace')

    def assert_echo(self, write_to, read_from, name):
        heard = b''

        def answered():
            nonlocal heard
            with contextlib.suppress(BlockingIOError):
                heard += os.read(read_from, 4096)
            return f'{name}: hello'.encode() in heard

        os.write(write_to, b'hello\n')
        vt.iterate_until(answered, f'the answer of {name}', lambda: (heard, self.console()))

    def assert_socket_echoes(self, path, name):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.setblocking(False)
            self.assert_echo(client.fileno(), client.fileno(), name)

    def assert_terminal_echoes(self, path, name):
        terminal = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.addCleanup(os.close, terminal)
        self.assert_echo(terminal, terminal, name)

    def test_every_end(self):
        left_open = pathlib.Path(self.source('channel_0'))
        self.assertEqual(left_open.name, 'channel0.sock')
        self.assertEqual(left_open.parent.name, self.domain.get('Uuid'))
        self.assert_socket_echoes(left_open, 'org.example.left-open')
        self.assert_socket_echoes(self.guest_folder / 'channel.sock', 'org.example.bound')
        self.assert_terminal_echoes(self.source('channel_2'), 'org.example.terminal')
        self.assert_terminal_echoes(self.source('console_0'), 'console')
        self.assert_socket_echoes(self.guest_folder / 'forward.sock', 'forward')
        reader = os.open(self.guest_folder / 'pipe.out', os.O_RDONLY | os.O_NONBLOCK)
        writer = os.open(self.guest_folder / 'pipe.in', os.O_WRONLY)
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        self.assert_echo(writer, reader, 'org.example.pipes')
        self.assertEqual(self.property('channel_4', 'TargetName'), '10.0.2.1')
        self.assertEqual(self.property('channel_4', 'TargetPort'), 4600)
        self.domain.call('Destroy')
        self.assertFalse(left_open.exists())


if __name__ == '__main__':
    vt.run()
