#include "manifest/schema_pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <utility>

#include "manifest/schema_words.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

// Bytes for the program and its states, for each expression.
constexpr std::int64_t most_memory = 256 * 1024;
// Instructions that RE2 follows for one byte of text in the time of a step.
constexpr std::uint64_t instructions_per_step = 4;

base::Problem refusal(const std::string& expression, std::string_view why) {
    return {"manifest.bad-pattern", fmt::format("{} is not a pattern: {}", in_quotes(expression), printable(why, 200)),
            "write a regular expression of RE2 (https://github.com/google/re2/wiki/Syntax)"};
}

}  // namespace

base::Result<SchemaPattern> SchemaPattern::compile(const std::string& expression) {
    if (expression.size() > max_pattern_size)
        return refusal(expression,
                       fmt::format("it has {} bytes, {} are the most", expression.size(), max_pattern_size));
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(most_memory);
    options.set_never_capture(true);
    auto compiled = std::make_shared<const re2::RE2>(expression, options);
    if (!compiled->ok()) return refusal(expression, compiled->error());
    return SchemaPattern(std::move(compiled));
}

bool SchemaPattern::matches(std::string_view text) const {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression_);
}

std::uint64_t SchemaPattern::cost(std::string_view text) const {
    const auto instructions = static_cast<std::uint64_t>(expression_->ProgramSize());
    return 1 + text.size() * instructions / instructions_per_step;
}

const std::string& SchemaPattern::text() const {
    return expression_->pattern();
}

}  // namespace tenon::manifest
