// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Numbers that both sides of a conversation rely on, with their units.
namespace troupe::limits {

/// Version of the protocol. Peers compare it at hello.
inline constexpr std::uint16_t protocol_version = 2;

/// File identifier of every envelope.
inline constexpr const char* file_identifier = "TRP1";

/// Arrays and strings of more bytes travel as frames of their own.
inline constexpr std::size_t inline_bytes = 1024;

/// Most tasks or results in one message: so many that what a message costs the
/// kernel does not matter (decision 0006).
inline constexpr std::size_t batch_tasks = 512;

/// A batch is closed when its arena holds this many bytes, or when its frames
/// together do.
inline constexpr std::size_t batch_arena_bytes = std::size_t{256} << 10;
inline constexpr std::size_t batch_frame_bytes = std::size_t{8} << 20;

/// Most tasks and engines that one task may refer to, and what each takes of a
/// client's credit, in bytes.
inline constexpr std::size_t task_references = std::size_t{1} << 20;
inline constexpr std::size_t reference_bytes = 32;

/// How often a task may be rejected by engines.
inline constexpr std::uint32_t task_rejections = 100;

/// Tasks of a client, the latest ones, that later tasks may depend on.
inline constexpr std::uint32_t history = 65536;

/// Most payload frames of one message.
inline constexpr std::size_t batch_frames = 1024;

/// Largest frame on the task lane and on the control lane.
inline constexpr std::size_t task_frame_bytes = std::size_t{1} << 30;
inline constexpr std::size_t control_frame_bytes = std::size_t{1} << 20;

/// Credit of a client: tasks and argument bytes submitted and not reported.
inline constexpr std::uint32_t client_tasks = 32768;
inline constexpr std::uint64_t client_bytes = std::uint64_t{64} << 20;

/// Argument bytes that one engine may have outstanding. One task may exceed
/// it when the engine has nothing else.
inline constexpr std::uint64_t engine_bytes = std::uint64_t{32} << 20;

/// Direct calls that one engine may have outstanding.
inline constexpr std::uint32_t direct_window = 1024;

/// Most tasks outstanding per engine with `hwm=auto`: a few messages.
inline constexpr std::uint32_t max_auto_hwm = 2048;

/// Most engines and clients of one controller.
inline constexpr std::size_t max_engines = 4096;
inline constexpr std::size_t max_clients = 4096;

/// Time between two heartbeats, and silent periods that a peer survives.
inline constexpr auto heartbeat = std::chrono::milliseconds{1000};
inline constexpr std::uint32_t max_misses = 4;

/// How long clients and the controller look for more before they sleep, while
/// that pays: twice the way of a tiny task there and back.
inline constexpr auto spin_time = std::chrono::microseconds{200};

} // namespace troupe::limits
