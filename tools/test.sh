#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Runs all tests: tools/test.sh [--sanitize]
#
# Installs or names the packages that are missing, builds with warnings as errors, and runs the
# tests; with --sanitize in a build of its own under AddressSanitizer and UBSan. The last line is
# always "N passed, N failed"; a test that was skipped has failed.

set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. tools/packages.sh

build=build
introspection=enabled
setup_options=("-Dwerror=true")
test_options=(--no-rebuild --print-errorlogs)
case ${1-} in
  '') ;;
  --sanitize)
    build="build-sanitize"
    setup_options+=("-Db_sanitize=address,undefined" "-Db_lundef=false")
    # Made and used by programs that have no sanitizer in them.
    introspection=disabled
    test_options+=(--timeout-multiplier 4)
    # GLib's slices would hide leaks and overruns from the sanitizer.
    export G_SLICE=always-malloc
    export ASAN_OPTIONS=halt_on_error=1:detect_leaks=1:detect_stack_use_after_return=1
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    ;;
  *)
    echo "usage: tools/test.sh [--sanitize]" >&2
    exit 2
    ;;
esac

setup_options+=("-Dintrospection=$introspection" "-Dvapi=$introspection")

# The tests see the distribution's tools and nothing of the caller's session.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL=C.UTF-8
unset LD_LIBRARY_PATH LD_PRELOAD PYTHONPATH PYTHONHOME DISPLAY WAYLAND_DISPLAY
unset DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS DBUS_STARTER_ADDRESS DBUS_STARTER_BUS_TYPE
home=$(mktemp -d /tmp/virtbus-test.XXXXXX) || exit 1
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
mkdir -m 700 "$home"/{run,data,state,cache,config}
export XDG_RUNTIME_DIR=$home/run XDG_DATA_HOME=$home/data XDG_STATE_HOME=$home/state
export XDG_CACHE_HOME=$home/cache XDG_CONFIG_HOME=$home/config

finish ()
{
  echo "$1 passed, $2 failed"
  [ "$2" -eq 0 ] && [ "$1" -gt 0 ]
  exit
}

give_up ()
{
  echo "$1" >&2
  finish 0 1
}

packages_need build run systemd test && packages_unpack ||
  give_up "the packages for the tests are not all there"

if [ -f $build/build.ninja ]; then
  meson setup --reconfigure $build "${setup_options[@]}"
else
  meson setup $build "${setup_options[@]}"
fi </dev/null || give_up "the build could not be set up"
ninja -C $build </dev/null || give_up "the build failed"

log=$build/meson-logs/testlog.json
rm -f $log
meson test -C $build "${test_options[@]}" </dev/null
status=$?
if [ ! -s $log ]; then
  give_up "no test ran"
fi

counts=$(/usr/bin/python3 - $log $status <<'PYTHON'
import json
import sys

LAST_LINES = 40

log_path, status = sys.argv[1:]
passed = failed = 0
with open(log_path, encoding='utf-8') as log:
    for line in log:
        test = json.loads(line)
        if test['result'] in ('OK', 'EXPECTEDFAIL'):
            passed += 1
            continue
        failed += 1
        note = ', which is a failure here' if test['result'] == 'SKIP' else ''
        print(f'{test["result"]}: {test["name"]}{note}; it ended with:', file=sys.stderr)
        words = (test.get('stdout', '') + test.get('stderr', '')).splitlines()
        print(*(f'  {line}' for line in words[-LAST_LINES:]), sep='\n', file=sys.stderr)
if status != '0' and not failed:
    failed = 1
    print(f'meson test ended with status {status}', file=sys.stderr)
print(passed, failed)
PYTHON
) || give_up "the log of the tests cannot be read: $log"
read -r passed failed <<<"$counts"
finish "$passed" "$failed"
