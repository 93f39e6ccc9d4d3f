#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# How much of libqmp its tests see without QEMU: tools/coverage.sh
#
# Builds in build-coverage, runs the suite qmp-c without the cases below /qmp/real-qemu and lists
# every line of qmp/ that no test has reached; below 95 % it fails. Generated code is summed up
# apart, with no limit: what is tested there is the generator. The last line is always
# "N passed, N failed".

set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. tools/packages.sh

minimum_percent=95
build=build-coverage

export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL=C.UTF-8
unset LD_LIBRARY_PATH LD_PRELOAD PYTHONPATH PYTHONHOME
unset DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS

give_up ()
{
  echo "$1" >&2
  echo "0 passed, 1 failed"
  exit 1
}

# report FOLDER OPTION…: the lines of the C files in the folder, as the last run left them.
report ()
{
  local folder=$1

  shift
  gcovr --root . --object-directory $build --filter "$folder/[^/]*\.c\$" "$@" \
    $build/qmp/libqmp.a.p
}

packages_need build test || give_up "the packages for the tests are not all there"
if [ ! -f $build/build.ninja ]; then
  meson setup $build --buildtype=debug -Db_coverage=true -Dintrospection=disabled \
    -Dvapi=disabled || give_up "the build could not be set up"
fi </dev/null
find $build -name '*.gcda' -delete
meson test -C $build --suite qmp-c --test-args='--skip-prefix /qmp/real-qemu' --print-errorlogs \
  </dev/null ||
  give_up "a test failed: what it reached says nothing"

echo "Of the generated code:"
report $build/qmp --output $build/generated.txt --print-summary ||
  give_up "the coverage of generated code cannot be read"
report qmp --fail-under-line $minimum_percent ||
  give_up "less than $minimum_percent % of the lines are reached; the right column lists the others"
echo "1 passed, 0 failed"
