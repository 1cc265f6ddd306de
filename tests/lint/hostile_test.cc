// Files that were changed at random: whatever they say, reading them ends and stays inside them. Run under the address
// sanitizer this finds what a reader must not do.
#include <random>

#include "loader/elf.h"
#include "tests/lint/fixtures.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

// The part that has all tables: headers, strings, symbols, versions at the front, the dynamic section behind the code.
std::string changed(const std::string& whole, std::mt19937& random, unsigned round) {
    std::string bytes = whole;
    const std::size_t dynamic = whole.size() / 3;
    for (unsigned i = 0; i < 1 + round % 8; ++i) {
        const std::size_t at = round % 3 == 0 ? random() % whole.size() : 64 + random() % dynamic;
        bytes[at] = round % 5 == 0 ? '\xff' : static_cast<char>(random());
    }
    if (round % 50 == 0) bytes.resize(random() % bytes.size());
    return bytes;
}

}  // namespace

TEST_CASE("changed files are linted or refused") {
    SystemFacts facts = system_facts();
    const System system(facts);
    std::mt19937 random(20240301);
    int linted = 0, read = 0;
    for (const char* name : {"right_in_cpp", "with_newer_glibc", "with_absolute_runpath"}) {
        const std::string whole = tenon::base::read_file(path_of(name), 1u << 20).take();
        const auto image = read_image(MemorySource(whole), "shop.so");
        REQUIRE(image);
        for (unsigned round = 0; round < 3000; ++round) {
            const std::string bytes = changed(whole, random, round);
            const std::vector<char> exact(bytes.begin(), bytes.end());
            const MemorySource source(std::string_view(exact.data(), exact.size()));
            read += read_image(source, "shop.so").ok();
            // With the facts of the sound file, as if it had been changed since: the tables are met in any state.
            for (const Finding& finding : lint(source, image.value(), system)) {
                REQUIRE(finding.id.starts_with("lint."));
                REQUIRE(finding.text.size() < 16384);
                linted += finding.id != "lint.damaged-tables";
            }
        }
    }
    CHECK(linted > 1000);
    CHECK(read > 100);
}
