// SPDX-License-Identifier: BSL-1.0
// What bridges send each other.

#include "fuzz/input.hpp"
#include <troupe/lanes/lane_header.hpp>
#include <troupe/link/credit_window.hpp>
#include <troupe/link/link_reader.hpp>
#include <troupe/link/link_writer.hpp>
#include <troupe/link/shared_frames.hpp>
#include <troupe/request_envelope.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace troupe::fuzz {

namespace {

/// Reads wire messages of one peer, as a socket does.
class link_end {
public:
  /// @returns whether it could be read.
  bool read(multipart wire) {
    auto view = link_view::make(std::move(wire), {16, 4096});
    if (!view)
      return false;
    auto& fields = view->fields();
    account_.arrived(fields.epoch);
    window_.granted(fields.credit);
    if (fields.chunk)
      return !assembler_.add(fields.chunk, view->chunk());
    auto announced = view->messages();
    auto before = messages.size();
    auto size = view->unpack(&assembler_, messages);
    if (!size)
      return false;
    require(messages.size() == before + announced, "as many as it says");
    auto sum = std::size_t{0};
    for (auto i = before; i < messages.size(); ++i)
      sum += check(messages[i]);
    require(sum == *size, "the size is the sum of all frames");
    return true;
  }

  ~link_end() {
    assembler_.reset();
    require(budget_.used == 0, "all memory is given back");
  }

  std::vector<multipart> messages;

private:
  std::size_t check(const multipart& x) {
    require(!x.frames.empty() && x.frames.size() <= 16, "frames are bounded");
    require(x.size_bytes() <= 8192, "bytes are bounded");
    for (auto& frame : x.frames)
      touch(frame.bytes());
    return x.size_bytes();
  }

  chunk_budget budget_{4096};
  chunk_assembler assembler_{{4096, 4096, 256}, budget_};
  credit_account account_{initial_credit};
  credit_window window_{1};
};

/// Adds `xs` to a message as sockets of one process do.
void share(std::vector<buffer> xs, frame_list& into) {
  auto before = into.size();
  auto count = xs.size();
  auto reference = shared_frames::lend(std::move(xs));
  into.push_back(buffer::copy_of(reference.bytes()));
  require(!shared_frames::unfold(into), "a copy is no reference");
  into.back() = std::move(reference);
  require(shared_frames::unfold(into), "a reference is one");
  require(into.size() == before + count, "it stands for all frames");
}

} // namespace

void read_lane_header(bytes all) {
  auto x = troupe::read_lane_header(buffer::copy_of(all));
  if (!x)
    return;
  auto again = troupe::read_lane_header(pack(*x));
  require(bool{again}, "what is written can be read");
  auto numbered = x->word != lane_word::message; // the only one without
  require(again->word == x->word && again->number == (numbered ? x->number : 0),
          "reading what is written gives the same");
}

void read_request(bytes all) {
  input in{all};
  multipart request;
  while (!in.empty())
    request.frames.push_back(buffer::copy_of(in.take(in.byte())));
  auto payload = payload_of(request);
  require(payload.size() <= request.frames.size(), "payload is a part");
  for (auto& frame : payload)
    touch(frame.bytes());
  auto reply = reply_to(request, buffer::copy_of("yes"));
  auto answer = payload_of(reply);
  require(answer.size() == 1 && answer[0].text() == "yes",
          "the answer is behind the same envelope");
}

void read_link(bytes all) {
  input in{all};
  link_end end;
  while (!in.empty()) {
    auto kind = in.byte();
    auto more = kind % 4;
    multipart wire;
    wire.frames.push_back(buffer::copy_of(in.take(in.word())));
    std::vector<buffer> large;
    for (auto i = std::size_t{0}; i < more; ++i)
      large.push_back(buffer::copy_of(in.take(in.byte())));
    if (kind % 8 < 4)
      std::move(large.begin(), large.end(), std::back_inserter(wire.frames));
    else
      share(std::move(large), wire.frames);
    require(!shared_frames::unfold(wire.frames), "others make no references");
    end.read(std::move(wire));
  }
}

void write_link(bytes all) {
  input in{all};
  arena_pool pool;
  link_writer::config config;
  config.max_inline = in.byte();
  config.epoch = static_cast<std::uint32_t>(in.byte());
  config.chunk_size = config.epoch == 0 ? 0 : 16 + in.byte();
  config.shares = config.epoch == 2;
  if (config.shares)
    config.chunk_size = 0; // within a process, frames stay whole
  bundle_rules rules{link_layout{config.epoch != 0}, config.max_inline, 16};
  link_writer writer{pool, config};
  link_writer::output wire;
  std::vector<multipart> written;
  while (!in.empty()) {
    auto kind = in.byte();
    auto& message = written.emplace_back();
    for (auto i = std::size_t{0}; i < 1 + kind % 16; ++i)
      message.frames.push_back(buffer::copy_of(in.take(in.byte())));
    auto copy = message;
    if (kind >= 0x80 && rules.allow(message)) {
      message_bundle bundle{rules.layout};
      bundle.copy(message, pool);
      writer.add(bundle, wire);
    } else {
      writer.add(copy, wire);
    }
    if (in.byte() == 0)
      writer.flush(wire);
  }
  writer.flush(wire);
  link_end end;
  for (auto& message : wire)
    require(end.read(std::move(message.frames)), "what is written is read");
  require(end.messages.size() == written.size(), "all messages arrive");
  for (auto i = std::size_t{0}; i < written.size(); ++i) {
    auto& sent = written[i].frames;
    auto& got = end.messages[i].frames;
    require(sent.size() == got.size(), "all frames arrive");
    for (auto k = std::size_t{0}; k < sent.size(); ++k)
      require(sent[k].text() == got[k].text(), "all bytes arrive");
  }
}

} // namespace troupe::fuzz
