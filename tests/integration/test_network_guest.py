#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cards that need more of the kernel than a test on any host can ask for, on a whole machine: links
that share a card of the host (macvtap), which no descriptor holds, and packets that the kernel moves
(vhost)."""

import uuid

import full_guest
import virtbus_testing as vt

RUNTIME = '/run/test/virtbus'
MAC = '52:54:00:00:07:01'


class NetworkGuestTest(full_guest.ServiceTestCase):
    modules = ('macvtap', 'dummy', 'bridge', 'tun')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shell('ip link add card type dummy && ip link set card up')

    def setUp(self):
        self.start_service()
        self.addCleanup(self.clear)

    def clear(self):
        if self.client.has_owner():
            self.kill_service()
        self.shell('pkill -9 -x qemu-system-x86 || true')
        self.shell(f'rm -rf {RUNTIME} /root/.local/share/virtbus; ip link del macvtap0 || true')

    def start_service(self):
        self.spawn_service(vt.SERVICE, '--session', '--config', full_guest.CONFIGURATION,
                           DBUS_SESSION_BUS_ADDRESS=self.bus, XDG_RUNTIME_DIR='/run/test')

    def define(self, name, kind, content):
        card = (f"<interface type='{kind}'><mac address='{MAC}'/>{content}<model type='virtio'/>"
                '</interface>')
        return self.client.define(vt.domain_xml(name, identity=str(uuid.uuid4()), devices=card))

    def target(self, domain, alias='net0'):
        return self.client.call(f'{domain.path}/interface_{alias}', vt.PROPERTIES, 'Get', '(ss)',
                                'org.virtbus1.Interface', 'Target')

    def told(self, link):
        return self.shell(f'ip -o -d link show {link} 2>/dev/null || true')

    def wait_none(self, link='macvtap0'):
        vt.iterate_until(lambda: not self.told(link), f'the end of {link}', lambda: self.told(link))
        self.assertEqual(self.shell(f'ls {RUNTIME}'), '')

    def test_each_mode(self):
        modes = ('vepa', 'bridge', 'private')
        cards = ''.join(f"<interface type='direct'><mac address='{MAC[:-1]}{number}'/>"
                        f"<source dev='card' mode='{mode}'/></interface>"
                        for number, mode in enumerate(modes))
        domain = self.client.define(vt.domain_xml('modes', identity=str(uuid.uuid4()),
                                                  devices=cards))
        self.start(domain)
        for number, mode in enumerate(modes):
            target = self.target(domain, f'net{number}')
            self.assertEqual(target, f'macvtap{number}')
            told = self.told(target)
            self.assertIn(f'macvtap mode {mode}', told)
            self.assertIn(f'{MAC[:-1]}{number}', told)
            self.assertIn(',UP', told)
        domain.call('Destroy')
        for number in range(len(modes)):
            self.wait_none(f'macvtap{number}')

    def test_names(self):
        own = self.define('own', 'direct', "<source dev='card'/><target dev='shared@0'/>")
        other = self.define('other', 'direct', "<source dev='card'/><target dev='shared@0'/>")
        self.start(own)
        with self.assertRaises(vt.BusError) as caught:
            self.start(other)
        self.assertIn("interface 'net0': 'shared@0' is in use", caught.exception.message)
        self.assertIn('macvtap', self.told('shared@0'))
        own.call('Destroy')
        self.start(own)
        own.call('Destroy')
        self.wait_none('shared@0')

    def test_the_end_while_no_service_is_there(self):
        domain = self.define('killed', 'direct', "<source dev='card'/>")
        pid = self.start(domain)
        self.kill_service()
        self.assertIn('macvtap', self.told('macvtap0'))
        self.start_service()
        self.assertEqual(self.target(domain), 'macvtap0')
        self.kill_service()
        self.shell(f'kill -9 {pid}')
        self.start_service()
        domain.wait_state('shutoff')
        self.wait_none()

    def test_a_service_that_was_killed_while_it_made_the_link(self):
        """As the note stands before the link does; a link of another address is another's."""
        self.kill_service()
        self.shell(f'mkdir -p {RUNTIME}/macvtaps; cd {RUNTIME}/macvtaps; for n in 0 1 2; do '
                   f'echo -n "{uuid.uuid4()} 1 {MAC}" > macvtap$n; done; echo x > .macvtap3.new;'
                   f'ip link add link card name macvtap0 address {MAC} type macvtap mode vepa; '
                   'ip link add link card name macvtap1 type macvtap mode vepa')
        self.addCleanup(self.shell, 'ip link del macvtap1')
        self.start_service()
        self.wait_none()
        self.assertIn('macvtap', self.told('macvtap1'))

    def test_vhost(self):
        self.shell('ip link add br-test type bridge && ip link set br-test up')
        self.addCleanup(self.shell, 'ip link del br-test')
        self.guest.run('modprobe', 'vhost_net')
        domain = self.define('moved', 'bridge',
                             "<source bridge='br-test'/><driver name='vhost'/>")
        pid = self.start(domain)
        self.assertIn('/dev/vhost-net', self.shell(f'ls -l /proc/{pid}/fd'))
        self.assertIn('"vhost":true', self.shell(f'tr "\\0" " " < /proc/{pid}/cmdline'))
        self.assertIn('master br-test', self.told('vnet0'))
        domain.call('Destroy')
        self.wait_none('vnet0')


if __name__ == '__main__':
    vt.run()
