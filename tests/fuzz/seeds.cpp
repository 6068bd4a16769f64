// SPDX-License-Identifier: BSL-1.0
//
// Usage: fuzz_seeds <folder>
//
// Writes honest messages for the fuzzer to begin with, one folder per decoder.

#include "bridge/messages/shop.hpp"
#include <troupe/lanes/lane_header.hpp>
#include <troupe/link/link_writer.hpp>
#include <troupe/protocol/pack.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

using namespace troupe;

namespace {

class seed_writer {
public:
  explicit seed_writer(std::filesystem::path folder)
    : folder_(std::move(folder)) {
    // nop
  }

  void write(const char* decoder, std::string_view bytes) {
    auto to = folder_ / decoder;
    std::filesystem::create_directories(to);
    std::ofstream file{to / ("seed-" + std::to_string(++count_)),
                       std::ios::binary};
    file << bytes;
  }

  /// A message with its number of payload frames in front.
  void write(const multipart& x) {
    write("message", std::string(1, static_cast<char>(x.frames.size() - 1))
                       + std::string{x.frames.front().text()});
  }

  void write(buffer envelope) {
    multipart message;
    message.frames.push_back(std::move(envelope));
    write(message);
  }

private:
  std::filesystem::path folder_;
  int count_ = 0;
};

void write_texts(seed_writer& to) {
  for (auto text : {"always", "never", "1024", "64k", "1M", "2g"})
    to.write("copy_policy", text);
  for (auto text :
       {"tcp://127.0.0.1:5555", "tcp://*:*", "tcp://[::1]:80",
        "ipc:///run/user/0/x.sock", "inproc://x", "tcp://localhost:65536"})
    to.write("endpoint", text);
}

void write_registry(seed_writer& to) {
  auto functions = std::vector<function_description>{
    {function_id{1}, 2, "square", "(f64) -> f64"},
    {function_id{3}, 4, "norm", "(array) -> f64"}};
  hello_message hello;
  hello.name = "engine-1";
  hello.host = "node";
  hello.functions = functions;
  to.write(pack_hello(hello));
  to.write(pack_welcome({1, "engine-1", 2, 1000, 3}));
  to.write(pack_refusal(wire::RefusalCode::NameTaken, "taken"));
  to.write(pack_ready());
  to.write(pack_goodbye("bye"));
  to.write(pack_ping(1));
  to.write(pack_pong(1, 2, 3));
  to.write(pack_status_query(true));
  status_message status;
  status.engines.push_back({engine_id{1}, "engine-1", 2, 3, 4, 5, 6, true});
  status.functions = functions;
  to.write(pack_status(status));
  to.write(pack_shutdown("stop"));
  to.write(pack_join(7));
  to.write(pack_credit(8, 9));
}

void write_batches(seed_writer& to) {
  std::vector<std::byte> broken;
  pack_failure({"std::runtime_error", "it broke"}, broken);
  to.write("failure",
           {reinterpret_cast<const char*>(broken.data()), broken.size()});
  auto frame = buffer::copy_of("frame");
  for (auto kind : {batch_kind::submit, batch_kind::dispatch}) {
    task_batch_builder tasks{kind};
    tasks.add({}, broken, {&frame, 1});
    tasks.add({}, broken, {});
    to.write(tasks.finish({}));
  }
  result_batch_builder results{batch_kind::results};
  results.add({}, broken, {&frame, 1});
  results.add({}, {}, {});
  to.write(results.finish({}));
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
  write_registry(to);
  write_batches(to);
  write_tables(to);
  write_lanes(to);
  write_links(to);
  write_security(to);
}
