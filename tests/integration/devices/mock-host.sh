#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mock-host.sh COMMAND…
#
# Runs COMMAND where umockdev shows it a /sys of its own making, in a mount namespace where the real
# one cannot be written: a program that loses the preloaded library would otherwise act on the
# hardware of this machine. VB_PRELOAD_FIRST is preloaded before it. Needs root.
set -eu

if [ "$(id -u)" != 0 ]; then
  echo "mock-host.sh: needs root: it makes a mount namespace" >&2
  exit 1
fi
if [ "${MOCK_HOST_INNER:-}" != 1 ]; then
  exec env MOCK_HOST_INNER=1 unshare --mount --propagation private "$0" "$@"
fi
unset MOCK_HOST_INNER
mount -o remount,bind,ro /sys
if (echo 0 > /sys/bus/pci/rescan) 2> /dev/null; then
  echo "mock-host.sh: the real /sys can still be written" >&2
  exit 1
fi
preload=${VB_PRELOAD_FIRST:-}
unset VB_PRELOAD_FIRST
exec env LD_PRELOAD="${preload:+$preload:}libumockdev-preload.so.0" "$@"
