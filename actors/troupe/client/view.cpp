// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/view.hpp"

#include "troupe/client/signature_text.hpp"
#include "troupe/engine/function_registry.hpp"

#include <algorithm>
#include <optional>

namespace troupe {

namespace {

/// How long to wait for fresh news of the cluster before a name is refused.
constexpr auto status_limit = std::chrono::seconds{5};

const function_description* find_function(const status_message& status,
                                          std::string_view name) {
  auto i = std::find_if(status.functions.begin(), status.functions.end(),
                        [&](auto& x) { return x.name == name; });
  return i != status.functions.end() ? &*i : nullptr;
}

error unknown_function(const status_message& status, std::string_view name) {
  std::vector<std::string> names;
  for (auto& x : status.functions)
    names.push_back(x.name);
  auto text = "no engine knows the task \"" + std::string{name} + "\"";
  std::string hint = "start the engines with --program or --load";
  auto similar = nearest_names(name, names);
  for (std::size_t i = 0; i < similar.size(); ++i)
    hint = (i == 0 ? "did you mean " : hint + ", ") + similar[i];
  if (!similar.empty())
    hint += "?";
  if (status.engines.empty())
    return error{errc::no_engines, text + ": there are no engines",
                 "see `troupe status`"};
  return error{errc::task_not_registered, text, hint};
}

/// Finds a function in what the hub told last, or else tells now.
function_description look_up(client_core& core, std::string_view name) {
  auto status = core.last_status();
  if (auto known = find_function(status, name))
    return *known;
  status = core.status(status_limit);
  if (auto known = find_function(status, name))
    return *known;
  throw unknown_function(status, name);
}

void check_rows(const function_description& function,
                const std::vector<std::vector<std::string>>& rows) {
  auto described = function.name + function.signature_text;
  auto signature = parse_signature(function.signature_text);
  if (!signature)
    return; // engines know better
  for (auto& type : signature->parameters)
    if (!is_textual(type))
      throw error{errc::usage,
                  described + " takes a " + type
                    + ", which cannot be written as text",
                  "call it from a program, with map<fn>"};
  if (signature->result != "void" && !is_textual(signature->result))
    throw error{errc::usage,
                described + " returns a " + signature->result
                  + ", which cannot be written as text",
                "call it from a program, with map<fn>"};
  auto arity = signature->parameters.size();
  for (auto& row : rows)
    if (row.size() != arity)
      throw error{errc::usage,
                  described + " takes " + std::to_string(arity)
                    + (arity == 1 ? " argument, not " : " arguments, not ")
                    + std::to_string(row.size())};
}

} // namespace

namespace detail {

void throw_not_registered() {
  throw error{errc::task_not_registered,
              "this program has not registered the function as a task",
              "write TROUPE_TASK(fn); behind the function"};
}

} // namespace detail

map_result<std::string> balanced_view::map_text(
  std::string_view name,
  const std::vector<std::vector<std::string>>& rows) const {
  auto function = look_up(*core_, name);
  check_rows(function, rows);
  encoded_calls calls;
  calls.function = function.id;
  calls.signature = function.signature;
  calls.text = true;
  set_options(calls);
  calls.calls.reserve(rows.size());
  for (auto& row : rows)
    calls.add(
      [&](encoder& out) { codec<std::vector<std::string>>::encode(out, row); });
  auto group = submit(function.name, std::move(calls));
  return map_result<std::string>{core_, std::move(group)};
}

void balanced_view::set_options(encoded_calls& calls) const {
  if (core_ != nullptr && !core_->info().device.empty())
    check_for_device(options_);
  calls.attempts = options_.attempts;
  calls.retries = options_.retries;
  calls.priority = options_.priority;
  calls.demands = demands_of(options_, core_.get());
}

task_group_ptr balanced_view::submit(std::string name,
                                     encoded_calls calls) const {
  auto group = std::make_shared<task_group>(calls.calls.size(),
                                            std::move(name));
  if (group->size() > 0)
    core_->submit(group, std::move(calls));
  return group;
}

} // namespace troupe
