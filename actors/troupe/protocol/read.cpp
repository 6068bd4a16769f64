// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/read.hpp"

#include "troupe/protocol/batch_ranges.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace troupe {

namespace {

/// Limits of the verifier. No message holds a vector of tables or strings, so
/// the time to verify does not depend on the size; the socket bounds that.
constexpr auto envelope_limits =
  verify_limits{.max_size = limits::task_frame_bytes,
                .max_depth = 8,
                .max_tables = 16};

std::string read_text(const flatbuffers::String* text) {
  return text != nullptr ? text->str() : std::string{};
}

std::string_view read_names(const flatbuffers::Vector<std::uint8_t>* names) {
  if (names == nullptr)
    return {};
  return {reinterpret_cast<const char*>(names->Data()), names->size()};
}

/// Hands out parts of `names`: as many bytes as there are, so that a small
/// message whose entries all name the same bytes cannot grow when copied.
class name_reader {
public:
  explicit name_reader(std::string_view names)
    : names_(names), left_(names.size()) {
    // nop
  }

  /// Stores a part of the names in `result`. Returns whether it exists.
  bool read(std::size_t offset, std::size_t size, std::string& result) {
    if (!within(offset, size, names_.size()) || size > left_)
      return false;
    left_ -= size;
    result = names_.substr(offset, size);
    return true;
  }

private:
  std::string_view names_;
  std::size_t left_;
};

caf::error bad_range(const char* text) {
  return troupe::make_error(ec::bad_range, text);
}

template <class Entry>
caf::expected<batch_view<Entry>>
read_batch(const flatbuffers::Vector<const Entry*>* entries,
           const flatbuffers::Vector<std::uint8_t>* arena,
           std::span<const buffer> payload) {
  auto list = struct_span(entries);
  if (!list)
    return std::move(list.error());
  batch_view<Entry> result{*list, {}, payload};
  if (arena != nullptr)
    result.arena = std::as_bytes(std::span{arena->Data(), arena->size()});
  if (auto err = check_ranges(result))
    return err;
  return result;
}

caf::error check_demands(const demand_view& x, std::size_t tasks) {
  auto next = std::size_t{0};
  for (auto& demand : x.demands) {
    if (demand.task() < next || demand.task() >= tasks)
      return bad_range("demands of no task");
    next = std::size_t{demand.task()} + 1;
    auto count = std::size_t{demand.after()} + demand.follow()
                 + demand.targets();
    if (count > limits::task_references
        || !within(demand.first(), count, x.references.size()))
      return bad_range("references out of bounds");
    if (demand.needs() > max_resources
        || !within(demand.first_need(), demand.needs(), x.all_needs.size()))
      return bad_range("needs out of bounds");
  }
  for (auto& need : x.all_needs)
    if (need.size() > max_resource_name
        || !within(need.offset(), need.size(), x.names.size()))
      return bad_range("name of a need out of bounds");
  return caf::none;
}

/// Cuts a text with a 32-bit length off the front of `bytes`.
bool read_counted(std::span<const std::byte>& bytes, std::string& result) {
  if (bytes.size() < sizeof(std::uint32_t))
    return false;
  std::uint32_t size = 0; // not aligned
  std::memcpy(&size, bytes.data(), sizeof(size));
  size = flatbuffers::EndianScalar(size);
  bytes = bytes.subspan(sizeof(std::uint32_t));
  if (size > bytes.size())
    return false;
  result.assign(reinterpret_cast<const char*>(bytes.data()), size);
  bytes = bytes.subspan(size);
  return true;
}

} // namespace

// -- any message --------------------------------------------------------------

message_view::message_view(routing_id peer,
                           envelope_view<wire::Envelope> envelope,
                           frame_list frames)
  : peer_(std::move(peer)),
    envelope_(std::move(envelope)),
    frames_(std::make_move_iterator(frames.begin()),
            std::make_move_iterator(frames.end())) {
  // nop
}

caf::expected<message_view> message_view::make(multipart message) {
  if (message.frames.empty())
    return troupe::make_error(ec::bad_frames, "no envelope");
  auto envelope = envelope_view<wire::Envelope>::make(
    message.frames.front(), limits::file_identifier, envelope_limits);
  if (!envelope)
    return std::move(envelope.error());
  return message_view{std::move(message.peer), std::move(*envelope),
                      std::move(message.frames)};
}

// -- tasks --------------------------------------------------------------------

caf::expected<task_batch_view> read_tasks(const message_view& message) {
  if (auto submit = message.get<wire::Submit>())
    return read_batch(submit->tasks(), submit->arena(), message.payload());
  if (auto dispatch = message.get<wire::Dispatch>())
    return read_batch(dispatch->tasks(), dispatch->arena(), message.payload());
  return troupe::make_error(ec::unexpected_message, "no batch of tasks");
}

caf::expected<demand_view> read_demands(const message_view& message,
                                        const task_batch_view& tasks) {
  demand_view result;
  auto submit = message.get<wire::Submit>();
  if (submit == nullptr || submit->demands() == nullptr)
    return result;
  auto demands = struct_span(submit->demands());
  if (!demands)
    return std::move(demands.error());
  result.demands = *demands;
  if (submit->references() != nullptr) {
    auto references = struct_span(submit->references());
    if (!references)
      return std::move(references.error());
    result.references = *references;
  }
  if (submit->needs() != nullptr) {
    auto needs = struct_span(submit->needs());
    if (!needs)
      return std::move(needs.error());
    result.all_needs = *needs;
    result.names = read_names(submit->names());
  }
  if (auto err = check_demands(result, tasks.entries.size()))
    return err;
  return result;
}

