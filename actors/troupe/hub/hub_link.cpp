// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/hub_link.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

/// How late a tick must be to show that this process itself was stopped.
constexpr auto stopped = milliseconds{20};

/// Bounds of what a welcome may ask for.
constexpr auto min_period = std::uint32_t{10};
constexpr auto max_period = std::uint32_t{60000};
constexpr auto max_misses = std::uint32_t{1000};

/// Mixes all bits of `x` (the finaliser of splitmix64).
std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

milliseconds retry_delay(const hub_link_config& cfg, std::uint32_t attempt) {
  auto delay = cfg.hello_retry.count();
  for (auto i = 1u; i < attempt && delay < cfg.max_hello_retry.count(); ++i)
    delay *= 2;
  delay = std::min(delay, cfg.max_hello_retry.count());
  auto percent = 75 + mix(cfg.hello.incarnation + attempt) % 51;
  return milliseconds{delay * static_cast<std::int64_t>(percent) / 100};
}

std::string seconds_text(milliseconds x) {
  auto text = std::to_string(x.count() / 1000);
  if (auto tenths = x.count() % 1000 / 100; tenths != 0)
    text += "." + std::to_string(tenths);
  return text + " s";
}

std::string text_of(const flatbuffers::String* x, std::string otherwise) {
  return x != nullptr && x->size() > 0 ? x->str() : std::move(otherwise);
}

} // namespace

std::string to_string(link_state x) {
  static constexpr auto names = std::array{"greeting", "joined", "lost",
                                           "refused", "closed"};
  auto index = static_cast<std::size_t>(x);
  return index < names.size() ? names[index] : "invalid";
}

hub_link::hub_link(hub_link_config cfg) : cfg_(std::move(cfg)) {
  // nop
}

// -- events -------------------------------------------------------------------

link_actions hub_link::start(time_point now) {
  return greet(now);
}

link_actions hub_link::received(time_point now, const message_view& message) {
  if (!next_deadline())
    return {};
  if (auto refusal = message.get<wire::Refusal>())
    return refused(now, *refusal);
  if (auto goodbye = message.get<wire::Goodbye>())
    return end(link_state::closed,
               text_of(goodbye->reason(), "the controller said goodbye"));
  if (auto welcome = message.get<wire::Welcome>()) {
    auto result = welcomed(*welcome);
    heard(now);
    return result;
  }
  if (state_ != link_state::joined)
    return {};
  heard(now);
  auto ping = message.get<wire::Ping>();
  if (ping == nullptr)
    return {};
  sequence_ = ping->sequence();
  return {.control = {pong()}};
}

link_actions hub_link::received_refusal(time_point now,
                                        const wire::Refusal& refusal) {
  if (state_ != link_state::joined)
    return {};
  if (refusal.code() == wire::RefusalCode::Closing)
    return refused(now, refusal);
  if (refusal.code() != wire::RefusalCode::UnknownPeer)
    return {};
  if (std::exchange(join_repeated_, true))
    return greet(now);
  return {.tasks = {pack_join(welcome_.token, connection_)}};
}

link_actions hub_link::disconnected(time_point now) {
  auto limit = now + 2 * milliseconds{welcome_.period_ms};
  if (state_ == link_state::greeting && rejoining_)
    give_up_ = std::min(give_up_, limit); // it was not the task lane alone
  if (state_ != link_state::joined || std::exchange(broken_, true))
    return {};
  silent_until_ = std::min(silent_until_, limit);
  // Over a new connection the hub does not know us, and says so.
  return {.control = {pong()}};
}

link_actions hub_link::task_lane_disconnected(time_point now) {
  ++connection_;
  if (state_ != link_state::joined || broken_)
    return {};
  auto result = greet(now);
  rejoining_ = true;
  result.control.insert(result.control.begin(),
                        pack_goodbye("its task connection broke"));
  return result;
}

link_actions hub_link::tick(time_point now) {
  switch (state_) {
    case link_state::greeting:
      return tick_greeting(now);
    case link_state::joined:
      return tick_joined(now);
    default:
      return {};
  }
}

link_actions hub_link::leave(std::string_view reason) {
  if (!next_deadline())
    return {};
  auto result = end(link_state::closed, std::string{reason});
  result.control.push_back(pack_goodbye(reason));
  return result;
}

