// SPDX-License-Identifier: BSL-1.0
// Texts that people write, and peers.

#include "fuzz/decoders.hpp"
#include <troupe/client/signature_text.hpp>
#include <troupe/copy_policy.hpp>
#include <troupe/endpoint.hpp>
#include <troupe/protocol/control.hpp>
#include <troupe/protocol/resources.hpp>

#include <algorithm>
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

void read_resources(bytes all) {
  auto text = text_of(all);
  auto end = std::min(text.find('\n'), text.size());
  auto x = parse_resources(text.substr(0, end),
                           text.substr(std::min(end + 1, text.size())));
  if (!x)
    return;
  require(x->tags.size() + x->slots.size() <= 2 * max_resources,
          "they are bounded");
  auto again = parse_resources(tags_text(*x), slots_text(*x));
  require(again && *again == *x, "reading what is written gives the same");
  require(x->cover(*x), "all have what they have");
}

void read_signature(bytes all) {
  auto x = parse_signature(text_of(all));
  if (!x)
    return;
  auto size = x->result.size();
  for (auto& parameter : x->parameters)
    size += parameter.size();
  require(size <= all.size(), "types are parts of the text");
}

void read_task_id(bytes all) {
  auto x = parse_task_id(text_of(all));
  if (!x)
    return;
  auto again = parse_task_id(to_string(*x));
  require(again && *again == *x, "reading what is written gives the same");
}

} // namespace troupe::fuzz
