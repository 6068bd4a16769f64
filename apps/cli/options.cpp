// SPDX-License-Identifier: BSL-1.0
#include "cli/options.hpp"

#include "cli/command_error.hpp"
#include "cli/help.hpp"
#include "cli/split_arguments.hpp"
#include "troupe/engine/function_registry.hpp"
#include "troupe/scheduling/cast_tree.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iterator>

namespace troupe::apps {

namespace {

/// Reads the flags of one command.
class flag_reader {
public:
  flag_reader(std::string command, common_options& common)
    : command_(std::move(command)), common_(common) {
    app_.set_help_flag();
    app_.add_flag("-h,--help", help_);
    app_.add_option("-c,--cluster", common.cluster);
    app_.add_flag("--json", common.json);
    app_.add_flag("-q,--quiet", common.quiet);
    app_.add_flag("-v,--verbose", common.verbose);
    app_.add_flag("--no-color", no_color_);
    app_.add_option("--timeout", timeout_);
  }

  CLI::App& app() {
    return app_;
  }

  /// A flag with a duration, which is set by `read`.
  void add_duration(const char* name, std::chrono::milliseconds& target) {
    durations_.push_back(
      std::make_unique<duration_flag>(duration_flag{{}, target}));
    app_.add_option(name, durations_.back()->text);
  }

  /// Returns `false` if help is wanted.
  bool read(std::vector<std::string> flags) {
    if (asks_for_help(flags))
      return false;
    std::reverse(flags.begin(), flags.end());
    try {
      app_.parse(flags);
    } catch (const CLI::ParseError& e) {
      throw usage_error(e.what(), "see  troupe " + command_ + " --help");
    }
    cluster_given_ = !common_.cluster.empty();
    if (auto name = std::getenv("TROUPE_CLUSTER"); name && !cluster_given_)
      common_.cluster = name;
    if (!timeout_.empty())
      common_.timeout = parse_duration(timeout_);
    for (auto& x : durations_)
      if (!x->text.empty())
        x->target = parse_duration(x->text);
    if (no_color_)
      setenv("NO_COLOR", "1", 1);
    return true;
  }

  bool cluster_given() const noexcept {
    return cluster_given_;
  }

private:
  struct duration_flag {
    std::string text;
    std::chrono::milliseconds& target;
  };

  static bool asks_for_help(const std::vector<std::string>& flags) {
    return std::any_of(flags.begin(), flags.end(),
                       [](auto& x) { return x == "-h" || x == "--help"; });
  }

  std::string command_;
  common_options& common_;
  CLI::App app_;
  bool help_ = false;
  bool no_color_ = false;
  bool cluster_given_ = false;
  std::string timeout_;
  std::vector<std::unique_ptr<duration_flag>> durations_;
};

/// Flags of `start`, `run` and `controller`.
class settings_reader {
public:
  settings_reader(flag_reader& reader, cluster_settings& settings)
    : settings_(settings) {
    auto& app = reader.app();
    app.add_option("-n,-j,--engines", settings.engines)
      ->check(CLI::Range(1, 4096));
    app.add_option("--tags", settings.tags);
    app.add_option("--slots", settings.slots);
    app.add_option("--group", settings.groups)->allow_extra_args(false);
    app.add_option("--name", settings.name);
    app.add_option("--program", settings.program);
    app.add_option("--load", settings.load)->allow_extra_args(false);
    app.add_option("--scheme", settings.scheme);
    app.add_option("--hwm", hwm_);
    app.add_option("--broadcast-depth", depth_);
    app.add_option("--copy-threshold", settings.copy_threshold);
    app.add_option("--listen", settings.listen);
    app.add_option("--port", settings.port);
    app.add_option("--curve", curve_)
      ->check(CLI::IsMember({"auto", "on", "off"}));
    reader.add_duration("--wait", settings.wait);
  }