// -- properties ---------------------------------------------------------------

std::optional<hub_link::time_point> hub_link::next_deadline() const noexcept {
  switch (state_) {
    case link_state::greeting:
      return std::min(next_hello_, give_up_);
    case link_state::joined:
      return silent_until_;
    default:
      return std::nullopt;
  }
}

// -- steps --------------------------------------------------------------------

link_actions hub_link::greet(time_point now) {
  state_ = link_state::greeting;
  hellos_ = 0;
  give_up_ = now + cfg_.connect_limit;
  link_actions result;
  say_hello(now, result);
  return result;
}

void hub_link::say_hello(time_point now, link_actions& out) {
  out.control.push_back(pack_hello(cfg_.hello));
  next_hello_ = now + retry_delay(cfg_, ++hellos_);
}

link_actions hub_link::welcomed(const wire::Welcome& message) {
  auto before = std::exchange(welcome_, read_welcome(message));
  welcome_.period_ms = std::clamp(welcome_.period_ms, min_period, max_period);
  welcome_.max_misses = std::clamp(welcome_.max_misses, 1u, max_misses);
  if (state_ == link_state::joined && welcome_.token == before.token
      && welcome_.id == before.id)
    return {}; // the answer to a repeated hello
  state_ = link_state::joined;
  join_repeated_ = false;
  rejoining_ = false;
  link_actions result;
  result.joined_now = true;
  result.tasks.push_back(pack_join(welcome_.token, connection_));
  if (cfg_.hello.role == wire::Role::Engine) {
    cfg_.hello.name = welcome_.name;
    result.control.push_back(pack_ready());
  }
  return result;
}

link_actions hub_link::refused(time_point now, const wire::Refusal& refusal) {
  auto text = text_of(refusal.text(), "no reason given");
  switch (refusal.code()) {
    case wire::RefusalCode::UnknownPeer:
      // While greeting, the hello that answers this is on its way.
      return state_ == link_state::joined ? greet(now) : link_actions{};
    case wire::RefusalCode::Closing:
      return end(link_state::closed, std::move(text));
    case wire::RefusalCode::Version:
      return end(link_state::refused,
                 "this program speaks protocol version "
                   + std::to_string(cfg_.hello.version) + ", the controller at "
                   + cfg_.endpoint + " version "
                   + std::to_string(refusal.version())
                   + ": use the same release of troupe on both sides");
    default:
      if (state_ == link_state::greeting)
        return end(link_state::refused,
                   "the controller at " + cfg_.endpoint + " refused: " + text);
      heard(now);
      return {};
  }
}

link_actions hub_link::tick_greeting(time_point now) {
  if (now > give_up_ + stopped)
    give_up_ = now + cfg_.hello_retry; // this process slept: try once more
  if (now >= give_up_)
    return end(link_state::lost, "no answer from the controller at "
                                   + cfg_.endpoint + " in "
                                   + seconds_text(cfg_.connect_limit));
  link_actions result;
  if (now >= next_hello_)
    say_hello(now, result);
  return result;
}

link_actions hub_link::tick_joined(time_point now) {
  if (now < silent_until_)
    return {};
  auto period = milliseconds{welcome_.period_ms};
  if (now - silent_until_ > stopped) {
    // This process slept, so the silence says nothing: ask once more.
    silent_until_ = now + period;
    return {.control = {pong()}};
  }
  if (broken_)
    return end(link_state::lost, "the connection to the controller at "
                                   + cfg_.endpoint + " broke");
  return end(link_state::lost, "no sign of life from the controller at "
                                 + cfg_.endpoint + " for "
                                 + seconds_text(period * welcome_.max_misses));
}

link_actions hub_link::end(link_state how, std::string reason) {
  state_ = how;
  return {.lost_now = true, .reason = std::move(reason)};
}

buffer hub_link::pong() const {
  return pack_pong(sequence_, queued_, done_);
}

void hub_link::heard(time_point now) noexcept {
  broken_ = false;
  silent_until_ = now + milliseconds{welcome_.period_ms} * welcome_.max_misses;
}

} // namespace troupe
