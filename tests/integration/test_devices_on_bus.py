#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices of the host on the bus, from udev's event to the signal, on a host that umockdev shows. Run
by devices/mock-host.sh, which keeps the real one safe."""

import os

import gi
gi.require_version('UMockdev', '1.0')
from gi.repository import UMockdev  # noqa: E402

import virtbus_testing as vt  # noqa: E402

N_CYCLES = 100
FOLDER = f'{vt.ROOT_PATH}/hostdevice'
HOST_DEVICE = 'org.virtbus1.HostDevice'
USB_DEVICE = 'org.virtbus1.UsbDevice'
HOST_DEV = 'org.virtbus1.HostDev'
OBJECT_MANAGER = 'org.freedesktop.DBus.ObjectManager'
CONTROLLER = f'{FOLDER}/pci_0000_00_14_0'
STICK = f'{FOLDER}/usb_001_004'


class HostDevices(vt.BusTestCase):
    def setUp(self):
        self.testbed = UMockdev.Testbed.new()
        self.addCleanup(delattr, self, 'testbed')
        super().setUp()
        self.assertIn('umockdev', self.environment.get('LD_PRELOAD', ''), 'no mock-host.sh')
        # GLib has told the C library of it, and not Python.
        self.environment['UMOCKDEV_DIR'] = self.testbed.get_root_dir()
        preload = os.environ.get('VB_SERVICE_PRELOAD_FIRST')
        if preload:
            self.environment['LD_PRELOAD'] = f'{preload}:{self.environment["LD_PRELOAD"]}'
        self.controller = self.testbed.add_device(
            'pci', '0000:00:14.0', None, [],
            ['PCI_CLASS', 'C0330', 'PCI_ID', '8086:9D2F', 'PCI_SLOT_NAME', '0000:00:14.0'])
        self.service.start(self.client)

    def plug(self):
        """(its path in sysfs)"""
        return self.testbed.add_device(
            'usb', '1-2', self.controller,
            ['busnum', '1', 'devnum', '4', 'serial', '42'],
            ['DEVTYPE', 'usb_device', 'PRODUCT', '781/5567/100', 'TYPE', '0/0/0', 'BUSNUM', '001',
             'DEVNUM', '004'])

    def unplug(self, stick):
        self.testbed.uevent(stick, 'remove')
        self.testbed.remove_device(stick)

    def objects(self):
        everything = self.client.call(vt.ROOT_PATH, OBJECT_MANAGER, 'GetManagedObjects')
        return {path: value for path, value in everything.items() if path.startswith(FOLDER)}

    def news(self):
        """(path, member) of what was told of objects that came or went."""
        return [(parameters[0], member) for path, interface, member, parameters
                in self.client.signals
                if path == vt.ROOT_PATH and interface == OBJECT_MANAGER
                and parameters[0].startswith(FOLDER)]

    def wait_for_news(self, path, member):
        vt.iterate_until(lambda: (path, member) in self.news(), f'{member} of {path}',
                         lambda: self.news())

    def test_there_at_the_start(self):
        self.assertEqual(list(self.objects()), [CONTROLLER])
        get = lambda name: self.client.call(CONTROLLER, vt.PROPERTIES, 'Get', '(ss)',  # noqa: E731
                                            HOST_DEVICE, name)
        self.assertEqual((get('Kind'), get('VendorId'), get('ProductId')), ('pci', 0x8086, 0x9d2f))

    def test_plugged_in_and_out(self):
        before = self.objects()
        for _ in range(N_CYCLES):
            self.client.signals.clear()
            stick = self.plug()
            self.wait_for_news(STICK, 'InterfacesAdded')
            self.unplug(stick)
            self.wait_for_news(STICK, 'InterfacesRemoved')
            self.assertEqual(self.news(),
                             [(STICK, 'InterfacesAdded'), (STICK, 'InterfacesRemoved')])
        self.assertEqual(self.objects(), before)

    def test_named_by_a_domain(self):
        self.plug()
        self.wait_for_news(STICK, 'InterfacesAdded')
        domain = self.client.define(vt.domain_xml('a', devices=(
            "<hostdev type='usb'><source><vendor id='0x0781'/><product id='0x5567'/></source>"
            '</hostdev>')))
        self.assertEqual(self.client.call(f'{domain.path}/hostdev_0', vt.PROPERTIES, 'Get', '(ss)',
                                          HOST_DEV, 'HostDevice'), STICK)
        self.assertEqual(self.client.call(STICK, vt.PROPERTIES, 'Get', '(ss)', USB_DEVICE,
                                          'SerialNumber'), '42')


if __name__ == '__main__':
    vt.run()
