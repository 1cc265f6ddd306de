// [platform] and [limits]: what the system must be, and what of it the plugin asks for at most.
#include <fmt/format.h>

#include "manifest/entries.h"
#include "manifest/fields.h"
#include "manifest/quantity.h"
#include "manifest/version_reader.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view systems[] = {"linux-x86_64",   "linux-aarch64",   "linux-riscv64",
                                        "windows-x86_64", "windows-aarch64", "windows-riscv64"};
constexpr std::string_view features[] = {"avx",      "avx2",    "avx512f", "sse4.2",          "bmi2",    "fma", "aes",
                                         "landlock", "seccomp", "memfd",   "user-namespaces", "io-uring"};
constexpr ListRule any_of_them{32};
constexpr std::int64_t most_things = 1'000'000;
constexpr std::int64_t most_errors = 1'000'000'000;
constexpr std::uint32_t most_processors = 1000;
constexpr std::uint64_t most_glibc = 9999;

// "2.31"
std::optional<Version> two_numbers(std::string_view text) {
    VersionReader reader(text);
    const auto major = reader.number();
    if (!major || !reader.skip('.')) return std::nullopt;
    const auto minor = reader.number();
    if (!minor || !reader.at_end() || *major > most_glibc || *minor > most_glibc) return std::nullopt;
    return Version{*major, *minor, 0, {}, {}};
}

std::optional<Version> read_glibc(TableReader& reader) {
    const Value* value = reader.value("glibc", Value::Kind::string);
    if (value == nullptr) return std::nullopt;
    auto version = two_numbers(value->string);
    if (!version)
        reader.problems().add("manifest.bad-version", value->at, reader.path("glibc"),
                              fmt::format("{} is not a version of GLIBC", in_quotes(value->string)),
                              "write two numbers of at most four digits, as in \"2.31\"");
    return version;
}

std::optional<std::uint32_t> count(TableReader& reader, std::string_view key, std::int64_t least, std::int64_t most) {
    const auto number = reader.integer(key, least, most);
    if (!number) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

}  // namespace

void read_platform(TableReader& root, Platform& out) {
    const Value* table = root.value("platform", Value::Kind::table);
    if (table == nullptr) return;
    TableReader reader(*table, root.path("platform"), root.problems());
    out.systems = read_strings(reader, "systems", any_of_them, one_of(systems));
    out.glibc = read_glibc(reader);
    out.features = read_strings(reader, "features", any_of_them, one_of(features));
    reader.refuse_others();
}

void read_limits(TableReader& root, Limits& out) {
    const Value* table = root.value("limits", Value::Kind::table);
    if (table == nullptr) return;
    TableReader reader(*table, root.path("limits"), root.problems());
    out.memory = read_size(reader, "memory");
    out.cpu = read_share(reader, "cpu", 100 * most_processors);
    out.call_time = read_time(reader, "call_time");
    out.files = count(reader, "files", 0, most_things);
    out.processes = count(reader, "processes", 0, most_things);
    out.file_size = read_size(reader, "file_size");
    out.data = read_size(reader, "data");
    out.max_errors = count(reader, "max_errors", 1, most_errors);
    reader.refuse_others();
}

}  // namespace tenon::manifest
