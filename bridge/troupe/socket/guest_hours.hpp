// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/socket/socket_pump.hpp"

namespace troupe {

/// While it lives, actors that wake up run on the pump if `on` says so. Only
/// for the pump's thread.
class guest_hours {
public:
  guest_hours(socket_pump& pump, bool on) noexcept : pump_(pump) {
    pump_.take_guests(on);
  }

  ~guest_hours() {
    pump_.take_guests(false);
  }

  guest_hours(const guest_hours&) = delete;
  guest_hours& operator=(const guest_hours&) = delete;

private:
  socket_pump& pump_;
};

} // namespace troupe
