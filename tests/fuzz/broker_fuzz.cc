// What a confined plugin asks the broker for: a glob, a zero byte and a path; and all of it once more as a URL, and as
// a place to connect to.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/broker/glob.h"
#include "sandbox/broker/origin.h"
#include "sandbox/broker/path.h"
#include "sandbox/broker/refusal.h"
#include "sandbox/broker/url.h"

using namespace tenon::sandbox::broker;

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

void check_problem(const tenon::base::Problem& problem) {
    check(!problem.id.empty() && !problem.text.empty() && !problem.fix.empty());
    check(is_valid_utf8(problem.text));
    for (const char c : problem.text) check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
}

// Whether the first parts of a glob fit the first parts of a path, or characters likewise, for all lengths of both: the
// plain definition, to compare with.
template <class Same>
bool fits(std::size_t glob, std::size_t path, const std::vector<bool>& star, Same same) {
    std::vector<std::vector<bool>> table(glob + 1, std::vector<bool>(path + 1, false));
    table[0][0] = true;
    for (std::size_t g = 1; g <= glob; ++g)
        for (std::size_t p = 0; p <= path; ++p)
            table[g][p] = star[g - 1] ? table[g - 1][p] || (p > 0 && table[g][p - 1])
                                      : p > 0 && table[g - 1][p - 1] && same(g - 1, p - 1);
    return table[glob][path];
}

std::vector<std::string> characters_of(std::string_view text) {
    std::vector<std::string> all;
    for (const char byte : text) {
        if ((static_cast<unsigned char>(byte) & 0xC0u) != 0x80u || all.empty()) all.emplace_back();
        all.back() += byte;
    }
    return all;
}

bool part_fits(std::string_view glob, std::string_view part) {
    const std::vector<std::string> wish = characters_of(glob), text = characters_of(part);
    std::vector<bool> star;
    for (const std::string& each : wish) star.push_back(each == "*");
    return fits(wish.size(), text.size(), star,
                [&](std::size_t g, std::size_t p) { return wish[g] == "?" || wish[g] == text[p]; });
}

bool path_fits(std::string_view glob, std::string_view path) {
    const std::vector<std::string_view> wish = parts_of(glob), parts = parts_of(path);
    std::vector<bool> star;
    for (const std::string_view each : wish) star.push_back(each == "**");
    return fits(wish.size(), parts.size(), star,
                [&](std::size_t g, std::size_t p) { return part_fits(wish[g], parts[p]); });
}

void match(std::string_view text, std::string_view path) {
    const auto glob = Glob::parse(text);
    const auto bad_path = check_path(path);
    if (bad_path) check_problem(*bad_path);
    if (!glob) return check_problem(glob.problem());
    if (!bad_path) check(glob.value().matches(path) == path_fits(text, path));
    if (const auto root = root_of(glob.value())) check(path_fault(root->path).empty() || root->path == "/");
}

// A URL that was read is read again as the same, so who dials it cannot take it for another.
void read(std::string_view text) {
    const auto url = parse_url(text);
    if (!url) return check_problem(url.problem());
    const auto again = parse_url(url.value().text);
    check(again.ok() && again.value().text == url.value().text && again.value().same_origin(url.value()));
    check(again.value().literal == url.value().literal);
    for (const char c : url.value().host)
        check((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':');
    check(url.value().literal.has_value() == parse_address(url.value().host).has_value());
    const auto next = follow(url.value(), text);
    if (next) check(next.value().same_origin(url.value()));
}

// The permission that connecting needs names the same place.
void read_place(const std::string& text) {
    const auto origin = parse_origin(text);
    if (!origin) return check_problem(origin.problem());
    const std::string named = origin.value().permission().substr(std::string_view("network:").size());
    const auto again = parse_origin(named);
    check(again.ok() && again.value().same_origin(origin.value()) && again.value().literal == origin.value().literal);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(input.find('\0'), input.size());
    if (size <= 4096) match(input.substr(0, end), input.substr(std::min(end + 1, size)));
    read(input);
    read_place("tcp://" + std::string(input));
    return 0;
}
