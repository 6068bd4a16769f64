// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/call_book.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace troupe {

/// The client's side of the conversation about tasks.
class client_session : public call_book {
public:
  /// Numbers and queues calls. Those that no message can carry fail at once.
  void submit(queued_calls x);

  /// Makes at most `max_messages` `Submit`s of what waits and may be sent.
  std::vector<multipart> take_submits(std::size_t max_messages);

  /// Ends the tasks of a `Submit` that could not be sent.
  void returned(multipart message, const std::string& sentence);

private:
  class writer;
};

} // namespace troupe
