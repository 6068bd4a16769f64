// SPDX-License-Identifier: BSL-1.0

#include "arrays.hpp"
#include "failure.hpp"
#include "mandelbrot.hpp"
#include "report.hpp"
#include "tiny.hpp"
#include <troupe/troupe.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace {

struct options {
  unsigned engines = 4;
  std::string out = ".";
  bool quick = false;
};

void print_figures(const troupe::status_message& status, demo::report& out) {
  out.check(status.queued == 0 && status.accepted == status.reported,
            "the controller reported each task that it accepted");
  fmt::print("in all: {} tasks accepted, {} reported, {} dispatched again; "
             "{} in {} frames lent, {} in {} frames copied\n",
             status.accepted, status.reported, status.redispatched,
             demo::bytes_text(static_cast<double>(status.bytes_lent)),
             status.frames_lent,
             demo::bytes_text(static_cast<double>(status.bytes_copied)),
             status.frames_copied);
  if (out.all_passed())
    fmt::print("all {} checks passed\n", out.checks());
  else
    fmt::print("{} of {} checks FAILED\n", out.failed(), out.checks());
}

int run(const options& with) {
  std::error_code problem;
  std::filesystem::create_directories(with.out, problem);
  if (problem)
    throw std::runtime_error("cannot create " + with.out + ": "
                             + problem.message());
  auto picture = (std::filesystem::path{with.out} / "mandelbrot.png").string();
  demo::stopwatch watch;
  auto cluster = troupe::cluster::local({.engines = with.engines});
  auto session = cluster.connect();
  fmt::print("troupe demo: {} engines on this machine ({})\n", with.engines,
             demo::time_text(watch.seconds()));
  std::fflush(stdout);
  demo::report out;
  auto part = with.quick ? 10u : 1u;
  auto shrink = with.quick ? 4 : 1;
  demo::run_mandelbrot(session, 1920 / shrink, 1080 / shrink, picture, out);
  demo::run_arrays(session, 100 / part, out);
  demo::run_tiny(session, 100'000 / part, out);
  demo::run_failure(session, 4'000 / part, out);
  print_figures(session.status(), out);
  demo::stopwatch stopping;
  cluster.stop();
  fmt::print("stopped in {}, {} after the start\n",
             demo::time_text(stopping.seconds()),
             demo::time_text(watch.seconds()));
  fmt::print("next: ls *.md | build/release/bin/troupe map -n 4 -- wc -l {{}}\n"
             "      examples/hello is a program with its own engines\n");
  return out.all_passed() ? 0 : 1;
}

} // namespace

/// Starts engines, gives them four kinds of work, kills one, and reports.
int main(int argc, char** argv) {
  troupe::runtime rt{argc, argv};
  options with;
  CLI::App app{"Shows what a cluster does, and checks each result"};
  app.add_option("--engines", with.engines, "engine processes [4]")
    ->check(CLI::Range(2u, 64u))
    ->type_name("N");
  app.add_option("--out", with.out, "where to write mandelbrot.png [.]")
    ->type_name("DIR");
  app.add_flag("--quick", with.quick, "a tenth of the work");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& err) {
    return app.exit(err) == 0 ? 0 : 2;
  }
  try {
    return run(with);
  } catch (const troupe::error& err) {
    fmt::print(stderr, "troupe-demo: {}\n", err.what());
    if (!err.hint.empty())
      fmt::print(stderr, "  {}\n", err.hint);
    return troupe::exit_status(err.code);
  } catch (const std::exception& err) {
    fmt::print(stderr, "troupe-demo: {}\n", err.what());
    return 1;
  }
}
