#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Host devices on a whole machine: a kernel with an IOMMU, PCI with SR-IOV, USB, real hot-plug.

The service runs in a full guest (full_guest.py). What it says must agree with what lspci, lsusb and
sysfs say there, before and after devices are plugged in and out from outside. It runs in system mode
there, so that the QEMUs that get devices are another user's, who has no right on any of them.
"""

import json
import re
import uuid

from gi.repository import GLib

import full_guest
import virtbus_testing as vt

FOLDER = vt.ROOT_PATH + '/hostdevice/'
DEVICE = 'org.virtbus1.HostDevice'
PCI = 'org.virtbus1.PciDevice'
USB = 'org.virtbus1.UsbDevice'
NIC = '0000:01:00.0'
NVME = '0000:02:00.0'
# QEMU's stick
BY_MAKE = "<hostdev type='usb'><source><vendor id='0x46f4'/><product id='1'/></source></hostdev>"

ARGUMENTS = [
    '-device', 'intel-iommu,intremap=on,caching-mode=on',
    '-device', 'pcie-root-port,id=port1,bus=pcie.0,chassis=1,addr=0x10',
    '-device', 'e1000e,bus=port1,id=nic1',
    '-device', 'pcie-root-port,id=port2,bus=pcie.0,chassis=2,addr=0x11',
    '-device', 'nvme-subsys,id=subsystem',
    '-device', 'nvme,bus=port2,id=nvme1,serial=abc,subsys=subsystem,sriov_max_vfs=2,'
               'sriov_vq_flexible=4,sriov_vi_flexible=2,max_ioqpairs=6,msix_qsize=5',
    '-device', 'pcie-root-port,id=port3,bus=pcie.0,chassis=3,addr=0x12',
    '-chardev', 'null,id=printer', '-device', 'isa-parallel,chardev=printer',
    '-device', 'qemu-xhci,id=usb', '-device', 'usb-tablet,bus=usb.0,id=tablet',
    '-blockdev', '{"driver": "null-co", "node-name": "stick", "size": 1048576}',
    '-blockdev', '{"driver": "null-co", "node-name": "other", "size": 1048576}',
]


def path_of_pci(address):
    return FOLDER + 'pci_' + re.sub('[:.]', '_', address)


def by_address(path):
    bus, device = map(int, path.rsplit('_', 2)[1:])
    return f"<hostdev type='usb'><source><address bus='{bus}' device='{device}'/></source></hostdev>"


def by_function(function):
    return (f"<hostdev type='pci'><source><address bus='2' slot='0' function='{function}'/></source>"
            '</hostdev>')


class HostDevicesTest(full_guest.ServiceTestCase):
    kernel_options = 'intel_iommu=on iommu=nopt'
    arguments = ARGUMENTS
    settings = full_guest.PATIENT + 'user=nobody\n'
    modules = ('parport_pc', 'ppdev')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_polkit()
        cls.start_service()

    @classmethod
    def start_polkit(cls):
        cls.shell('mkdir -p /usr/share/polkit-1/actions && cp '
                  f'"{vt.SOURCE_ROOT}/policy/org.virtbus1.policy" /usr/share/polkit-1/actions')
        cls.guest.spawn('/usr/lib/polkit-1/polkitd', '--no-debug', DBUS_SYSTEM_BUS_ADDRESS=cls.bus)
        vt.iterate_until(cls.has_polkit, 'polkitd in the guest')

    @classmethod
    def has_polkit(cls):
        return cls.client.connection.call_sync(
            'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner',
            GLib.Variant('(s)', ['org.freedesktop.PolicyKit1']), None, 0, -1, None).unpack()[0]

    @classmethod
    def start_service(cls):
        cls.spawn_service(vt.SERVICE, '--system', '--config', full_guest.CONFIGURATION,
                          DBUS_SYSTEM_BUS_ADDRESS=cls.bus)

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
        vt.drain_main_context()
        self.assertIn({name: value}, [{name: change.get(name)} for change
                                      in self.client.changes(path, interface)])

    def plug_usb(self, name, drive='stick'):
        """Plugs a stick in, and returns the path of its object."""
        before = set(self.lsusb())
        self.guest.qmp('device_add', driver='usb-storage', id=name, drive=drive, bus='usb.0')
        new = vt.iterate_until(lambda: set(self.lsusb()) - before, 'the stick in lsusb')
        return new.pop()

    def plug_stick(self, name, drive):
        """The same, when the service has it ready."""
        path = self.plug_usb(name, drive)
        self.wait_for('InterfacesAdded', path)
        vt.iterate_until(lambda: self.objects()[path][DEVICE]['Driver'] == 'usb-storage',
                         'the driver of the stick')
        return path

    def make_functions(self):
        """Two virtual functions of the disk, bound to vfio-pci. Their objects' paths."""
        folder = '/sys/bus/pci/devices'
        self.shell(f'modprobe vfio-pci; echo 0 > {folder}/{NVME}/sriov_drivers_autoprobe; '
                   f'echo 2 > {folder}/{NVME}/sriov_numvfs')
        paths = []
        for address in ('0000:02:00.1', '0000:02:00.2'):
            self.shell(f'echo vfio-pci > {folder}/{address}/driver_override; '
                       f'echo {address} > /sys/bus/pci/drivers_probe')
            paths.append(path_of_pci(address))
            vt.iterate_until(lambda: self.objects().get(paths[-1], {}).get(DEVICE, {})
                             .get('Driver') == 'vfio-pci', 'the driver of the function')
        return paths

    def define(self, name, *devices, machine='q35'):
        return self.client.define(vt.domain_xml(name, identity=str(uuid.uuid4()), machine=machine,
                                                devices=''.join(devices)))

    def assert_refused(self, domain, *words):
        with self.assertRaises(vt.BusError) as caught:
            self.start(domain)
        self.assertEqual(caught.exception.name, vt.ERROR + 'HostResource')
        for word in words:
            self.assertIn(word, caught.exception.message)
        self.assertEqual(domain.state(), ('shutoff', 'failed'))

    def assigned(self, *paths):
        return [self.client.call(path, vt.PROPERTIES, 'Get', '(ss)', DEVICE, 'AssignedTo')
                for path in paths]

    def group_owner(self, path):
        group = self.objects()[path][PCI]['IommuGroup']
        return self.shell(f'stat -c %U /dev/vfio/{group}')

    def host_device_of(self, domain, node):
        return self.client.call(f'{domain.path}/{node}', vt.PROPERTIES, 'Get', '(ss)',
                                'org.virtbus1.HostDev', 'HostDevice')

    def query(self, domain, command, arguments, **options):
        return json.loads(self.client.call(domain.path, vt.QMP, 'Execute', '(ssa{sv})', command,
                                           json.dumps(arguments), options))

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

        # The host's driver takes its time to find out that they have no queues.
        self.shell(f'echo 0 > /sys/bus/pci/devices/{NVME}/sriov_drivers_autoprobe; '
                   f'echo 2 > /sys/bus/pci/devices/{NVME}/sriov_numvfs')
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

    def test_5_in_guests(self):
        """By make, by address and on PCI: whose they are, through a restart, and back."""
        self.client.signals.clear()
        stick, (function, other) = self.plug_stick('first', 'stick'), self.make_functions()
        one = self.define('one', BY_MAKE, by_function(1))
        self.start(one)
        self.assertEqual(self.assigned(stick, function, other), [one.path, one.path, '/'])
        self.assertEqual(self.shell(f'stat -c %U /proc/{one.get("Pid")}'), 'nobody')
        self.assertEqual([self.group_owner(path) for path in (function, other)],
                         ['nobody', 'root'])
        self.assertIn('46f4:0001', self.query(one, 'human-monitor-command',
                                              {'command-line': 'info usbhost'},
                                              unsafe=vt.boolean(True)))
        bound = {device['qdev_id']: device['id'] for bus in self.query(one, 'query-pci', {})
                 for device in bus['devices']}
        self.assertEqual((bound['hostdev1']['vendor'], bound['hostdev1']['device']),
                         (0x1b36, self.objects()[function][DEVICE]['ProductId']))

        by_place = self.define('by-place', by_address(stick))
        self.assert_refused(by_place, "domain 'one' has " + stick.rsplit('/', 1)[1])
        self.assert_refused(self.define('function', by_function(1)), "domain 'one' has pci_")
        self.assert_refused(self.define('host', by_function(0)), 'bound to nvme', 'driver_override')
        second = self.plug_stick('second', 'other')
        self.assert_refused(self.define('either', BY_MAKE), 'the host has 2 times',
                            stick.rsplit('/', 1)[1], second.rsplit('/', 1)[1], '<address>')
        # On a bus that is slower than the stick.
        two = self.define('two', by_address(second), by_function(2), machine='pc')
        self.start(two)

        self.kill_service()
        self.start_service()
        self.assertEqual(self.assigned(stick, function, second, other),
                         [one.path, one.path, two.path, two.path])
        self.assert_refused(by_place, "domain 'one' has")

        # Pulled out of a guest that goes on.
        self.client.signals.clear()
        self.guest.qmp('device_del', id='second')
        self.wait_for('InterfacesRemoved', second)
        self.assertEqual(self.host_device_of(two, 'hostdev_0'), '/')
        self.assertEqual(two.state()[0], 'paused')

        two.call('Destroy')
        one.call('Destroy')
        self.assertEqual(self.assigned(stick, function, other), ['/', '/', '/'])
        self.assertEqual([self.group_owner(path) for path in (function, other)], ['root', 'root'])
        self.start(by_place)
        self.assertEqual(self.assigned(stick), [by_place.path])
        by_place.call('Destroy')
        self.guest.qmp('device_del', id='first')
        self.wait_for('InterfacesRemoved', stick)

    def test_6_parallel_port(self):
        """QEMU takes it for itself, as a user who may not open it."""
        self.assertEqual(self.shell('stat -c %a%U /dev/parport0'), '660root')
        one = self.define('printer', "<parallel type='dev'><source path='/dev/parport0'/></parallel>",
                          machine='pc')
        self.start(one)
        self.assertEqual([row['filename'] for row in self.query(one, 'query-chardev', {})
                          if row['label'] == 'charparallel0'], ['parallel'])
        self.assertIn('/dev/parport0', self.shell(f'ls -l /proc/{one.get("Pid")}/fd'))
        one.call('Destroy')


if __name__ == '__main__':
    vt.run()
