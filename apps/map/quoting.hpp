// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

namespace troupe::apps {

/// Returns `text` as one word of a POSIX shell, whatever it contains.
std::string shell_quote(std::string_view text);

/// Whether a command that is given as one word is meant for a shell: it has
/// white space or characters with a meaning there.
bool needs_shell(std::string_view command);

/// Returns `text` on one line, for messages: control characters become `\n`,
/// `\t` or `\x1b`, and what exceeds `limit` bytes becomes `...`. UTF-8 stays.
std::string printable(std::string_view text, std::size_t limit = 80);

} // namespace troupe::apps
