// SPDX-License-Identifier: BSL-1.0

#include "harness/options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace troupe::perf {

namespace {

int shift_of(char unit) {
  switch (unit) {
    case 'k':
    case 'K':
      return 10;
    case 'm':
    case 'M':
      return 20;
    case 'g':
    case 'G':
      return 30;
    default:
      return -1;
  }
}

std::string to_word(std::size_t x) {
  return std::to_string(x);
}

const std::string& to_word(const std::string& x) {
  return x;
}

template <class T>
std::string join(const std::vector<T>& xs) {
  std::string result;
  for (const auto& x : xs)
    result += (result.empty() ? "" : ",") + to_word(x);
  return result;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> result;
  for (;;) {
    auto comma = text.find(',');
    result.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos)
      return result;
    text.remove_prefix(comma + 1);
  }
}

/// Adds a flag that takes a comma-separated list of numbers above `least`.
void add_sizes(CLI::App& app, const std::string& flag, const std::string& help,
               std::vector<std::size_t>& xs, std::size_t least) {
  auto read = [&xs, flag, least](const std::string& text) {
    auto list = parse_sizes(text);
    if (!list || *std::min_element(list->begin(), list->end()) < least)
      throw CLI::ValidationError(
        flag, "takes numbers from " + std::to_string(least)
                + " on, such as 4,16 or 64k, not \"" + text + "\"");
    xs = std::move(*list);
  };
  app
    .add_option_function<std::string>(flag, read, help + " [" + join(xs) + "]")
    ->type_name("LIST");
}

/// Adds a flag that takes copy policies.
void add_copies(CLI::App& app, std::vector<std::string>& xs) {
  auto check = [](const std::string& text) -> std::string {
    if (text == "always" || text == "never" || text == "auto"
        || parse_size(text))
      return "";
    return "takes always, never, auto or a size, not \"" + text + "\"";
  };
  app
    .add_option("--copy", xs,
                "copy frames up to this size, lend larger ones [" + join(xs)
                  + "]")
    ->delimiter(',')
    ->check(check)
    ->type_name("LIST");
}

void add_peers(CLI::App& app, bool& bridged) {
  app
    .add_option_function<std::string>(
      "--peers",
      [&bridged](const std::string& text) { bridged = text == "bridged"; },
      "framing between actors, bridged or raw ["
        + std::string{bridged ? "bridged" : "raw"} + "]")
    ->check(CLI::IsMember({"bridged", "raw"}))
    ->type_name("KIND");
}

void add_flags(CLI::App& app, const workload& what, options& with) {
  auto has = [&](std::string_view name) {
    auto& xs = what.dimensions;
    return std::find(xs.begin(), xs.end(), name) != xs.end();
  };
  if (has("engines"))
    add_sizes(app, "--engines", "engine processes", with.engines, 1);
  if (has("tasks"))
    add_sizes(app, "--tasks", "tasks per run", with.tasks, 1);
  if (has("size"))
    add_sizes(app, "--size", "bytes of payload", with.sizes, 0);
  if (has("transport"))
    app
      .add_option("--transport", with.transports,
                  "of the sockets [" + join(with.transports) + "]")
      ->delimiter(',')
      ->check(CLI::IsMember(what.transports))
      ->type_name("LIST");
  if (has("copy"))
    add_copies(app, with.copies);
  if (has("batch"))
    add_sizes(app, "--batch", "messages per send of the actor path",
              with.batches, 1);
  if (has("peers"))
    add_peers(app, with.bridged);
  if (has("plot"))
    app
      .add_option("--plot", with.plot_dir,
                  "folder for plots as SVG and PNG; needs gnuplot")
      ->type_name("DIR");
  auto read_path = [&with](const std::string& text) {
    with.path = text == "raw"     ? path_choice::raw
                : text == "actor" ? path_choice::actor
                                  : path_choice::both;
  };
  app
    .add_option_function<std::string>("--path", read_path,
                                      "what to run, raw, actor or both [both]")
    ->check(CLI::IsMember({"raw", "actor", "both"}))
    ->type_name("PATH");
  app
    .add_option("--repeat", with.repeat,
                "measured runs per path [" + std::to_string(with.repeat) + "]")
    ->check(CLI::Range(1u, 1000u))
    ->type_name("N");
  app.add_flag("--json", with.json, "one JSON object per line");
  app.add_flag("--quick", with.quick, "fewer and shorter runs");
  app.add_flag("--no-progress", with.no_progress,
               "no progress line on a terminal");
}

/// Whether `--quick` is on the command line: it changes the defaults, so it has
/// to be known before the other flags.
bool is_quick(int argc, const char* const* argv) {
  return std::any_of(argv, argv + argc,
                     [](std::string_view word) { return word == "--quick"; });
}

} // namespace

std::optional<std::size_t> parse_size(std::string_view text) {
  auto shift = text.empty() ? -1 : shift_of(text.back());
  if (shift > 0)
    text.remove_suffix(1);
  std::size_t result = 0;
  auto end = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), end, result);
  if (text.empty() || code != std::errc{} || rest != end)
    return std::nullopt;
  if (shift < 0)
    return result;
  if (result > std::numeric_limits<std::size_t>::max() >> shift)
    return std::nullopt;
  return result << shift;
}

std::optional<std::vector<std::size_t>> parse_sizes(std::string_view text) {
  std::vector<std::size_t> result;
  for (auto part : split(text)) {
    auto size = parse_size(part);
    if (!size)
      return std::nullopt;
    result.push_back(*size);
  }
  return result;
}

selection parse_command_line(int argc, const char* const* argv,
                             std::span<const workload> workloads) {
  CLI::App app{"Measures the cluster's own path against raw ZeroMQ sockets"};
  app.require_subcommand(1);
  app.footer(
    "Example: troupe-bench flood --engines 4 --tasks 100000 --size 16");
  std::vector<selection> choices;
  choices.reserve(workloads.size());
  for (const auto& what : workloads) {
    auto& choice = choices.emplace_back(selection{&what, what.defaults, 0});
    if (is_quick(argc, argv))
      what.hurry(choice.with);
    add_flags(*app.add_subcommand(what.name, what.summary), what, choice.with);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& err) {
    auto status = app.exit(err);
    return {nullptr, {}, status == 0 ? 0 : 2};
  }
  for (const auto& choice : choices)
    if (app.got_subcommand(choice.what->name))
      return choice;
  return {nullptr, {}, 2};
}

} // namespace troupe::perf
