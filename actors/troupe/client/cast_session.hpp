// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/call_book.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace troupe {

/// The client's side of the conversation about calls of named engines.
class cast_session : public call_book {
public:
  /// Numbers and queues calls. Those that no message can carry fail at once.
  /// Outcome `n * fan + k` is that of call `n` on its engine `k`.
  /// @pre `x.calls.cast` is not null and names engines
  void submit(queued_calls x);

  /// Makes at most `max_messages` `Cast`s of what waits and may be sent.
  std::vector<multipart> take_casts(std::size_t max_messages);

  /// Ends the calls of a `Cast` that could not be sent.
  void returned(multipart message, const std::string& sentence);

private:
  class writer;
};

} // namespace troupe
