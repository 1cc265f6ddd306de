#include "tests/semver/inputs.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace semver {
namespace {

[[noreturn]] void give_up(const std::string& why) {
    fmt::print(stderr, "{}\n", why);
    std::exit(2);
}

// \e is nothing, \xHH a byte.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
        } else if (text.substr(i, 2) == "\\x" && i + 3 < text.size()) {
            out += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
            i += 3;
        } else if (text.substr(i, 2) == "\\e") {
            ++i;
        } else {
            give_up(fmt::format("not an escape: {}", text));
        }
    }
    return out;
}

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    if (!file) give_up(fmt::format("cannot read {}", path));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        if (!line.empty() && line.front() != '#') lines.push_back(line);
    return lines;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) words.push_back(unescaped(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

void add_order(const std::string& line, std::vector<Input>& out) {
    const std::vector<std::string> versions = words_of(line);
    if (versions.size() < 2) give_up(fmt::format("nothing to compare in: {}", line));
    for (std::size_t i = 1; i < versions.size(); ++i) out.push_back({Kind::compare, {versions[i - 1], versions[i]}});
    out.push_back({Kind::sort, versions});
}

void add_satisfies(const std::string& line, std::vector<Input>& out) {
    const std::size_t colon = line.find(" : ");
    if (colon == std::string::npos) give_up(fmt::format("no colon in: {}", line));
    const std::string range = unescaped(line.substr(0, colon));
    for (const std::string& version : words_of(line.substr(colon + 3)))
        out.push_back({Kind::satisfies, {range, version}});
}

}  // namespace

std::string_view name_of(Kind kind) {
    constexpr std::string_view names[] = {"version", "compare", "sort", "range", "satisfies"};
    return names[static_cast<std::size_t>(kind)];
}

std::string to_line(const Input& input) {
    std::string line(name_of(input.kind));
    for (const std::string& field : input.fields) {
        line += '\t';
        for (const char c : field) {
            const bool plain = c >= ' ' && c <= '~' && c != '\\';
            if (plain) line += c;
            if (!plain) line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return line;
}

std::vector<Input> read_table(const std::string& folder) {
    std::vector<Input> all;
    for (const std::string& line : lines_of(folder + "/versions.txt"))
        all.push_back({Kind::version, {unescaped(line)}});
    for (const std::string& line : lines_of(folder + "/order.txt")) add_order(line, all);
    for (const std::string& line : lines_of(folder + "/ranges.txt")) all.push_back({Kind::range, {unescaped(line)}});
    for (const std::string& line : lines_of(folder + "/satisfies.txt")) add_satisfies(line, all);
    return all;
}

}  // namespace semver
