#!/bin/busybox sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The only program of a guest that says each line again, with the name of where it came from: on all
# virtio ports, on the virtio console, and on a connection to an address of its network.

/bin/busybox --install -s /bin
export PATH=/bin

# A port whose other end is not open reads as one that has ended.
echo_lines () {
  while :; do
    while read -r line; do echo "$1: $line"; done
    sleep 0.1
  done
}

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module; do insmod "$module" || echo "echo guest: no module $module"; done < /boot-modules
for port in /sys/class/virtio-ports/*; do
  echo_lines "$(cat "$port/name")" <> "/dev/${port##*/}" >&0 2>&0 &
done
stty -F /dev/hvc0 -echo
echo_lines console <> /dev/hvc0 >&0 2>&0 &

ip link set eth0 up
ip address add 10.0.2.15/24 dev eth0
mkfifo /answers
nc 10.0.2.1 4600 < /answers | echo_lines forward > /answers &
echo "echo guest: ready"
wait
