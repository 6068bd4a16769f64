// SPDX-License-Identifier: BSL-1.0
#include "troupe/endpoint.hpp"

#include "troupe/error.hpp"

#include <charconv>

namespace troupe {

namespace {

caf::error bad(std::string_view text, std::string_view why) {
  std::string sentence{"'"};
  sentence += text;
  sentence += "' is no endpoint: ";
  sentence += why;
  return make_error(ec::bad_endpoint, std::move(sentence));
}

/// Whether `host` has only characters of names, addresses and interfaces.
bool is_host(std::string_view host) {
  constexpr auto allowed =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "0123456789.-_";
  if (host == "*")
    return true;
  if (host.starts_with('[')) {
    constexpr auto digits = "0123456789abcdefABCDEF:.%";
    return host.size() > 2 && host.ends_with(']')
           && host.substr(1, host.size() - 2).find_first_not_of(digits)
                == std::string_view::npos;
  }
  return !host.empty()
         && host.find_first_not_of(allowed) == std::string_view::npos;
}

caf::expected<endpoint> parse_tcp(std::string_view text,
                                  std::string_view address) {
  auto colon = address.rfind(':');
  if (colon == std::string_view::npos || address.ends_with(']'))
    return bad(text, "it lacks a port; write tcp://HOST:PORT, with * as port "
                     "for any free one");
  auto host = address.substr(0, colon);
  auto digits = address.substr(colon + 1);
  if (!is_host(host))
    return bad(text, "it lacks a valid host; write a name, an address (IPv6 in "
                     "brackets), or * for all interfaces");
  auto result = endpoint{endpoint::transport::tcp, std::string{host}};
  if (digits == "*")
    return result;
  auto last = digits.data() + digits.size();
  auto [rest, error] = std::from_chars(digits.data(), last, result.port);
  if (error != std::errc{} || rest != last)
    return bad(text, "its port is no number from 0 to 65535, nor *");
  return result;
}

caf::expected<endpoint> parse_ipc(std::string_view text,
                                  std::string_view path) {
  if (path.empty())
    return bad(text, "it lacks a path");
  if (path.size() > endpoint::max_ipc_path)
    return bad(text, "its path has " + std::to_string(path.size())
                       + " bytes, but the operating system takes at most "
                       + std::to_string(endpoint::max_ipc_path)
                       + "; choose a shorter directory");
  return endpoint{endpoint::transport::ipc, std::string{path}};
}

} // namespace

caf::expected<endpoint> endpoint::parse(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    return bad("", "it contains a zero byte");
  auto mark = text.find("://");
  if (mark == std::string_view::npos)
    return bad(text, "it lacks a transport; write tcp://HOST:PORT, ipc://PATH "
                     "or inproc://NAME");
  auto scheme = text.substr(0, mark);
  auto rest = text.substr(mark + 3);
  if (scheme == "tcp")
    return parse_tcp(text, rest);
  if (scheme == "ipc")
    return parse_ipc(text, rest);
  if (scheme != "inproc")
    return bad(text, "its transport is none of tcp, ipc and inproc");
  if (rest.empty())
    return bad(text, "it lacks a name");
  return endpoint{transport::inproc, std::string{rest}};
}

bool endpoint::local() const {
  return via != transport::tcp || where == "localhost" || where == "[::1]"
         || (where.starts_with("127.")
             && where.find_first_not_of("0123456789.") == std::string::npos);
}

std::string to_string(const endpoint& x) {
  switch (x.via) {
    case endpoint::transport::ipc:
      return "ipc://" + x.where;
    case endpoint::transport::inproc:
      return "inproc://" + x.where;
    default:
      return "tcp://" + x.where + ":"
             + (x.port == 0 ? "*" : std::to_string(x.port));
  }
}

} // namespace troupe
