#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Shows what virtbus is for: tools/try.sh
#
# Builds the service, starts it on a private session bus, and runs the example guest there, every
# step a bus call that you could type. Needs no privilege, touches nothing of yours, and leaves
# nothing behind but the build folder: a guard in a session of its own ends what was started here
# and removes its files, however this script ends.

set -euo pipefail

# The guard: waits until the script says that it is done, or is gone.
if [ "${1-}" = --guard ]; then
  room=$2 script=$3
  trap '' INT TERM HUP QUIT PIPE
  until read -r -t 0.2 _ || ! kill -0 "$script" 2>/dev/null; do
    :
  done

  # All that was started below has the room in its environment; the guest's pid is noted besides.
  started_here ()
  {
    grep -lsaF -- "$room" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3 || true
    if grep -qsaF qemu "/proc/$(cat "$room/guest.pid" 2>/dev/null || echo none)/cmdline"; then
      cat "$room/guest.pid"
    fi
  }
  signal=TERM
  for ((round = 0; round < 100; round++)); do
    mapfile -t pids < <(started_here)
    if [ ${#pids[@]} -eq 0 ]; then
      break
    fi
    if [ $round -eq 60 ]; then
      signal=KILL
    fi
    kill -s $signal "${pids[@]}" 2>/dev/null || true
    sleep 0.05
  done
  rm -rf -- "$room"
  exit 0
fi

cd "$(dirname "$0")/.."
. tools/packages.sh

export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
export LC_ALL=C.UTF-8
unset LD_LIBRARY_PATH LD_PRELOAD PYTHONPATH PYTHONHOME
unset DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS DBUS_STARTER_ADDRESS DBUS_STARTER_BUS_TYPE

bold="" dim="" normal=""
if [ -t 1 ]; then
  bold=$'\e[1m' dim=$'\e[2m' normal=$'\e[0m'
fi
step="the start"

# say TEXT: what comes next, for the reader, and for the message if it fails.
say ()
{
  step=$1
  printf '\n%s%s%s\n' "$bold" "$1" "$normal"
}

die ()
{
  printf '\n%s\n' "$1" >&2
  exit 1
}

packages_need build run
tool=busctl
if ! command -v busctl >/dev/null && ! packages_need systemd 2>/dev/null; then
  tool=gdbus
fi

# The room, its guard, and what happens at the end.

room=$(mktemp -d /tmp/virtbus-try.XXXXXX)
exec 9> >(exec setsid "$BASH" "$PWD/tools/try.sh" --guard "$room" $$ 2>/dev/null)
guard=$!
export VIRTBUS_TRY=$room

show_logs ()
{
  local log

  for log in "$room"/*.log "$room"/state/virtbus/log/*; do
    if [ -s "$log" ]; then
      printf '\nThe end of %s:\n' "${log#"$room"/}"
      tail -n 20 "$log"
    fi
  done
}

at_exit ()
{
  local status=$?

  trap '' INT TERM HUP
  if [ $status -ne 0 ]; then
    printf '\ntry.sh did not get to its end. It was at: %s\n' "$step" >&2
  fi
  if [ $status -ne 0 ] && [ $status -lt 128 ]; then
    show_logs >&2
  fi
  echo >&9
  wait "$guard" 2>/dev/null || true
}
trap at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# The build: in the clone where that can be written, else with the rest.

build=build
build_place="the folder build"
if ! { [ -w build ] || { [ ! -e build ] && [ -w . ]; }; }; then
  build=$room/build
  build_place="a temporary folder, as this one cannot be written"
fi

quietly ()
{
  "$@" >"$room/build.log" 2>&1 </dev/null || die "The build failed."
}

say "Building virtbus in $build_place; the first time takes a minute or two"
if [ ! -f "$build/build.ninja" ]; then
  quietly meson setup "$build"
fi
quietly ninja -C "$build" service/virtbusd
# An x86 assembler may be missing on this host; meson has then left the guest out.
if grep -q '^build examples/example-guest.img:' "$build/build.ninja"; then
  quietly ninja -C "$build" examples/example-guest.img
else
  die "This host has no tools to assemble the example guest (binutils for x86_64)."
fi
rm -f "$room/build.log"
definition=$build/examples/hello.xml

# Calls on the bus, shown as one would type them.

# show ARGUMENT…: one command line; the definition is shown as the file that it came from.
show ()
{
  local argument line='$'

  for argument in "$@"; do
    case $argument in
      '<'*) line+=" \"\$(cat $definition)\"" ;;
      *[\ \'\<\>\*]*) line+=" \"$argument\"" ;;
      *) line+=" $argument" ;;
    esac
  done
  printf '%s%s%s\n' "$dim" "$line" "$normal"
}

# call PATH INTERFACE METHOD [OPTION [TEXT]]: with TEXT as the first argument if there is one, and
# the boolean OPTION, if it is not empty, set.
call ()
{
  local path=$1 interface=org.virtbus1.$2 method=$3 option=${4-}
  local -a command text=("${@:5}")

  if [ $tool = busctl ]; then
    command=(busctl --user call org.virtbus1 "$path" "$interface" "$method"
      "${text:+s}a{sv}" "${text[@]}")
    if [ -n "$option" ]; then
      command+=(1 "$option" b true)
    else
      command+=(0)
    fi
  else
    command=(gdbus call --session --dest org.virtbus1 --object-path "$path"
      --method "$interface.$method" "${text[@]}" "{${option:+'$option': <true>}}")
  fi
  show "${command[@]}"
  reply=$("${command[@]}")
  if [ -n "$reply" ]; then
    printf '%s\n' "$reply"
  fi
}

# get PATH INTERFACE PROPERTY: prints what the bus says, in the words of the tool.
get ()
{
  if [ $tool = busctl ]; then
    busctl --user get-property org.virtbus1 "$1" "org.virtbus1.$2" "$3"
  else
    gdbus call --session --dest org.virtbus1 --object-path "$1" \
      --method org.freedesktop.DBus.Properties.Get "org.virtbus1.$2" "$3"
  fi
}

# Takes the text out of a reply such as: s "running", or (<'running'>,).
text_of ()
{
  sed "s/^[^\"']*[\"']\(.*\)[\"'][^\"']*\$/\1/" <<<"$1"
}

show_tree ()
{
  if [ $tool = busctl ]; then
    show busctl --user tree org.virtbus1
    busctl --user tree --no-pager org.virtbus1
  else
    show gdbus introspect --session --dest org.virtbus1 --object-path /org/virtbus1 --recurse
    gdbus introspect --session --dest org.virtbus1 --object-path /org/virtbus1 --recurse |
      sed -n 's/^\( *\)node \(.*\) {$/\1\2/p'
  fi
}

# wait_until WHAT COMMAND…: until the command succeeds; the service must be alive all the while.
wait_until ()
{
  local what=$1 deadline=$((SECONDS + 20))

  shift
  until "$@"; do
    kill -0 "$service" 2>/dev/null || die "The service has ended."
    [ $SECONDS -lt $deadline ] || die "Waited 20 seconds in vain: $what."
    sleep 0.02
  done
}

state_is ()
{
  [ "$(text_of "$(get "$domain" Domain State)")" = "$1" ]
}

# Background: the bus, the service, and the two that tell what is heard.

start_bus ()
{
  cat >"$room/bus.conf" <<XML
<busconfig>
  <type>session</type>
  <listen>unix:path=$room/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
XML
  export DBUS_SESSION_BUS_ADDRESS=unix:path=$room/bus
  dbus-daemon --config-file="$room/bus.conf" --nofork --nopidfile --nosyslog \
    >"$room/bus.log" 2>&1 </dev/null &
  service=$!
  disown
  wait_until "the bus listens" test -S "$room/bus"
  rm -f "$room/bus.log"
}

start_service ()
{
  mkdir -m 700 "$room"/{run,data,state,cache,config}
  export XDG_RUNTIME_DIR=$room/run XDG_DATA_HOME=$room/data XDG_STATE_HOME=$room/state
  export XDG_CACHE_HOME=$room/cache XDG_CONFIG_HOME=$room/config
  "$build/service/virtbusd" --session >"$room/virtbusd.log" 2>&1 </dev/null &
  service=$!
  disown
  wait_until "the service has its name" name_is_owned
}

name_is_owned ()
{
  gdbus call --session --dest org.freedesktop.DBus --object-path /org/freedesktop/DBus \
    --method org.freedesktop.DBus.NameHasOwner org.virtbus1 | grep -q true
}

tell_signals ()
{
  exec 2>/dev/null
  # Which methods are allowed at the moment is for buttons; here it would only be long.
  gdbus monitor --session --dest org.virtbus1 </dev/null | tee "$room/signals" | sed -u -n "
    \\|^/|!d
    s|^/org/virtbus1/domain/_[0-9a-f]*_[0-9a-f_]*|hello|
    s|: org.freedesktop.DBus.ObjectManager.InterfacesAdded (objectpath '\([^']*\)'.*|: new object \1|
    s|: org.freedesktop.DBus.ObjectManager.InterfacesRemoved (objectpath '\([^']*\)'.*|: object gone \1|
    s|, *@as \[\])\$||
    s|: org.freedesktop.DBus.Properties.PropertiesChanged ('org.virtbus1.\([A-Za-z]*\)', {\(.*\)}|: \1 {\2}|
    s|'AllowedOperations': <\[[^]]*\]>,* *||
    s|'\([A-Za-z]*\)': <\(@*[a-z0-9]* *[^<>]*\)>|\1 = \2|g
    s|, *}$|}|
    s|^|  signal  \| |
    s|^\(.\{150\}\).*|\1…|
    p"
}

tell_guest ()
{
  exec 7<"$1" 2>/dev/null
  : >"$room/listening"
  cat <&7 | tee "$room/serial" | sed -u 's/\r//g; /^$/d; s/^/  guest   | /'
}

guest_said ()
{
  grep -qsaF -- "$1" "$room/serial"
}

# In a process of its own: a terminal that the script opened could become its controlling one.
type_key ()
{
  printf '%s types %s%s\n' "$dim" "$1" "$normal"
  (printf '%s' "$1" >"$pty")
}

# The show.

began=${EPOCHREALTIME/[.,]/}

say "Starting the service on a private session bus"
start_bus
start_service
tell_signals &
disown
wait_until "the signals are heard" grep -qs 'is owned by' "$room/signals"

say "A domain is defined from its XML"
call /org/virtbus1 Manager DefineDomain '' "$(<"$definition")"
domain=$(text_of "$reply")

say "It is an object now, and so is each of its devices"
show_tree

say "It starts, paused before its first instruction"
call "$domain" Domain Start paused
grep -o '[0-9]*$' <<<"$(get "$domain" Domain Pid | tr -d '(<>,)')" >"$room/guest.pid"

say "Its serial port is a terminal of this host; from here on we listen"
devices=$(get "$domain" Domain Devices)
serial=$(grep -o '/[A-Za-z0-9_/]*/serial_[A-Za-z0-9_]*' <<<"$devices" | head -n 1)
pty=$(text_of "$(get "$serial" CharDevice Source)")
printf '%s is %s\n' "${serial##*/}" "$pty"
tell_guest "$pty" &
disown
wait_until "the serial port is open" test -e "$room/listening"

say "Now it runs, and greets"
call "$domain" Domain Resume
wait_until "the guest greets" guest_said "for the brave"
type_key t
wait_until "the guest answers" guest_said "ticks)"

say "Suspended, it keeps still, and then goes on"
call "$domain" Domain Suspend
wait_until "the domain is paused" state_is paused
call "$domain" Domain Resume
wait_until "the domain runs again" state_is running

say "Its power button is pressed; the guest switches itself off"
call "$domain" Domain Shutdown
wait_until "the domain is off" state_is shutoff
rm -f "$room/guest.pid"
printf 'It is %s; the reason: %s\n' "$(text_of "$(get "$domain" Domain State)")" \
  "$(text_of "$(get "$domain" Domain StateReason)")"

say "The definition is removed, and with it the objects"
call "$domain" Domain Undefine
show_tree

took=$((${EPOCHREALTIME/[.,]/} - began))
say "That was all, in $((took / 1000000)).$((took / 100000 % 10)) seconds; README.md has the same by hand"
