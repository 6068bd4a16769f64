// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/this_task.hpp"

namespace troupe {

namespace {

thread_local const std::stop_source* current = nullptr;

} // namespace

std::stop_token this_task::stop_token() {
  return current != nullptr ? current->get_token() : std::stop_token{};
}

void detail::set_stop_source(const std::stop_source* x) noexcept {
  current = x;
}

} // namespace troupe
