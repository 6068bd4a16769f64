// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/hub_core.hpp"

#include "troupe/error.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace troupe {

namespace {

multipart to(const routing_id& peer, buffer message) {
  return multipart{peer, {std::move(message)}};
}

std::uint32_t silent_ms(const member& who, member::time_point now) {
  using std::chrono::milliseconds;
  auto silent = std::chrono::duration_cast<milliseconds>(now - who.seen);
  return static_cast<std::uint32_t>(
    std::clamp<std::int64_t>(silent.count(), 0, 0xFFFFFFFF));
}

std::string label(const member& who) {
  auto result = to_string(who.id);
  if (!who.name.empty() && who.name != result)
    result += " \"" + who.name + "\"";
  return result + " (process " + std::to_string(who.pid) + " on " + who.host
         + ")";
}

registry_config registry_part(const hub_config& cfg) {
  return {cfg.max_engines, cfg.max_clients, cfg.token_seed};
}

std::string other_version(std::uint16_t theirs) {
  return "the controller speaks protocol version "
         + std::to_string(limits::protocol_version) + ", this program version "
         + std::to_string(theirs)
         + ": use the same release of troupe on both sides";
}

} // namespace

hub_core::hub_core(hub_config cfg, time_point start)
  : cfg_(cfg), start_(start), registry_(registry_part(cfg)) {
  // nop
}

// -- events -------------------------------------------------------------------

hub_actions hub_core::received(std::vector<multipart> messages,
                               time_point now) {
  hub_actions out;
  for (auto& message : messages)
    receive(std::move(message), now, out);
  return out;
}

hub_actions hub_core::unreachable(const routing_id& peer) {
  hub_actions out;
  if (auto who = registry_.find(peer))
    give_up(who->id, "its connection ended", out);
  return out;
}

hub_actions hub_core::gone(member_id id) {
  hub_actions out;
  if (auto who = registry_.find(id)) {
    refuse(who->peer, wire::RefusalCode::UnknownPeer,
           "the task lane lost you: say hello again", out);
    give_up(id, "the task lane cannot reach it", out);
  }
  return out;
}

hub_actions hub_core::end_period() {
  hub_actions out;
  for (auto id : monitor_.end_period(cfg_.max_misses)) {
    // A stopped process reads this when it goes on.
    refuse(registry_.find(id)->peer, wire::RefusalCode::UnknownPeer,
           "you were silent for too long: say hello again", out);
    give_up(id, "it fell silent", out);
  }
  auto pings = ping();
  std::move(pings.control.begin(), pings.control.end(),
            std::back_inserter(out.control));
  return out;
}

hub_actions hub_core::ping() {
  hub_actions out;
  auto message = pack_ping(++sequence_);
  for (auto& [id, who] : registry_.members())
    out.control.push_back(to(who.peer, message));
  return out;
}

hub_actions hub_core::stop() {
  hub_actions out;
  auto message = pack_goodbye("the controller stops");
  for (auto& [id, who] : registry_.members())
    out.control.push_back(to(who.peer, message));
  return out;
}

// -- tasks under way ----------------------------------------------------------

hub_actions hub_core::tell(member_id id, buffer message) const {
  hub_actions out;
  if (auto who = registry_.find(id))
    out.control.push_back(to(who->peer, std::move(message)));
  return out;
}

hub_actions hub_core::cancelled(client_id id, std::uint64_t request,
                                const cancel_counts& x) const {
  return tell(id, pack_cancelled(request, x));
}

hub_actions hub_core::told_why(client_id id, std::uint64_t request,
                               const wait_reports& x) const {
  return tell(id, pack_why(request, x.reports));
}

hub_actions hub_core::revoke(engine_id id, const revocation& x) const {
  return tell(id, pack_revoke(x));
}

// -- status -------------------------------------------------------------------

bool hub_core::news() const noexcept {
  return notified_ != registry_.revision() && !subscribers_.empty();
}

void hub_core::notify() {
  notified_ = registry_.revision();
  waiting_.insert(subscribers_.begin(), subscribers_.end());
}

hub_actions hub_core::answer(const scheduler_status& x, time_point now) {
  hub_actions out;
  if (waiting_.empty())
    return out;
  auto message = pack_status_of(x, now);
  for (auto id : std::exchange(waiting_, {}))
    if (auto who = registry_.find(id))
      out.control.push_back(to(who->peer, message));
  return out;
}

cluster_status hub_core::status(time_point now) const {
  cluster_status result;
  for (auto& [id, who] : registry_.members())
    if (auto engine = std::get_if<engine_id>(&id))
      result.engines.push_back({*engine, who.name, who.host, who.pid, who.ready,
                                silent_ms(who, now), who.means});
  result.clients = registry_.clients();
  result.lost = lost_;
  result.dropped = dropped_;
  return result;
}

buffer hub_core::pack_status_of(const scheduler_status& x,
                                time_point now) const {
  using std::chrono::milliseconds;
  status_message result;
  for (auto& engine : status(now).engines) {
    auto i = std::find_if(x.engines.begin(), x.engines.end(),
                          [&](auto& y) { return y.id == engine.id; });
    auto load = i != x.engines.end() ? *i : scheduler_status::engine{};
    result.engines.push_back({.id = engine.id,
                              .name = engine.name,
                              .pid = engine.pid,
                              .load = load.load,
                              .silent_ms = engine.silent_ms,
                              .done = load.done,
                              .failed = load.failed,
                              .ready = engine.ready,
                              .means = engine.means});
  }
  result.functions = registry_.functions();
  result.scheme = x.scheme;
  result.queued = x.queued;
  result.accepted = x.accepted;
  result.reported = x.reported;
  result.redispatched = x.redispatched;
  result.lost = lost_;
  result.dropped = dropped_ + x.dropped;
  result.clients = static_cast<std::uint32_t>(registry_.clients());
  auto uptime = std::chrono::duration_cast<milliseconds>(now - start_);
  result.uptime_ms = static_cast<std::uint64_t>(uptime.count());
  result.frames_copied = x.frames.frames_copied;
  result.frames_lent = x.frames.frames_lent;
  result.bytes_copied = x.frames.bytes_copied;
  result.bytes_lent = x.frames.bytes_lent;
  return pack_status(result);
}

