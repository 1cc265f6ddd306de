// The kinds of requests that the application serves: what they need, and how large they may be.
#pragma once

#include <tenon/request.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "host/deputy_answer.h"

namespace tenon::host {

struct ProvidedKind {
    std::uint32_t number;
    std::string_view constant;    // what the application registers a provider for
    std::string_view permission;  // with ":" at its end the subject follows
    std::uint64_t most_input, most_output;
    bool wants_answer, may_be_file;
};

// `number` is one of them.
const ProvidedKind& kind_of(std::uint32_t number);

bool is_clipboard(std::uint32_t kind);

// "clipboard:read", "model:small".
std::string permission_of(const tenon_request& request);

// What of a request an application should not have to look at itself: sizes and UTF-8, with `is_text` also of its
// input. `named` are its names. Problems: "broker.too-large", "broker.bad-request".
base::Check check_provided(const tenon_request& request, const NamedTexts& named, bool is_text);

}  // namespace tenon::host
