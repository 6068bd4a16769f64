// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/control.hpp"

#include "troupe/error.hpp"
#include "troupe/protocol/seal.hpp"

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

using builder_type = flatbuffers::FlatBufferBuilder;

/// Most ranges and keys of one message.
constexpr auto max_ranges = std::size_t{4096};
constexpr auto max_keys = std::size_t{65536};

std::string counted(std::uint64_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

/// Says why a call of a named engine is not reported.
std::string direct_text(const wait_report& x) {
  using reason = wire::WaitReason;
  auto engine = to_string(x.engine);
  auto behind = x.detail > 0
                  ? "behind " + counted(x.detail, "other call") + ", "
                  : std::string{};
  switch (x.reason) {
    case reason::Dispatched:
      if (x.more == 0)
        return "is with " + engine + ", as its first call for "
               + std::to_string(x.detail) + " ms";
      return "is with " + engine + ", behind " + counted(x.more, "other call")
             + ", the first one for " + std::to_string(x.detail) + " ms";
    case reason::Busy:
      return "waits for " + engine + ", " + behind
             + "which has as many calls as it may have";
    case reason::EnginesAway:
      return "waits for " + engine + ", " + behind + "which has no connection";
    case reason::Dependencies:
      return "has ended for " + engine + ", and is reported together with "
             + counted(x.more, "other call") + ", such as "
             + to_string(task_id{x.task.client, x.detail});
    default:
      return {};
  }
}

} // namespace

// -- texts --------------------------------------------------------------------

std::string to_string(const task_id& x) {
  return std::to_string(value(x.client)) + (is_direct(x.number) ? "/d" : "/")
         + std::to_string(x.number & ~direct_number);
}

caf::expected<task_id> parse_task_id(std::string_view text) {
  auto client = std::uint32_t{0};
  auto number = task_number{0};
  auto end = text.data() + text.size();
  auto [slash, code] = std::from_chars(text.data(), end, client);
  if (code == std::errc{} && slash != end && *slash == '/') {
    auto direct = slash + 1 != end && slash[1] == 'd';
    auto digits = slash + 1 + (direct ? 1 : 0);
    auto [rest, problem] = std::from_chars(digits, end, number);
    if (problem == std::errc{} && rest == end && number > 0
        && !is_direct(number))
      return task_id{client_id{client},
                     direct ? number | direct_number : number};
  }
  return troupe::make_error(ec::bad_config,
                            "\"" + std::string{text.substr(0, 80)}
                              + "\" is no task: write the number of the client "
                                "and that of its task, such as 3/17, or 3/d17 "
                                "for a call of a named engine");
}

std::string to_string(const wait_report& x) {
  using reason = wire::WaitReason;
  if (is_direct(x.task.number))
    if (auto text = direct_text(x); !text.empty())
      return text;
  switch (x.reason) {
    case reason::Dispatched:
      return "is with " + to_string(x.engine);
    case reason::Dependencies:
      return "waits for " + counted(x.more, "other task") + ", such as "
             + to_string(task_id{x.task.client, x.detail});
    case reason::RetryDelay:
      return "waits " + std::to_string(x.detail) + " ms before it runs again";
    case reason::NoEngines:
      return "waits for an engine: there are none";
    case reason::EnginesAway:
      return "waits for " + counted(x.more, "engine")
             + " on which it must run, and which lost the connection";
    case reason::Busy:
      return x.more == 1 ? "waits for the only engine that can run it, which "
                           "has as many tasks as it may have"
                         : "waits for one of " + counted(x.more, "engine")
                             + " that can run it: all have as many tasks as "
                               "they may have";
    case reason::Slots:
      return "waits for slots that other tasks have taken; "
             + counted(x.more, "engine")
             + (x.more == 1 ? " has them" : " have them");
    case reason::Priority:
      return "waits for tasks of higher priority, up to "
             + std::to_string(static_cast<std::int64_t>(x.detail - 128));
    case reason::Next:
      return "is handed out next";
    case reason::Credit:
      return "is held back by its client until others end (credit)";
    default:
      return "is not there: it ended, or was never accepted";
  }
}

