// What both sides are asked: the table of cases/, and random inputs with a fixed seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace semver {

enum class Kind { version, compare, sort, range, satisfies };

// The name of a kind, as the lines have it.
std::string_view name_of(Kind kind);

struct Input {
    Kind kind;
    // version: a text. compare: two versions. sort: some. range: a text. satisfies: a range and a version.
    std::vector<std::string> fields;
};

// One line without its end: the kind and the fields between tabs; what is not printable ASCII is \xHH, and so is \.
std::string to_line(const Input& input);

// The table: versions.txt, order.txt, ranges.txt and satisfies.txt of the folder. Ends the process if a file is missing
// or has a line that is none of its kind.
std::vector<Input> read_table(const std::string& folder);

inline constexpr std::uint64_t usual_seed = 20220829;

// The same ones for a seed on each machine: `pairs` of a range and a version; for each five of them one version to
// parse, one pair to compare and one range to parse; for each twenty one list to sort.
std::vector<Input> random_inputs(std::size_t pairs, std::uint64_t seed);

}  // namespace semver
