// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/call_book.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace troupe {

/// The client's side of the conversation about tasks.
class client_session : public call_book {
public:
  /// Numbers and queues calls. Those that no message can carry fail at once.
  void submit(queued_calls x);

  /// Makes `take_submits` return `Dispatch`es that engines get from a device,
  /// in turn: what may be sent is cut into a few messages for each of them.
  void deal_to(std::size_t engines) noexcept {
    engines_ = std::max(engines, std::size_t{1});
  }

  /// Makes at most `max_messages` `Submit`s of what waits and may be sent.
  std::vector<multipart> take_submits(std::size_t max_messages);

  /// Ends the tasks of a `Submit` that could not be sent.
  void returned(multipart message, const std::string& sentence);

private:
  class writer;

  std::size_t message_size() const;

  std::size_t engines_ = 0; // of a device; 0 = there is none
};

} // namespace troupe
