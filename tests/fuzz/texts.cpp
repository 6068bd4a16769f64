// SPDX-License-Identifier: BSL-1.0
// Texts that people write.

#include "fuzz/decoders.hpp"
#include <troupe/copy_policy.hpp>
#include <troupe/endpoint.hpp>

#include <string>

namespace troupe::fuzz {

namespace {

std::string text_of(bytes all) {
  return {reinterpret_cast<const char*>(all.data()), all.size()};
}

} // namespace

void read_endpoint(bytes all) {
  auto x = endpoint::parse(text_of(all));
  if (!x)
    return;
  auto text = to_string(*x);
  auto again = endpoint::parse(text);
  require(again && to_string(*again) == text, "what is written can be read");
  require(again->via == x->via && again->where == x->where
            && again->port == x->port && again->local() == x->local(),
          "reading what is written gives the same");
}

void read_copy_policy(bytes all) {
  auto x = copy_policy::parse(text_of(all));
  if (!x)
    return;
  auto again = copy_policy::parse(to_string(*x));
  require(again && *again == *x, "reading what is written gives the same");
}

} // namespace troupe::fuzz
