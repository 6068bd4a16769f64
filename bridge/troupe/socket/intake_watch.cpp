// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/intake_watch.hpp"

#include "troupe/socket/zmq_options.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// Pauses between looks while bytes come, and while much has come without a
/// message.
constexpr auto interval = 100ms;
constexpr auto short_interval = 20ms;

/// Most bytes around a frame: of ZMTP, and of CURVE's messages.
constexpr auto frame_overhead = std::uint64_t{9 + 33};

/// What a connection carries besides messages, or after one.
constexpr auto slack = std::uint64_t{64} << 10;

std::uint64_t longest_message(const socket_spec& spec) {
  auto bounds = wire_limits(spec);
  return bounds.max_message + bounds.max_frames * frame_overhead + slack;
}

} // namespace

bool intake_watch::suits(const socket_spec& spec) {
  using enum socket_type;
  if (spec.type == stream || spec.type == pub) // a PUB hides what it receives
    return false;
  return std::any_of(spec.bind.begin(), spec.bind.end(),
                     [](auto& x) { return x.starts_with("tcp:"); });
}

caf::expected<std::unique_ptr<intake_watch>>
intake_watch::make(const socket_spec& spec) {
  auto probe = tcp_probe::make();
  if (!probe)
    return std::move(probe.error());
  return std::make_unique<intake_watch>(spec, std::move(*probe));
}

intake_watch::intake_watch(const socket_spec& spec,
                           std::unique_ptr<tcp_probe> probe)
  : probe_(std::move(probe)), intake_(longest_message(spec)) {
  // nop
}

void intake_watch::began(int fd) {
  if (!probe_->began(fd))
    return;
  intake_.began(fd);
  wake();
}

void intake_watch::ended(int fd) {
  probe_->ended(fd);
  intake_.ended(fd);
}

void intake_watch::wake() noexcept {
  probe_->disarm();
  deadline_ = std::min(deadline_, std::chrono::steady_clock::now() + interval);
}

void intake_watch::sample(time_point now) {
  if (now < deadline_)
    return;
  probe_->count([this](int fd, std::uint64_t n) { intake_.took(fd, n); });
  sampled_ = true;
  deadline_ = time_point::max(); // until there are no more messages
}

std::vector<std::string> intake_watch::judge(time_point now) {
  std::vector<std::string> result;
  if (!std::exchange(sampled_, false))
    return result;
  for (auto fd : intake_.judge()) {
    if (auto peer = probe_->cut(fd); !peer.empty())
      result.push_back(std::move(peer));
    ended(fd);
  }
  if (intake_.moving())
    deadline_ = now + (curious() ? short_interval : interval);
  else
    probe_->arm();
  return result;
}

} // namespace troupe
