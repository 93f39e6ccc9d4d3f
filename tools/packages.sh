# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the scripts beside this file need of the host, sourced by them: the Debian packages, how to
# see whether they are there, and how to get them. Knows nothing of building or running.

# shellcheck shell=bash disable=SC2034

# Debian package and, for other distributions, what shows that its content is there: a program, a
# pkg-config module (pc:) or a Python module (py:).
packages_build='
  gcc                      gcc
  libc6-dev                cc
  binutils                 ld
  meson                    meson
  ninja-build              ninja
  pkgconf                  pkg-config
  python3                  /usr/bin/python3
  libglib2.0-dev           pc:gio-unix-2.0
  libxml2-dev              pc:libxml-2.0
  libpolkit-gobject-1-dev  pc:polkit-gobject-1
  libgudev-1.0-dev         pc:gudev-1.0
  libudev-dev              pc:libudev
  libnl-route-3-dev        pc:libnl-route-3.0
  libjson-c-dev            pc:json-c
'
packages_run='
  qemu-system-x86          qemu-system-x86_64
  dbus-daemon              dbus-daemon
  libglib2.0-bin           gdbus
'
packages_systemd='
  systemd                  busctl
'
packages_test='
  git                      git
  g++                      c++
  libgirepository1.0-dev   pc:gobject-introspection-1.0
  valac                    vapigen
  gcovr                    gcovr
  polkitd                  pkcheck
  python3-gi               py:gi
  clang-format             clang-format
  libxml2-utils            xmllint
  util-linux               setpriv
  python3-attr             py:attr
  busybox-static           busybox
  cpio                     cpio
  kmod                     depmod
  pciutils                 lspci
  qemu-system-arm          qemu-system-aarch64
  qemu-system-gui          qemu-system-x86_64
  qemu-utils               qemu-img
  udev                     udevadm
  libumockdev-dev          pc:umockdev-1.0
  usbutils                 lsusb
  xvfb                     Xvfb
  iproute2                 ip
  passt                    passt
  libnss3-tools            certutil
  openssl                  openssl
'
# Of these a test reads files, and would not use what they depend on: they are unpacked, not
# installed, unless they are there already. A kernel for guests (-) is never taken from the host.
packages_unpacked='
  python3-labgrid          py:labgrid
  linux-image-amd64        -
'
packages_folder=build-packages
case $(uname -m) in
  x86_64 | i?86) ;;
  # The example guest is x86 code on any host.
  *) packages_build+=$'binutils-x86-64-linux-gnu x86_64-linux-gnu-as\n' ;;
esac

# Is the package there, by its name where dpkg rules, else by its content?
packages_has ()
{
  local package=$1 content=$2

  if [ "$content" = - ]; then
    return 1
  fi
  if command -v dpkg-query >/dev/null; then
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed
    return
  fi
  case $content in
    pc:*) pkg-config --exists "${content#pc:}" 2>/dev/null ;;
    py:*) /usr/bin/python3 -c "import ${content#py:}" 2>/dev/null ;;
    *) command -v "$content" >/dev/null ;;
  esac
}

# packages_need SET…: sees that the sets ("build", "run", "systemd", "test") are there. Installs what
# is missing as root on Debian; else prints the command that does, and fails.
packages_need ()
{
  local set package content list missing=()

  for set in "$@"; do
    list=packages_$set
    while read -r package content; do
      if [ -n "$package" ] && ! packages_has "$package" "$content"; then
        missing+=("$package")
      fi
    done <<<"${!list}"
  done
  if [ ${#missing[@]} -eq 0 ]; then
    return 0
  fi

  if ! command -v apt-get >/dev/null; then
    echo "These are missing on this machine, by their Debian names:" >&2
    printf '  %s\n' "${missing[@]}" >&2
    echo "Install what your distribution calls them and run this again." >&2
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "Packages are missing. Run this, and then this script again:" >&2
    echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    return 1
  fi

  echo "Installing ${missing[*]}"
  apt-get update -q </dev/null &&
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}" \
      </dev/null || {
    echo "The packages could not be installed; the lines above say why." >&2
    return 1
  }
}

# packages_unpack: sees that each of the set "unpacked" is there or in a folder of its own below
# $packages_folder. Needs no privilege.
packages_unpack ()
{
  local package content folder

  while read -r package content; do
    folder=$packages_folder/$package
    if [ -z "$package" ] || [ -d "$folder" ] || packages_has "$package" "$content"; then
      continue
    fi
    if ! command -v apt-get >/dev/null; then
      echo "Missing on this machine, by its Debian name: $package" >&2
      return 1
    fi
    echo "Fetching $package"
    rm -rf "$folder.part"
    mkdir -p "$folder.part" &&
      { packages_download "$package" "$folder.part" ||
        { apt-get update -q && packages_download "$package" "$folder.part"; }; } &&
      dpkg-deb -x "$folder.part"/*.deb "$folder.part" &&
      rm "$folder.part"/*.deb &&
      mv "$folder.part" "$folder" || {
      echo "$package could not be fetched; the lines above say why." >&2
      return 1
    }
  done <<<"$packages_unpacked"
}

# packages_download PACKAGE FOLDER: the archive alone, into the folder. The kernel's package has
# nothing in it but the name of the newest one.
packages_download ()
{
  local package=$1

  if [ "$package" = linux-image-amd64 ]; then
    package=$(apt-cache depends "$package" | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p')
  fi
  (cd "$2" && apt-get download -q -o APT::Sandbox::User= "$package") </dev/null
}
