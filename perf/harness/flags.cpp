// SPDX-License-Identifier: BSL-1.0

#include "harness/flags.hpp"

#include "harness/size_list.hpp"
#include "troupe/scheduling/cast_tree.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace troupe::perf {

namespace {

using sizes = std::vector<std::size_t>;
using words = std::vector<std::string>;

/// The least and the most that a number may be.
using bounds = std::pair<std::size_t, std::size_t>;

constexpr auto any_count = bounds{1, std::size_t{1} << 30};

/// Adds a flag that takes a comma-separated list of numbers.
void add_sizes(CLI::App& app, const std::string& flag, const std::string& help,
               sizes& xs, bounds allowed = any_count) {
  auto read = [&xs, flag, allowed](const std::string& text) {
    auto list = parse_sizes(text);
    auto fits = [&](std::size_t x) {
      return x >= allowed.first && x <= allowed.second;
    };
    if (!list || !std::all_of(list->begin(), list->end(), fits))
      throw CLI::ValidationError(
        flag, "takes numbers from " + std::to_string(allowed.first) + " to "
                + std::to_string(allowed.second)
                + ", such as 4,16 or 64k, not \"" + text + "\"");
    xs = std::move(*list);
  };
  app
    .add_option_function<std::string>(flag, read,
                                      help + " [" + join_list(xs) + "]")
    ->type_name("LIST");
}

/// Adds a flag that takes a comma-separated list of words.
/// @param knows tells whether a word is one of them.
/// @param known names them for people.
void add_words(CLI::App& app, const std::string& flag, const std::string& help,
               words& xs, std::function<bool(const std::string&)> knows,
               const std::string& known) {
  auto read = [&xs, flag, knows, known](const std::string& text) {
    auto list = split_list(text);
    for (const auto& x : list)
      if (!knows(x))
        throw CLI::ValidationError(flag,
                                   "takes " + known + ", not \"" + x + "\"");
    xs = std::move(list);
  };
  auto is = xs.empty() ? "none" : join_list(xs);
  app.add_option_function<std::string>(flag, read, help + " [" + is + "]")
    ->type_name("LIST");
}

/// Adds a flag that takes some of these words.
void add_choices(CLI::App& app, const std::string& flag,
                 const std::string& help, words& xs, const words& known) {
  auto knows = [known](const std::string& x) {
    return std::find(known.begin(), known.end(), x) != known.end();
  };
  add_words(app, flag, help, xs, knows, join_list(known));
}

void add_copies(CLI::App& app, words& xs) {
  auto knows = [](const std::string& x) {
    return x == "always" || x == "never" || x == "auto" || parse_size(x);
  };
  add_words(app, "--copy", "copy frames up to this size, lend larger ones", xs,
            knows, "always, never, auto or a size");
}

void add_framing(CLI::App& app, bool& bridged) {
  auto read = [&bridged](const std::string& text) {
    bridged = text == "bridged";
  };
  auto is = bridged ? "bridged" : "raw";
  app
    .add_option_function<std::string>("--peers", read,
                                      std::string{"framing between actors, "
                                                  "bridged or raw ["}
                                        + is + "]")
    ->check(CLI::IsMember({"bridged", "raw"}))
    ->type_name("KIND");
}

/// A dimension that a workload can have.
struct dimension {
  std::string_view name;
  std::string_view flag;
  void (*add)(CLI::App&, const workload&, options&);
};

const std::array dimensions{
  dimension{
    "engines", "--engines",
    [](CLI::App& app, const workload&, options& with) {
      add_sizes(app, "--engines", "engine processes", with.engines, {1, 4096});
    }},
  dimension{"tasks", "--tasks",
            [](CLI::App& app, const workload&, options& with) {
              add_sizes(app, "--tasks", "tasks per run", with.tasks);
            }},
  dimension{"size", "--size",
            [](CLI::App& app, const workload&, options& with) {
              add_sizes(app, "--size", "bytes of payload", with.sizes,
                        {0, std::size_t{1} << 34});
            }},
  dimension{"transport", "--transport",
            [](CLI::App& app, const workload& what, options& with) {
              add_choices(app, "--transport", "of the sockets", with.transports,
                          what.transports);
            }},
  dimension{"copy", "--copy",
            [](CLI::App& app, const workload&, options& with) {
              add_copies(app, with.copies);
            }},
  dimension{"scheme", "--scheme",
            [](CLI::App& app, const workload& what, options& with) {
              add_choices(app, "--scheme", "how engines are chosen",
                          with.schemes, what.schemes);
            }},
  dimension{"dt", "--dt",
            [](CLI::App& app, const workload&, options& with) {
              add_sizes(app, "--dt", "time per task in milliseconds", with.dts,
                        {1, 60'000});
            }},
  dimension{"queued", "--queued",
            [](CLI::App& app, const workload&, options& with) {
              add_sizes(app, "--queued", "tasks that wait", with.queued);
            }},
  dimension{"batch", "--batch",
            [](CLI::App& app, const workload&, options& with) {
              add_sizes(app, "--batch",
                        "messages per send, tasks per call, or broadcasts at "
                        "a time",
                        with.batches);
            }},
  dimension{"chain", "--chain",
            [](CLI::App& app, const workload&, options& with) {
              add_sizes(app, "--chain", "tasks that run one after the other",
                        with.chains);
            }},
  dimension{"depth", "--depth",
            [](CLI::App& app, const workload&, options& with) {
              add_sizes(app, "--depth", "depths of the broadcast tree",
                        with.depths, {0, max_broadcast_depth});
            }},
  dimension{"peers", "--peers",
            [](CLI::App& app, const workload&, options& with) {
              add_framing(app, with.bridged);
            }},
  dimension{"peer", "--peer",
            [](CLI::App& app, const workload& what, options& with) {
              add_choices(app, "--peer", "other systems to run beside",
                          with.rivals, what.rivals);
            }},
  dimension{"task", "--task",
            [](CLI::App& app, const workload&, options& with) {
              app.add_flag("--task", with.one_task,
                           "one task at a time through the cluster, instead of "
                           "messages between sockets");
            }},
};

void add_path(CLI::App& app, path_choice& path) {
  auto read = [&path](const std::string& text) {
    path = text == "raw"     ? path_choice::raw
           : text == "actor" ? path_choice::actor
                             : path_choice::both;
  };
  app
    .add_option_function<std::string>("--path", read,
                                      "what to run, raw, actor or both [both]")
    ->check(CLI::IsMember({"raw", "actor", "both"}))
    ->type_name("PATH");
}

void add_common(CLI::App& app, options& with) {
  add_path(app, with.path);
  auto runs = with.repeat == 0 ? "as many as each workload likes"
                               : std::to_string(with.repeat);
  app
    .add_option("--repeat", with.repeat,
                "measured runs per path [" + runs + "]")
    ->check(CLI::Range(1u, 1000u))
    ->type_name("N");
  app.add_flag("--quick", with.quick, "fewer and shorter runs");
  app.add_flag("--json", with.json, "one JSON object per line");
  app.add_option("--csv", with.csv_file, "write all rows to this file, too")
    ->type_name("FILE");
  app
    .add_option("--plot", with.plot_dir,
                "folder for plots as SVG and PNG and a report.html; needs "
                "gnuplot")
    ->type_name("DIR");
  app.add_flag("--no-progress", with.no_progress,
               "no progress line on a terminal");
}

} // namespace

void add_flags(CLI::App& app, const workload& what, options& with) {
  for (const auto& x : dimensions) {
    auto& own = what.dimensions;
    if (std::find(own.begin(), own.end(), x.name) != own.end())
      x.add(app, what, with);
  }
  add_common(app, with);
}

std::string_view flag_of(std::string_view name) {
  for (const auto& x : dimensions)
    if (x.name == name)
      return x.flag;
  return {};
}

} // namespace troupe::perf
