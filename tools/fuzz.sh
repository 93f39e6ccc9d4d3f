#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# fuzz.sh [SECONDS [TARGET…]]: gives each fuzz target that long (60 by default), under ASan and UBSan.
# The targets are domain, qmp, command (what a client of a QMP session says) and image-header. What it
# finds is left in build-fuzz/; new inputs stay there too, the corpus in the tree is not touched.
set -eu

seconds=${1:-60}
shift $(($# > 0))
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(domain qmp command image-header)
cd "$(dirname "$0")/.."

if ! command -v clang >/dev/null; then
  echo "fuzz.sh: clang is missing; on Debian: apt-get install clang libclang-rt-14-dev" >&2
  exit 1
fi
if [ ! -f build-fuzz/build.ninja ]; then
  CC=clang meson setup build-fuzz -Dfuzzing=true -Db_sanitize=address,undefined -Db_lundef=false \
    -Dc_args=-fsanitize=fuzzer-no-link >/dev/null
fi
ninja -C build-fuzz "${targets[@]/#/tests/fuzz/fuzz-}"

for name in "${targets[@]}"; do
  dictionary=()
  [ -f "tests/fuzz/$name.dict" ] && dictionary=(-dict="$PWD/tests/fuzz/$name.dict")
  mkdir -p "build-fuzz/corpus-$name"
  (cd build-fuzz && G_SLICE=always-malloc "tests/fuzz/fuzz-$name" -max_total_time="$seconds" \
    -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 "${dictionary[@]}" \
    "corpus-$name" "../tests/fuzz/corpus-$name")
done
