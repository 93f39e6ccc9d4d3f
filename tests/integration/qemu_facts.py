# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a QEMU is, asked of itself: two command lines mean the same where the facts are equal.

What differs by who opened a file (descriptor or path) or by the moment (names of terminals) is no
fact; neither are the monitors that somebody watches by.
"""

import datetime
import json
import re
import socket

# Properties of devices that can be read and compared as they are.
PLAIN_TYPES = re.compile(r'bool|str|string|u?int\d*|OnOffAuto|size|[A-Z]\w+')


class Monitor:
    """A client of the monitor at that path, which listens already."""

    def __init__(self, path, patience_s):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(patience_s)
        self.socket.connect(str(path))
        self.replies = self.socket.makefile('r', encoding='utf-8')
        self.replies.readline()
        self.execute('qmp_capabilities')

    def execute(self, command, **arguments):
        """The answer: {'return': ...} or {'error': ...}."""
        self.socket.sendall(json.dumps({'execute': command, 'arguments': arguments}).encode())
        while True:
            message = json.loads(self.replies.readline())
            if 'event' not in message:
                return message

    def close(self):
        self.replies.close()
        self.socket.close()


class Facts:
    def __init__(self, monitor):
        self.monitor = monitor

    def ask(self, command, **arguments):
        return self.monitor.execute(command, **arguments)['return']

    def get(self, path, name):
        """A property of an object; None where it cannot be read."""
        return self.monitor.execute('qom-get', path=path, property=name).get('return')

    def properties(self, path):
        return {row['name']: self.get(path, row['name'])
                for row in self.ask('qom-list', path=path) if PLAIN_TYPES.fullmatch(row['type'])}

    def devices(self):
        """Of those with an id all properties, of the others their types."""
        named = {row['name']: self.properties(f"/machine/peripheral/{row['name']}")
                 for row in self.ask('qom-list', path='/machine/peripheral')
                 if row['type'].startswith('child<')}
        anonymous = sorted(row['type'] for row in self.ask('qom-list', path='/machine/peripheral-anon')
                           if row['type'].startswith('child<'))
        return {'named': named, 'anonymous': anonymous}

    def pci(self):
        def walk(devices):
            for device in devices:
                yield (device['bus'], device['slot'], device['function'], device['id']['vendor'],
                       device['id']['device'], device['qdev_id'])
                yield from walk(device.get('pci_bridge', {}).get('devices', []))
        answer = self.monitor.execute('query-pci')
        return sorted(row for bus in answer.get('return', []) for row in walk(bus['devices']))

    def block(self):
        rows = {}
        for row in self.ask('query-block'):
            medium = row.get('inserted', {})
            rows[row['qdev']] = {'removable': row['removable'],
                                 'size': medium.get('image', {}).get('virtual-size'),
                                 **{key: medium.get(key) for key in ('drv', 'ro', 'cache',
                                                                     'node-name')}}
        return rows

    def chardevs(self, monitors):
        return {row['label']: row['filename'].split(':')[0] for row in self.ask('query-chardev')
                if row['label'] not in monitors}

    def clock(self):
        """Hours that the guest's clock is ahead, to the half."""
        time = self.get('/machine', 'rtc-time')
        if time is None:
            return None
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        guest = datetime.datetime(time['tm_year'] + 1900, time['tm_mon'] + 1, time['tm_mday'],
                                  time['tm_hour'], time['tm_min'], time['tm_sec'])
        return round((guest - now).total_seconds() / 1800) / 2

    def display(self):
        answer = self.ask('query-vnc')
        return {key: answer.get(key) for key in ('enabled', 'auth')}

    def read(self, monitors):
        """monitors: labels of chardevs that are not the machine's."""
        return {
            'name': self.ask('query-name'),
            'uuid': self.ask('query-uuid'),
            'state': self.ask('query-status')['status'],
            'kvm': self.ask('query-kvm')['enabled'],
            'machine': {key: self.get('/machine', key)
                        for key in ('type', 'acpi', 'usb', 'dump-guest-core', 'firmware', 'kernel',
                                    'initrd', 'append', 'pcspk-audiodev')},
            'memory': self.ask('query-memory-size-summary'),
            'cpus': [row['props'] for row in self.ask('query-cpus-fast')],
            'slots': len(self.monitor.execute('query-hotpluggable-cpus').get('return', [])),
            'devices': self.devices(),
            'pci': self.pci(),
            'block': self.block(),
            'chardevs': self.chardevs(monitors),
            'clock': self.clock(),
            'display': self.display(),
        }
