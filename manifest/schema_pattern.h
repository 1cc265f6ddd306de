// Regular expressions of a schema. The only place that knows RE2, whose time is linear in the text: an expression from
// a foreign file can neither hang nor overflow the stack.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace tenon::manifest {

// The most bytes of an expression.
inline constexpr std::size_t max_pattern_size = 512;

// Immutable and shared by its copies; any thread.
class SchemaPattern {
public:
    // Problem: "manifest.bad-pattern"; its text has no place.
    static base::Result<SchemaPattern> compile(const std::string& expression);

    // Whether it matches somewhere in the text, which is UTF-8.
    bool matches(std::string_view text) const;

    // The steps that looking for it in a text takes at most.
    std::uint64_t cost(std::string_view text) const;

    const std::string& text() const;

private:
    explicit SchemaPattern(std::shared_ptr<const re2::RE2> expression) : expression_(std::move(expression)) {}

    std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace tenon::manifest
