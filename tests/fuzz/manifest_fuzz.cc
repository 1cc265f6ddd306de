// Manifests, ranges and versions are foreign bytes: whatever they are, the answer is a value or a problem in words.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "manifest/manifest.h"

using namespace tenon::manifest;

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

bool is_shown_safely(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
    return true;
}

void read_manifest(std::string_view text) {
    const Parsed parsed = parse_manifest(text, "plugin.toml");
    check(parsed.manifest.has_value() == parsed.problems.empty());
    for (const tenon::base::Problem& problem : parsed.problems)
        check(!problem.id.empty() && !problem.fix.empty() && is_shown_safely(problem.text));
    if (parsed.manifest) check(is_id(parsed.manifest->id));
}

void read_range_and_version(std::string_view text) {
    const auto range = Range::parse(text);
    const auto version = Version::parse(text);
    if (range.ok()) check(range.value().text() == text);
    if (!version.ok()) return;
    // A version is written as it was read, and as a range it admits itself.
    check(to_string(version.value()) == text);
    check(Version::parse(to_string(version.value())).value() == version.value());
    check(range.ok() && range.value().admits(version.value()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read_manifest(text);
    read_range_and_version(text);
    return 0;
}
