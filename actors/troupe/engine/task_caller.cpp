// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/task_caller.hpp"

#include "troupe/codec/task.hpp"
#include "troupe/engine/reject.hpp"
#include "troupe/limits.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <exception>
#include <memory>
#include <typeinfo>
#include <utility>

namespace troupe {

namespace {

// Memory that is kept from one result to the next, in bytes.
constexpr auto kept_bytes = std::size_t{64} << 10;

// Room that an envelope needs around the bytes of a result.
constexpr auto envelope_bytes = std::size_t{4096};

/// Returns the name of a type as its author wrote it.
std::string demangled(const std::type_info& type) {
  int status = 0;
  std::unique_ptr<char, decltype(&std::free)> text{
    abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free};
  return status == 0 ? text.get() : type.name();
}

std::string hexadecimal(std::uint64_t x) {
  char text[17];
  std::snprintf(text, sizeof(text), "%016llx",
                static_cast<unsigned long long>(x));
  return text;
}

/// Whether one message can carry a result. Sockets limit the sum of its frames
/// as they do each of them.
bool sendable(std::size_t inline_bytes, std::span<const buffer> frames) {
  auto sum = inline_bytes + envelope_bytes;
  for (auto& frame : frames)
    sum += frame.size();
  return sum <= limits::task_frame_bytes;
}

} // namespace

wire::Outcome
task_caller::call(const wire::TaskEntry& task, std::span<const std::byte> arena,
                  std::span<const buffer> frames, const buffer& owner) {
  clear();
  auto function = find(function_id{task.function()});
  auto text = task.encoding()
              == static_cast<std::uint8_t>(wire::Encoding::Text);
  auto invoke = function == nullptr ? nullptr
                : text              ? function->invoke_text
                                    : function->invoke;
  if (invoke == nullptr
      || (task.signature() != 0
          && task.signature() != function->description.signature))
    return refuse(task, function);
  try {
    decoder in{arena, frames, &owner};
    encoder out{bytes_, frames_};
    invoke(in, out);
  } catch (const bad_arguments& x) {
    return fail("bad_arguments", function->description.name + ": " + x.what());
  } catch (const reject& x) {
    return fail(x);
  } catch (const std::exception& x) {
    return fail(demangled(typeid(x)), x.what());
  } catch (const abi::__forced_unwind&) {
    throw; // the thread ends; whoever catches this must pass it on
  } catch (...) {
    auto type = abi::__cxa_current_exception_type();
    return fail(type != nullptr ? demangled(*type) : std::string{},
                "an exception that is no std::exception");
  }
  if (!sendable(bytes_.size(), frames_))
    return fail("result_too_large", "the result of "
                                      + function->description.name
                                      + " exceeds a message's limit of "
                                      + std::to_string(limits::task_frame_bytes)
                                      + " bytes: return it in parts");
  return wire::Outcome::Ok;
}

void task_caller::clear() {
  frames_.clear();
  bytes_.clear();
  if (bytes_.capacity() > kept_bytes)
    bytes_.shrink_to_fit();
}

const function_info* task_caller::find(function_id id) {
  if (last_ == nullptr || last_->description.id != id)
    last_ = functions_.find(id);
  return last_;
}

wire::Outcome task_caller::refuse(const wire::TaskEntry& task,
                                  const function_info* function) {
  if (function == nullptr)
    return fail("unknown_function",
                "engine " + engine_ + " has no function with the id "
                  + hexadecimal(task.function())
                  + ": it runs another program, or another version of it");
  auto& known = function->description;
  if (task.signature() != 0 && task.signature() != known.signature)
    return fail("signature_mismatch",
                "engine " + engine_ + " has " + known.name + " as "
                  + known.signature_text + " (" + hexadecimal(known.signature)
                  + "), the client calls another version of it ("
                  + hexadecimal(task.signature()) + ")");
  return fail("bad_arguments",
              known.name + " cannot be called with text: not all types of "
                + known.signature_text + " have a textual form");
}

wire::Outcome task_caller::fail(std::string type, std::string message) {
  clear();
  pack_failure(failure{std::move(type), std::move(message)}, bytes_);
  return wire::Outcome::Error;
}

wire::Outcome task_caller::leave_out() {
  fail("cancelled", "it had not begun");
  return wire::Outcome::Aborted;
}

wire::Outcome task_caller::skip() {
  clear();
  return wire::Outcome::Skipped;
}

wire::Outcome task_caller::fail(const reject& x) {
  clear();
  auto wait = std::max(x.retry_after(), std::chrono::milliseconds{0});
  pack_rejection({wait, {"rejected", x.what()}}, bytes_);
  return wire::Outcome::Rejected;
}

} // namespace troupe
