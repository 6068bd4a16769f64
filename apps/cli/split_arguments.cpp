// SPDX-License-Identifier: BSL-1.0
#include "cli/split_arguments.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::apps {

namespace {

bool takes_value(const std::string& flag) {
  return flag == "-c" || flag == "--cluster" || flag == "--timeout";
}

} // namespace

split_arguments split_words(const std::vector<std::string>& args) {
  split_arguments result;
  auto dashes = std::find(args.begin(), args.end(), "--");
  result.has_command = dashes != args.end();
  auto tail = result.has_command ? std::next(dashes) : args.begin();
  auto colons = std::find(tail, args.end(), ":::");
  result.has_inputs = colons != args.end();
  if (result.has_inputs)
    result.inputs.assign(std::next(colons), args.end());
  if (result.has_command) {
    result.flags.assign(args.begin(), dashes);
    result.command.assign(tail, colons);
  } else {
    result.flags.assign(args.begin(), colons);
  }
  return result;
}

std::vector<std::string> command_first(std::vector<std::string> args) {
  auto command = args.begin();
  while (command != args.end() && command->starts_with('-')
         && *command != "--") {
    auto skipped = takes_value(*command) ? 2 : 1;
    command += std::min<std::ptrdiff_t>(skipped, args.end() - command);
  }
  if (command != args.end() && *command != "--")
    std::rotate(args.begin(), command, std::next(command));
  return args;
}

} // namespace troupe::apps
