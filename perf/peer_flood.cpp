// SPDX-License-Identifier: BSL-1.0

#include "peer_flood.hpp"

#include "harness/partner.hpp"
#include "nats_flood.hpp"
#include "scripts.hpp"

#include <memory>
#include <stdexcept>

namespace troupe::perf {

namespace {

/// Slow systems take their time.
constexpr int patience_seconds = 600;

/// A system that a script plays. `script` says what it says when it is ready.
struct script_peer {
  const char* name;
  const char* script;
  const char* package;
};

constexpr script_peer script_peers[] = {
  {"dask", flood_dask_script, "python3-distributed, or `distributed` with pip"},
  {"ipyparallel", flood_ipyparallel_script,
   "python3-ipyparallel, or `ipyparallel` with pip"},
};

[[noreturn]] void throw_missing(const script_peer& x) {
  throw std::runtime_error(std::string{x.name}
                           + " is not installed for python3: install "
                           + x.package);
}

peer_run start(const script_peer& x, std::size_t engines) {
  auto other = std::make_shared<partner>(
    partner::in_program("python3", {"-c", x.script, std::to_string(engines)}));
  if (other->hear(patience_seconds) == "missing")
    throw_missing(x);
  return [other](std::size_t tasks, std::size_t size) -> measurement {
    other->tell(std::to_string(tasks) + ' ' + std::to_string(size));
    auto seconds = to_numbers(other->hear(patience_seconds), 2);
    auto count = static_cast<double>(tasks);
    return {{"sent_per_s", count / seconds[0]},
            {"roundtrip_per_s", count / seconds[1]}};
  };
}

} // namespace

std::vector<std::string> peer_names() {
  return {"dask", "ipyparallel", "nats"};
}

peer_run start_peer(const std::string& name, std::size_t engines) {
  for (const auto& x : script_peers)
    if (x.name == name)
      return start(x, engines);
  auto flood = std::make_shared<nats_flood>(engines);
  return [flood](std::size_t tasks, std::size_t size) {
    return flood->run(tasks, size);
  };
}

} // namespace troupe::perf
