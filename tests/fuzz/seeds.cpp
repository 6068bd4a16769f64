// SPDX-License-Identifier: BSL-1.0
//
// Usage: fuzz_seeds <folder>
//
// Writes honest messages for the fuzzer to begin with, one folder per decoder.

#include "bridge/messages/shop.hpp"
#include "fuzz/seed_writer.hpp"
#include <troupe/lanes/lane_header.hpp>
#include <troupe/link/link_writer.hpp>
#include <troupe/typed_messages.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

using namespace troupe;
using troupe::fuzz::seed_writer;

namespace {

void write_texts(seed_writer& to) {
  for (auto text : {"always", "never", "1024", "64k", "1M", "2g"})
    to.write("copy_policy", text);
  for (auto text :
       {"tcp://127.0.0.1:5555", "tcp://*:*", "tcp://[::1]:80",
        "ipc:///run/user/0/x.sock", "inproc://x", "tcp://localhost:65536"})
    to.write("endpoint", text);
  to.write("resources", "fast,gpu-node\ngpu=1,mem=4G");
  to.write("signature", "(f64, [string], (i32, bool)) -> [f64]");
  to.write("task_id", "3/17");
}

void write_tables(seed_writer& to) {
  flatbuffers::FlatBufferBuilder builder;
  auto cancel = pack(builder, shop::CreateCancel(builder, 1));
  to.write("typed_messages", cancel.frames.front().text());
  auto notes = builder.CreateVectorOfStrings({"red", "urgent"});
  auto part = shop::CreateLine(builder, builder.CreateString("wheel"));
  auto parts = builder.CreateVector(&part, 1);
  auto line = shop::CreateLine(builder, 0, notes, parts);
  auto lines = builder.CreateVector(&line, 1);
  auto price = shop::Price{4711, 978};
  auto prices = builder.CreateVectorOfStructs(&price, 1);
  auto weights = builder.CreateVector(std::vector<double>{1, 2});
  auto name = builder.CreateString("bicycle");
  auto root = shop::CreateOrder(builder, shop::Side::Sell, 42, name, lines,
                                weights, prices);
  to.write("typed_messages", pack(builder, root).frames.front().text());
}

/// Wire messages in the form of `read_link`.
std::string wire_text(const link_writer::output& messages) {
  std::string result;
  for (auto& message : messages) {
    auto& frames = message.frames.frames;
    auto size = frames.front().size();
    result += static_cast<char>(frames.size() - 1);
    result += static_cast<char>(size % 256);
    result += static_cast<char>(size / 256);
    result += frames.front().text();
    for (auto i = std::size_t{1}; i < frames.size(); ++i) {
      result += static_cast<char>(frames[i].size());
      result += frames[i].text();
    }
  }
  return result;
}

void write_lanes(seed_writer& to) {
  for (auto word = 0; word < 8; ++word) {
    lane_header header;
    header.word = static_cast<lane_word>(word);
    header.link = {1, 2};
    header.number = 3;
    header.text = "text";
    to.write("lane_header", pack(header).text());
  }
  to.write("request", {"\4back\0\5hello", 12});
}

void write_links(seed_writer& to) {
  for (auto epoch : {0u, 1u}) {
    arena_pool pool;
    link_writer writer{
      pool, {.max_inline = 8, .chunk_size = epoch * 16, .epoch = epoch}};
    link_writer::output out;
    for (auto size : {1, 9, 33, 3}) {
      multipart message;
      message.frames.push_back(buffer::copy_of("head"));
      message.frames.push_back(buffer::copy_of(std::string(size, 'x')));
      writer.add(message, out);
    }
    if (epoch != 0)
      writer.grant({epoch, 2000, 3'000'000});
    writer.flush(out);
    to.write("link", wire_text(out));
  }
  to.write("write_link", "\x08\x01\x10"
                         "\x02\x01x\x09xxxxxxxxx\x01\x01\x20"
                         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
}

void write_security(seed_writer& to) {
  // The key pair of ZeroMQ's manual.
  auto public_key = std::string{"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"};
  auto secret_key = std::string{"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"};
  to.write("keys", "# keys\npublic = " + public_key + "\nsecret = " + secret_key
                     + "\n");
  to.write("access_list", "# who\n" + public_key + " engine e-1\n\n"
                            + secret_key + " client c 1\n");
  to.write("access_list", public_key + " engine e-1\n");
  to.write("user_id", "engine e-1");
  auto fixed = std::string{"\3"
                           "1.0"
                           "\1"
                           "1"
                           "\1"
                           "d"
                           "\4"
                           "host"
                           "\0",
                           14};
  to.write("zap_question", fixed
                             + "\5"
                               "PLAIN"
                               "\1"
                               "u"
                               "\1"
                               "u");
  to.write("zap_question", fixed
                             + "\5"
                               "CURVE"
                               "\x20"
                             + std::string(32, 'k'));
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s <folder>\n", argv[0]);
    return 2;
  }
  seed_writer to{argv[1]};
  write_texts(to);
  fuzz::write_message_seeds(to);
  fuzz::write_argument_seeds(to);
  write_tables(to);
  write_lanes(to);
  write_links(to);
  write_security(to);
}
