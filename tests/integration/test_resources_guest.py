#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limits of memory, I/O and processors, on a whole machine whose cgroup v2 is its own: the service
in a group that is handed over to it, what its guests get there, and what is left of that when
guests and services end in each way."""

import pathlib
import uuid

from gi.repository import GLib

import full_guest
import virtbus_testing as vt

CGROUPS = '/sys/fs/cgroup'
TREE = CGROUPS + '/test'
LEAF = TREE + '/virtbus-service'
TUNING = ('<blkiotune><weight>250</weight></blkiotune><memtune><hard_limit>524289</hard_limit>'
          '<soft_limit>262144</soft_limit><swap_hard_limit>1048577</swap_hard_limit></memtune>'
          '<cputune><shares>2048</shares></cputune>')
# File in the group: what stands in it. The hard limit is no multiple of a page.
VALUES = {'memory.max': str(524288 * 1024), 'memory.high': str(262144 * 1024),
          'memory.swap.max': str(524288 * 1024), 'io.bfq.weight': 'default 50',
          'cpu.weight': '200'}


class ResourcesTest(full_guest.ServiceTestCase):
    modules = ('bfq',)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shell(f'mkdir -p {CGROUPS} && mount -t cgroup2 none {CGROUPS}')

    def setUp(self):
        self.shell(f'mkdir {TREE}; echo "+cpu +io +memory" > {CGROUPS}/cgroup.subtree_control')
        self.addCleanup(self.clear)

    def clear(self):
        """Everything of a test ends, and its groups with it: what is left fails the next."""
        self.shell(f'echo 1 > {TREE}/cgroup.kill')
        vt.iterate_until(lambda: 'populated 0' in self.read(TREE, 'cgroup.events'), 'all to end')
        self.shell(f'find {TREE} -depth -type d -exec rmdir {{}} ";"; rm -rf /run/test/virtbus '
                   '/root/.local/share/virtbus')
        vt.iterate_until(lambda: not self.client.has_owner(), 'the service to leave')

    def read(self, group, name):
        return self.shell(f'cat {group}/{name}')

    def pids(self, group):
        return [int(word) for word in self.read(group, 'cgroup.procs').split()]

    def groups(self):
        return set(self.shell(f'find {TREE} -mindepth 1 -type d').split())

    def start_service(self, group=TREE, companion=''):
        """companion: what the shell starts that becomes the service."""
        self.spawn_service(
            'sh', '-c', f'echo $$ > {group}/cgroup.procs; {companion} '
                        f'exec "{vt.SERVICE}" --session --config {full_guest.CONFIGURATION}',
            DBUS_SESSION_BUS_ADDRESS=self.bus, XDG_RUNTIME_DIR='/run/test')

    def define(self, name, tuning=TUNING):
        xml = vt.domain_xml(name, identity=str(uuid.uuid4()))
        return self.client.define(xml.replace('<os>', tuning + '<os>'))

    def group_of(self, pid):
        membership = self.read(f'/proc/{pid}', 'cgroup')
        self.assertTrue(membership.startswith('0::/'), membership)
        return CGROUPS + membership.removeprefix('0::')

    def assert_limited(self, group, pid):
        self.assertEqual(self.pids(group), [pid])
        self.assertEqual({name: self.read(group, name) for name in VALUES}, VALUES)

    def wait_groups(self, *groups):
        vt.iterate_until(lambda: self.groups() == set(groups), f'just these groups: {groups}',
                         self.groups)

    def assert_refused(self, domain, *words):
        with self.assertRaises(vt.BusError) as caught:
            domain.call('Start')
        self.assertEqual(caught.exception.name, vt.ERROR + 'HostResource')
        for word in words:
            self.assertIn(word, caught.exception.message)
        self.assertEqual(domain.state(), ('shutoff', 'failed'))

    def test_limits(self):
        self.start_service()
        plain = self.start(self.define('plain', tuning=''))
        self.assertEqual(self.groups(), set())
        domain = self.define('limited')
        pid = self.start(domain)
        group = self.group_of(pid)
        self.assertEqual(pathlib.Path(group).parent, pathlib.Path(TREE))
        self.assertIn(domain.get('Uuid'), group)
        self.assert_limited(group, pid)
        # Who stood in the way of that stands beside it, and so do those who come later.
        self.assertEqual(self.pids(TREE), [])
        later = self.start(self.define('later', tuning=''))
        self.assertEqual(set(self.pids(LEAF)), {self.service, plain, later})
        domain.call('Destroy')
        self.wait_groups(LEAF)

    def tune(self, domain, **values):
        """Live: a number for each key of SetTuning, with the type that it has."""
        signatures = {'blkio-weight': 'u'}
        values = {key.replace('_', '-'): value for key, value in values.items()}
        domain.call('SetTuning', '(a{sv}a{sv})',
                    {key: GLib.Variant(signatures.get(key, 't'), value)
                     for key, value in values.items()}, live=vt.boolean(True))

    def test_changes(self):
        """Of a guest that has no limits, then of one that has them."""
        self.start_service()
        domain = self.define('changed', tuning='')
        pid = self.start(domain)
        self.tune(domain, cpu_shares=2048)
        group = self.group_of(pid)
        self.assertEqual(self.pids(group), [pid])
        self.assertEqual(self.read(group, 'cpu.weight'), '200')
        self.tune(domain, memory_hard_limit=524289, memory_soft_limit=262144,
                  swap_hard_limit=1048577, blkio_weight=250)
        self.assertEqual(self.group_of(pid), group)
        self.assert_limited(group, pid)
        with self.assertRaises(vt.BusError) as caught:
            self.tune(domain, swap_hard_limit=1)
        self.assertEqual(caught.exception.name, vt.ERROR + 'InvalidArgument')
        self.assert_limited(group, pid)
        self.tune(domain, memory_hard_limit=0, memory_soft_limit=0, swap_hard_limit=0,
                  blkio_weight=0, cpu_shares=0)
        self.assertEqual({name: self.read(group, name) for name in VALUES},
                         {'memory.max': 'max', 'memory.high': 'max', 'memory.swap.max': 'max',
                          'io.bfq.weight': 'default 100', 'cpu.weight': '100'})
        domain.call('Destroy')
        self.wait_groups(LEAF)

    def test_ends_of_guests(self):
        self.start_service()
        domain = self.define('killed')
        self.shell(f'kill -9 {self.start(domain)}')
        domain.wait_state('shutoff', 'crashed')
        self.wait_groups(LEAF)
        # Again and again, without waiting for the last group's end.
        for _ in range(2):
            pid = self.start(domain)
            self.assert_limited(self.group_of(pid), pid)
            domain.call('Destroy')
        self.wait_groups(LEAF)

    def test_each_limit_alone(self):
        self.start_service()
        # The first is of a controller that threads can have, too.
        rows = [('<cputune><shares>2</shares></cputune>', 'cpu.weight', '1'),
                ('<blkiotune><weight>1000</weight></blkiotune>', 'io.bfq.weight', 'default 109'),
                ("<memtune><hard_limit>9007199254740991</hard_limit></memtune>", 'memory.max',
                 'max')]
        for number, (tuning, name, value) in enumerate(rows):
            with self.subTest(name=name, value=value):
                domain = self.define(f'alone{number}', tuning=tuning)
                self.assertEqual(self.read(self.group_of(self.start(domain)), name), value)
                domain.call('Destroy')

    def test_killed_service(self):
        self.start_service()
        stays, goes = self.define('stays'), self.define('goes')
        plain = self.start(self.define('plain', tuning=''))
        pid, leaving_pid = self.start(stays), self.start(goes)
        group = self.group_of(pid)
        self.kill_service()
        self.shell(f'kill -9 {leaving_pid}')
        # A group that has groups with controllers takes no process: its manager starts it beside.
        self.start_service(group=LEAF)
        self.wait_groups(LEAF, group)
        stays.wait_state('paused')
        goes.wait_state('shutoff')
        self.assert_limited(group, pid)
        self.assertEqual(set(self.pids(LEAF)), {self.service, plain})
        pid = self.start(goes)
        self.assert_limited(self.group_of(pid), pid)
        stays.call('Destroy')
        goes.call('Destroy')
        self.wait_groups(LEAF)

    def test_guests_of_an_earlier_service_are_moved(self):
        self.start_service()
        plain = self.start(self.define('plain', tuning=''))
        self.kill_service()
        self.start_service()
        self.assertEqual(set(self.pids(TREE)), {self.service, plain})
        domain = self.define('limited')
        pid = self.start(domain)
        self.assert_limited(self.group_of(pid), pid)
        self.assertEqual(set(self.pids(LEAF)), {self.service, plain})

    def test_children_of_the_service_are_moved(self):
        self.start_service(companion='sleep 1000 &')
        everybody = set(self.pids(TREE))
        self.assertEqual(len(everybody), 2)
        pid = self.start(self.define('limited'))
        self.assert_limited(self.group_of(pid), pid)
        self.assertEqual(set(self.pids(LEAF)), everybody)

    def test_strangers_stay_where_they_are(self):
        stranger = self.guest.spawn('sh', '-c', f'echo $$ > {TREE}/cgroup.procs; exec sleep 1000')
        vt.iterate_until(lambda: self.pids(TREE) == [stranger], 'the stranger')
        self.start_service()
        domain = self.define('limited')
        self.assert_refused(domain, f'shares the control group {TREE} with other processes, such as '
                            f'{stranger}', 'Delegate=yes')
        self.assertEqual(set(self.pids(TREE)), {self.service, stranger})
        self.assertEqual(self.groups(), set())
        self.shell(f'kill -9 {stranger}')
        self.start(domain)

    def test_controller_that_is_not_handed_over(self):
        self.shell(f'echo -io > {CGROUPS}/cgroup.subtree_control')
        self.start_service()
        domain = self.define('limited')
        self.assert_refused(domain, f"{TREE} does not have the controller 'io'", 'Delegate=io')
        self.assertEqual(self.groups(), set())


if __name__ == '__main__':
    vt.run()
