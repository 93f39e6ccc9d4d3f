#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples of libqmp do what they say: over a monitor's socket, and with a domain of the bus."""

import json
import os
import signal
import subprocess
import sys

import virtbus_testing
from virtbus_testing import BUILD_ROOT, SOURCE_ROOT, BusTestCase, domain_xml, iterate_until

PROGRAMS = {'c': [str(BUILD_ROOT / 'examples' / 'qmp' / 'example-query')]}
# Python, which has no sanitizer, cannot load a library that has: there is no introspection then.
if os.environ['VB_INTROSPECTION'] == 'yes':
    PROGRAMS['python'] = [sys.executable, str(SOURCE_ROOT / 'examples' / 'qmp' / 'query.py')]
SHELL = str(SOURCE_ROOT / 'examples' / 'qmp' / 'query.sh')

# What the Python example asks for in vain.
REFUSED = "refused: Property 'none-machine.no-such-property' not found"


class Example:
    """An example at work, its lines as they come."""

    def __init__(self, case, language, argument):
        environment = {**case.environment,
                       'GI_TYPELIB_PATH': str(BUILD_ROOT / 'qmp'),
                       'LD_LIBRARY_PATH': str(BUILD_ROOT / 'qmp')}
        self.process = subprocess.Popen(
            [*PROGRAMS[language], argument], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        case.addCleanup(self.end)

    def line(self):
        return self.process.stdout.readline().rstrip('\n')

    def finish(self):
        """(status, the rest of its output, its complaint)"""
        output, complaint = self.process.communicate(timeout=virtbus_testing.PATIENCE_S)
        return self.process.returncode, output, complaint

    def end(self):
        self.process.kill()
        self.process.communicate()


class OverSocket(BusTestCase):

    def start_qemu(self):
        path = str(self.folder / 'monitor')
        qemu = subprocess.Popen(
            ['qemu-system-x86_64', '-M', 'none', '-S', '-nodefaults', '-display', 'none',
             '-name', 'example', '-qmp', f'unix:{path},server=on,wait=off'],
            stdin=subprocess.DEVNULL)
        self.addCleanup(qemu.wait)
        self.addCleanup(qemu.kill)
        iterate_until(lambda: os.path.exists(path), "the monitor's socket")
        return qemu, path

    def test_query(self):
        for language in PROGRAMS:
            with self.subTest(language=language):
                qemu, path = self.start_qemu()
                example = Example(self, language, path)
                self.assertRegex(example.line(), r'^QEMU [0-9]+\.[0-9]+$')
                self.assertEqual(example.line(), 'name example')
                self.assertEqual(example.line(), 'status prelaunch')
                if language == 'python':
                    self.assertEqual(example.line(), REFUSED)
                qemu.send_signal(signal.SIGTERM)
                status, output, complaint = example.finish()
                self.assertEqual((status, complaint), (0, ''))
                event, name, data = output.split(' ', 2)
                self.assertEqual((event, name), ('event', 'SHUTDOWN'))
                self.assertEqual(json.loads(data), {'guest': False, 'reason': 'host-signal'})
                qemu.wait()

    def test_nobody_there(self):
        for language in PROGRAMS:
            with self.subTest(language=language):
                status, output, complaint = Example(self, language,
                                                    str(self.folder / 'absent')).finish()
                self.assertEqual((status, output), (1, ''))
                self.assertIn(f"cannot connect to monitor socket '{self.folder}/absent'", complaint)


class OverBus(BusTestCase):

    def setUp(self):
        super().setUp()
        self.service.start(self.client)
        self.domain = self.client.create(domain_xml('example'))

    def test_query(self):
        for language in PROGRAMS:
            with self.subTest(language=language):
                example = Example(self, language, self.domain.path)
                self.assertRegex(example.line(), r'^QEMU [0-9]+\.[0-9]+$')
                self.assertEqual(example.line(), 'name example')
                self.assertEqual(example.line(), 'status running')
                if language == 'python':
                    self.assertIn('refused: ', example.line())
                self.domain.call('Suspend')
                self.assertEqual(example.finish(), (0, 'event STOP {}\n', ''))
                self.domain.call('Resume')

    def test_shell(self):
        done = subprocess.run([SHELL, 'example'], env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        status, name, machine = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(status['status'], 'running')
        self.assertEqual(name, {'name': 'example'})
        self.assertTrue(machine.startswith('pc'), machine)


if __name__ == '__main__':
    virtbus_testing.run()