  void finish() {
    auto end = hwm_.data() + hwm_.size();
    if (hwm_ != "auto") {
      auto [rest, code] = std::from_chars(hwm_.data(), end, settings_.hwm);
      if (code != std::errc{} || rest != end || settings_.hwm == 0)
        throw usage_error("--hwm \"" + hwm_ + "\" is no number of tasks",
                          "use a number from 1 upward, or auto");
    }
    if (auto problem = check_broadcast_depth(depth_))
      throw usage_error("--broadcast-depth: " + *problem);
    settings_.broadcast_depth = static_cast<unsigned>(depth_);
    settings_.curve_off = curve_ == "off";
    if (curve_ == "on")
      throw usage_error("CURVE is not built in yet",
                        "use --listen ipc, where it is not needed");
    if (settings_.listen != "ipc" && !settings_.curve_off)
      throw usage_error("--listen " + settings_.listen
                          + " is not encrypted: CURVE is not built in yet",
                        "use --listen ipc; or, where every user of this "
                        "machine is trusted, 127.0.0.1 with --curve off");
  }

private:
  cluster_settings& settings_;
  std::string hwm_ = "auto";
  std::int64_t depth_ = 0;
  std::string curve_ = "auto";
};

// -- commands -----------------------------------------------------------------

void require_none(const split_arguments& args, const std::string& command) {
  if (args.has_command || args.has_inputs)
    throw usage_error(command + " runs no command",
                      "see  troupe " + command + " --help");
}

command_options parse_map(const split_arguments& args) {
  map_options x;
  flag_reader reader{"map", x.common};
  auto& app = reader.app();
  app.add_option("-n,-j,--engines", x.engines)->check(CLI::Range(1, 4096));
  app.add_option("--task", x.task);
  app.add_option("--load", x.load)->allow_extra_args(false);
  app.add_option("-a,--arg-file", x.file);
  app.add_flag("-0,--null", x.null_separated);
  app.add_option("--colsep", x.column_separator);
  app.add_flag("--bar", x.bar);
  app.add_option("--retries", x.retries)->check(CLI::Range(0, 255));
  app.add_option("--attempts", x.attempts)->check(CLI::Range(1, 255));
  app.add_option("--priority", x.priority)->check(CLI::Range(-128, 127));
  app.add_option("--tags", x.tags);
  app.add_option("--needs", x.needs);
  reader.add_duration("--queue-limit", x.queue_limit);
  app.add_option("input", x.inputs);
  if (!reader.read(args.flags))
    return help_options{"map"};
  x.command = args.command;
  if (x.task.empty() && x.command.empty())
    throw usage_error(args.has_command || x.inputs.empty()
                        ? "map needs a command behind --, or --task NAME"
                        : "the command of map stands behind --",
                      "as in  seq 9 | troupe map -- echo {}");
  if (!x.task.empty() && !x.command.empty())
    throw usage_error("map takes a command or --task, not both");
  if (x.task.empty() && !x.inputs.empty())
    throw usage_error("\"" + x.inputs.front() + "\" stands before --",
                      "inputs stand behind ::: as in  troupe map -- echo {} "
                      "::: a b c");
  if (x.task.empty() && !x.column_separator.empty())
    throw usage_error("--colsep needs --task");
  if (x.engines > 0 && reader.cluster_given())
    throw usage_error("--engines starts a cluster, --cluster uses one that "
                      "runs: give one of them");
  x.inputs.insert(x.inputs.end(), args.inputs.begin(), args.inputs.end());
  x.has_inputs = args.has_inputs || !x.inputs.empty();
  if (x.has_inputs && !x.file.empty())
    throw usage_error("inputs come from the command line or from -a, not both");
  return x;
}

command_options parse_run(const split_arguments& args) {
  run_options x;
  flag_reader reader{"run", x.common};
  settings_reader settings{reader, x.settings};
  if (!reader.read(args.flags))
    return help_options{"run"};
  settings.finish();
  x.command = args.command;
  if (args.has_inputs) {
    x.command.push_back(":::");
    x.command.insert(x.command.end(), args.inputs.begin(), args.inputs.end());
  }
  if (x.command.empty())
    throw usage_error("run needs a program behind --",
                      "as in  troupe run -n 4 -- ./my_program");
  return x;
}

command_options parse_start(const split_arguments& args) {
  start_options x;
  flag_reader reader{"start", x.common};
  settings_reader settings{reader, x.settings};
  reader.app().add_flag("--foreground", x.foreground);
  require_none(args, "start");
  if (!reader.read(args.flags))
    return help_options{"start"};
  settings.finish();
  return x;
}

command_options parse_controller(const split_arguments& args) {
  controller_options x;
  flag_reader reader{"controller", x.common};
  settings_reader settings{reader, x.settings};
  reader.app().add_flag("--daemon", x.daemon);
  reader.app().add_option("--report-fd", x.report_fd);
  require_none(args, "controller");
  if (!reader.read(args.flags))
    return help_options{"controller"};
  settings.finish();
  return x;
}

command_options parse_engine(const split_arguments& args) {
  engine_options x;
  flag_reader reader{"engine", x.common};
  reader.app().add_option("--name", x.name);
  reader.app().add_option("--tags", x.tags);
  reader.app().add_option("--slots", x.slots);
  reader.app().add_option("--load", x.load)->allow_extra_args(false);
  require_none(args, "engine");
  if (!reader.read(args.flags))
    return help_options{"engine"};
  return x;
}

command_options parse_stop(const split_arguments& args) {
  stop_options x;
  flag_reader reader{"stop", x.common};
  reader.app().add_flag("--all", x.all);
  reader.add_duration("--grace", x.grace);
  reader.app().add_option("name", x.names);
  require_none(args, "stop");
  if (!reader.read(args.flags))
    return help_options{"stop"};
  if (x.all && !x.names.empty())
    throw usage_error("stop takes names or --all, not both");
  return x;
}

command_options parse_why(const split_arguments& args) {
  why_options x;
  flag_reader reader{"why", x.common};
  reader.app().add_option("task", x.task);
  require_none(args, "why");
  if (!reader.read(args.flags))
    return help_options{"why"};
  return x;
}

/// Reads a command that has no flags of its own.
template <class Options>
command_options
parse_plain(const std::string& command, const split_arguments& args) {
  Options x;
  flag_reader reader{command, x.common};
  require_none(args, command);
  if (!reader.read(args.flags))
    return help_options{command};
  return x;
}

command_error unknown_command(const std::string& word) {
  auto sentence = "unknown command \"" + word + "\".";
  if (auto similar = nearest_names(word, command_names()); !similar.empty())
    sentence += " Did you mean \"" + similar.front() + "\"?";
  return usage_error(sentence, "see  troupe --help");
}

} // namespace

std::vector<std::string> to_flags(const cluster_settings& x) {
  std::vector<std::string> result = {"--name",
                                     x.name,
                                     "--scheme",
                                     x.scheme,
                                     "--hwm",
                                     x.hwm == 0 ? "auto"
                                                : std::to_string(x.hwm),
                                     "--broadcast-depth",
                                     std::to_string(x.broadcast_depth),
                                     "--copy-threshold",
                                     x.copy_threshold,
                                     "--listen",
                                     x.listen,
                                     "--port",
                                     std::to_string(x.port),
                                     "--curve",
                                     x.curve_off ? "off" : "auto",
                                     "--wait",
                                     std::to_string(x.wait.count()) + "ms"};
  auto add = [&](const char* flag, const std::string& value) {
    result.insert(result.end(), {flag, value});
  };
  if (x.engines > 0)
    add("--engines", std::to_string(x.engines));
  if (!x.tags.empty())
    add("--tags", x.tags);
  if (!x.slots.empty())
    add("--slots", x.slots);
  for (const auto& group : x.groups)
    add("--group", group);
  if (!x.program.empty())
    add("--program", x.program);
  for (const auto& library : x.load)
    add("--load", library);
  return result;
}

command_options parse(std::vector<std::string> args) {
  args = command_first(std::move(args));
  if (args.empty() || args.front() == "-h" || args.front() == "--help")
    return help_options{};
  auto command = args.front();
  auto rest = split_words({std::next(args.begin()), args.end()});
  if (command == "help")
    return help_options{rest.flags.empty() ? "" : rest.flags.front()};
  if (command == "-V" || command == "--version" || command == "version")
    return parse_plain<version_options>("version", rest);
  if (command == "map")
    return parse_map(rest);
  if (command == "run")
    return parse_run(rest);
  if (command == "start")
    return parse_start(rest);
  if (command == "stop")
    return parse_stop(rest);
  if (command == "status")
    return parse_plain<status_options>(command, rest);
  if (command == "why")
    return parse_why(rest);
  if (command == "ps" || command == "list")
    return parse_plain<list_options>("ps", rest);
  if (command == "controller")
    return parse_controller(rest);
  if (command == "engine")
    return parse_engine(rest);
  throw unknown_command(command);
}

bool wants_json(const std::vector<std::string>& args) {
  auto end = std::find(args.begin(), args.end(), "--");
  return std::find(args.begin(), end, "--json") != end;
}

std::chrono::milliseconds parse_duration(std::string_view text) {
  struct unit {
    std::string_view name;
    double milliseconds;
  };
  constexpr unit units[] = {
    {"ms", 1}, {"s", 1e3}, {"", 1e3}, {"m", 6e4}, {"h", 3.6e6}};
  constexpr auto longest = 1e12;
  auto number = 0.0;
  auto end = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), end, number);
  std::string_view name{rest, static_cast<std::size_t>(end - rest)};
  for (auto& x : units)
    if (code == std::errc{} && number >= 0 && x.name == name
        && number * x.milliseconds < longest)
      return std::chrono::milliseconds{
        static_cast<std::int64_t>(number * x.milliseconds)};
  throw usage_error("\"" + std::string{text} + "\" is no duration",
                    "use a number with a unit, such as 500ms, 10s or 2m");
}

} // namespace troupe::apps
