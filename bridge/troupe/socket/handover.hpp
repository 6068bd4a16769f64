// SPDX-License-Identifier: BSL-1.0
#pragma once

#if defined(__SANITIZE_THREAD__)
#  include <sanitizer/tsan_interface.h>
extern "C" void AnnotateIgnoreReadsBegin(const char* file, int line);
extern "C" void AnnotateIgnoreReadsEnd(const char* file, int line);
#endif

#include <string>

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

/// Copies a text of ZeroMQ's own, such as the metadata of a message, which it
/// wrote on a thread of its own.
inline std::string copy_of_zmq_text(const char* text) {
#if defined(__SANITIZE_THREAD__)
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
#endif
  std::string result{text != nullptr ? text : ""};
#if defined(__SANITIZE_THREAD__)
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
#endif
  return result;
}

} // namespace troupe
