// SPDX-License-Identifier: BSL-1.0

#include "raw_echo.hpp"

#include "harness/clock.hpp"
#include "raw_client.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace troupe::perf {

namespace {

/// Larger arrays are lent, as the cluster does it.
constexpr std::size_t most_copied = 1024;

void no_release(void*, void*) {
  // The inputs outlive the run, and what was answered is not read any more.
}

zmq::message_t to_message(std::string_view bytes) {
  if (bytes.size() <= most_copied)
    return zmq::message_t{bytes};
  return {const_cast<char*>(bytes.data()), bytes.size(), no_release};
}

/// Compares answers, in whatever order they come.
class array_check {
public:
  explicit array_check(const echo_inputs& sent)
    : sent_(sent), seen_(sent.size()) {
    // nop
  }

  void take(std::string_view answer) {
    double number = -1;
    if (answer.size() >= sizeof(number))
      std::memcpy(&number, answer.data(), sizeof(number));
    auto i = static_cast<std::size_t>(number);
    if (number < 0 || i >= sent_.size() || seen_[i]
        || answer != sent_[i].bytes().text())
      throw std::runtime_error("the raw path changed or doubled an answer");
    seen_[i] = true;
    ++taken_;
  }

  bool complete() const noexcept {
    return taken_ == sent_.size();
  }

private:
  const echo_inputs& sent_;
  std::vector<bool> seen_;
  std::size_t taken_ = 0;
};

} // namespace

struct raw_echo::impl {
  explicit impl(const std::string& endpoint)
    : socket(open_client(context, endpoint)) {
    // nop
  }

  bool take(array_check& check, zmq::recv_flags flags) {
    zmq::message_t frame;
    if (!socket.recv(frame, flags))
      return false;
    check.take(frame.to_string_view());
    return true;
  }

  zmq::context_t context;
  zmq::socket_t socket;
};

raw_echo::raw_echo(const std::string& endpoint)
  : pimpl_(std::make_unique<impl>(endpoint)) {
  // nop
}

raw_echo::~raw_echo() {
  // nop
}

measurement raw_echo::run(const echo_inputs& inputs) {
  array_check check{inputs};
  stopwatch watch;
  for (const auto& input : inputs)
    pimpl_->socket.send(to_message(input.bytes().text()),
                        zmq::send_flags::none);
  auto submitted = watch.seconds();
  while (!check.complete())
    if (!pimpl_->take(check, zmq::recv_flags::none))
      throw std::runtime_error("the raw path lost an answer");
  return to_echo(inputs, submitted, watch.seconds());
}

echo_inputs make_echo_inputs(std::size_t count, std::size_t size) {
  echo_inputs result;
  result.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    result.emplace_back(std::vector<double>(
      std::max<std::size_t>(size / sizeof(double), 1), static_cast<double>(i)));
  return result;
}

measurement to_echo(const echo_inputs& inputs, double submitted,
                    double roundtrip) {
  std::size_t bytes = 0;
  for (const auto& input : inputs)
    bytes += input.bytes().size();
  return {{"submit_ms", submitted * 1e3},
          {"roundtrip_mb_per_s", static_cast<double>(bytes) / roundtrip / 1e6}};
}

} // namespace troupe::perf