// -- messages -----------------------------------------------------------------

void hub_core::receive(multipart raw, time_point now, hub_actions& out) {
  auto message = message_view::make(std::move(raw));
  if (!message) {
    ++dropped_;
    return;
  }
  if (message->kind() == wire::Body::Hello)
    return receive_hello(*message, now, out);
  if (auto who = registry_.heard(message->peer(), now)) {
    monitor_.beat(who->id);
    return receive_from(*who, *message, out);
  }
  switch (message->kind()) {
    case wire::Body::Goodbye: // of somebody whom we gave up
      return;
    case wire::Body::Refusal: // never answered, or two could go on for ever
      ++dropped_;
      return;
    default:
      refuse(message->peer(), wire::RefusalCode::UnknownPeer, "say hello first",
             out);
  }
}

void hub_core::receive_hello(const message_view& message, time_point now,
                             hub_actions& out) {
  auto& peer = message.peer();
  auto raw = message.get<wire::Hello>();
  if (raw->version() != limits::protocol_version)
    return refuse(peer, wire::RefusalCode::Version,
                  other_version(raw->version()), out);
  auto hello = read_hello(*raw);
  if (!hello) {
    ++dropped_;
    return refuse(peer, wire::RefusalCode::Malformed, describe(hello.error()),
                  out);
  }
  // Its connection broke, and with it went whatever was on its way: it starts
  // again as somebody new.
  if (auto before = registry_.find(hello->role, hello->incarnation);
      before != nullptr && before->peer != peer)
    if (auto left = remove(before->id, out))
      out.log.push_back(label(*left) + " lost its connection");
  auto answer = registry_.admit(*hello, peer, now);
  if (auto no = std::get_if<turned_away>(&answer)) {
    out.log.push_back("refused " + hello->host + ": " + no->text);
    return refuse(peer, no->code, no->text, out);
  }
  welcome(std::get<admission>(answer), out);
}

void hub_core::receive_from(const member& who, const message_view& message,
                            hub_actions& out) {
  auto id = who.id;
  auto engine = std::get_if<engine_id>(&id);
  switch (message.kind()) {
    case wire::Body::Pong:
      return;
    case wire::Body::Goodbye:
      if (auto left = remove(id, out))
        out.log.push_back(label(*left) + " left");
      return;
    case wire::Body::Ready:
      if (engine != nullptr) {
        registry_.mark_ready(id);
        return;
      }
      break;
    default:
      if (engine == nullptr)
        return receive_from_client(std::get<client_id>(id), message, out);
  }
  ++dropped_;
}

void hub_core::receive_from_client(client_id who, const message_view& message,
                                   hub_actions& out) {
  if (auto query = message.get<wire::StatusQuery>()) {
    waiting_.insert(who);
    out.asked = true;
    if (query->subscribe())
      subscribers_.insert(who);
  } else if (auto cancel = message.get<wire::Cancel>()) {
    if (auto request = read_cancel(*cancel))
      out.cancels.emplace_back(who, std::move(*request));
    else
      ++dropped_;
  } else if (auto why = message.get<wire::WhyQuery>()) {
    out.queries.emplace_back(who, read_why_query(*why));
  } else if (message.kind() == wire::Body::Shutdown) {
    out.log.push_back(to_string(who) + " asks to stop the cluster");
    out.stop = true;
  } else {
    ++dropped_;
  }
}

// -- members ------------------------------------------------------------------

void hub_core::welcome(const admission& x, hub_actions& out) {
  auto& who = *x.who;
  if (x.fresh)
    announce(who, out);
  if (!monitor_.watch(who.id))
    monitor_.beat(who.id);
  welcome_message answer;
  answer.id = std::visit([](auto id) { return value(id); }, who.id);
  answer.name = who.name;
  answer.token = who.token;
  answer.period_ms = static_cast<std::uint32_t>(cfg_.period.count());
  answer.max_misses = cfg_.max_misses;
  out.control.push_back(to(who.peer, pack_welcome(answer)));
}

void hub_core::announce(const member& who, hub_actions& out) {
  if (auto id = std::get_if<engine_id>(&who.id))
    out.engines.push_back({*id, who.token, who.name, who.functions, who.means});
  else
    out.clients.push_back({std::get<client_id>(who.id), who.token});
  out.log.push_back("admitted " + label(who));
}

void hub_core::refuse(const routing_id& peer, wire::RefusalCode code,
                      std::string_view text, hub_actions& out) {
  out.control.push_back(to(peer, pack_refusal(code, text)));
}

void hub_core::give_up(member_id id, std::string_view why, hub_actions& out) {
  auto who = remove(id, out);
  if (!who)
    return;
  lost_ += std::holds_alternative<engine_id>(id);
  out.log.push_back("lost " + label(*who) + ": " + std::string{why});
}

std::optional<member> hub_core::remove(member_id id, hub_actions& out) {
  monitor_.forget(id);
  if (auto client = std::get_if<client_id>(&id)) {
    subscribers_.erase(*client);
    waiting_.erase(*client);
  }
  out.lost.push_back(id);
  return registry_.drop(id);
}

} // namespace troupe
