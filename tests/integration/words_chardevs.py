# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rows of ports: serial, parallel, console, channel, and what a smartcard passes through."""

from words import back_end, device, fails, in_document, no_device, option, refused, starts

UNIX = "<source mode='{}' path='{{folder}}/{}'/>"
TCP = "<source mode='{}' host='127.0.0.1' service='{}'/>"

# By type: what stands at the host's end, and QEMU's name for it. Sockets of the test are there.
ENDS = {
    'null': ('', 'null'),
    'vc': ('', 'vc'),
    'pty': ('', 'pty:/dev/pts/'),
    'stdio': ('', 'file'),
    'file': ("<source path='{folder}/output'/>", 'file'),
    'dev': ("<source path='{tty}'/>", 'serial'),
    'pipe': ("<source path='{folder}/fifo'/>", 'pipe'),
    'unix': (UNIX.format('bind', 'own.sock'), ('disconnected:unix:', 'unix:')),
    'tcp': (TCP.format('bind', '{free_port}') + "<protocol type='telnet'/>",
            ('disconnected:telnet:', 'telnet:')),
    'udp': ("<source mode='connect' host='127.0.0.1' service='9'/>"
            "<source mode='bind' host='127.0.0.1' service='0'/>", 'udp'),
}
CONNECTED = {
    'unix': (UNIX.format('connect', 'peer.sock'), 'unix:'),
    'tcp': (TCP.format('connect', '{tcp_port}') + "<protocol type='raw'/>", 'tcp:'),
}


def port(kind, type_, source, target=''):
    return f"<{kind} type='{type_}'>{source}{target}<alias name='it'/></{kind}>"


def ends_of(kind, target, model):
    """Each host end of that port, listening and connecting"""
    for way, ends in (('', ENDS), (' that connects', CONNECTED)):
        for type_, (source, name) in ends.items():
            if (kind, type_) not in ELSEWHERE:
                yield starts(f'{kind} {type_}{way}', device('it', type=model), back_end('it', name),
                             devices=port(kind, type_, source, target))


def protocols_of(kind, target):
    for protocol in ('telnets', 'tls'):
        source = TCP.format('bind', '{free_port}') + f"<protocol type='{protocol}'/>"
        yield refused(f'{kind} {protocol}', f'/domain/devices/{kind}[1]/protocol/@type',
                      f"{kind} *: protocol '{protocol}' is not supported: *; use raw or telnet, *",
                      devices=port(kind, 'tcp', source, target))


# A parallel port of the host is there on few machines.
ELSEWHERE = {('parallel', 'dev')}
VIRTIO = "<target type='virtio' port='0'/>"
NAMED = "<target type='virtio' name='org.example.0'/>"

PORTS = [
    *ends_of('serial', '', 'isa-serial'),
    *protocols_of('serial', ''),
    *ends_of('parallel', '', 'isa-parallel'),
    *protocols_of('parallel', ''),
    *ends_of('console', VIRTIO, 'virtconsole'),
    *protocols_of('console', VIRTIO),
    *ends_of('channel', NAMED, 'virtserialport'),
    *protocols_of('channel', NAMED),
    starts('numbers of ports', device('serial0', index=1), device('parallel0', index=2),
           devices="<serial type='null'><target port='1'/></serial>"
                   "<parallel type='null'><target port='2'/></parallel>"),
    fails('parallel of the host', "parallel *: cannot open '{folder}/parport': *",
          devices="<parallel type='dev'><source path='{folder}/parport'/></parallel>"),
    refused('a fifth serial port', '/domain/devices/serial[1]/target/@port',
            'serial *: port 4 is not supported; the machine has ports 0 to 3',
            devices="<serial type='null'><target port='4'/></serial>"),
    refused('a fourth parallel port', '/domain/devices/parallel[1]/target/@port',
            'parallel *: port 3 is not supported; the machine has ports 0 to 2',
            devices="<parallel type='null'><target port='3'/></parallel>"),
]

