// What holds for every order, tried on thousands of random sets of handlers with fixed seeds, against a model that
// knows nothing but the rules: every pair that must run in one order, phases included, and a scan for who may be next.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string_view>
#include <tuple>

#include "host/order.h"
#include "tests/support/catch.h"
#include "tests/unit/host/places.h"

using namespace tenon::host;
using fixtures::Handlers;
using tenon::manifest::Phase;

namespace {

constexpr int sets = 20000;
constexpr std::size_t most = 12;

bool is_named(const Place& place, const std::string& name) {
    return name == place.owner || (!place.name.empty() && name == place.owner + "#" + place.name);
}

// A handler is not among those of its own owner, but may name itself.
bool names(const std::vector<std::string>& list, const Place& own, const Place& other) {
    return std::any_of(list.begin(), list.end(), [&](const std::string& name) {
        return is_named(other, name) && (&own != &other || name != own.owner);
    });
}

class Model {
public:
    explicit Model(Places places) : places_(places) {
        must_.assign(size(), std::vector<bool>(size()));
        for (std::size_t a = 0; a < size(); ++a)
            for (std::size_t b = 0; b < size(); ++b) must_[a][b] = wish(a, b) || at(a).phase < at(b).phase;
        reach_ = must_;
        for (std::size_t via = 0; via < size(); ++via)
            for (std::size_t a = 0; a < size(); ++a)
                for (std::size_t b = 0; b < size(); ++b)
                    if (reach_[a][via] && reach_[via][b]) reach_[a][b] = true;
    }

    std::size_t size() const { return places_.size(); }
    bool wish(std::size_t a, std::size_t b) const {
        return names(at(a).before, at(a), at(b)) || names(at(b).after, at(b), at(a));
    }
    bool must(std::size_t a, std::size_t b) const { return must_[a][b]; }
    // Directly or through others.
    bool must_in_the_end(std::size_t a, std::size_t b) const { return reach_[a][b]; }

    bool smaller(std::size_t a, std::size_t b) const {
        const auto key = [&](std::size_t i) {
            return std::tuple(at(i).phase, -std::int64_t{at(i).priority}, at(i).owner, at(i).sequence);
        };
        return key(a) < key(b);
    }

    // Nothing if at some point nobody may be next.
    std::optional<std::vector<std::size_t>> order() const {
        std::vector<std::size_t> order;
        std::vector<bool> taken(size());
        while (order.size() < size()) {
            std::optional<std::size_t> next;
            for (std::size_t i = 0; i < size(); ++i)
                if (!taken[i] && is_ready(i, taken) && (!next || smaller(i, *next))) next = i;
            if (!next) return {};
            taken[*next] = true;
            order.push_back(*next);
        }
        return order;
    }

    // The only words for a pair that nothing but the key orders.
    std::string key_words(std::size_t a, std::size_t b) const {
        const Place &x = at(a), &y = at(b);
        if (x.phase != y.phase)
            return fmt::format("phase {} comes before phase {}", to_string(x.phase), to_string(y.phase));
        if (x.priority != y.priority)
            return fmt::format("{} has priority {} in phase {}, {} has {}", title(a), x.priority, to_string(x.phase),
                               title(b), y.priority);
        const std::string same = fmt::format("both have priority {} in phase {}", x.priority, to_string(x.phase));
        if (x.owner != y.owner) return fmt::format("{}, and {} comes before {} by its id", same, x.owner, y.owner);
        return fmt::format("{} and belong to {}, and {} was registered first", same, x.owner, title(a));
    }

    // Whether the sentence states a reason that is true and that is one.
    bool explains(const std::string& text, std::size_t a, std::size_t b, const std::vector<std::size_t>& order) const {
        const std::string begin = fmt::format("{} runs before {}", title(a), title(b));
        if (!text.starts_with(begin)) return false;
        const std::string reason = text.substr(begin.size());
        if (wish(a, b)) return is_wish(reason, " because ", a, b);
        if (at(a).phase != at(b).phase) return reason == " because " + key_words(a, b);
        if (must_in_the_end(a, b)) return is_chain(reason, a, b);
        if (smaller(a, b)) return reason == " because " + key_words(a, b);
        return is_wait(reason, a, b, order);
    }

