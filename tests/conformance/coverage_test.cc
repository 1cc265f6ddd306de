// What contracts can say of a hook is compared: for each of it there is a plugin that handles such a hook.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>

#include "tests/conformance/differences.h"
#include "tests/conformance/fixtures.h"
#include "tests/conformance/refused.h"
#include "tests/support/catch.h"

using namespace tenon;
using namespace tenon::conformance;

namespace {

// A hook that a plugin handles.
struct Handled {
    const loader::Hook* hook;
    bool serialized;
};

// And its hooks are compared.
bool runs_in_both_kinds(const std::string& fixture) {
    for (const Refused& one : refused())
        if (one.fixture == fixture) return false;
    for (const Difference& one : differences())
        if (one.fixture == fixture && one.points.empty()) return false;
    for (const Varying& one : varying())
        if (one.fixture == fixture) return false;
    return true;
}

std::vector<Handled> all_handled(const std::vector<Offer>& offers) {
    std::vector<Handled> out;
    for (const Fixture& fixture : read_fixtures(CONFORMANCE_LIST)) {
        if (!runs_in_both_kinds(fixture.name)) continue;
        for (const manifest::HookUse& use : fixture.manifest.hooks)
            for (const Offer& offer : offers)
                if (const loader::Hook* const hook = offer.contract.hook(use.name))
                    if (offer.contract.id == use.contract) out.push_back({hook, fixture.manifest.serialized});
    }
    return out;
}

const std::vector<Offer>& offers() {
    static const std::vector<Offer> all = catalogue();
    return all;
}

template <class Fits>
bool some_plugin_handles(Fits&& fits) {
    static const std::vector<Handled> all = all_handled(offers());
    return std::any_of(all.begin(), all.end(), fits);
}

// The constants that a hook's column is made of, as the header has them: none can be forgotten here.
std::map<std::string, std::uint32_t> constants() {
    std::ifstream file(CONFORMANCE_API);
    const std::regex line(R"(\s+(TENON_[A-Z_]+) = (0x[0-9a-fA-F]+|[0-9]+)\b.*)");
    std::map<std::string, std::uint32_t> out;
    std::smatch match;
    for (std::string text; std::getline(file, text);)
        if (std::regex_match(text, match, line))
            out[match[1]] = static_cast<std::uint32_t>(std::strtoul(match[2].str().c_str(), nullptr, 0));
    return out;
}

bool is_kind(std::uint32_t constant) {
    return TENON_KIND_OF(constant) == constant;
}

// Whether a contract may say so: a hook of that kind gets the attribute, and the contract is read anew.
bool may_be_joined(std::uint32_t kind, std::uint32_t attribute) {
    for (const Offer& offer : offers()) {
        std::vector<tenon_record> records = offer.records;
        const auto hook = std::find_if(records.begin(), records.end(), [&](const tenon_record& one) {
            return one.kind == TENON_RECORD_HOOK && one.type == kind;
        });
        if (hook == records.end()) continue;
        hook->type |= attribute;
        return loader::read_contracts(records, "a contract that is tried").ok();
    }
    return false;
}

}  // namespace

TEST_CASE("the kinds of hooks are found in the header of the API") {
    const auto found = constants();
    CHECK(found.count("TENON_NOTIFY") == 1);
    CHECK(found.count("TENON_AROUND") == 1);
    CHECK(found.count("TENON_PARALLEL") == 1);
    CHECK(found.count("TENON_DENY_BY_DEFAULT") == 1);
}

TEST_CASE("for each kind of hook there is a plugin that is called at any time, and one that takes its turn") {
    for (const auto& [name, kind] : constants()) {
        if (!is_kind(kind)) continue;
        for (const bool serialized : {false, true}) {
            INFO(name << (serialized ? ", serialized" : ", concurrent"));
            CHECK(some_plugin_handles([&, kind = kind](const Handled& one) {
                return one.hook->kind == kind && one.serialized == serialized;
            }));
        }
    }
}

TEST_CASE("for each attribute there is a plugin with a hook of each kind that it can be joined with") {
    for (const auto& [attribute_name, attribute] : constants()) {
        if (is_kind(attribute)) continue;
        unsigned joined = 0;
        for (const auto& [name, kind] : constants()) {
            if (!is_kind(kind) || !may_be_joined(kind, attribute)) continue;
            ++joined;
            INFO(name << " | " << attribute_name);
            CHECK(some_plugin_handles([kind = kind, attribute = attribute](const Handled& one) {
                return one.hook->kind == kind && (one.hook->attributes & attribute) != 0;
            }));
        }
        INFO(attribute_name << " goes with no kind");
        CHECK(joined != 0);
    }
}

TEST_CASE("there is a plugin with a hook that has a deadline, and one with a hook that has a share") {
    CHECK(some_plugin_handles([](const Handled& one) { return one.hook->deadline_ns != 0; }));
    CHECK(some_plugin_handles([](const Handled& one) { return one.hook->share != 0; }));
}
