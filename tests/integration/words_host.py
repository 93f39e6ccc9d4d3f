# SPDX-License-Identifier: LGPL-2.1-or-later
"""What rows find on the host: files, sockets, a terminal, a server of images. {name} in a row stands
for one of them."""

import os
import pty
import re
import socket
import subprocess
import time

import virtbus_testing as vt

RAW_IMAGES = ('a.img', 'b.img', 'e.img', 'nbd.img')
OTHER_IMAGES = ('qcow2', 'qed', 'vmdk', 'vdi', 'vpc', 'vhdx', 'qcow')
FIRST_VNC_PORT = 5900
SECRET = '0a81f5b2-8403-7b23-c8d6-21ccc2f80d6f'


class Host:
    def __init__(self, folder, add_cleanup):
        self.folder = folder
        self.add_cleanup = add_cleanup
        self.make_files()
        self.make_certificates()
        vt.make_encrypted_image(folder, SECRET, 'open sesame')
        self.words = {'folder': folder, 'tty': self.make_terminal(), 'tcp_port': self.listen_tcp(),
                      'free_port': vt.free_port(), 'free_vnc_port': vt.free_port(FIRST_VNC_PORT + 10),
                      'nbd_port': self.serve_image()}
        self.listen_unix()

    def fill(self, text):
        return re.sub(r'\{(\w+)\}', lambda found: str(self.words[found[1]]), text)

    def make_files(self):
        for name in RAW_IMAGES:
            with open(self.folder / name, 'wb') as image:
                image.truncate(1 << 20)
        for kind in OTHER_IMAGES:
            subprocess.run(['qemu-img', 'create', '-q', '-f', kind, self.folder / f'image.{kind}',
                            '4M'], check=True)
        (self.folder / 'kernel').write_bytes(vt.linux_image())
        (self.folder / 'initrd').write_bytes(bytes(4096))
        (self.folder / 'files').mkdir()
        (self.folder / 'files' / 'hello.txt').write_text('hello', 'utf-8')
        os.mkfifo(self.folder / 'fifo')

    def make_certificates(self):
        """A database of three, which make a card"""
        database = self.folder / 'nss'
        noise = self.folder / 'noise'
        database.mkdir()
        noise.write_bytes(os.urandom(64))
        make = ['certutil', '-d', f'sql:{database}']
        subprocess.run([*make, '-N', '--empty-password'], check=True)
        for number, name in enumerate(('one', 'two', 'three')):
            subprocess.run([*make, '-S', '-x', '-s', f'CN={name}', '-n', name, '-t', ',,',
                            '-z', noise, '-m', str(number + 1)], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=True)

    def make_terminal(self):
        """A terminal stands for a serial port of the host: it takes the same settings."""
        master, slave = pty.openpty()
        self.add_cleanup(os.close, master)
        self.add_cleanup(os.close, slave)
        return os.ttyname(slave)

    def listen(self, listener):
        listener.listen(64)
        self.add_cleanup(listener.close)

    def listen_tcp(self):
        listener = socket.socket()
        listener.bind(('127.0.0.1', 0))
        self.listen(listener)
        return listener.getsockname()[1]

    def listen_unix(self):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.folder / 'peer.sock'))
        self.listen(listener)

    def serve_image(self):
        """An NBD server for as many clients as come"""
        port = vt.free_port()
        server = subprocess.Popen(['qemu-nbd', '-t', '-f', 'raw', '-x', 'a', '-b', '127.0.0.1',
                                   '-p', str(port), str(self.folder / 'nbd.img')])
        self.add_cleanup(server.wait)
        self.add_cleanup(server.kill)       # SIGTERM is lost while it comes up
        deadline = time.monotonic() + vt.PATIENCE_S
        with socket.socket() as client:
            while client.connect_ex(('127.0.0.1', port)) != 0:
                assert server.poll() is None and time.monotonic() < deadline, 'qemu-nbd is not up'
        return port
