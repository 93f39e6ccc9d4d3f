#!/bin/busybox sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The first program of a full guest, see full_guest.py: makes the host's root file system, which
# comes read-only over 9p, writable in memory, and goes on there with agent.py.

/bin/busybox --install -s /bin
export PATH=/bin
give_up () { echo "full guest: $1"; echo o > /proc/sysrq-trigger; sleep 60; }

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module; do insmod "$module" || give_up "module $module"; done < /boot-modules
share=trans=virtio,version=9p2000.L,ro,msize=524288,cache=loose
mount -t 9p -o $share root /lower || give_up "no root file system"
mount -t tmpfs tmpfs /upper
mkdir /upper/files /upper/work
mount -t overlay -o lowerdir=/lower,upperdir=/upper/files,workdir=/upper/work overlay /root ||
  give_up "no overlay"
mkdir -p /root/lib/modules
mount -t 9p -o $share modules /root/lib/modules || give_up "no modules"
for folder in proc sys dev; do mount --move /$folder /root/$folder; done
mkdir -p /root/dev/pts /root/dev/shm
mount -t devpts devpts /root/dev/pts
mount -t tmpfs tmpfs /root/dev/shm
mount -t tmpfs tmpfs /root/run
agent=$(sed -n 's/.*agent=\([^ ]*\).*/\1/p' /root/proc/cmdline)
exec switch_root /root /usr/bin/python3 "$agent"
