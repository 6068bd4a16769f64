// SPDX-License-Identifier: BSL-1.0
#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>

namespace example {

struct command_line::impl {
  CLI::App app;
};

command_line::command_line(const std::string& purpose)
  : impl_(new impl{CLI::App{purpose}}) {
  // nop
}

command_line::~command_line() = default;

command_line& command_line::number(const std::string& flag, unsigned& value,
                                   unsigned from, unsigned to,
                                   const std::string& meaning) {
  impl_->app
    .add_option(flag, value, meaning + " [" + std::to_string(value) + "]")
    ->check(CLI::Range(from, to))
    ->type_name("N");
  return *this;
}

command_line& command_line::text(const std::string& flag, std::string& value,
                                 const std::string& meaning) {
  impl_->app
    .add_option(flag, value,
                value.empty() ? meaning : meaning + " [" + value + "]")
    ->type_name("TEXT");
  return *this;
}

void command_line::parse(int argc, char** argv) {
  try {
    impl_->app.parse(argc, argv);
  } catch (const CLI::ParseError& err) {
    std::exit(impl_->app.exit(err) == 0 ? 0 : 2);
  }
}

} // namespace example
