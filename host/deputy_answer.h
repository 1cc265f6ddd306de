// What the parts of the deputy share: answers, and lists of names with values.
#pragma once

#include <tenon/request.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "host/confinement.h"
#include "host/text.h"
#include "sandbox/broker/rate.h"
#include "sandbox/broker/reach.h"

namespace tenon::host {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// Problem: "broker.too-often".
base::Check pay(sandbox::broker::Bucket& bucket, std::uint64_t amount, std::string_view what);

std::vector<sandbox::broker::NetworkRule> network_rules_of(const Granted& granted);

inline tenon_answer new_answer() noexcept {
    tenon_answer answer{};
    answer.struct_size = sizeof answer;
    answer.descriptor = -1;
    return answer;
}

inline std::string text_of(tenon_str text) {
    return std::string(view_of(text));
}
inline std::string_view view_of(const tenon_bytes& bytes) noexcept {
    return {bytes.data != nullptr ? static_cast<const char*>(bytes.data) : "",
            bytes.data != nullptr ? static_cast<std::size_t>(bytes.size) : 0};
}

inline NamedTexts named_of(const tenon_span& span) {
    NamedTexts all;
    tenon_named one{};
    for (std::uint64_t i = 0; tenon_span_get(&span, i, &one, sizeof one); ++i)
        all.emplace_back(text_of(one.name), text_of(one.value));
    return all;
}

// Borrows the texts.
inline std::vector<tenon_named> borrow(const NamedTexts& texts) {
    std::vector<tenon_named> all;
    for (const auto& [name, value] : texts) all.push_back({borrow(name), borrow(value)});
    return all;
}
inline tenon_span span_of(const std::vector<tenon_named>& all) noexcept {
    return {all.data(), all.size(), sizeof(tenon_named), 0};
}

}  // namespace tenon::host
