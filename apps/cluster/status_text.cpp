// SPDX-License-Identifier: BSL-1.0
#include "cluster/status_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace troupe::apps {

namespace {

using json = nlohmann::ordered_json;

std::string dump(const json& x) {
  return x.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
}

std::string clock_text(std::uint64_t milliseconds) {
  auto s = milliseconds / 1000;
  return fmt::format("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

std::string state_of(const status_message::engine& x) {
  if (!x.ready)
    return "starting";
  return x.load > 0 ? "busy" : "idle";
}

std::string means_text(const resources& x) {
  auto tags = tags_text(x);
  auto slots = slots_text(x);
  return tags + (tags.empty() || slots.empty() ? "" : ",") + slots;
}

std::string listen_text(const connection_info& info) {
  return info.control.starts_with("ipc:") ? "ipc" : info.control;
}

json to_json_object(const connection_info& info) {
  return {{"name", info.name},           {"pid", info.pid},
          {"listen", listen_text(info)}, {"control", info.control},
          {"tasks", info.tasks},         {"direct", info.direct},
          {"protocol", info.version}};
}

} // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  std::vector<bool> right;
  for (const auto& head : rows.front())
    right.push_back(head.starts_with('>'));
  auto cell = [&](const std::vector<std::string>& row, std::size_t i) {
    return &row == &rows.front() && right[i] ? row[i].substr(1) : row[i];
  };
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], cell(row, i).size());
    }
  std::string result;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      auto text = cell(row, i);
      text.insert(right[i] ? 0 : text.size(), widths[i] - text.size(), ' ');
      line += (i > 0 ? "  " : "") + text;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + '\n';
  }
  return result;
}

std::string status_text(const connection_info& info, const status_message& x) {
  auto result = fmt::format(
    "{}   up {}   listen {}   scheme {}   controller {}   protocol {}\n",
    info.name, clock_text(x.uptime_ms), listen_text(info), x.scheme, info.pid,
    info.version);
  std::vector<std::vector<std::string>> rows{{">ENGINE", "NAME", ">PID",
                                              "STATE", ">QUEUED", ">DONE",
                                              ">FAILED", ">LAST BEAT"}};
  auto special = std::ranges::any_of(x.engines,
                                     [](auto& e) { return !e.means.empty(); });
  if (special)
    rows.front().push_back("HAS");
  for (const auto& e : x.engines) {
    rows.push_back({std::to_string(value(e.id)), e.name, std::to_string(e.pid),
                    state_of(e), std::to_string(e.load), std::to_string(e.done),
                    std::to_string(e.failed),
                    fmt::format("{:.1f} s", e.silent_ms / 1000.0)});
    if (special)
      rows.back().push_back(means_text(e.means));
  }
  if (!x.engines.empty())
    result += table(rows);
  result += fmt::format("queue {}   accepted {}   reported {}   run again {}   "
                        "engines lost {}   clients {}\n",
                        x.queued, x.accepted, x.reported, x.redispatched,
                        x.lost, x.clients);
  result += fmt::format("zero-copy frames {}   copied frames {}   dropped {}\n",
                        x.frames_lent, x.frames_copied, x.dropped);
  return result;
}

std::string status_json(const connection_info& info, const status_message& x) {
  json engines = json::array();
  for (const auto& e : x.engines)
    engines.push_back({{"id", value(e.id)},
                       {"name", e.name},
                       {"pid", e.pid},
                       {"state", state_of(e)},
                       {"queued", e.load},
                       {"done", e.done},
                       {"failed", e.failed},
                       {"silent_s", e.silent_ms / 1000.0},
                       {"has", means_text(e.means)}});
  json functions = json::array();
  for (const auto& f : x.functions)
    functions.push_back({{"name", f.name}, {"signature", f.signature_text}});
  json result = {{"schema", "troupe.status/1"}};
  result["cluster"] = to_json_object(info);
  result["uptime_s"] = static_cast<double>(x.uptime_ms) / 1000.0;
  result["scheme"] = x.scheme;
  result["queued"] = x.queued;
  result["accepted"] = x.accepted;
  result["reported"] = x.reported;
  result["redispatched"] = x.redispatched;
  result["lost"] = x.lost;
  result["clients"] = x.clients;
  result["dropped"] = x.dropped;
  result["frames_lent"] = x.frames_lent;
  result["frames_copied"] = x.frames_copied;
  result["bytes_lent"] = x.bytes_lent;
  result["bytes_copied"] = x.bytes_copied;
  result["functions"] = std::move(functions);
  result["rows"] = std::move(engines);
  return dump(result);
}

std::string list_text(const std::vector<connection_info>& xs) {
  if (xs.empty())
    return {};
  std::vector<std::vector<std::string>> rows{{"NAME", ">PID", "LISTEN"}};
  for (const auto& x : xs)
    rows.push_back({x.name, std::to_string(x.pid), listen_text(x)});
  return table(rows);
}

std::string list_json(const std::vector<connection_info>& xs) {
  json rows = json::array();
  for (const auto& x : xs)
    rows.push_back(to_json_object(x));
  return dump({{"schema", "troupe.clusters/1"}, {"rows", std::move(rows)}});
}

} // namespace troupe::apps
