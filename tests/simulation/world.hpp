// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "simulation/oracle.hpp"
#include "simulation/story.hpp"

#include <cstdint>
#include <iosfwd>
#include <string>

namespace troupe::simulation {

/// What came of a story.
struct ending {
  /// The first promise that was broken, or an empty string.
  std::string violation;

  /// Stands for all that happened, in order.
  std::uint64_t hash = 0;

  instant duration = 0;
  std::uint64_t rounds = 0;
  std::uint64_t tasks = 0;
  std::uint64_t dispatches = 0;
  /// Of these, tasks that were handed out early.
  std::uint64_t early = 0;
  /// Tasks that engines gave back.
  std::uint64_t given_back = 0;
};

struct run_options {
  /// Compares all tables of the scheduler after this many rounds; 0 = never.
  std::uint64_t validate_every = 1;

  /// Plays the actor of the scheduler, not its rules alone. Its rounds are
  /// shorter, so that the story goes on in another way.
  bool through_actor = false;

  /// Prints each event, if not null.
  std::ostream* trace = nullptr;

  /// Ends the story with a violation when a task is handed out this often:
  /// a wrong claim, to see how a failure looks. 0 = no claim.
  std::uint64_t most_dispatches = 0;
};

/// Lets a story happen, until all tasks of living clients are reported.
ending run(const story& x, const run_options& options = {});

/// Leaves out of a story whatever it fails without as well.
/// @pre the story fails
story shrink(story x, const run_options& options = {});

/// Tells a story for people: its events, and what follows from them.
std::string tell(const story& x, run_options options = {});

} // namespace troupe::simulation
