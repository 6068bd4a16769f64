// SPDX-License-Identifier: BSL-1.0

#include "compare_command.hpp"

#include "harness/compare.hpp"
#include "harness/row_reader.hpp"
#include "troupe/error.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>

namespace troupe::perf {

namespace {

/// Percent. On two shared processors, runs of the same build seldom differ by
/// more.
constexpr double default_bound = 15;

int fail(const std::string& text) {
  std::fprintf(stderr, "troupe-bench: %s\n", text.c_str());
  return 2;
}

/// Says in what else than the code two runs differ.
void warn_of_differences(const row& before, const row& after) {
  for (auto name :
       {"machine", "cores", "kernel", "compiler", "build", "libzmq", "caf"}) {
    auto x = before.find(name);
    auto y = after.find(name);
    if (x != nullptr && y != nullptr && to_plain(*x) != to_plain(*y))
      std::fprintf(stderr, "troupe-bench: warning: another %s: %s, then %s\n",
                   name, to_plain(*x).c_str(), to_plain(*y).c_str());
  }
}

void print_origin(const char* side, const row& origin) {
  auto text = [&](const char* name) {
    auto x = origin.find(name);
    return x != nullptr ? to_plain(*x) : std::string{"unknown"};
  };
  std::printf("# %s: commit %s, %s: %s\n", side, text("commit").c_str(),
              text("time").c_str(), text("command").c_str());
}

int run(const std::string& before, const std::string& after, double bound,
        bool only_changed) {
  auto x = read_results(before);
  if (!x)
    return fail(describe(x.error()));
  auto y = read_results(after);
  if (!y)
    return fail(describe(y.error()));
  auto result = compare(x->rows, y->rows, bound);
  if (result.changes.empty())
    return fail("the two files have no row in common: run the same workload "
                "with the same flags before and after");
  warn_of_differences(x->origin, y->origin);
  print_origin("before", x->origin);
  print_origin("after", y->origin);
  std::printf("%s", to_text(result, only_changed).c_str());
  return result.count(verdict::worse) > 0 ? 1 : 0;
}

} // namespace

int compare_command(int argc, const char* const* argv) {
  CLI::App app{"Compares what two runs with --json wrote; exits 1 if a figure "
               "is worse",
               "troupe-bench compare"};
  std::string before, after;
  auto bound = default_bound;
  auto only_changed = false;
  app.add_option("BEFORE", before, "rows of the first run")->required();
  app.add_option("AFTER", after, "rows of the second run")->required();
  app.add_option("--bound", bound, "percent that count as a change [15]")
    ->check(CLI::Range(0.0, 99.0))
    ->type_name("PCT");
  app.add_flag("--changes", only_changed, "leave out what stayed the same");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& err) {
    return app.exit(err) == 0 ? 0 : 2;
  }
  return run(before, after, bound, only_changed);
}

} // namespace troupe::perf
