#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# system-bus.sh FOLDER -- COMMAND…
#
# Runs COMMAND in a mount namespace of its own, with a system bus of its own at the usual address.
# There polkit reads nothing but FOLDER/actions and FOLDER/rules.d, the bus takes its policy from
# FOLDER/dbus, and FOLDER/group, where there is one, is /etc/group. polkitd is left to COMMAND.
# Nothing of the host changes. Needs root.
set -eu

if [ "$(id -u)" != 0 ]; then
  echo "system-bus.sh: needs root: it makes a mount namespace, and the tests take other uids" >&2
  exit 1
fi
if [ "${SYSTEM_BUS_INNER:-}" != 1 ]; then
  exec env SYSTEM_BUS_INNER=1 unshare --mount --propagation private "$0" "$@"
fi
unset SYSTEM_BUS_INNER DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS

source_folder=$1
shift 2
fixtures=$(dirname "$0")/../fixtures
work=$(mktemp -d /tmp/vbt.bus.XXXXXX)
bus_pid=
trap 'status=$?; [ -z "$bus_pid" ] || kill "$bus_pid" || true; rm -rf "$work"; exit $status' EXIT
chmod 755 "$work"
mkdir "$work/actions" "$work/rules.d" "$work/no-rules" "$work/dbus"
cp /usr/share/polkit-1/actions/org.freedesktop.policykit.policy "$work/actions"
cp "$source_folder"/actions/* "$work/actions"
cp "$source_folder"/rules.d/* "$work/rules.d"
cp "$source_folder"/dbus/* /usr/share/dbus-1/system.d/org.freedesktop.PolicyKit1.conf "$work/dbus"
chmod -R a+rX "$work"                       # polkitd runs as the user polkitd

mount --bind "$work/actions" /usr/share/polkit-1/actions
mount --bind "$work/rules.d" /usr/share/polkit-1/rules.d
mkdir -p /etc/polkit-1/rules.d
mount --bind "$work/no-rules" /etc/polkit-1/rules.d
if [ -e "$source_folder/group" ]; then
  install -m 644 "$source_folder/group" "$work/group"
  mount --bind "$work/group" /etc/group
fi
mkdir -p /run/dbus
mount -t tmpfs -o mode=755 tmpfs /run/dbus

sed -e "s|@SOCKET@|/run/dbus/system_bus_socket|" -e "s|@POLICIES@|$work/dbus|" \
  "$fixtures/system-bus.conf.in" > "$work/bus.conf"
dbus-daemon --config-file="$work/bus.conf" --nofork --print-address > "$work/address" 2> "$work/errors" &
bus_pid=$!
until [ -s "$work/address" ]; do
  kill -0 "$bus_pid"
  read -r -t 0.02 <> <(:) || true
done

"$@" &
command_pid=$!
trap 'kill "$command_pid" 2> /dev/null || true' TERM INT HUP
status=0
wait "$command_pid" || status=$?
while kill -0 "$command_pid" 2> /dev/null; do   # wait was interrupted by a signal
  status=0
  wait "$command_pid" || status=$?
done
exit $status
