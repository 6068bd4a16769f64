// SPDX-License-Identifier: BSL-1.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// Everything of the bridge that reads bytes from outside, for fuzzing.
namespace troupe::fuzz {

using bytes = std::span<const std::byte>;

struct decoder {
  std::string_view name;

  /// Reads `input`. Whatever it does besides returning is a finding.
  void (*read)(bytes input);

  /// Longest input that is worth trying.
  std::size_t max_size;

  /// Inputs out of 100 that it gets of a long run. Fewer if it is slow.
  int percent;
};

/// All decoders, by name.
std::span<const decoder> decoders();

/// Returns the decoder of that name, or null.
const decoder* find_decoder(std::string_view name);

/// Ends the process unless `holds`.
void require(bool holds, const char* claim);

/// Reads all of `xs`, so that a sanitizer sees what a decoder let through.
void touch(bytes xs);

void touch(std::string_view text);

// -- the decoders -------------------------------------------------------------

void read_access_list(bytes all);

/// Which types, and frames behind their number, each behind its size; then what
/// lies between the frames.
void read_arguments(bytes all);

void read_copy_policy(bytes all);

void read_endpoint(bytes all);

void read_failure(bytes all);

/// The number of tasks of a batch, of those that are begun, and messages, each
/// behind its size in one byte: what is asked for is taken back.
void read_give_back(bytes all);

void read_keys(bytes all);

void read_lane_header(bytes all);

/// Wire messages: the number of large frames, the size of the head in two
/// bytes, the head, and each large frame behind its size.
void read_link(bytes all);

/// The number of payload frames, then the envelope.
void read_message(bytes all);

/// Frames, each behind its size in one byte.
void read_request(bytes all);

/// Tags and, behind a line feed, slots.
void read_resources(bytes all);

void read_signature(bytes all);

void read_task_id(bytes all);

void read_typed_messages(bytes all);

void read_user_id(bytes all);

/// Frames, each behind its size in one byte.
void read_zap_question(bytes all);

/// Not a decoder: writes messages, which must arrive.
void write_link(bytes all);

} // namespace troupe::fuzz
