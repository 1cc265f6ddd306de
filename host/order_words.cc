#include "host/order_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/words.h"

namespace tenon::host {

namespace {

// Nobody reads more than these, and hooks may have thousands of handlers.
constexpr std::size_t most_told = 32;

}  // namespace

std::string OrderWords::plain_title(const Place& place) {
    return place.name.empty() ? place.owner : place.owner + "#" + place.name;
}

OrderWords::OrderWords(Places places) {
    for (const Place* place : places) ++bearers_[plain_title(*place)];
}

std::string OrderWords::title(const Place& place) const {
    const std::string plain = plain_title(place);
    const auto found = bearers_.find(plain);
    const bool alone = found == bearers_.end() || found->second == 1;
    return alone ? plain : fmt::format("{} (registration {})", plain, place.sequence);
}

std::string OrderWords::wish(const OrderGraph& graph, const Wish& wish) const {
    return fmt::format("{} wants to be {} {}", title(graph.place(wish.after ? wish.to : wish.from)),
                       wish.after ? "after" : "before", manifest::in_quotes(*wish.name));
}

std::string OrderWords::contradiction(const OrderGraph& graph, const Wish& wish) const {
    const Place& own = graph.place(wish.after ? wish.to : wish.from);
    const Place& other = graph.place(wish.after ? wish.from : wish.to);
    return fmt::format("{} is in phase {} and wants to be {} {} of phase {}", title(own), to_string(own.phase),
                       wish.after ? "after" : "before", title(other), to_string(other.phase));
}

std::string OrderWords::key(const Place& a, const Place& b) const {
    const std::string_view phase = to_string(a.phase);
    if (a.phase != b.phase) return fmt::format("phase {} comes before phase {}", phase, to_string(b.phase));
    if (a.priority != b.priority)
        return fmt::format("{} has priority {} in phase {}, {} has {}", title(a), a.priority, phase, title(b),
                           b.priority);
    const std::string same = fmt::format("both have priority {} in phase {}", a.priority, phase);
    if (a.owner != b.owner) return fmt::format("{}, and {} comes before {} by its id", same, a.owner, b.owner);
    return fmt::format("{} and belong to {}, and {} was registered first", same, a.owner, title(a));
}

std::string told(const std::vector<std::string>& clauses, std::string_view between) {
    const std::size_t count = std::min(clauses.size(), most_told);
    const auto end = clauses.begin() + static_cast<std::ptrdiff_t>(count);
    std::string text = fmt::format("{}", fmt::join(clauses.begin(), end, between));
    if (count < clauses.size()) text += fmt::format("{}and {} more", between, clauses.size() - count);
    return text;
}

}  // namespace tenon::host
