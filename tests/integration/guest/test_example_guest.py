#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example guest in a real QEMU under TCG, on both PC machines: it greets, answers its keys,
heeds the power button, reboots and panics. The service has no part in this test.

Usage: test_example_guest.py IMAGE
"""

import json
import re
import socket
import subprocess
import sys
import unittest

IMAGE = None


class Guest:
    """One QEMU with the guest in it, stopped before the first instruction unless resumed."""

    def __init__(self, machine, *arguments):
        self.qmp, qmp_theirs = socket.socketpair()
        self.serial, serial_theirs = socket.socketpair()
        self.heard = ''
        self.events = []
        with qmp_theirs, serial_theirs:
            descriptors = (qmp_theirs.fileno(), serial_theirs.fileno())
            self.process = subprocess.Popen(
                ['setpriv', '--pdeathsig', 'KILL', 'qemu-system-x86_64',
                 '-machine', machine, '-accel', 'tcg', '-m', '64', '-S', '-nodefaults',
                 '-no-user-config', '-display', 'none', '-device', 'VGA',
                 '-compat', 'deprecated-input=reject,deprecated-output=hide',
                 '-chardev', f'socket,id=monitor,fd={descriptors[0]}',
                 '-mon', 'monitor,mode=control',
                 '-chardev', f'socket,id=serial,fd={descriptors[1]}', '-serial', 'chardev:serial',
                 '-drive', f'file={IMAGE},format=raw,if=virtio,readonly=on', *arguments],
                stdin=subprocess.DEVNULL, pass_fds=descriptors)
        self.replies = self.qmp.makefile('r', encoding='utf-8')
        try:
            if 'QMP' not in self.message():
                raise AssertionError('no greeting on the monitor')
            self.execute('qmp_capabilities')
        except BaseException:
            self.close()
            raise

    def close(self):
        self.process.kill()
        self.process.wait()
        self.replies.close()
        self.qmp.close()
        self.serial.close()

    def message(self):
        line = self.replies.readline()
        if not line:
            raise AssertionError(f'the monitor is closed; events: {self.events}')
        message = json.loads(line)
        if 'event' in message:
            self.events.append(message)
        return message

    def execute(self, command, **arguments):
        self.qmp.sendall(json.dumps({'execute': command, 'arguments': arguments}).encode())
        while True:
            message = self.message()
            if 'error' in message:
                raise AssertionError(f'{command}: {message["error"]}')
            if 'return' in message:
                return message['return']

    def wait_event(self, name):
        while True:
            for event in self.events:
                if event['event'] == name:
                    self.events.remove(event)
                    return event.get('data', {})
            self.message()

    def wait_text(self, pattern):
        """Waits until the guest has said the pattern; what was said up to there is used up."""
        while not (match := re.search(pattern, self.heard)):
            data = self.serial.recv(4096)
            if not data:
                raise AssertionError(f'no {pattern!r} on the serial port, but: {self.heard!r}')
            self.heard += data.decode('ascii').replace('\r', '')
        self.heard = self.heard[match.end():]
        return match

    def boot(self):
        self.execute('cont')
        self.wait_text('Hello from a virtbus guest')
        self.wait_text('for the brave\n')

    def type(self, keys):
        self.serial.sendall(keys.encode('ascii'))


class ExampleGuest:
    """What holds on every machine; each machine below inherits it."""

    machine = None

    def guest(self, *arguments):
        guest = Guest(self.machine, *arguments)
        self.addCleanup(guest.close)
        guest.boot()
        return guest

    def assert_off(self, guest):
        self.assertEqual(guest.wait_event('SHUTDOWN'), {'guest': True, 'reason': 'guest-shutdown'})
        self.assertEqual(guest.process.wait(), 0)

    def test_answers_keys(self):
        guest = self.guest()
        guest.type('h')
        guest.wait_text('h  this help(.|\n)*for the brave\n')
        guest.type('i')
        memory_kib = int(guest.wait_text(r'memory (\d+) KiB\n')[1])
        self.assertGreater(memory_kib, 60 * 1024)
        self.assertLessEqual(memory_kib, 64 * 1024)
        guest.type('x')
        guest.wait_text('not a key of mine; h lists them\n')

    def test_time_passes(self):
        guest = self.guest()
        guest.type('t')
        first = int(guest.wait_text(r'up \d+ s \((\d+) ticks\)\n')[1])
        last = first
        while last <= first:
            guest.type('t')
            last = int(guest.wait_text(r'up \d+ s \((\d+) ticks\)\n')[1])

    def test_many_keys_at_once(self):
        guest = self.guest()
        guest.type('xi\r\nxi')
        for _ in range(2):
            guest.wait_text(r'^not a key of mine; h lists them\nmemory \d+ KiB\n')

    def test_keyboard(self):
        guest = self.guest()
        guest.execute('send-key', keys=[{'type': 'qcode', 'data': 'i'}])
        guest.wait_text(r'memory \d+ KiB\n')

    def test_power_button(self):
        guest = self.guest()
        guest.execute('system_powerdown')
        guest.wait_text('power button pressed, good bye\n')
        self.assert_off(guest)

    def test_power_button_while_paused(self):
        guest = self.guest()
        guest.execute('stop')
        guest.execute('system_powerdown')
        guest.execute('cont')
        guest.wait_text('power button pressed, good bye\n')
        self.assert_off(guest)

    def test_power_keys(self):
        for key in 'pq':
            guest = self.guest()
            guest.type(key)
            guest.wait_text('powering off\n')
            self.assert_off(guest)

    def test_reboot(self):
        guest = self.guest()
        guest.type('r')
        guest.wait_text('rebooting\n')
        self.assertEqual(guest.wait_event('RESET'), {'guest': True, 'reason': 'guest-reset'})
        guest.wait_text('Hello from a virtbus guest(.|\n)*for the brave\n')
        guest.execute('system_powerdown')
        guest.wait_text('power button pressed, good bye\n')
        self.assert_off(guest)

    def test_panic(self):
        guest = self.guest('-device', 'pvpanic', '-action', 'panic=pause')
        guest.type('c')
        guest.wait_text('panic, as you wish\n')
        self.assertEqual(guest.wait_event('GUEST_PANICKED')['action'], 'pause')
        self.assertEqual(guest.execute('query-status')['status'], 'guest-panicked')

    def test_panic_without_device(self):
        guest = self.guest()
        guest.type('c')
        guest.wait_text('this machine has no panic device\n')


class PcGuest(ExampleGuest, unittest.TestCase):
    machine = 'pc'


class Q35Guest(ExampleGuest, unittest.TestCase):
    machine = 'q35'


class GuestWithoutAcpi(unittest.TestCase):

    def test_power_key(self):
        guest = Guest('pc,acpi=off')
        self.addCleanup(guest.close)
        guest.boot()
        guest.type('p')
        guest.wait_text('this machine has no power switch that I know\n')


if __name__ == '__main__':
    IMAGE = sys.argv.pop(1)
    unittest.main(verbosity=2)
