# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of network cards. What is made in the host's network is in test_network.py, which has one."""

from words import device, elsewhere, option, refused, starts

CARDS = {'virtio': 'virtio-net-pci', 'e1000': 'e1000', 'rtl8139': 'rtl8139', 'ne2k_pci': 'ne2k_pci',
         'pcnet': 'pcnet', 'i82551': 'i82551', 'i82557b': 'i82557b', 'i82559er': 'i82559er'}


def card(type_, *parts):
    return f"<interface type='{type_}'>{''.join(parts)}</interface>"


MODELS = [
    *(starts(f'card {model}', device('net0', type=kind, mac='52:54:00:00:00:01'),
             devices=card('user', "<mac address='52:54:00:00:00:01'/>", f"<model type='{model}'/>"))
      for model, kind in CARDS.items()),
    starts('card ne2k_isa', device('net0', type='ne2k_isa'),
           devices=card('user', "<model type='ne2k_isa'/>")),
    refused('unknown card', '/domain/devices/interface[1]/model/@type',
            "interface *: card 'netfront' is not supported; use one of *",
            devices=card('user', "<model type='netfront'/>")),
    starts('place and order of a card', device('lan', addr=0x50, bootindex=1),
           devices=card('user', "<alias name='lan'/><boot order='1'/>",
                        "<address type='pci' domain='0' bus='0' slot='0xa' function='0'/>")),
    starts('txmode timer', device('net0', tx='timer'),
           devices=card('user', "<model type='virtio'/><driver name='qemu' txmode='timer'/>")),
    starts('txmode iothread', device('net0', tx='bh'),
           devices=card('user', "<model type='virtio'/><driver txmode='iothread'/>")),
    refused('txmode of another card', '/domain/devices/interface[1]/driver/@txmode',
            'interface *: a txmode is not supported by this card; use model virtio',
            devices=card('user', "<model type='e1000'/><driver txmode='timer'/>")),
    refused('vhost without a tap', '/domain/devices/interface[1]/driver/@name',
            "interface *: driver 'vhost' is not supported with type 'user'; *",
            devices=card('user', "<model type='virtio'/><driver name='vhost'/>")),
]

TYPES = [
    starts('user by QEMU itself', option('-netdev', '*"type":"user"*'),
           devices=card('user', "<backend type='default'/>")),
    elsewhere('user by passt', 'integration/test_network.py: def test_ends_with_the_guest',
              devices=card('user', "<backend type='passt'/>")),
    starts('mcast', option('-netdev', '*230.0.0.1*5558*'),
           devices=card('mcast', "<source address='230.0.0.1' port='5558'/>")),
    starts('server', option('-netdev', '*"type":"stream"*"server":true*'),
           devices=card('server', "<source address='127.0.0.1' port='{free_port}'/>")),
    starts('client', option('-netdev', '*"type":"stream"*"server":false*'),
           devices=card('client', "<source address='127.0.0.1' port='{tcp_port}'/>")),
    refused('network', '/domain/devices/interface[1]/@type', "interface *: type 'network' *bridge*",
            devices=card('network', "<source network='default'/>")),
    refused('internal', '/domain/devices/interface[1]/@type', "interface *: type 'internal' *",
            devices=card('internal', "<source name='intnet'/>")),
    elsewhere('bridge', 'integration/test_network.py: def test_frames_of_each_card',
              devices=card('bridge', "<source bridge='br0'/><target dev='tap0'/>")),
    elsewhere('ethernet', 'integration/test_network.py: def test_script',
              devices=card('ethernet', "<script path='/etc/qemu-ifup'/>")),
    *(elsewhere(f'direct {mode}', 'integration/test_network_guest.py: def test_each_mode',
                devices=card('direct', f"<source dev='eth0' mode='{mode}'/>"))
      for mode in ('vepa', 'bridge', 'private')),
    refused('802.1Qbg', '/domain/devices/interface[1]/virtualport',
            'interface *: 802.1Qbg is not supported: *; remove the element',
            devices=card('direct', "<source dev='lo'/>", """<virtualport type='802.1Qbg'>
              <parameters managerid='11' typeid='1193047' typeidversion='2'
              instanceid='09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f'/></virtualport>""")),
]

ROWS = MODELS + TYPES
