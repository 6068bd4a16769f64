// SPDX-License-Identifier: BSL-1.0

#include "actor_host.hpp"

#include "troupe/error.hpp"

#include <stdexcept>
#include <utility>

namespace troupe::perf {

namespace {

caf::actor_system_config& prepare(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::troupe_bridge>();
  cfg.set("scheduler.policy", caf::atom("sharing"));
  return cfg;
}

} // namespace

actor_host::actor_host(std::shared_ptr<socket_context> context,
                       std::size_t pumps)
  : context_(std::move(context)), system_(prepare(cfg_)) {
  bridge_config cfg;
  cfg.context = context_;
  cfg.pumps = pumps;
  bridge_.emplace(system_, cfg);
}

actor_host::~actor_host() {
  // nop
}

open_socket actor_host::open(socket_spec spec) {
  auto result = bridge_->open(std::move(spec));
  if (!result)
    throw std::runtime_error(describe(result.error()));
  return std::move(*result);
}

socket_spec make_spec(socket_type type, const stream_setup& setup) {
  socket_spec spec;
  spec.type = type;
  spec.security = no_security{};
  spec.copy = setup.copy;
  if (setup.bridged)
    spec.peers = socket_peers::bridged;
  spec.handlers_on_pump = setup.on_pump;
  // All messages of a run share the bytes of one: what is held costs little.
  spec.max_held_messages = std::size_t{1} << 22;
  spec.max_held_bytes = std::size_t{1} << 46;
  if (setup.hwm > 0)
    spec.options.send_hwm = spec.options.receive_hwm = setup.hwm;
  return spec;
}

std::vector<std::string> to_words(const stream_setup& setup) {
  return {setup.transport, std::to_string(setup.copy.threshold()),
          std::to_string(setup.hwm), setup.bridged ? "bridged" : "raw",
          setup.on_pump ? "pump" : "pool"};
}

stream_setup to_setup(const std::vector<std::string>& words,
                      std::size_t first) {
  stream_setup result;
  result.transport = words.at(first);
  result.copy = copy_policy{std::stoull(words.at(first + 1))};
  result.hwm = std::stoi(words.at(first + 2));
  result.bridged = words.at(first + 3) == "bridged";
  result.on_pump = words.at(first + 4) == "pump";
  return result;
}

} // namespace troupe::perf