caf::expected<resources> demand_view::needs(const wire::Demand& x) const {
  resources result;
  for (auto& need : all_needs.subspan(x.first_need(), x.needs())) {
    std::string name{names.substr(need.offset(), need.size())};
    if (need.amount() == 0)
      result.tags.push_back(std::move(name));
    else
      result.slots.push_back({std::move(name), need.amount()});
  }
  return tidy(std::move(result));
}

caf::expected<std::span<const wire::RunLimit>>
read_limits(const message_view& message) {
  auto dispatch = message.get<wire::Dispatch>();
  if (dispatch == nullptr || dispatch->limits() == nullptr)
    return std::span<const wire::RunLimit>{};
  return struct_span(dispatch->limits());
}

caf::expected<result_batch_view> read_results(const message_view& message) {
  if (auto results = message.get<wire::Results>())
    return read_batch(results->results(), results->arena(), message.payload());
  return troupe::make_error(ec::unexpected_message, "no batch of results");
}

failure read_failure(std::span<const std::byte> bytes) {
  failure result;
  if (read_counted(bytes, result.type) && read_counted(bytes, result.message)
      && bytes.empty())
    return result;
  return {"", "the description of the failure is broken"};
}

rejection read_rejection(std::span<const std::byte> bytes) {
  constexpr auto longest = std::uint64_t{1} << 40;
  auto wait = std::uint64_t{0}; // not aligned
  if (bytes.size() < sizeof(wait))
    return {{}, read_failure({})};
  std::memcpy(&wait, bytes.data(), sizeof(wait));
  wait = std::min(flatbuffers::EndianScalar(wait), longest);
  return {std::chrono::milliseconds{wait},
          read_failure(bytes.subspan(sizeof(wait)))};
}

// -- registry, status ---------------------------------------------------------

caf::expected<std::vector<function_description>>
read_functions(const wire::Functions* xs) {
  std::vector<function_description> result;
  if (xs == nullptr)
    return result;
  auto entries = struct_span(xs->entries());
  if (!entries)
    return std::move(entries.error());
  name_reader names{read_names(xs->names())};
  result.reserve(entries->size());
  for (auto& entry : *entries) {
    auto& x = result.emplace_back();
    x.id = function_id{entry.id()};
    x.signature = entry.signature();
    auto behind = std::size_t{entry.offset()} + entry.name_size();
    if (!names.read(entry.offset(), entry.name_size(), x.name)
        || !names.read(behind, entry.signature_size(), x.signature_text))
      return bad_range("name of a function out of bounds");
  }
  return result;
}

caf::expected<hello_message> read_hello(const wire::Hello& x) {
  if (x.role() > wire::Role::MAX)
    return troupe::make_error(ec::unexpected_message, "unknown role");
  auto functions = read_functions(x.functions());
  if (!functions)
    return std::move(functions.error());
  hello_message result;
  result.version = x.version();
  result.role = x.role();
  result.name = read_text(x.name());
  result.incarnation = x.incarnation();
  result.pid = x.pid();
  result.host = read_text(x.host());
  result.functions = std::move(*functions);
  auto means = parse_resources(read_text(x.tags()), read_text(x.slots()));
  if (!means)
    return std::move(means.error());
  result.means = std::move(*means);
  return result;
}

welcome_message read_welcome(const wire::Welcome& x) {
  return {x.id(), read_text(x.name()), x.token(), x.period_ms(),
          x.max_misses()};
}

caf::expected<status_message> read_status(const wire::Status& x) {
  auto entries = struct_span(x.engines());
  if (!entries)
    return std::move(entries.error());
  auto functions = read_functions(x.functions());
  if (!functions)
    return std::move(functions.error());
  status_message result;
  name_reader names{read_names(x.names())};
  for (auto& entry : *entries) {
    auto& engine = result.engines.emplace_back();
    if (!names.read(entry.offset(), entry.name_size(), engine.name))
      return bad_range("name of an engine out of bounds");
    auto behind = std::size_t{entry.offset()} + entry.name_size();
    std::string tags;
    std::string slots;
    if (!names.read(behind, entry.tags_size(), tags)
        || !names.read(behind + entry.tags_size(), entry.slots_size(), slots))
      return bad_range("means of an engine out of bounds");
    auto means = parse_resources(tags, slots);
    if (!means)
      return std::move(means.error());
    engine.means = std::move(*means);
    engine.id = engine_id{entry.id()};
    engine.pid = entry.pid();
    engine.load = entry.load();
    engine.silent_ms = entry.silent_ms();
    engine.done = entry.done();
    engine.failed = entry.failed();
    engine.ready = entry.state() == 1;
  }
  result.functions = std::move(*functions);
  result.queued = x.queued();
  result.accepted = x.accepted();
  result.reported = x.reported();
  result.redispatched = x.redispatched();
  result.lost = x.lost();
  result.dropped = x.dropped();
  result.clients = x.clients();
  result.uptime_ms = x.uptime_ms();
  result.frames_copied = x.frames_copied();
  result.frames_lent = x.frames_lent();
  result.bytes_copied = x.bytes_copied();
  result.bytes_lent = x.bytes_lent();
  result.scheme = read_text(x.scheme());
  return result;
}

} // namespace troupe
