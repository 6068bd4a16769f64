// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/intake_watch.hpp"

#include "troupe/socket/zmq_options.hpp"

#include <algorithm>
#include <limits>
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

/// Most that comes over a connection in an honest handshake.
constexpr auto longest_handshake = std::uint64_t{64} << 10;

/// With more connections, only curiosity makes looks frequent.
constexpr auto many = std::size_t{256};

std::uint64_t longest_message(const socket_spec& spec) {
  if (spec.type == socket_type::pub) // it hides what it receives
    return std::numeric_limits<std::uint64_t>::max();
  auto bounds = wire_limits(spec);
  return bounds.max_message + bounds.max_frames * frame_overhead + slack;
}

/// Messages that ZeroMQ may have read while we read none, and one that waits
/// for room.
std::uint64_t longest_queue(const socket_spec& spec) {
  auto bound = static_cast<std::uint64_t>(receive_hwm(spec));
  return bound == 0 || spec.options.conflate // it reads on for ever
           ? std::numeric_limits<std::uint64_t>::max()
           : bound + 1;
}

/// The most that a server sends to strangers: a greeting of 64 bytes, the
/// answer to their first message, and an error of 12. READY is longer than
/// that error, and whoever sends anything behind READY confirms it.
std::uint64_t most_to_strangers(const security_spec& how) {
  if (std::holds_alternative<curve_server>(how))
    return 64 + 170 + 12;
  return std::holds_alternative<plain_server>(how) ? 64 + 10 + 12 : 0;
}

} // namespace

bool intake_watch::suits(const socket_spec& spec) {
  using enum socket_type;
  if (spec.type == stream
      || (spec.type == pub && most_to_strangers(spec.security) == 0))
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
  : probe_(std::move(probe)),
    intake_(longest_message(spec), longest_queue(spec)),
    proof_(most_to_strangers(spec.security)),
    fair_(spec.type != socket_type::xpub) {
  // nop
}

void intake_watch::began(int fd) {
  connections_.insert(fd);
  if (!probe_->began(fd))
    return;
  intake_.began(fd);
  if (proof_ > 0)
    strangers_.insert(fd);
  wake();
}

void intake_watch::ended(int fd) {
  connections_.erase(fd);
  strangers_.erase(fd);
  probe_->ended(fd);
  intake_.ended(fd);
}

void intake_watch::wake() noexcept {
  probe_->disarm();
  deadline_ = std::min(deadline_, std::chrono::steady_clock::now() + pause());
}

std::chrono::milliseconds intake_watch::pause() const noexcept {
  auto urgent = curious()
                || (!strangers_.empty() && connections_.size() < many);
  return urgent ? short_interval : interval;
}

void intake_watch::delivered(int fd, const multipart& message,
                             std::optional<std::size_t> cut) noexcept {
  ++received_;
  if (!curious())
    return;
  // Some sockets hide a few frames.
  constexpr auto hidden = std::size_t{8};
  auto bytes = std::uint64_t{message.size_bytes()};
  auto most = bytes + (message.frames.size() + hidden) * frame_overhead;
  intake_.delivered(fd, bytes, cut ? most + *cut + slack : most);
}

bool intake_watch::sample(time_point now) {
  if (now < deadline_)
    return false;
  probe_->count([this](int fd, const tcp_probe::traffic& x) {
    intake_.took(fd, x.taken);
    note_stranger(fd, x);
  });
  if (!std::exchange(in_turn_, true))
    received_ = 0;
  sampled_ = true;
  deadline_ = time_point::max(); // until `judge`
  return true;
}

void intake_watch::note_stranger(int fd, const tcp_probe::traffic& x) {
  if (!strangers_.contains(fd))
    return;
  if (x.confirmed > proof_)
    strangers_.erase(fd);
  else if (x.taken > longest_handshake)
    loud_.push_back(fd);
}

intake::progress intake_watch::progress(bool drained) const noexcept {
  if (drained)
    return intake::progress::all;
  // ZeroMQ takes one message of each connection in turn. Those that get a
  // message meanwhile queue up behind the others, or in front of them.
  auto enough = 2 * connections_.size() + 128;
  return fair_ && received_ >= enough ? intake::progress::turn
                                      : intake::progress::some;
}

void intake_watch::cut(int fd, bool proved, std::vector<offender>& into) {
  if (auto peer = probe_->cut(fd); !peer.empty())
    into.push_back({std::move(peer), proved});
  ended(fd);
}

std::vector<intake_watch::offender> intake_watch::judge(time_point now,
                                                        bool drained) {
  std::vector<offender> result;
  auto how = progress(drained);
  if (!in_turn_ || (!sampled_ && how == intake::progress::some))
    return result;
  for (auto fd : std::exchange(loud_, {}))
    cut(fd, false, result);
  for (auto fd : intake_.judge(how))
    cut(fd, true, result);
  in_turn_ = how == intake::progress::some;
  if (!std::exchange(sampled_, false))
    return result;
  if (intake_.moving())
    deadline_ = now + pause();
  else
    probe_->arm();
  return result;
}

} // namespace troupe
