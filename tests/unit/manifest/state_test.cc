#include "tests/unit/manifest/parsing.h"

using namespace tenon::manifest;
using Versions = std::vector<std::uint32_t>;

namespace {

// Lines 4 to 6; what a test adds is line 7.
const std::string table = "[state]\nschema = 'org.acme.counter'\nversion = 3\n";

std::string type_fault(const std::string& type) {
    const std::string refusal = refusal_of(table + "type = '" + type + "'");
    CHECK(refusal.starts_with("manifest.bad-id | p.toml:7:8: state.type: \"" + type.substr(0, 40)));
    return refusal.substr(refusal.find(" names no struct: ") + 18);
}

}  // namespace

TEST_CASE("the state that a reload hands over is read") {
    const auto state = manifest_of(R"([state]
schema = "org.acme.counter"
version = 4294967295
type = "org.acme.counter.types/counter_state"
policy = "journal"
migrates = [1, 4294967294, 3])")
                           .state;
    REQUIRE(state.has_value());
    CHECK(state->schema == "org.acme.counter");
    CHECK(state->version == 4'294'967'295u);
    CHECK(state->contract == "org.acme.counter.types");
    CHECK(state->type == "counter_state");
    CHECK(state->policy == StatePolicy::journal);
    CHECK(state->migrates == Versions{1, 4'294'967'294u, 3});
    CHECK(state->at == Location{4, 1});
}

TEST_CASE("a state that says no more than it must is frozen, without a type and without older versions") {
    const auto state = manifest_of("[state]\nschema = 'a.b'\nversion = 1").state;
    REQUIRE(state.has_value());
    CHECK(state->schema == "a.b");
    CHECK(state->version == 1u);
    CHECK(state->contract.empty());
    CHECK(state->type.empty());
    CHECK(state->policy == StatePolicy::freeze);
    CHECK(state->migrates.empty());
}

TEST_CASE("without the table there is no state") {
    CHECK_FALSE(manifest_of("").state.has_value());
}

TEST_CASE("each policy is written as it is read") {
    for (const std::string word : {"freeze", "journal", "lossy"}) {
        const auto state = manifest_of(table + "policy = '" + word + "'").state;
        REQUIRE(state.has_value());
        CHECK(to_string(state->policy) == word);
    }
}

TEST_CASE("a state has a schema and a version") {
    const Parsed parsed = parse_manifest(head + "[state]", "p.toml");
    CHECK(tenon::base::to_text(parsed.problems) ==
          "p.toml:4:1: state.schema: missing; wanted a string\n"
          "p.toml:4:1: state.version: missing; wanted an integer");
    CHECK(parsed.problems[0].id == "manifest.missing-key");
    CHECK(parsed.problems[1].fix == "add the key \"version\"");
    CHECK(refusal_of("state = 2") == "manifest.wrong-type | p.toml:4:9: state: found an integer, wanted a table");
    CHECK(refusal_of("[[state]]") == "manifest.wrong-type | p.toml:4:1: state: found an array, wanted a table");
}

TEST_CASE("an unknown key of a state is refused, with the nearest known one if there is one") {
    CHECK(refusal_of(table + "polcy = 'lossy'") ==
          "manifest.unknown-key | p.toml:7:1: state.polcy: unknown key; did you mean \"policy\"?");
    CHECK(refusal_of(table + "budget = '5 ms'") == "manifest.unknown-key | p.toml:7:1: state.budget: unknown key");
    CHECK(fix_of(table + "budget = '5 ms'") == "remove it; the keys here are schema, version, type, policy, migrates");
}

TEST_CASE("the schema of a state is an id, its version a number from 1") {
    CHECK(refusal_of("[state]\nschema = 'counter'\nversion = 1") ==
          "manifest.bad-id | p.toml:5:10: state.schema: \"counter\" is not an id: it has one part only");
    CHECK(refusal_of("[state]\nschema = 1\nversion = 1") ==
          "manifest.wrong-type | p.toml:5:10: state.schema: found an integer, wanted a string");
    CHECK(refusal_of("[state]\nschema = 'a.b'\nversion = '1.0.0'") ==
          "manifest.wrong-type | p.toml:6:11: state.version: found a string, wanted an integer");
    CHECK(refusal_of("[state]\nschema = 'a.b'\nversion = 0") ==
          "manifest.out-of-range | p.toml:6:11: state.version: found 0, wanted a number from 1 to 4294967295");
    CHECK(refusal_of("[state]\nschema = 'a.b'\nversion = 4294967296")
              .ends_with("found 4294967296, wanted a number from 1 to 4294967295"));
}

TEST_CASE("the type of a state is a struct of a contract") {
    CHECK(refusal_of(table + "type = 'counter_state'") ==
          "manifest.bad-id | p.toml:7:8: state.type: \"counter_state\" names no struct: it has no slash between a "
          "contract and a struct");
    CHECK(fix_of(table + "type = 'counter_state'") ==
          "write the contract's id, a slash, and the struct's name as the contract's header has it: "
          "\"org.acme.counter.types/counter_state\"");
    CHECK(type_fault("a.b") == "it has no slash between a contract and a struct");
    CHECK(type_fault("a/s") == "it has one part only");
    CHECK(type_fault("") == "it has no slash between a contract and a struct");
    CHECK(type_fault("a_b.c/s") == "it has \"_b\" at character 2");
    CHECK(type_fault("/s") == "it has an empty part");
    CHECK(type_fault("a.b/") == "it has \"\" where the name of a struct is wanted");
    CHECK(type_fault("a.b/2s") == "it has \"2s\" where the name of a struct is wanted");
    CHECK(type_fault("a.b/1/s") == "it has \"1/s\" where the name of a struct is wanted");
    CHECK(type_fault("a.b/" + std::string(64, 's')).ends_with(" where the name of a struct is wanted"));
    CHECK(type_fault("a." + std::string(62, 'b') + "/s") == "it has 64 bytes, 63 are the most");
    CHECK(refusal_of(table + "type = 1") ==
          "manifest.wrong-type | p.toml:7:8: state.type: found an integer, wanted a string");
}

TEST_CASE("the greatest names of a contract and of a struct fit together into the type of a state") {
    const std::string contract = "a." + std::string(61, 'b');
    const std::string name(63, 's');
    const auto state = manifest_of(table + "type = '" + contract + "/" + name + "'").state;
    REQUIRE(state.has_value());
    CHECK(state->contract == contract);
    CHECK(state->type == name);
}

TEST_CASE("a policy that is none is refused, with the list") {
    CHECK(refusal_of(table + "policy = 'jornal'") ==
          "manifest.bad-choice | p.toml:7:10: state.policy: found \"jornal\", wanted one of freeze, journal, lossy; "
          "did you mean \"journal\"?");
    CHECK(refusal_of(table + "policy = 'copy'") ==
          "manifest.bad-choice | p.toml:7:10: state.policy: found \"copy\", wanted one of freeze, journal, lossy");
    CHECK(fix_of(table + "policy = 'copy'") == "write one of these words");
}

TEST_CASE("a build migrates older versions of its state, each once") {
    CHECK(manifest_of(table + "migrates = [2, 1]").state->migrates == Versions{2, 1});
    CHECK(manifest_of(table + "migrates = []").state->migrates.empty());
    CHECK(refusal_of(table + "migrates = [1, 3]") ==
          "manifest.out-of-range | p.toml:7:16: state.migrates[1]: found 3, wanted a number below version, 3");
    CHECK(fix_of(table + "migrates = [4]") ==
          "list older versions only: what has the same version is handed over as it is");
    CHECK(refusal_of(table + "migrates = [1, 2, 1]") ==
          "manifest.duplicate | p.toml:7:19: state.migrates[2]: \"1\" stands at state.migrates[0] already");
    CHECK(refusal_of(table + "migrates = [0]") ==
          "manifest.out-of-range | p.toml:7:13: state.migrates[0]: found 0, wanted a number from 1 to 4294967294");
    CHECK(refusal_of(table + "migrates = [4294967295]")
              .ends_with("found 4294967295, wanted a number from 1 to 4294967294"));
    CHECK(refusal_of(table + "migrates = 1") ==
          "manifest.wrong-type | p.toml:7:12: state.migrates: found an integer, wanted an array");
    CHECK(refusal_of(table + "migrates = ['1']") ==
          "manifest.wrong-type | p.toml:7:13: state.migrates[0]: found a string, wanted an integer");
}

TEST_CASE("without a version of its own, a state is told that, and nothing of what it migrates") {
    CHECK(refusal_of("[state]\nschema = 'a.b'\nmigrates = [7]") ==
          "manifest.missing-key | p.toml:4:1: state.version: missing; wanted an integer");
}

TEST_CASE("a state migrates 64 older versions at most") {
    std::string list = "1";
    for (int i = 2; i <= 64; ++i) list += fmt::format(", {}", i);
    const std::string newer = "[state]\nschema = 'a.b'\nversion = 100\n";
    CHECK(manifest_of(newer + "migrates = [" + list + "]").state->migrates.size() == 64);
    CHECK(refusal_of(newer + "migrates = [" + list + ", 65]") ==
          "manifest.too-many | p.toml:7:12: state.migrates: found 65 entries, 64 are the most");
}
