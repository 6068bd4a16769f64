// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/client.hpp"

#include "troupe/error.hpp"
#include "troupe/process/connection_info.hpp"
#include "troupe/process/runtime_dir.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace troupe {

namespace {

const char* const start_hint = "start one with `troupe start -n 4`";

std::string variable(const char* name) {
  auto value = std::getenv(name);
  return value != nullptr ? value : "";
}

connection_info find_by_name(std::string_view name) {
  auto info = runtime_dir::find(name);
  if (!info)
    throw error{errc::no_cluster, describe(info.error()), start_hint};
  return std::move(*info);
}

/// Clusters of `cluster::local` belong to one program.
bool is_private(const connection_info& x) {
  return x.name.rfind("local-", 0) == 0;
}

connection_info find_only() {
  auto running = runtime_dir::running();
  std::erase_if(running, is_private);
  if (running.size() == 1)
    return std::move(running.front());
  if (running.empty())
    throw error{errc::no_cluster, "no cluster runs", start_hint};
  std::string names;
  for (auto& x : running)
    names += (names.empty() ? "" : ", ") + x.name;
  throw error{errc::no_cluster,
              std::to_string(running.size()) + " clusters run: " + names,
              "name one of them, or set TROUPE_CLUSTER"};
}

connection_info find(std::string_view name) {
  if (!name.empty())
    return find_by_name(name);
  if (auto info = environment_connection())
    return std::move(*info);
  if (auto chosen = variable("TROUPE_CLUSTER"); !chosen.empty())
    return find_by_name(chosen);
  return find_only();
}

} // namespace

std::optional<connection_info> environment_connection() {
  auto json = variable(connection_variable);
  if (json.empty())
    return std::nullopt;
  auto info = parse_connection_info(json);
  if (!info)
    throw error{errc::usage, std::string{connection_variable} + ": "
                               + describe(info.error())};
  return std::move(*info);
}

client::client(std::string_view name) : client(find(name)) {
  // nop
}

engine_view client::operator[](int number) const {
  if (number >= 0)
    return direct(engine_id{static_cast<std::uint32_t>(number)});
  auto all = ids();
  auto back = static_cast<std::size_t>(-static_cast<std::int64_t>(number));
  if (back > all.size())
    throw error{errc::no_engines,
                "there is no engine number " + std::to_string(number) + ": "
                  + std::to_string(all.size()) + " engines are ready"};
  return direct(all[all.size() - back]);
}

std::vector<engine_id> client::ids() const {
  std::vector<engine_id> result;
  for (auto& x : core_->last_status().engines)
    if (x.ready)
      result.push_back(x.id);
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace troupe