    std::string title(std::size_t i) const {
        const std::string plain = Handlers::title(at(i));
        const bool alone = std::count_if(places_.begin(), places_.end(),
                                         [&](const Place* place) { return Handlers::title(*place) == plain; }) == 1;
        return alone ? plain : fmt::format("{} (registration {})", plain, at(i).sequence);
    }

private:
    const Place& at(std::size_t i) const { return *places_[i]; }
    bool is_ready(std::size_t i, const std::vector<bool>& taken) const {
        for (std::size_t other = 0; other < size(); ++other)
            if (!taken[other] && must(other, i)) return false;
        return true;
    }

    bool is_wish(const std::string& text, const std::string& begin, std::size_t a, std::size_t b) const {
        for (const std::string& name : at(a).before)
            if (is_named(at(b), name) && text == fmt::format("{}{} wants to be before \"{}\"", begin, title(a), name))
                return true;
        for (const std::string& name : at(b).after)
            if (is_named(at(a), name) && text == fmt::format("{}{} wants to be after \"{}\"", begin, title(b), name))
                return true;
        return false;
    }

    std::optional<std::size_t> titled(const std::string& title_) const {
        for (std::size_t i = 0; i < size(); ++i)
            if (title(i) == title_) return i;
        return {};
    }

    static std::vector<std::string> split(const std::string& text, const std::string& between) {
        std::vector<std::string> parts;
        std::size_t begin = 0;
        for (std::size_t end; (end = text.find(between, begin)) != std::string::npos; begin = end + between.size())
            parts.push_back(text.substr(begin, end - begin));
        parts.push_back(text.substr(begin));
        return parts;
    }

    // " by way of V, W: clause; clause; clause", each clause a wish of the pair that is next.
    bool is_chain(const std::string& reason, std::size_t a, std::size_t b) const {
        const std::string words = " by way of ";
        const std::size_t colon = reason.find(": ");
        if (!reason.starts_with(words) || colon == std::string::npos) return false;
        std::vector<std::size_t> way{a};
        for (const std::string& one : split(reason.substr(words.size(), colon - words.size()), ", ")) {
            const auto index = titled(one);
            if (!index) return false;
            way.push_back(*index);
        }
        way.push_back(b);
        const std::vector<std::string> clauses = split(reason.substr(colon + 2), "; ");
        if (clauses.size() + 1 != way.size()) return false;
        for (std::size_t i = 0; i < clauses.size(); ++i)
            if (!is_wish(clauses[i], "", way[i], way[i + 1])) return false;
        return true;
    }

    // " because B waits for W (wishes), and A runs before W: key": W must run before B, had not run, could have run
    // when A did, and has the larger key.
    bool is_wait(const std::string& reason, std::size_t a, std::size_t b, const std::vector<std::size_t>& order) const {
        std::vector<bool> taken(size());
        for (std::size_t i = 0; order[i] != a; ++i) taken[order[i]] = true;
        for (std::size_t w = 0; w < size(); ++w) {
            if (w == a || taken[w] || !is_ready(w, taken) || !must_in_the_end(w, b) || !smaller(a, w)) continue;
            const std::string begin = fmt::format(" because {} waits for {} (", title(b), title(w));
            const std::string end = fmt::format("), and {} runs before {}: {}", title(a), title(w), key_words(a, w));
            if (reason.starts_with(begin) && reason.ends_with(end)) return true;
        }
        return false;
    }

    Places places_;
    std::vector<std::vector<bool>> must_, reach_;
};

// Few names and numbers, so that they meet; in some sets many wishes, in some few; in half of them one phase.
Handlers random_handlers(std::mt19937& random) {
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    const auto name = [&] {
        const char owner = std::string_view("abcdef")[below(6)];
        const std::string_view inside = std::array<std::string_view, 3>{"", "#x", "#y"}[below(3)];
        return fmt::format("o.{}{}", owner, inside);
    };
    const std::size_t count = 1 + below(most);
    const std::size_t eagerness = 1 + below(6);
    const bool phases = below(2) == 0;
    Handlers handlers;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string title = name();
        const auto priority = static_cast<std::int32_t>(below(4)) - 1;
        handlers.add(title, priority, phases ? Phase(below(4)) : Phase::normal);
        while (below(eagerness) > 1) below(2) == 0 ? handlers.before(name()) : handlers.after(name());
    }
    return handlers;
}

}  // namespace

