// SPDX-License-Identifier: BSL-1.0
//
// Usage: fuzz_seeds <folder>
//
// Writes honest messages for the fuzzer to begin with, one folder per decoder.

#include "bridge/messages/shop.hpp"
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
}
