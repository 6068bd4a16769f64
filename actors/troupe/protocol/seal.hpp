// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/limits.hpp"
#include "troupe/wire/envelope_generated.h"

namespace troupe {

/// Puts `body` into an envelope and releases the builder's memory.
template <class Table>
buffer
seal(flatbuffers::FlatBufferBuilder& fbb, flatbuffers::Offset<Table> body) {
  constexpr auto kind = wire::BodyTraits<Table>::enum_value;
  auto root = wire::CreateEnvelope(fbb, kind, body.Union());
  fbb.Finish(root, limits::file_identifier);
  return buffer::adopt(fbb.Release());
}

} // namespace troupe