TEST_CASE("the order of random handlers is that of the rules, a cycle is one, and a name is missing if nobody has it") {
    std::mt19937 random(20240611);
    int ordered = 0, cycles = 0, long_cycles = 0, missing = 0;
    for (int set = 0; set < sets; ++set) {
        const Handlers handlers = random_handlers(random);
        std::vector<const Place*> places = handlers.places();
        std::shuffle(places.begin(), places.end(), random);
        const Model model(places);
        const Solved solved = solve(places);
        const auto expected = model.order();
        INFO("set " << set);
        REQUIRE(solved.ok() == expected.has_value());
        if (expected) REQUIRE(solved.order == *expected);
        if (!expected) {
            const std::vector<std::size_t>& members = solved.cycle.members;
            REQUIRE(solved.order.empty());
            REQUIRE(solved.cycle.reasons.size() == members.size());
            for (std::size_t i = 0; i < members.size(); ++i)
                REQUIRE(model.must(members[i], members[(i + 1) % members.size()]));
        }
        std::size_t unknown = 0;
        for (const Place* place : places)
            for (const auto* list : {&place->before, &place->after})
                for (const std::string& name : *list)
                    unknown += std::none_of(places.begin(), places.end(),
                                            [&](const Place* one) { return is_named(*one, name); });
        REQUIRE(solved.missing.size() == unknown);
        ordered += expected.has_value();
        cycles += !expected;
        long_cycles += solved.cycle.members.size() > 2;
        missing += unknown > 0;
    }
    // The sets are worth something: all of this does happen.
    CHECK(ordered > sets / 4);
    CHECK(cycles > sets / 4);
    CHECK(long_cycles > sets / 100);
    CHECK(missing > sets / 10);
}

TEST_CASE("order and cycle do not depend on the sequence in which the handlers are given") {
    std::mt19937 random(20240612);
    for (int set = 0; set < sets / 10; ++set) {
        const Handlers handlers = random_handlers(random);
        const std::vector<const Place*> places = handlers.places();
        std::vector<const Place*> shuffled = places;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        const Solved one = solve(places), other = solve(shuffled);
        const auto same = [&](const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
            return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                              [&](std::size_t x, std::size_t y) { return places[x] == shuffled[y]; });
        };
        REQUIRE(same(one.order, other.order));
        REQUIRE(same(one.cycle.members, other.cycle.members));
        REQUIRE(one.cycle.reasons == other.cycle.reasons);
    }
}

TEST_CASE("without wishes the order is a sort by the key alone") {
    std::mt19937 random(20240613);
    for (int set = 0; set < sets / 10; ++set) {
        Handlers handlers;
        const std::size_t count = 1 + random() % most;
        for (std::size_t i = 0; i < count; ++i) {
            const std::string owner = fmt::format("o.{}", std::string_view("abc")[random() % 3]);
            const auto priority = static_cast<std::int32_t>(random() % 3);
            handlers.add(owner, priority, Phase(random() % 4));
        }
        const std::vector<const Place*> places = handlers.places();
        const Solved solved = solve(places);
        REQUIRE(solved.order.size() == places.size());
        for (std::size_t i = 1; i < places.size(); ++i)
            REQUIRE(runs_before(*places[solved.order[i - 1]], *places[solved.order[i]]));
    }
}

TEST_CASE("the sentence why one handler runs before another agrees with the order and gives a true reason") {
    std::mt19937 random(20240614);
    int chains = 0, waits = 0;
    for (int set = 0; set < sets / 4; ++set) {
        const Handlers handlers = random_handlers(random);
        const std::vector<const Place*> places = handlers.places();
        const Model model(places);
        const Solved solved = solve(places);
        for (std::size_t i = 0; i < solved.order.size(); ++i)
            for (std::size_t j = i + 1; j < solved.order.size(); ++j) {
                const std::size_t a = solved.order[i], b = solved.order[j];
                const std::string text = why(places, a, b);
                INFO("set " << set << ": " << text);
                REQUIRE(model.explains(text, a, b, solved.order));
                REQUIRE(why(places, b, a) == text);
                chains += text.find(" by way of ") != std::string::npos;
                waits += text.find(" waits for ") != std::string::npos;
            }
    }
    CHECK(chains > 100);
    CHECK(waits > 100);
}
