// The rules for the texts of a manifest.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "manifest/diagnostics.h"
#include "manifest/tree.h"

namespace tenon::manifest {

// What a text may be. Neither kind has control characters: texts are shown in terminals and lists.
struct TextRule {
    std::size_t longest;  // bytes; at least one is wanted
    bool lines;           // line ends and tabs are allowed
};
inline constexpr TextRule one_line{128, false};
inline constexpr TextRule prose{4096, true};

// "has the control character 0x1b"; empty if the text has none.
std::string control_fault(std::string_view text);

// Each says what is wrong ("manifest.bad-text", "manifest.bad-id", "manifest.bad-hook", "manifest.too-many"); true if
// nothing is.
bool check_text(const Value& string, std::string_view path, const TextRule& rule, Diagnostics& out);
bool check_id(std::string_view id, Location at, std::string_view path, Diagnostics& out);
bool check_hook_name(const Value& string, std::string_view path, Diagnostics& out);
bool check_id(const Value& string, std::string_view path, Diagnostics& out);
// An id, and perhaps a revision: "org.acme.tax/1".
bool check_service_id(const Value& string, std::string_view path, Diagnostics& out);
// A plugin's id, or one handler of it: "org.acme.other#render".
bool check_handler(const Value& string, std::string_view path, Diagnostics& out);
// A struct of a contract: "org.acme.counter.types/counter_state".
bool check_described_struct(const Value& string, std::string_view path, Diagnostics& out);
bool check_count(std::size_t count, std::size_t most, Location at, std::string_view path, Diagnostics& out);

}  // namespace tenon::manifest
