// SPDX-License-Identifier: BSL-1.0

#include "harness/options.hpp"

#include "harness/flags.hpp"
#include "harness/size_list.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace troupe::perf {

namespace {

/// Whether `--quick` is on the command line: it changes the defaults, so it has
/// to be known before the other flags.
bool is_quick(int argc, const char* const* argv) {
  return std::any_of(argv, argv + argc,
                     [](std::string_view word) { return word == "--quick"; });
}

std::string names_of(std::span<const workload> workloads) {
  std::vector<std::string> names;
  for (const auto& x : workloads)
    names.push_back(x.name);
  return join_list(names);
}

std::string flags_of(const workload& what) {
  std::string result;
  for (const auto& x : what.dimensions)
    result += std::string{flag_of(x)} + ' ';
  return result + "--path --repeat --quick --json --csv --plot --no-progress";
}

/// Workloads that take `flag`.
std::string takers_of(std::string_view flag,
                      std::span<const workload> workloads) {
  std::vector<std::string> names;
  for (const auto& what : workloads)
    for (const auto& x : what.dimensions)
      if (flag_of(x) == flag)
        names.push_back(what.name);
  return join_list(names);
}

/// What to do about a word that nobody expected.
std::string hint_for(std::string_view word, const workload* what,
                     std::span<const workload> workloads) {
  if (what == nullptr)
    return "The first word is one of " + names_of(workloads) + ".";
  auto result = "`" + what->name + "` takes " + flags_of(*what) + ".";
  auto flag = word.substr(0, word.find('='));
  if (auto names = takers_of(flag, workloads); !names.empty())
    result += " `" + std::string{flag} + "` belongs to " + names + ".";
  return result;
}

/// Tells on standard error what is wrong, and the likely fix.
int complain(const CLI::App& app, const CLI::ParseError& err,
             const workload* what, std::span<const workload> workloads) {
  std::string text = err.what();
  std::string hint = "See `troupe-bench --help`.";
  if (what != nullptr)
    hint = "See `troupe-bench " + what->name + " --help`.";
  auto from = what != nullptr ? app.get_subcommand(what->name) : &app;
  if (auto words = from->remaining(); !words.empty()) {
    text = "\"" + words.front() + "\" was not expected";
    hint = hint_for(words.front(), what, workloads);
  } else if (what == nullptr) {
    hint = hint_for("", nullptr, workloads);
  }
  std::fprintf(stderr, "troupe-bench: %s\n%s\n", text.c_str(), hint.c_str());
  return 2;
}

} // namespace

selection parse_command_line(int argc, const char* const* argv,
                             std::span<const workload> workloads) {
  CLI::App app{"Measures the cluster's own path against raw ZeroMQ sockets"};
  app.require_subcommand(1);
  app.footer("Example: troupe-bench flood --engines 4 --tasks 1k,100k\n"
             "`troupe-bench compare BEFORE AFTER` compares what two runs with "
             "--json wrote,\n`troupe-bench report DIR FILE...` draws them.");
  std::vector<selection> choices;
  choices.reserve(workloads.size());
  for (const auto& what : workloads) {
    auto& choice = choices.emplace_back(selection{&what, what.defaults, 0});
    if (is_quick(argc, argv))
      what.hurry(choice.with);
    add_flags(*app.add_subcommand(what.name, what.summary), what, choice.with);
  }
  auto chosen = [&] {
    return std::find_if(choices.begin(), choices.end(), [&](const auto& x) {
      return app.got_subcommand(x.what->name);
    });
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& err) {
    if (err.get_exit_code() == 0)
      return {nullptr, {}, app.exit(err)};
    auto i = chosen();
    auto what = i != choices.end() ? i->what : nullptr;
    return {nullptr, {}, complain(app, err, what, workloads)};
  }
  return *chosen();
}

} // namespace troupe::perf
