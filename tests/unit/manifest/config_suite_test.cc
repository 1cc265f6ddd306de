// The public JSON Schema Test Suite (Debian: json-schema-test-suite), draft 7: every case whose keywords are in the
// subset passes. What is left out stands here with its reason, and must exist, so that the list cannot grow stale.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "manifest/config_check.h"
#include "manifest/schema_json.h"
#include "manifest/schema_read.h"
#include "tests/support/catch.h"

using namespace tenon::manifest;
using nlohmann::json;

namespace {

const std::filesystem::path suite = "/usr/share/json-schema-test-suite/tests/draft7";

// Of a file, or, behind a slash, of one group of its cases.
const std::map<std::string, std::string> left_out{
    {"default.json", "a default that does not fit its schema is refused"},
    {"definitions.json", "refers to the schema of schemas at json-schema.org"},
    {"refRemote.json", "refers to other documents"},
    {"ref.json/relative pointer ref to object", "refers to \"#/properties/foo\": only definitions have names"},
    {"ref.json/relative pointer ref to array", "refers to \"#/items/0\": only definitions have names"},
    {"ref.json/escaped pointer ref", "refers to keywords that are none"},
    {"ref.json/ref overrides any sibling keywords", "what would be ignored is refused"},
    {"ref.json/remote ref, containing refs itself", "refers to the schema of schemas at json-schema.org"},
    {"ref.json/Recursive references between schemas", "names schemas by \"$id\""},
    {"optional/content.json", "contentEncoding and contentMediaType are not in the subset"},
    {"optional/ecmascript-regex.json", "patterns are those of RE2"},
    {"optional/format/idn-email.json", "not a format of the subset"},
    {"optional/format/idn-hostname.json", "not a format of the subset"},
    {"optional/format/iri-reference.json", "not a format of the subset"},
    {"optional/format/iri.json", "not a format of the subset"},
    {"optional/format/json-pointer.json", "not a format of the subset"},
    {"optional/format/regex.json", "not a format of the subset"},
    {"optional/format/relative-json-pointer.json", "not a format of the subset"},
    {"optional/format/uri-reference.json", "not a format of the subset"},
    {"optional/format/uri-template.json", "not a format of the subset"},
};

struct Group {
    std::string name;  // "FILE/DESCRIPTION"
    json content;
};

std::vector<Group> groups(const std::string& file) {
    auto text = tenon::base::read_file(suite / file, 1 << 20);
    REQUIRE(text.ok());
    std::vector<Group> found;
    for (const json& group : json::parse(text.value()))
        found.push_back({fmt::format("{}/{}", file, group["description"].get<std::string>()), group});
    return found;
}

std::vector<std::string> files() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(suite))
        if (entry.is_regular_file()) found.push_back(std::filesystem::relative(entry.path(), suite));
    std::sort(found.begin(), found.end());
    return found;
}

std::optional<ConfigSchema> suite_schema(const json& source, std::string& problems) {
    auto value = from_json(source);
    REQUIRE(value.ok());
    tenon::manifest::Diagnostics out("schema.json");
    auto read = read_schema(value.value(), "", SchemaRoot::any, out);
    problems = tenon::base::to_text(out.take());
    return read;
}

}  // namespace

TEST_CASE("every case of the public suite whose keywords are in the subset passes") {
    std::size_t cases = 0;
    for (const std::string& file : files()) {
        if (left_out.contains(file)) continue;
        for (const Group& group : groups(file)) {
            if (left_out.contains(group.name)) continue;
            INFO(group.name);
            std::string problems;
            const auto read = suite_schema(group.content["schema"], problems);
            INFO(problems);
            CHECK(read.has_value());
            if (!read) continue;
            for (const json& test : group.content["tests"]) {
                ++cases;
                const auto found = validate(*read, test["data"]);
                INFO(test["description"].get<std::string>() << "\n" << tenon::base::to_text(found));
                CHECK(found.empty() == test["valid"].get<bool>());
                for (const auto& problem : found) CHECK_FALSE(problem.fix.empty());
            }
        }
    }
    CHECK(cases >= 445);  // the number of today: an empty folder is no success
}

TEST_CASE("what is left out of the public suite is there, and not in the subset") {
    for (const auto& [name, reason] : left_out) {
        INFO(name << ": " << reason);
        CHECK_FALSE(reason.empty());
        std::size_t read = 0, refused = 0;
        const std::string file = name.substr(0, name.find(".json") + 5);
        REQUIRE(std::filesystem::exists(suite / file));
        for (const Group& group : groups(file)) {
            if (name != file && name != group.name) continue;
            std::string problems;
            ++(suite_schema(group.content["schema"], problems) ? read : refused);
        }
        CHECK(refused > 0);
    }
}
