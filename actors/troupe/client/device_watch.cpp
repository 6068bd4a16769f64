// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/device_watch.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using std::chrono::milliseconds;

/// Tasks that are sent within this part of a limit share it. So there are at
/// most as many limits of a kind, and one more.
constexpr auto grain = 32;

/// How late a look must be to show that this process itself was stopped; then
/// answers may lie here unread, and get this time.
constexpr auto stopped = milliseconds{500};
constexpr auto grace = milliseconds{1000};

std::string seconds_text(milliseconds x) {
  auto text = std::to_string(x.count() / 1000);
  if (auto rest = x.count() % 1000; rest != 0)
    text += "." + std::to_string(1000 + rest).substr(1);
  return text + " s";
}

} // namespace

// -- events -------------------------------------------------------------------

void device_watch::sent(task_number last, time_point now) {
  if (last == last_)
    return;
  last_ = last;
  in_flight_ = true;
  add(reason::answer, now, limits_.answer);
  if (ready_ == 0)
    add(reason::no_engines, now, limits_.loss);
}

void device_watch::nothing_in_flight() {
  if (std::exchange(in_flight_, false))
    pending_.clear();
}

void device_watch::told(const status_message& x, time_point now) {
  std::set<engine_id> ids;
  for (auto& engine : x.engines)
    ids.insert(engine.id);
  std::string gone;
  for (auto id : known_)
    if (!ids.contains(id))
      gone += (gone.empty() ? "" : ", ") + to_string(id);
  auto more = told_ && x.lost > lost_; // it may have come and gone unseen
  if (in_flight_ && (!gone.empty() || more))
    add(reason::loss, now, limits_.loss, gone.empty() ? "an engine" : gone);
  known_ = std::move(ids);
  lost_ = x.lost;
  told_ = true;
  auto ready = static_cast<std::size_t>(
    std::ranges::count_if(x.engines, [](auto& y) { return y.ready; }));
  auto before = std::exchange(ready_, ready);
  if (before > 0 && ready == 0 && in_flight_)
    add(reason::no_engines, now, limits_.loss);
  if (ready > 0)
    std::erase_if(pending_,
                  [](auto& y) { return y.why == reason::no_engines; });
}

/// All tasks that were sent until now have as long as the latest limit of this
/// kind says, if that is new enough.
void device_watch::add(reason why, time_point now, milliseconds span,
                       std::string engines) {
  auto fits = [&](auto& x) {
    return x.why == why && x.end > now + span && x.engines == engines;
  };
  auto i = std::ranges::find_if(pending_, fits);
  if (i != pending_.end())
    i->last = last_;
  else
    pending_.push_back(
      {why, last_, now + span + span / grain, std::move(engines)});
}

std::optional<device_watch::verdict> device_watch::due(time_point now) {
  auto i = std::ranges::min_element(pending_, {}, &limit::end);
  if (i == pending_.end() || i->end > now)
    return std::nullopt;
  if (now - i->end > stopped) {
    for (auto& x : pending_)
      x.end = std::max(x.end, now + grace);
    return std::nullopt;
  }
  auto result = verdict_of(*i);
  pending_.erase(i);
  return result;
}

std::optional<device_watch::time_point> device_watch::next_deadline() const {
  auto i = std::ranges::min_element(pending_, {}, &limit::end);
  return i != pending_.end() ? std::optional{i->end} : std::nullopt;
}

device_watch::verdict device_watch::verdict_of(const limit& x) const {
  using status = task_outcome::status;
  auto loss = seconds_text(limits_.loss);
  auto rest = std::string{". It may have run, or run yet: a device (scheme "
                          "pure) does not know. Other schemes do"};
  switch (x.why) {
    case reason::loss:
      return {x.last,
              status::engine_lost,
              {"engine_gone", x.engines
                                + " was lost, and the task was not answered "
                                  "within "
                                + loss + " after that" + rest}};
    case reason::no_engines:
      return {x.last,
              status::impossible,
              {"no_engines", "there were no engines for " + loss + rest}};
    default:
      return {x.last,
              status::timed_out,
              {"answer_limit", "it was not answered within "
                                 + seconds_text(limits_.answer) + rest}};
  }
}

} // namespace troupe
