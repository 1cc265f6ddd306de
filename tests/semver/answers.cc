#include "tests/semver/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>

#include "manifest/range.h"
#include "manifest/version.h"

namespace semver {
namespace {

using tenon::manifest::Range;
using tenon::manifest::Version;

template <class T>
std::optional<T> parse(const std::string& text) {
    const std::unique_ptr<char[]> exact(new char[text.size()]);
    std::copy(text.begin(), text.end(), exact.get());
    auto parsed = T::parse({exact.get(), text.size()});
    if (!parsed.ok()) return std::nullopt;
    return parsed.take();
}

std::string compared(const Version& left, const Version& right) {
    const std::strong_ordering order = left <=> right;
    return order < 0 ? "<" : order > 0 ? ">" : "=";
}

std::string sorted(const std::vector<Version>& versions) {
    std::vector<std::size_t> places(versions.size());
    std::iota(places.begin(), places.end(), 0);
    std::sort(places.begin(), places.end(), [&](std::size_t left, std::size_t right) {
        const std::strong_ordering order = versions[left] <=> versions[right];
        return order != 0 ? order < 0 : left < right;
    });
    return fmt::format("{}", fmt::join(places, " "));
}

}  // namespace

std::string answer(const Input& input) {
    const bool has_range = input.kind == Kind::range || input.kind == Kind::satisfies;
    const auto range = parse<Range>(has_range ? input.fields.front() : "");
    if (!range) return "refused";
    std::vector<Version> versions;
    for (std::size_t i = has_range ? 1 : 0; i < input.fields.size(); ++i) {
        auto version = parse<Version>(input.fields[i]);
        if (!version) return "refused";
        versions.push_back(std::move(*version));
    }
    switch (input.kind) {
        case Kind::version:
            return to_string(versions[0]);
        case Kind::compare:
            return compared(versions[0], versions[1]);
        case Kind::sort:
            return sorted(versions);
        case Kind::range:
            return "taken";
        case Kind::satisfies:
            return range->admits(versions[0]) ? "yes" : "no";
    }
    return "";
}

}  // namespace semver
