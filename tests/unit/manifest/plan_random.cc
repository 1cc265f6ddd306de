#include "tests/unit/manifest/plan_random.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "tests/unit/manifest/plan_fixture.h"

namespace tenon::manifest {
namespace {

class Dice {
public:
    explicit Dice(std::mt19937& random) : random_(random), defects_(percent() < 50 ? 1U : 4U) {}

    unsigned below(std::size_t count) { return static_cast<unsigned>(random_() % count); }
    unsigned percent() { return below(100); }
    bool chance(unsigned percents) { return percent() < percents; }
    // Of something that refuses a plugin on its own account.
    bool defect(unsigned percents) { return percent() * defects_ < percents; }
    template <std::size_t count>
    std::string_view one(const std::array<std::string_view, count>& words) {
        return words[below(count)];
    }

    std::string real_id() { return std::string(one<6>({"org.a", "org.b", "org.c", "org.d", "org.e", "org.f"})); }
    std::string any_id() {
        return chance(70) ? real_id() : chance(93) ? std::string(one<2>({"org.virtual", "org.wanted"})) : "org.nowhere";
    }
    std::string contract() { return std::string(one<3>({"org.shop", "org.till", "org.bank"})); }
    Version version() { return version_of(one<4>({"1.0.0", "1.1.0", "1.2.0", "2.0.0"})); }
    Range range() { return range_of(one<6>({"*", "*", "^1", "^2", ">=1.1", "<1.2"})); }

private:
    std::mt19937& random_;
    unsigned defects_;
};

void tie(Dice& dice, Manifest& manifest) {
    for (unsigned i = dice.below(4); i > 0; --i)
        manifest.dependencies.push_back(
            {dice.any_id(), dice.chance(70) ? range_of("*") : dice.range(), dice.chance(30), {}});
    if (dice.chance(25))
        manifest.contracts.push_back({dice.contract(), dice.chance(70) ? range_of("*") : dice.range(), false, {}});
    while (dice.chance(25)) manifest.provides.push_back({dice.any_id(), dice.version(), {}});
    while (dice.chance(15)) manifest.conflicts.push_back({dice.any_id(), dice.range(), {}});
    while (dice.chance(15)) manifest.replaces.push_back({dice.any_id(), dice.range(), {}});
}

void fit(Dice& dice, Candidate& candidate, Manifest& manifest) {
    if (dice.chance(50)) candidate.platform = dice.defect(10) ? "linux-aarch64" : "linux-x86_64";
    if (dice.chance(20))
        manifest.platform.systems = {"linux-riscv64", dice.defect(20) ? "linux-aarch64" : "linux-x86_64"};
    if (dice.chance(20)) candidate.glibc = version_of(dice.defect(20) ? "2.38.0" : "2.31.0");
    if (dice.chance(20)) manifest.platform.glibc = version_of(dice.defect(20) ? "2.39.0" : "2.36.0");
    if (dice.chance(20)) manifest.platform.features = {"avx", dice.defect(20) ? "landlock" : "seccomp"};
    if (dice.chance(20)) {
        manifest.hosts.push_back({"org.other", range_of("*"), {}});
        if (!dice.defect(20)) manifest.hosts.push_back({"org.host", range_of(dice.defect(20) ? "^2" : "^3"), {}});
    }
}

void offer(Dice& dice, Candidate& candidate) {
    while (dice.chance(20)) {
        Offer& offer = candidate.offers.emplace_back(Offer{dice.contract(), dice.version(), ""});
        if (dice.chance(40)) offer.services.emplace_back(dice.chance(50) ? "org.count/1" : "org.close/1");
    }
    if (dice.chance(12)) candidate.soname = dice.chance(50) ? "libone.so.1" : "libtwo.so.2";
}

void surround(Dice& dice, RandomSet& set) {
    if (dice.chance(80))
        set.system = {"linux-x86_64",      version_of("2.36.0"), "org.host",
                      version_of("3.1.0"), {"avx", "seccomp"},   dice.chance(80)};
    if (dice.chance(10)) set.system.host_version.reset();
    set.policy.duplicates =
        std::array{Duplicates::refuse, Duplicates::newest, Duplicates::newest, Duplicates::pinned}[dice.below(4)];
    while (dice.chance(50)) {
        const std::string name = dice.chance(60)   ? dice.real_id()
                                 : dice.chance(60) ? dice.contract()
                                 : dice.chance(50) ? "org.count/1"
                                                   : "libone.so.1";
        const std::string choice = dice.chance(40)   ? to_string(dice.version())
                                   : dice.chance(50) ? dice.real_id()
                                                     : fmt::format("/p/{}", dice.below(8));
        set.policy.pins.push_back({name, choice});
    }
    while (dice.chance(30))
        set.offers.push_back({dice.contract(), dice.version(), dice.chance(50) ? "" : "org.active"});
    for (const char* kind : {"active", "real"}) {
        if (!dice.chance(15)) continue;
        Present& present = set.present.emplace_back(
            Present{kind == std::string_view("real") ? dice.real_id() : "org.active", dice.version()});
        while (dice.chance(40)) present.provides.push_back({dice.any_id(), dice.version(), {}});
    }
}

}  // namespace

RandomSet random_set(std::mt19937& random) {
    Dice dice(random);
    RandomSet set;
    const std::size_t count = 2 + dice.below(7);
    const bool unique_ids = dice.chance(60);
    for (std::size_t i = 0; i < count; ++i) {
        Manifest& manifest = set.manifests.emplace_back();
        manifest.id = unique_ids ? fmt::format("org.{}", static_cast<char>('a' + i)) : dice.real_id();
        manifest.version = dice.version();
        Candidate& candidate = set.candidates.emplace_back();
        candidate.manifest = &manifest;
        candidate.path = fmt::format("/p/{}", i);
        tie(dice, manifest);
        fit(dice, candidate, manifest);
        offer(dice, candidate);
        if (dice.defect(15)) candidate.faults.push_back({"image.bad-elf", candidate.path + ": is broken", ""});
    }
    surround(dice, set);
    return set;
}

}  // namespace tenon::manifest
