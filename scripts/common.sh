# SPDX-License-Identifier: BSL-1.0
# shellcheck shell=bash
#
# What the scripts share. Source it at the root of the repository.

set -euo pipefail

# Announces a stage on stderr, with the seconds since the start.
stage() {
  printf '%s: %3d s  %s\n' "${0##*/}" "$SECONDS" "$*" >&2
}

# Usage: build <preset> [option of cmake --build]...
#
# Configures once. Afterwards, the build configures itself when it has to.
build() {
  local preset=$1
  shift
  if [ ! -e "build/$preset/build.ninja" ]; then
    stage "configure ($preset)"
    cmake --preset "$preset" >&2
  fi
  stage "build ($preset)"
  cmake --build --preset "$preset" --parallel "$(nproc)" "$@" >&2
}
