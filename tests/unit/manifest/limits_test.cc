#include "tests/unit/manifest/parsing.h"

using namespace tenon::manifest;

namespace {

std::optional<std::uint64_t> size(const std::string& text) {
    return manifest_of("[limits]\nmemory = '" + text + "'").limits.memory;
}

std::optional<std::uint64_t> time(const std::string& text) {
    return manifest_of("[limits]\ncall_time = '" + text + "'").limits.call_time;
}

// Behind "it".
std::string fault(const std::string& key, const std::string& text) {
    const std::string refusal = refusal_of(fmt::format("[limits]\n{} = '{}'", key, text));
    CHECK(refusal.starts_with("manifest.bad-quantity | p.toml:5:"));
    return refusal.substr(refusal.find(": it ") + 5);
}

}  // namespace

TEST_CASE("limits are read in bytes, nanoseconds and percent") {
    const Limits limits = manifest_of(R"([limits]
memory = "256 MiB"
cpu = "150 %"
call_time = "200 ms"
files = 64
processes = 0
file_size = "16KiB"
data = "1 GiB"
max_errors = 100)")
                              .limits;
    CHECK(limits.memory == std::uint64_t{256} << 20);
    CHECK(limits.cpu == 150u);
    CHECK(limits.call_time == 200'000'000u);
    CHECK(limits.files == 64u);
    CHECK(limits.processes == 0u);
    CHECK(limits.file_size == 16384u);
    CHECK(limits.data == std::uint64_t{1} << 30);
    CHECK(limits.max_errors == 100u);
}

TEST_CASE("a limit that is not stated is not there") {
    const Limits limits = manifest_of("[limits]\nmemory = '1 B'").limits;
    CHECK(limits.memory == 1u);
    CHECK_FALSE(limits.cpu.has_value());
    CHECK_FALSE(limits.call_time.has_value());
    CHECK_FALSE(limits.files.has_value());
    CHECK_FALSE(limits.processes.has_value());
    CHECK_FALSE(limits.file_size.has_value());
    CHECK_FALSE(limits.data.has_value());
    CHECK_FALSE(limits.max_errors.has_value());
}

TEST_CASE("every unit counts, and the greatest quantities do not overflow") {
    CHECK(size("7 B") == 7u);
    CHECK(size("7 KiB") == 7u << 10);
    CHECK(size("7MiB") == 7u << 20);
    CHECK(size("999999999 GiB") == 999999999ull << 30);
    CHECK(time("7 ns") == 7u);
    CHECK(time("7 us") == 7'000u);
    CHECK(time("7ms") == 7'000'000u);
    CHECK(time("999999999 s") == 999'999'999'000'000'000u);
    CHECK(time("99999999 min") == 5'999'999'940'000'000'000u);
}

TEST_CASE("what is not a quantity is refused") {
    CHECK(refusal_of("[limits]\nmemory = '256 MB'") ==
          "manifest.bad-quantity | p.toml:5:10: limits.memory: \"256 MB\" is not a size: it has the unit \"MB\", which "
          "is not one of B, KiB, MiB, GiB");
    CHECK(fix_of("[limits]\nmemory = '256 MB'") == "write a whole number and a unit, as in \"256 MiB\"");
    CHECK(fault("memory", "256") == "has the unit \"\", which is not one of B, KiB, MiB, GiB");
    CHECK(fault("memory", "1  B") == "has the unit \" B\", which is not one of B, KiB, MiB, GiB");
    CHECK(fault("memory", "1 B ") == "has the unit \"B \", which is not one of B, KiB, MiB, GiB");
    CHECK(fault("memory", "1.5 GiB") == "has the unit \".5 GiB\", which is not one of B, KiB, MiB, GiB");
    CHECK(fault("memory", "") == "does not begin with a whole number");
    CHECK(fault("memory", "-1 B") == "does not begin with a whole number");
    CHECK(fault("memory", "0 B") == "begins with 0");
    CHECK(fault("memory", "01 B") == "begins with 0");
    CHECK(fault("memory", "1000000000 B") == "has 10 digits, 9 are the most before B");
    CHECK(fault("memory", std::string(1000, '9') + " B") == "has 1000 digits, 9 are the most before B");
    CHECK(fault("call_time", "1 h") == "has the unit \"h\", which is not one of ns, us, ms, s, min");
    CHECK(fault("call_time", "100000000 min") == "has 9 digits, 8 are the most before min");
    CHECK(fault("cpu", "50") == "has the unit \"\", which is not one of %");
    CHECK(fault("cpu", "100001 %") == "is above 100000 %");
    CHECK(refusal_of("[limits]\nmemory = 1") ==
          "manifest.wrong-type | p.toml:5:10: limits.memory: found an integer, wanted a string");
}

TEST_CASE("counts have limits themselves") {
    CHECK(refusal_of("[limits]\nfiles = -1") ==
          "manifest.out-of-range | p.toml:5:9: limits.files: found -1, wanted a number from 0 to 1000000");
    CHECK(refusal_of("[limits]\nmax_errors = 0") ==
          "manifest.out-of-range | p.toml:5:14: limits.max_errors: found 0, wanted a number from 1 to 1000000000");
}
