// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/placement_scheme.hpp"

/// The schemes of the library, in ipyparallel's words.
namespace troupe {

/// The engine with the fewest tasks outstanding, among equals the one that was
/// picked longest ago.
const placement_scheme& leastload_scheme();

/// The engine that was picked longest ago, whatever its load.
const placement_scheme& lru_scheme();

/// Any engine, each with the same chance.
const placement_scheme& plainrandom_scheme();

/// Two engines drawn with the same chance: the one that was picked longer ago.
const placement_scheme& twobin_scheme();

/// Two engines drawn, idle ones by far more often than busy ones: the one with
/// fewer tasks, the first one if equal.
const placement_scheme& weighted_scheme();

} // namespace troupe
