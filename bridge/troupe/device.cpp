// SPDX-License-Identifier: BSL-1.0
#include "troupe/device.hpp"

#include "troupe/endpoint.hpp"
#include "troupe/error.hpp"
#include "troupe/socket/message_parts.hpp"
#include "troupe/socket/wakeup.hpp"
#include "troupe/socket/zmq_socket.hpp"
#include "troupe/socket_context.hpp"

#include <atomic>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace troupe {

namespace {

/// Messages of one direction before the other one gets its turn.
constexpr auto turn = 256;

socket_spec socket_of(socket_type type, const std::string& where,
                      const device_spec& x) {
  socket_spec result;
  result.security = no_security{};
  result.type = type;
  result.bind = {where};
  result.max_frame = x.max_frame;
  result.options.send_hwm = x.hwm;
  result.options.receive_hwm = x.hwm;
  return result;
}

void count(std::atomic<std::uint64_t>& x) noexcept {
  x.fetch_add(1, std::memory_order_relaxed);
}

/// Whether `x` is within the bounds, and more than a routing id.
bool can_pass(const message_parts& x) noexcept {
  return x.size() > 1 && x.fits();
}

/// Opens a socket and binds it to its one endpoint, which is replaced by the
/// real one.
caf::error open_bound(zmq_socket& socket, socket_context& context,
                      const socket_spec& spec, std::string& where) {
  if (auto err = check(spec))
    return err;
  auto place = endpoint::parse(where);
  if (!place)
    return std::move(place.error());
  if (!place->local())
    return make_error(ec::bad_config,
                      where
                        + ": a device checks no keys, so it listens on ipc or "
                          "on loopback only");
  auto opened = zmq_socket::open(context.handle(), spec);
  if (!opened)
    return std::move(opened.error());
  auto bound = opened->bind(*place);
  if (!bound)
    return std::move(bound.error());
  socket = std::move(*opened);
  where = std::move(*bound);
  return caf::none;
}

} // namespace

struct device::impl {
  explicit impl(device_spec x)
    : spec(std::move(x)),
      context(socket_context::make()),
      request(spec.max_frames, spec.max_message),
      reply(spec.max_frames, spec.max_message) {
    // nop
  }

  ~impl() {
    stopped = true;
    wake.fire();
    if (thread.joinable())
      thread.join();
    front = zmq_socket{};
    back = zmq_socket{};
  }

  caf::error start() {
    using enum socket_type;
    if (wake.fd() < 0)
      return make_error(ec::limit_reached,
                        "a device needs a descriptor to end its thread: "
                        "raise the limit of open files (ulimit -n)");
    if (auto err = open_bound(front, *context,
                              socket_of(router, spec.front, spec), spec.front))
      return err;
    if (auto err = open_bound(back, *context,
                              socket_of(dealer, spec.back, spec), spec.back))
      return err;
    try {
      thread = std::thread{[this] { run(); }};
    } catch (const std::system_error& x) {
      return make_error(ec::system_failure, x.what());
    }
    return caf::none;
  }

  // -- the device's thread ----------------------------------------------------

  void run() {
    while (!stopped) {
      // Answers first: they make room for more.
      auto busy = pass_replies();
      busy = pass_requests() || busy;
      if (!busy && !sleep()) {
        if (spec.on_failure)
          spec.on_failure(std::string{"the device cannot go on: "}
                          + zmq_strerror(errno));
        return;
      }
    }
  }

  void drop(message_parts& x) noexcept {
    x.clear();
    count(dropped);
  }

  /// @returns whether there were any.
  bool pass_requests() noexcept {
    for (auto n = 0; n < turn; ++n) {
      if (!std::exchange(held, false) && !request.receive(front.handle()))
        return n > 0;
      if (!can_pass(request) || !request.from_generated_id()) {
        drop(request);
        continue;
      }
      switch (request.send(back.handle())) {
        case message_parts::result::sent:
          count(requests);
          break;
        case message_parts::result::full:
          held = true;
          return n > 0;
        default:
          drop(request);
      }
    }
    return true;
  }

  /// @returns whether there were any.
  bool pass_replies() noexcept {
    for (auto n = 0; n < turn; ++n) {
      if (!reply.receive(back.handle()))
        return n > 0;
      if (can_pass(reply)
          && reply.send(front.handle()) == message_parts::result::sent)
        count(replies);
      else
        drop(reply);
    }
    return true;
  }

  /// Waits for something to do.
  /// @returns false if ZeroMQ refuses to.
  bool sleep() noexcept {
    auto back_events = static_cast<short>(held ? ZMQ_POLLIN | ZMQ_POLLOUT
                                               : ZMQ_POLLIN);
    zmq_pollitem_t items[] = {
      {nullptr, wake.fd(), ZMQ_POLLIN, 0},
      {back.handle(), 0, back_events, 0},
      {front.handle(), 0, ZMQ_POLLIN, 0}, // unless a message waits for room
    };
    wake.arm();
    auto found = stopped ? 0 : zmq_poll(items, held ? 2 : 3, -1);
    wake.disarm((items[0].revents & ZMQ_POLLIN) != 0);
    return found >= 0 || errno == EINTR;
  }

  device_spec spec;
  std::shared_ptr<socket_context> context;
  zmq_socket front;
  zmq_socket back;
  message_parts request;
  message_parts reply;

  /// The last request found nobody with room at the back, and is still here.
  bool held = false;

  wakeup wake;
  std::atomic<bool> stopped{false};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> replies{0};
  std::atomic<std::uint64_t> dropped{0};
  std::thread thread;
};

caf::expected<std::unique_ptr<device>> device::start(device_spec spec) {
  if (spec.max_frames < 2)
    return make_error(ec::bad_config,
                      "a device passes messages of two frames at least");
  auto pimpl = std::make_unique<impl>(std::move(spec));
  if (auto err = pimpl->start())
    return err;
  return std::unique_ptr<device>{new device{std::move(pimpl)}};
}

device::device(std::unique_ptr<impl> pimpl) noexcept
  : pimpl_(std::move(pimpl)) {
  // nop
}

device::~device() = default;

const std::string& device::front() const noexcept {
  return pimpl_->spec.front;
}

const std::string& device::back() const noexcept {
  return pimpl_->spec.back;
}

device_counters device::counters() const noexcept {
  auto read = [](const std::atomic<std::uint64_t>& x) {
    return x.load(std::memory_order_relaxed);
  };
  return {read(pimpl_->requests), read(pimpl_->replies), read(pimpl_->dropped)};
}

} // namespace troupe
