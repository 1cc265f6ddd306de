// Random inputs. Numbers and identifiers come from small sets, so that a version is often near a bound of its range.
#include <array>
#include <cstdint>
#include <random>

#include "tests/semver/inputs.h"

namespace semver {
namespace {

class Source {
public:
    explicit Source(std::uint64_t seed) : engine_(seed) {}
    std::size_t below(std::size_t end) { return engine_() % end; }  // the same everywhere, unlike a distribution
    bool percent(std::size_t chance) { return below(100) < chance; }
    template <class Choices>
    const char* one_of(const Choices& choices) {
        return choices[below(std::size(choices))];
    }

private:
    std::mt19937_64 engine_;
};

using Numbers = std::array<std::string, 3>;

std::string number(Source& source) {
    constexpr const char* unusual[] = {"4", "7", "9", "10", "11", "99", "100", "9007199254740990", "9007199254740991"};
    if (source.percent(4)) return source.one_of(unusual);
    return std::to_string(source.below(4));
}

// Usually those of `near`, with one changed.
Numbers numbers(Source& source, const Numbers& near) {
    Numbers out = near;
    if (source.percent(30)) return out;
    for (std::size_t i = source.below(3); i < 3; i += 1 + source.below(2)) out[i] = number(source);
    return out;
}

Numbers any_numbers(Source& source) {
    return {number(source), number(source), number(source)};
}

std::string identifiers(Source& source, bool build) {
    constexpr const char* usual[] = {"0", "1", "2", "9", "10", "a", "b", "alpha", "beta", "rc", "x", "-", "0a", "a-1"};
    constexpr const char* zeros[] = {"00", "001", "0", "7e3"};
    std::string out;
    for (std::size_t left = 1 + source.below(3); left > 0; --left) {
        out += build && source.percent(30) ? source.one_of(zeros) : source.one_of(usual);
        if (left > 1) out += '.';
    }
    return out;
}

std::string version(Source& source, const Numbers& parts, std::size_t prerelease_chance) {
    std::string out = parts[0] + '.' + parts[1] + '.' + parts[2];
    if (source.percent(prerelease_chance)) out += '-' + identifiers(source, false);
    if (source.percent(10)) out += '+' + identifiers(source, true);
    return out;
}

// "1", "1.2", "1.x", "1.2.3-beta", "v1.2"
std::string partial(Source& source, const Numbers& near) {
    constexpr const char* open[] = {"x", "X", "*"};
    constexpr const char* prefixes[] = {"v", "v", "v", "=", "vv", "=v"};
    const Numbers parts = numbers(source, near);
    const std::size_t count = source.percent(55) ? 3 : 1 + source.below(3);
    std::string out = source.percent(5) ? source.one_of(prefixes) : "";
    bool is_open = false;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += '.';
        is_open = source.percent(is_open ? 90 : i == 0 ? 3 : 12);
        out += is_open ? source.one_of(open) : parts[i];
    }
    if (count == 3 && source.percent(30)) out += '-' + identifiers(source, false);
    if (source.percent(3)) out += '+' + identifiers(source, true);
    return out;
}

std::string simple(Source& source, const Numbers& near) {
    constexpr const char* operators[] = {"",  "",   "",   "",   "=", "<", "<", "<=", "<=", ">",
                                         ">", ">=", ">=", ">=", "^", "^", "^", "^",  "~",  "~>"};
    std::string out = source.one_of(operators);
    if (source.percent(8)) out += source.percent(80) ? " " : "\t ";
    return out + partial(source, near);
}

std::string set(Source& source, const Numbers& near) {
    if (source.percent(3)) return source.percent(50) ? "" : "*";
    if (source.percent(12)) return partial(source, near) + " - " + partial(source, near);
    std::string out = simple(source, near);
    while (source.percent(30)) out += (source.percent(90) ? " " : "  ") + simple(source, near);
    return out;
}

std::string range(Source& source, const Numbers& near) {
    constexpr const char* between[] = {" || ", "||", " ||", "|| ", "  ||\t"};
    std::string out = set(source, near);
    while (source.percent(30)) out += source.one_of(between) + set(source, any_numbers(source));
    return out;
}

// One to three characters removed, inserted or replaced.
std::string damaged(Source& source, std::string text) {
    constexpr std::string_view characters = "0123456789..--++**xXv==<>^~|| \tab,_Z";
    for (std::size_t left = 1 + source.below(3); left > 0; --left) {
        const std::size_t at = source.below(text.size() + 1);
        if (source.percent(60)) text.erase(at, 1);
        if (source.percent(60)) text.insert(std::min(at, text.size()), 1, characters[source.below(characters.size())]);
    }
    return text;
}

Input any_pair(Source& source) {
    const Numbers near = any_numbers(source);
    std::string wanted = range(source, near);
    if (source.percent(4)) wanted = damaged(source, std::move(wanted));
    std::string found = version(source, numbers(source, near), 25);
    if (source.percent(1)) found = damaged(source, std::move(found));
    return {Kind::satisfies, {std::move(wanted), std::move(found)}};
}

Input any_list(Source& source) {
    const Numbers near = any_numbers(source);
    Input input{Kind::sort, {}};
    for (std::size_t left = 2 + source.below(8); left > 0; --left)
        input.fields.push_back(version(source, source.percent(80) ? near : numbers(source, near), 80));
    return input;
}

}  // namespace

std::vector<Input> random_inputs(std::size_t pairs, std::uint64_t seed) {
    Source source(seed);
    std::vector<Input> all;
    for (std::size_t i = 0; i < pairs; ++i) {
        all.push_back(any_pair(source));
        if (i % 20 == 0) all.push_back(any_list(source));
        if (i % 5 != 0) continue;
        const Numbers near = any_numbers(source);
        const std::string text = version(source, near, 50);
        all.push_back({Kind::version, {source.percent(60) ? damaged(source, text) : text}});
        all.push_back({Kind::compare, {version(source, near, 60), version(source, numbers(source, near), 60)}});
        all.push_back({Kind::range, {damaged(source, range(source, near))}});
    }
    return all;
}

}  // namespace semver
