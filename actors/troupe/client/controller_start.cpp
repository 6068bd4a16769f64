// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/controller_start.hpp"

#include "troupe/error.hpp"

#include <nlohmann/json.hpp>

#include <thread>

namespace troupe {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

caf::error bad(const std::string& text) {
  return troupe::make_error(ec::bad_config, text);
}

/// A device needs no placement: it gets the default one.
caf::expected<const placement_scheme*> scheme_of(const std::string& name) {
  if (name == device_scheme)
    return task_scheduler_config{}.scheme;
  if (auto scheme = find_scheme(name))
    return scheme;
  return bad(unknown_scheme_text(name));
}

controller_process_config
read_settings(const json& x, const placement_scheme* scheme, copy_policy copy) {
  controller_process_config result;
  result.name = x.at("name").get<std::string>();
  result.engines = x.at("engines").get<std::size_t>();
  result.engine.program = x.at("program").get<std::string>();
  result.engine.arguments = x.at("arguments").get<std::vector<std::string>>();
  result.start_limit = milliseconds{x.at("start_limit_ms").get<int64_t>()};
  result.scheduler.scheme = scheme;
  result.scheduler.hwm = x.at("hwm").get<std::uint32_t>();
  result.pure = x.at("scheme").get<std::string>() == device_scheme;
  result.broadcast_depth = x.at("broadcast_depth").get<unsigned>();
  result.bridge.copy = copy;
  result.lifeline = x.at("lifeline").get<int>();
  result.report = x.at("report").get<int>();
  return result;
}

json to_json(const std::vector<engine_group>& groups) {
  auto result = json::array();
  for (auto& x : groups) {
    resources means{x.tags, x.slots};
    result.push_back({{"engines", x.engines},
                      {"tags", tags_text(means)},
                      {"slots", slots_text(means)}});
  }
  return result;
}

/// Throws `json::exception` if the types are wrong.
caf::error read_groups(const json& groups, std::vector<engine_group>& result) {
  for (auto& x : groups) {
    auto means = parse_resources(x.at("tags").get<std::string>(),
                                 x.at("slots").get<std::string>());
    if (!means)
      return std::move(means.error());
    result.push_back({x.at("engines").get<unsigned>(), std::move(means->tags),
                      std::move(means->slots)});
  }
  return {};
}

} // namespace

caf::error add_groups(controller_process_config& x,
                      const std::vector<engine_group>& groups) {
  if (groups.empty())
    return {};
  if (x.engines > 0)
    x.groups.push_back({static_cast<unsigned>(x.engines), {}, {}});
  for (auto& group : groups) {
    auto means = tidy({group.tags, group.slots});
    if (!means)
      return std::move(means.error());
    x.engines += group.engines;
    x.groups.push_back({group.engines, means->tags, means->slots});
  }
  if (x.engines == 0)
    return bad("there are no engines in any group");
  return {};
}

caf::expected<controller_process_config>
controller_settings(const cluster_options& options,
                    const std::string& program) {
  auto copy = copy_policy::parse(options.copy_threshold);
  if (!copy)
    return bad("copy_threshold: " + describe(copy.error()));
  auto scheme = scheme_of(options.scheme);
  if (!scheme)
    return std::move(scheme.error());
  auto limit = std::chrono::duration_cast<milliseconds>(options.engine_timeout);
  if (limit <= milliseconds::zero())
    return bad("engine_timeout has to be at least a millisecond");
  if (auto problem = check_broadcast_depth(options.broadcast_depth))
    return bad("broadcast_depth: " + *problem);
  controller_process_config result;
  result.name = options.name;
  result.engines = options.engines;
  if (result.engines == 0 && options.groups.empty())
    result.engines = std::max(1u, std::thread::hardware_concurrency());
  if (auto err = add_groups(result, options.groups))
    return err;
  result.engine.program = options.program.empty() ? program : options.program;
  result.engine.arguments = options.arguments;
  result.start_limit = limit;
  result.scheduler.scheme = *scheme;
  result.scheduler.hwm = options.hwm;
  result.pure = options.scheme == device_scheme;
  result.broadcast_depth = options.broadcast_depth;
  result.bridge.copy = *copy;
  return result;
}

std::string to_json(const controller_process_config& x) {
  json object{{"name", x.name},
              {"engines", x.engines},
              {"program", x.engine.program},
              {"arguments", x.engine.arguments},
              {"groups", to_json(x.groups)},
              {"start_limit_ms", x.start_limit.count()},
              {"scheme", x.pure ? device_scheme : x.scheduler.scheme->name()},
              {"hwm", x.scheduler.hwm},
              {"broadcast_depth", x.broadcast_depth},
              {"copy_threshold", to_string(x.bridge.copy)},
              {"lifeline", x.lifeline},
              {"report", x.report}};
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

caf::expected<controller_process_config>
parse_controller_start(const std::string& text) {
  auto object = json::parse(text, nullptr, false);
  if (!object.is_object())
    return bad("not a JSON object");
  try {
    auto scheme = scheme_of(object.at("scheme").get<std::string>());
    if (!scheme)
      return std::move(scheme.error());
    auto copy =
      copy_policy::parse(object.at("copy_threshold").get<std::string>());
    if (!copy)
      return std::move(copy.error());
    auto result = read_settings(object, *scheme, *copy);
    if (auto err = read_groups(object.at("groups"), result.groups))
      return err;
    return result;
  } catch (const json::exception& x) {
    return bad(x.what());
  }
}

caf::expected<start_report> parse_start_report(const std::string& line) {
  auto object = json::parse(line, nullptr, false);
  if (!object.is_object())
    return bad("the controller's report is no JSON object");
  try {
    start_report result;
    if (object.at("ok").get<bool>()) {
      auto info = parse_connection_info(object.at("connection").dump());
      if (!info)
        return std::move(info.error());
      result.connection = std::move(*info);
      return result;
    }
    result.exit = object.at("exit").get<int>();
    result.message = object.at("message").get<std::string>();
    result.hint = object.at("hint").get<std::string>();
    result.lines = object.at("stderr").get<std::vector<std::string>>();
    return result;
  } catch (const json::exception& x) {
    return bad(x.what());
  }
}

} // namespace troupe
