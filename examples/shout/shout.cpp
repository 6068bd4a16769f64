// SPDX-License-Identifier: BSL-1.0

// A library of functions for the stock engine:
//
//     troupe map --task shout --load ./libshout.so hello world
//     seq 5 | troupe map --task power --load ./libshout.so

#include <troupe/codec/task.hpp>

#include <cctype>
#include <string>

namespace {

std::string shout(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text + "!";
}
TROUPE_TASK(shout);

double power(double x) {
  return x * x;
}
TROUPE_TASK(power);

} // namespace
