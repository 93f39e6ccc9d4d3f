#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Measures: builds optimised in build-bench and prints each figure next to its floor.
# bench.sh [--only PART]… [OPTION…]: the parts are domain, probe, devices, define, latency, start, hung,
# qmp and hostile; other options go to `meson test --benchmark`.

set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

# Of several --test-args the last alone counts.
only=
while [ "${1:-}" = --only ] && [ $# -gt 1 ]; do
  only+="--only=$2 "
  shift 2
done

export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
unset LD_LIBRARY_PATH LD_PRELOAD PYTHONPATH PYTHONHOME
unset DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS

packages_need build run systemd test
if [ ! -f build-bench/build.ninja ]; then
  meson setup build-bench --buildtype=release
fi
ninja -C build-bench
meson test -C build-bench --no-rebuild --benchmark --verbose --num-processes 1 "--test-args=$only" "$@"
