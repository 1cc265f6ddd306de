// What is said about the order: names of handlers, and what decides between two. Private to the order.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/order_graph.h"

namespace tenon::host {

// Needs the places only to be made; constant then.
class OrderWords {
public:
    explicit OrderWords(Places places);

    static std::string plain_title(const Place& place);  // "owner" or "owner#name"
    // The same, or with "(registration 7)" behind it if others are called the same.
    std::string title(const Place& place) const;
    // 'org.a wants to be before "org.b"'
    std::string wish(const OrderGraph& graph, const Wish& wish) const;
    // The same for a wish against the phases.
    std::string contradiction(const OrderGraph& graph, const Wish& wish) const;
    // Why the key of `a` is smaller than that of `b`; it must be.
    std::string key(const Place& a, const Place& b) const;

private:
    std::unordered_map<std::string, std::size_t> bearers_;
};

// With "; " between them; of more than 32 the rest is counted.
std::string told(const std::vector<std::string>& clauses, std::string_view between = "; ");

}  // namespace tenon::host
