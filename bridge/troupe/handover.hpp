// SPDX-License-Identifier: BSL-1.0
#pragma once

#if defined(__SANITIZE_THREAD__)
#  include <sanitizer/tsan_interface.h>
#endif

/// ZeroMQ passes memory from one thread to another in order, but the thread
/// sanitizer does not see how. These tell it, and do nothing else.
namespace troupe {

/// Before giving `what` to ZeroMQ.
inline void hand_over([[maybe_unused]] const void* what) noexcept {
#if defined(__SANITIZE_THREAD__)
  __tsan_release(const_cast<void*>(what));
#endif
}

/// After getting `what` back.
inline void take_back([[maybe_unused]] const void* what) noexcept {
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(const_cast<void*>(what));
#endif
}

} // namespace troupe
