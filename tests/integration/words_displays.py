# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of displays, and of what the host lends: its devices."""

from words import elsewhere, in_document, refused, starts, told

CHANNELS = ('main', 'display', 'inputs', 'cursor', 'playback', 'record', 'smartcard')


def channels(mode):
    return ''.join(f"<channel name='{name}' mode='{mode}'/>" for name in CHANNELS)


GRAPHICS = [
    starts('vnc', told('query-vnc', True, 'enabled'), told('query-vnc', 'none', 'auth'),
           in_document("autoport='yes'"), in_document("port='59"),
           devices="<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1' keymap='de'>"
                   "<alias name='screen'/></graphics>"),
    starts('vnc at a port', told('query-vnc', '{free_vnc_port}', 'service'),
           devices="<graphics type='vnc' port='{free_vnc_port}' autoport='no'/>"),
    starts('vnc with a password', told('query-vnc', 'vnc', 'auth'),
           devices="<graphics type='vnc' passwd='sesame' passwdValidTo='2040-01-01T00:00:00'/>"),
    starts('vnc at a socket', told('query-vnc', 'unix', 'family'),
           devices="<graphics type='vnc' socket='{folder}/vnc.sock'/>"),
    starts('spice', told('query-spice', True, 'enabled'), told('query-spice', 'none', 'auth'),
           devices="<graphics type='spice' autoport='yes' listen='127.0.0.1' keymap='de'>"
                   + channels('any') + '</graphics>'),
    starts('spice at a port', told('query-spice', '{free_port}', 'port'),
           devices="<graphics type='spice' port='{free_port}' autoport='no'>" + channels('insecure')
                   + '</graphics>'),
    starts('spice with a password', told('query-spice', 'spice', 'auth'),
           devices="<graphics type='spice' autoport='yes' passwd='sesame' "
                   "passwdValidTo='2040-01-01T00:00:00'/>"),
    refused('spice encrypted', '/domain/devices/graphics[1]/@tlsPort',
            'graphics *: encrypted connections need certificates: *, or remove tlsPort',
            devices="<graphics type='spice' port='5900' tlsPort='5901' autoport='no'/>"),
    starts('spice encrypted where it can be had', told('query-spice', True, 'enabled'),
           devices="<graphics type='spice' port='-1' tlsPort='-1'/>"),
    refused('spice with a secure channel', '/domain/devices/graphics[1]/channel[1]/@mode',
            "graphics *: mode 'secure' of channel 'main' needs certificates: *",
            devices="<graphics type='spice' autoport='yes'>" + channels('secure') + '</graphics>'),
    elsewhere('sdl', 'integration/test_displays.py: def test_beside_others',
              devices="<graphics type='sdl' display=':0.0' xauth='/root/.Xauthority' "
                      "fullscreen='yes'/>"),
    elsewhere('sdl in a window', 'integration/test_displays.py: def test_beside_others',
              devices="<graphics type='sdl' fullscreen='no'/>"),
    *(refused(f'{name}', '/domain/devices/graphics[1]/@type', f"graphics *: type '{kind}' is not *",
              devices=f"<graphics type='{kind}' {attributes}/>")
      for name, kind, attributes in (('rdp', 'rdp', "replaceUser='yes' multiUser='no'"),
                                     ('rdp of many', 'rdp', "replaceUser='no' multiUser='yes'"),
                                     ('desktop', 'desktop', "display=':0' fullscreen='yes'"))),
    refused('two of a kind', '/domain/devices/graphics[2]', 'graphics *; keep one',
            devices="<graphics type='vnc'/><graphics type='vnc'/>"),
]


def usb(source, *parts, attributes="mode='subsystem' type='usb' managed='no'"):
    return f"<hostdev {attributes}><source>{source}</source>{''.join(parts)}</hostdev>"


HOSTDEVS = [
    elsewhere('hostdev usb by make', 'integration/test_host_devices_guest.py: def test_5_in_guests',
              devices=usb("<vendor id='0x0781'/><product id='0x5567'/>", "<alias name='stick'/>",
                          "<address type='usb' bus='0' port='1'/>", "<boot order='1'/>")),
    elsewhere('hostdev usb by place', 'integration/test_host_devices_guest.py: def test_5_in_guests',
              devices=usb("<address bus='1' device='2'/>")),
    elsewhere('hostdev pci', 'integration/test_host_devices_guest.py: def test_5_in_guests',
              devices="<hostdev type='pci'><source><address domain='0' bus='6' slot='2' function='0'/>"
                      "</source><address type='pci' domain='0' bus='0' slot='9' function='0'/>"
                      '</hostdev>'),
    refused('hostdev managed', '/domain/devices/hostdev[1]/@managed', "*managed*",
            devices="<hostdev type='pci' managed='yes'><source><address domain='0' bus='6' slot='2' "
                    "function='0'/></source></hostdev>"),
    refused('hostdev of containers', '/domain/devices/hostdev',
            "hostdev: mode 'capabilities' is for containers; remove the element",
            devices="<hostdev mode='capabilities' type='net'><source/></hostdev>"),
]

ROWS = GRAPHICS + HOSTDEVS
