#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Host devices on a whole machine: a kernel with an IOMMU, PCI with SR-IOV, USB, real hot-plug.

The service runs in a full guest (full_guest.py). What it says must agree with what lspci, lsusb and
sysfs say there, before and after devices are plugged in and out from outside.
"""

import pathlib
import re
import shutil
import tempfile
import unittest

import full_guest
import virtbus_testing as vt

FOLDER = vt.ROOT_PATH + '/hostdevice/'
DEVICE = 'org.virtbus1.HostDevice'
PCI = 'org.virtbus1.PciDevice'
USB = 'org.virtbus1.UsbDevice'
NIC = '0000:01:00.0'
NVME = '0000:02:00.0'

ARGUMENTS = [
    '-device', 'intel-iommu,intremap=on,caching-mode=on',
    '-device', 'pcie-root-port,id=port1,bus=pcie.0,chassis=1,addr=0x10',
    '-device', 'e1000e,bus=port1,id=nic1',
    '-device', 'pcie-root-port,id=port2,bus=pcie.0,chassis=2,addr=0x11',
    '-device', 'nvme-subsys,id=subsystem',
    '-device', 'nvme,bus=port2,id=nvme1,serial=abc,subsys=subsystem,sriov_max_vfs=2,'
               'sriov_vq_flexible=4,sriov_vi_flexible=2,max_ioqpairs=6,msix_qsize=5',
    '-device', 'pcie-root-port,id=port3,bus=pcie.0,chassis=3,addr=0x12',
    '-device', 'qemu-xhci,id=usb', '-device', 'usb-tablet,bus=usb.0,id=tablet',
    '-blockdev', '{"driver": "null-co", "node-name": "stick", "size": 1048576}',
]


def path_of_pci(address):
    return FOLDER + 'pci_' + re.sub('[:.]', '_', address)


class HostDevicesTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='vbt.'))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.guest = full_guest.FullGuest(cls.folder, kernel_options='intel_iommu=on iommu=nopt',
                                         arguments=ARGUMENTS)
        cls.addClassCleanup(cls.guest.stop)
        cls.guest.start()
        inside, outside = cls.guest.start_bus()
        cls.guest.spawn(vt.SERVICE, '--session', output='/run/test/service.log',
                        DBUS_SESSION_BUS_ADDRESS=inside, XDG_RUNTIME_DIR='/run/test')
        cls.client = vt.Client(outside)
        cls.addClassCleanup(cls.client.close)
        vt.iterate_until(cls.client.has_owner, 'the service in the guest')

    def objects(self):
        """{path: {interface: properties}} of the host devices."""
        managed = self.client.call(vt.ROOT_PATH, 'org.freedesktop.DBus.ObjectManager',
                                   'GetManagedObjects')
        return {path: interfaces for path, interfaces in managed.items()
                if path.startswith(FOLDER)}

    def lspci(self):
        """{path: (class, vendor, device, driver)}"""
        devices = {}
        for block in self.guest.run('lspci', '-Dvmmnk').strip().split('\n\n'):
            fields = dict(line.split(':\t', 1) for line in block.splitlines())
            devices[path_of_pci(fields['Slot'])] = (
                int(fields['Class'], 16), int(fields['Vendor'], 16), int(fields['Device'], 16),
                fields.get('Driver', ''))
        return devices

    def lsusb(self):
        """{path: (vendor, product)}"""
        found = re.findall(r'^Bus (\d+) Device (\d+): ID (\w+):(\w+)', self.guest.run('lsusb'), re.M)
        return {f'{FOLDER}usb_{bus}_{device}': (int(vendor, 16), int(product, 16))
                for bus, device, vendor, product in found}

    def groups(self):
        """{path: (number, paths of all in the group)}"""
        listing = self.guest.run('sh', '-c', 'ls -d /sys/kernel/iommu_groups/*/devices/*')
        members = {}
        for number, address in re.findall(r'groups/(\d+)/devices/(\S+)', listing):
            members.setdefault(int(number), set()).add(path_of_pci(address))
        return {path: (number, paths) for number, paths in members.items() for path in paths}

    def assert_agreement(self):
        objects = self.objects()
        pci = {path: (interfaces[PCI]['ClassCode'] >> 8, interfaces[DEVICE]['VendorId'],
                      interfaces[DEVICE]['ProductId'], interfaces[DEVICE]['Driver'])
               for path, interfaces in objects.items() if PCI in interfaces}
        self.assertEqual(pci, self.lspci())
        groups = {path: (interfaces[PCI]['IommuGroup'], set(interfaces[PCI]['GroupDevices']))
                  for path, interfaces in objects.items()
                  if PCI in interfaces and interfaces[PCI]['IommuGroup'] >= 0}
        self.assertEqual(groups, self.groups())
        usb = {path: (interfaces[DEVICE]['VendorId'], interfaces[DEVICE]['ProductId'])
               for path, interfaces in objects.items() if USB in interfaces}
        self.assertEqual(usb, self.lsusb())
        self.assertEqual(set(objects), set(pci) | set(usb))
        for path, interfaces in objects.items():
            self.assertTrue(interfaces[DEVICE]['Name'], path)
        return objects

    def wait_for(self, member, path):
        def arrived():
            return any(signal[2] == member and signal[3][0] == path
                       for signal in self.client.signals)
        vt.iterate_until(arrived, f'{member} of {path}', lambda: self.client.signals)

    def wait_value(self, path, interface, name, value):
        def get():
            return self.client.call(path, vt.PROPERTIES, 'Get', '(ss)', interface, name)
        vt.iterate_until(lambda: get() == value, f'{name} = {value!r} of {path}', get)
        self.assertIn({name: value}, [{name: change.get(name)} for change
                                      in self.client.changes(path, interface)])

    def plug_usb(self, name):
        """Plugs a stick in, and returns the path of its object."""
        before = set(self.lsusb())
        self.guest.qmp('device_add', driver='usb-storage', id=name, drive='stick', bus='usb.0')
        new = vt.iterate_until(lambda: set(self.lsusb()) - before, 'the stick in lsusb')
        return new.pop()

    def test_1_agrees_at_first(self):
        objects = self.assert_agreement()
        self.assertIs(self.client.call(vt.ROOT_PATH, vt.PROPERTIES, 'Get', '(ss)',
                                       'org.virtbus1.Host', 'IommuEnabled'), True)
        nic = objects[path_of_pci(NIC)]
        self.assertEqual(nic[DEVICE]['Kind'], 'pci')
        self.assertEqual(nic[PCI]['Address'], NIC)

    def test_2_usb_comes_and_goes(self):
        for _ in range(3):
            self.client.signals.clear()
            path = self.plug_usb('hot')
            self.wait_for('InterfacesAdded', path)
            self.assert_agreement()
            self.guest.qmp('device_del', id='hot')
            self.wait_for('InterfacesRemoved', path)
            self.assertNotIn(path, self.assert_agreement())

    def test_3_pci_comes_and_goes(self):
        self.client.signals.clear()
        before = set(self.lspci())
        self.guest.qmp('device_add', driver='e1000e', id='hotnic', bus='port3')
        path = vt.iterate_until(lambda: set(self.lspci()) - before, 'the card in lspci').pop()
        self.wait_for('InterfacesAdded', path)
        vt.iterate_until(lambda: self.lspci()[path][3] == 'e1000e', 'the driver of the card')
        vt.iterate_until(lambda: self.objects()[path][DEVICE]['Driver'] == 'e1000e',
                         'the driver of the object')
        self.assert_agreement()
        self.guest.qmp('device_del', id='hotnic')
        self.wait_for('InterfacesRemoved', path)
        self.assertNotIn(path, self.assert_agreement())

    def test_4_drivers_and_virtual_functions(self):
        nic = path_of_pci(NIC)
        folder = f'/sys/bus/pci/devices/{NIC}'
        self.client.signals.clear()
        self.guest.run('modprobe', 'vfio-pci')
        self.guest.run('sh', '-c', f'echo vfio-pci > {folder}/driver_override; '
                                   f'echo {NIC} > {folder}/driver/unbind; '
                                   f'echo {NIC} > /sys/bus/pci/drivers_probe')
        self.wait_value(nic, DEVICE, 'Driver', 'vfio-pci')
        self.assert_agreement()
        self.guest.run('sh', '-c', f'echo {NIC} > {folder}/driver/unbind; echo > '
                                   f'{folder}/driver_override; '
                                   f'echo {NIC} > /sys/bus/pci/drivers_probe')
        self.wait_value(nic, DEVICE, 'Driver', 'e1000e')

        self.guest.run('sh', '-c', f'echo 2 > /sys/bus/pci/devices/{NVME}/sriov_numvfs')
        functions = [path_of_pci('0000:02:00.1'), path_of_pci('0000:02:00.2')]
        for function in functions:
            self.wait_for('InterfacesAdded', function)
        self.wait_value(path_of_pci(NVME), PCI, 'VirtualFunctions', functions)
        vt.iterate_until(lambda: all(self.objects()[function][PCI]['PhysicalFunction']
                                     == path_of_pci(NVME) for function in functions),
                         'the physical function of both')
        self.guest.run('sh', '-c', f'echo 0 > /sys/bus/pci/devices/{NVME}/sriov_numvfs')
        for function in functions:
            self.wait_for('InterfacesRemoved', function)
        self.wait_value(path_of_pci(NVME), PCI, 'VirtualFunctions', [])
        self.assert_agreement()


if __name__ == '__main__':
    vt.run()