CONSOLES = [
    starts('a serial console', device('serial0', type='isa-serial'), no_device('console0'),
           in_document("tty="),
           devices="<console type='pty' tty='/dev/pts/99'><target type='serial' port='0'/></console>"),
    *(refused(f'console {target}', '/domain/devices/console[1]/target/@type',
              f"console *: target '{target}' is not supported by QEMU; use serial or virtio",
              devices=f"<console type='null'><target type='{target}'/></console>")
      for target in ('xen', 'uml')),
    starts('address of a console', device('it', nr=3),
           devices="<console type='null'><target type='virtio'/><alias name='it'/>"
                   "<address type='virtio-serial' controller='0' bus='0' port='3'/></console>"),
]

CHANNELS = [
    starts('address of a channel', device('it', nr=5, name='org.example.0'),
           devices="<channel type='null'><target type='virtio' name='org.example.0'/>"
                   "<alias name='it'/>"
                   "<address type='virtio-serial' controller='0' bus='0' port='5'/></channel>"),
    starts('guestfwd', back_end('it', ('disconnected:unix:', 'unix:')),
           option('-netdev', '*guestfwd*10.0.2.1:4600*'),
           devices="<channel type='unix'><source mode='bind' path='{folder}/own.sock'/>"
                   "<target type='guestfwd' address='10.0.2.1' port='4600'/>"
                   "<alias name='it'/></channel>"),
    starts('spicevmc', device('it', type='virtserialport', name='com.redhat.spice.0'),
           back_end('it', 'spicevmc'),
           devices="<graphics type='spice' autoport='yes'/>"
                   "<channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/>"
                   "<alias name='it'/></channel>"),
]


def card(type_, source, alias='it'):
    return f"<smartcard mode='passthrough' type='{type_}'>{source}<alias name='{alias}'/></smartcard>"


def certificates(database):
    return ("<smartcard mode='host-certificates'><certificate>one</certificate>"
            '<certificate>two</certificate><certificate>three</certificate>'
            f"<database>{database}</database><address type='ccid' controller='0' slot='0'/>"
            "<alias name='it'/></smartcard>")


SMARTCARDS = [
    *(starts(f'smartcard {type_}{way}', device('it', type='ccid-card-passthru'),
             back_end('it', name), devices=card(type_, source))
      for way, ends in (('', ENDS), (' that connects', CONNECTED))
      for type_, (source, name) in ends.items()),
    starts('smartcard spicevmc', device('it', type='ccid-card-passthru'), back_end('it', 'spicevmc'),
           devices="<graphics type='spice' autoport='yes'/>" + card('spicevmc', '')),
    *(refused(f'smartcard {protocol}', '/domain/devices/smartcard[1]/protocol/@type',
              f"smartcard *: protocol '{protocol}' is not supported: *; use raw or telnet, *",
              devices=card('tcp', TCP.format('bind', '{free_port}') + f"<protocol type='{protocol}'/>"))
      for protocol in ('telnets', 'tls')),
    # No reader is here: QEMU says so.
    fails('smartcard of the host', "smartcard '0': QEMU cannot have it: ccid-card-emulated: *",
          devices="<smartcard mode='host'/>"),
    starts('smartcard of certificates',
           device('it', type='ccid-card-emulated', backend='certificates', cert1='one', cert2='two',
                  cert3='three'),
           devices=certificates('{folder}/nss')),
    fails('smartcard of a database that is none',
          "smartcard 'it': QEMU cannot have it: ccid-card-emulated: *",
          devices=certificates('{folder}/files')),
    starts('slot of a card', device('it', type='ccid-card-passthru'),
           devices="<smartcard mode='passthrough' type='null'><alias name='it'/>"
                   "<address type='ccid' bus='0' slot='0'/></smartcard>"),
    refused('a second slot', '/domain/devices/smartcard[1]/address',
            'smartcard *: a smartcard is in slot 0 of controller 0; leave the address out',
            devices="<smartcard mode='passthrough' type='null'>"
                    "<address type='ccid' controller='0' slot='1'/></smartcard>"),
]

ROWS = PORTS + CONSOLES + CHANNELS + SMARTCARDS
