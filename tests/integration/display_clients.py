# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients of displays as far as the door: who asks, with which password, and whether it opens."""

import contextlib
import ctypes
import ctypes.util
import hashlib
import os
import socket
import struct

import virtbus_testing as vt


class Refused(Exception):
    """The server does not let this client in."""


class LinkRefused(Exception):
    """The server does not speak with it here at all; its argument is why."""


def connect(address, tls=None):
    """address: (IP, port), or the path of a socket. tls: what to encrypt with."""
    kind = (socket.AF_UNIX if isinstance(address, str) else
            socket.AF_INET6 if ':' in address[0] else socket.AF_INET)
    client = socket.socket(kind, socket.SOCK_STREAM)
    client.settimeout(vt.PATIENCE_S)
    try:
        client.connect(address)
        return tls.wrap_socket(client, server_hostname='localhost') if tls else client
    except OSError:
        client.close()
        raise


def read(client, length):
    data = b''
    while len(data) < length:
        part = client.recv(length - len(data))
        if not part:
            raise Refused('the server has closed the connection')
        data += part
    return data


# VNC (RFC 6143)

RFB_VERSION = b'RFB 003.008\n'
RFB_NONE, RFB_PASSWORD = 1, 2


def encrypt_des(key, block):
    """By the library that QEMU's own TLS is made with: Python has no DES."""
    nettle = ctypes.CDLL(ctypes.util.find_library('nettle'))
    context, result = ctypes.create_string_buffer(1024), ctypes.create_string_buffer(8)
    nettle.nettle_des_set_key(context, key)
    nettle.nettle_des_encrypt(context, ctypes.c_size_t(8), result, block)
    return result.raw


def answer_vnc(challenge, password):
    """RFC 6143, 7.2.2, with each byte of the key the other way round."""
    key = bytes(int(f'{byte:08b}'[::-1], 2) for byte in password.encode()[:8].ljust(8, b'\0'))
    return b''.join(encrypt_des(key, challenge[at:at + 8]) for at in (0, 8))


def enter_vnc(address, password=None):
    """Comes in, or raises Refused."""
    with contextlib.closing(connect(address)) as client:
        assert read(client, 12) == RFB_VERSION
        client.sendall(RFB_VERSION)
        kinds = read(client, read(client, 1)[0])
        assert kinds == bytes([RFB_NONE if password is None else RFB_PASSWORD]), kinds
        client.sendall(kinds[:1])
        if password is not None:
            client.sendall(answer_vnc(read(client, 16), password))
        if read(client, 4) != bytes(4):
            raise Refused(read(client, struct.unpack('>I', read(client, 4))[0]).decode())


# SPICE (spice/protocol.h)

SPICE_MAGIC = b'REDQ'
SPICE_VERSION = (2, 2)
SPICE_MAIN_CHANNEL = 1
SPICE_NEEDS_ENCRYPTION = 5
# A reply's key, in DER: 1024 bits and the exponent 65537.
SPICE_KEY_BYTES = 162
MODULUS = slice(29, 157)
EXPONENT = 65537


def mask(data, seed):
    """MGF1 of PKCS #1."""
    stream = b''.join(hashlib.sha1(seed + struct.pack('>I', count)).digest()
                      for count in range(len(data) // 20 + 1))
    return bytes(a ^ b for a, b in zip(data, stream))


def encrypt_ticket(key, password):
    """RSA with OAEP, as SPICE has its passwords."""
    text = password.encode() + b'\0'
    block = hashlib.sha1(b'').digest() + b'\1'.rjust(128 - 41 - len(text), b'\0') + text
    seed = os.urandom(20)
    block = mask(block, seed)
    padded = b'\0' + mask(seed, block) + block
    modulus = int.from_bytes(key[MODULUS], 'big')
    return pow(int.from_bytes(padded, 'big'), EXPONENT, modulus).to_bytes(128, 'big')


def enter_spice(address, password='', tls=None):
    """Comes in by the main channel, or raises Refused."""
    with contextlib.closing(connect(address, tls)) as client:
        message = struct.pack('<IBBIII', 0, SPICE_MAIN_CHANNEL, 0, 0, 0, 18)
        client.sendall(SPICE_MAGIC + struct.pack('<III', *SPICE_VERSION, len(message)) + message)
        magic, _major, _minor, size = struct.unpack('<4sIII', read(client, 16))
        assert magic == SPICE_MAGIC
        reply = read(client, size)
        if reply[:4] != bytes(4):
            raise LinkRefused(struct.unpack('<I', reply[:4])[0])
        client.sendall(encrypt_ticket(reply[4:4 + SPICE_KEY_BYTES], password))
        result = struct.unpack('<I', read(client, 4))[0]
        if result:
            raise Refused(f'link error {result}')