// -- messages -----------------------------------------------------------------

buffer pack_cancel(const cancel_request& x) {
  builder_type fbb{256};
  std::vector<wire::TaskRange> ranges;
  for (auto& y : x.ranges)
    ranges.emplace_back(y.first, y.count);
  auto list = fbb.CreateVectorOfStructs(ranges.data(), ranges.size());
  return seal(fbb,
              wire::CreateCancel(fbb, x.request,
                                 static_cast<wire::CancelMode>(x.mode), list));
}

buffer pack_cancelled(std::uint64_t request, const cancel_counts& x) {
  builder_type fbb{128};
  return seal(fbb, wire::CreateCancelled(fbb, request, x.dequeued, x.asked,
                                         x.killed));
}

buffer pack_revoke(const revocation& x) {
  builder_type fbb{128 + x.keys.size() * sizeof(std::uint64_t)};
  auto keys = fbb.CreateVector(x.keys);
  return seal(
    fbb, wire::CreateRevoke(fbb, static_cast<wire::CancelMode>(x.mode), keys));
}

buffer pack_leave() {
  builder_type fbb{128};
  return seal(fbb, wire::CreateLeave(fbb));
}

buffer pack_why_query(const why_query& x) {
  builder_type fbb{128};
  return seal(fbb, wire::CreateWhyQuery(fbb, x.request, value(x.task.client),
                                        x.task.number));
}

buffer pack_why(std::uint64_t request, const std::vector<wait_report>& xs) {
  builder_type fbb{256};
  std::vector<wire::WaitEntry> entries;
  for (auto& x : xs)
    entries.emplace_back(x.task.number, x.count, x.detail, value(x.task.client),
                         x.more, value(x.engine),
                         static_cast<std::uint8_t>(x.reason),
                         static_cast<std::uint8_t>(x.attempts),
                         std::uint16_t{0});
  auto list = fbb.CreateVectorOfStructs(entries.data(), entries.size());
  return seal(fbb, wire::CreateWhy(fbb, request, list));
}

caf::expected<cancel_request> read_cancel(const wire::Cancel& x) {
  auto ranges = struct_span(x.ranges());
  if (!ranges)
    return std::move(ranges.error());
  if (ranges->size() > max_ranges || x.mode() > wire::CancelMode::MAX)
    return troupe::make_error(ec::bad_range, "too many ranges of tasks");
  cancel_request result;
  result.request = x.request();
  result.mode = static_cast<cancel_mode>(x.mode());
  for (auto& y : *ranges)
    result.ranges.push_back({y.first(), y.count()});
  auto others = [&](auto& y) {
    return is_direct(y.first) != is_direct(result.ranges.front().first);
  };
  if (std::ranges::any_of(result.ranges, others))
    return troupe::make_error(ec::bad_range,
                              "tasks and calls of named engines in one cancel");
  return result;
}

cancel_counts read_cancelled(const wire::Cancelled& x) {
  return {x.dequeued(), x.asked(), x.killed()};
}

caf::expected<revocation> read_revoke(const wire::Revoke& x) {
  if (!is_aligned(x.keys()))
    return troupe::make_error(ec::bad_envelope, "misaligned vector");
  if (x.keys()->size() > max_keys || x.mode() > wire::CancelMode::MAX)
    return troupe::make_error(ec::bad_range, "too many keys of tasks");
  return revocation{static_cast<cancel_mode>(x.mode()),
                    {x.keys()->begin(), x.keys()->end()}};
}

why_query read_why_query(const wire::WhyQuery& x) {
  return {x.request(), {client_id{x.client()}, x.number()}};
}

caf::expected<std::vector<wait_report>> read_why(const wire::Why& x) {
  auto entries = struct_span(x.entries());
  if (!entries)
    return std::move(entries.error());
  std::vector<wait_report> result;
  for (auto& y : *entries)
    result.push_back({wire::WaitReason{y.reason()},
                      {client_id{y.client()}, y.number()},
                      y.count(),
                      y.detail(),
                      y.more(),
                      engine_id{y.engine()},
                      y.attempts()});
  return result;
}

} // namespace troupe
