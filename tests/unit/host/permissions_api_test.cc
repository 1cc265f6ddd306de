// The C functions of permissions.h: what they write, and what they say about arguments that make no sense.
#include <tenon/permissions.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>
#include <tenon/types.hpp>
#include <vector>

#include "host/machine_json.h"
#include "tests/unit/host/store_fixture.h"

using namespace tenon;
using namespace tenon::test;
using Json = nlohmann::json;

namespace {

constexpr const char* asks = R"(id = "org.acme.tax"
name = "Tax"
version = "1.2.0"
[permissions]
read = ["$data/**", "/usr/share/dict/*"]
environment = ["LANG"]
)";

std::uint32_t take(void* data, tenon_str text) {
    static_cast<std::string*>(data)->append(view(text));
    return 1;
}
std::uint32_t stop(void*, tenon_str) {
    return 0;
}

// What a function wrote, its status, and why.
struct Answer {
    std::string text;
    std::int32_t status = 0;
    tenon_error error = TENON_ERROR_INIT;

    Json json() const {
        INFO(error.text);
        REQUIRE(status == TENON_OK);
        REQUIRE(text.ends_with("\n"));
        return Json::parse(text);
    }
    std::string why() const { return std::string(error.reason) + " | " + error.text; }
};

template <class Call>
Answer ask(Call&& call) {
    Answer answer;
    answer.status = call(take, &answer.text, &answer.error);
    if (answer.status < 0) CHECK(answer.text.empty());
    return answer;
}

Answer permissions(const std::string& store, const std::string& manifest, const std::string& plugin) {
    return ask([&](auto... out) { return tenon_permissions(str(store), str(manifest), str(plugin), out...); });
}
Answer grant(const std::string& store, const std::string& plugin, const std::vector<tenon_str>& requests) {
    return ask([&](auto... out) {
        return tenon_grant(str(store), str(plugin), requests.data(), requests.size(), str("anna"), out...);
    });
}
Answer audit(const std::string& store, const std::string& plugin, std::uint64_t last) {
    return ask([&](auto... out) { return tenon_audit(str(store), str(plugin), last, out...); });
}
Answer verify(const std::string& store, const std::string& known = {}) {
    return ask([&](auto... out) { return tenon_audit_verify(str(store), str(known), out...); });
}

std::vector<std::string> states(const Json& answer) {
    std::vector<std::string> lines;
    for (const Json& row : answer.at("requests"))
        lines.push_back(row.at("state").get<std::string>() + " " + row.at("request").get<std::string>());
    return lines;
}

}  // namespace

TEST_CASE("a manifest's requests are asked for without a store, and waiting or granted with one") {
    const Folder folder;
    const std::string store = folder / "store";
    CHECK(states(permissions("", asks, "").json()) ==
          std::vector<std::string>{"own read:$data/**", "asked read:/usr/share/dict/*", "asked env:LANG"});
    const Json granted = grant(store, "org.acme.tax", {str("env:LANG"), str("content:read"), str("env:LANG")}).json();
    CHECK(granted == Json::parse(R"({"plugin": "org.acme.tax", "requests": [
        {"request": "env:LANG", "changed": true}, {"request": "content:read", "changed": true}]})"));
    const Json answer = permissions(store, asks, "").json();
    CHECK(states(answer) == std::vector<std::string>{"own read:$data/**", "waiting read:/usr/share/dict/*",
                                                     "granted env:LANG", "unasked content:read"});
    CHECK(answer.at("plugin") == "org.acme.tax");
    CHECK(answer.at("version") == "1.2.0");
    CHECK(answer.at("requests").at(2).at("by") == "anna");
    CHECK(answer.at("requests").at(1).at("command") ==
          "tenon grant org.acme.tax 'read:/usr/share/dict/*' --store " + store);
    CHECK(states(permissions(store, "", "org.acme.tax").json()) ==
          std::vector<std::string>{"granted content:read", "granted env:LANG"});
}

TEST_CASE("what is revoked was granted, and all of it can be") {
    const Folder folder;
    const std::string store = folder / "store";
    grant(store, "org.acme.tax", {str("env:LANG"), str("content:read"), str("env:TZ")}).json();
    const std::vector<tenon_str> some{str("env:LANG"), str("env:HOME")};
    const Json revoked = ask([&](auto... out) {
                             return tenon_revoke(str(store), str("org.acme.tax"), some.data(), 2, str("bert"), out...);
                         }).json();
    CHECK(revoked.at("requests") == Json::parse(R"([{"request": "env:LANG", "changed": true},
                                                    {"request": "env:HOME", "changed": false}])"));
    CHECK(tenon_revoke_all(str(store), str("org.acme.tax"), str("bert"), nullptr, nullptr, nullptr) == TENON_OK);
    CHECK(states(permissions(store, "", "org.acme.tax").json()).empty());
    const Json rows = audit(store, "", 2).json().at("rows");
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].at("number") == 6);
    CHECK(rows[1].at("who") == "bert");
    CHECK(rows[1].at("what") == "revoked");
    CHECK(rows[1].at("detail") == "env:TZ");
    CHECK(rows[1].at("previous") == rows[0].at("hash"));
    CHECK(audit(store, "org.acme.other", 2).json().at("rows").empty());
}

TEST_CASE("a mark of the audit log has to be there the next time") {
    const Folder folder;
    const std::string store = folder / "store", shorter = folder / "shorter";
    grant(store, "org.acme.tax", {str("env:LANG"), str("env:TZ")}).json();
    grant(shorter, "org.acme.tax", {str("env:LANG")}).json();
    const Json last = verify(store).json();
    CHECK(last.at("rows") == 2);
    const std::string mark = last.at("mark").get<std::string>();
    CHECK(verify(store, mark).status == TENON_OK);
    const Answer other = verify(shorter, mark);
    CHECK(other.status == TENON_E_REFUSED);
    CHECK(other.why() == "audit.broken | " + shorter + ": the audit log ends with row 1; it once had row 2");
    CHECK(verify(store, "2:abc").status == TENON_E_INVALID);
    CHECK(verify(store, "2:abc").why() == "api.invalid-argument | the known row is no mark");
}

TEST_CASE("arguments that make no sense are refused, and nothing is made") {
    const Folder folder;
    const std::string store = folder / "store";
    const auto refused = [](const Answer& answer, std::int32_t status, const std::string& why) {
        CHECK(answer.status == status);
        CHECK(answer.why() == why);
    };
    refused(permissions("", "", ""), TENON_E_INVALID,
            "api.invalid-argument | wanted a manifest or a plugin, and not both");
    refused(permissions("", asks, "org.acme.tax"), TENON_E_INVALID,
            "api.invalid-argument | wanted a manifest or a plugin, and not both");
    refused(permissions("", "", "org.acme.tax"), TENON_E_INVALID, "api.invalid-argument | no store is named");
    refused(permissions("", std::string(64 * 1024 + 1, '#'), ""), TENON_E_INVALID,
            "api.invalid-argument | the manifest has more than 64 KiB");
    CHECK(permissions("", "manifest = ", "").status == TENON_E_REFUSED);
    refused(grant(std::string("a\0b", 3), "org.acme.tax", {}), TENON_E_INVALID,
            "api.invalid-argument | the store's path has a NUL in it");
    refused(grant(store, "org.acme.tax", std::vector<tenon_str>(1025, str("env:LANG"))), TENON_E_INVALID,
            "api.invalid-argument | there are more than 1024 requests");
    CHECK(
        grant(store, "org.acme.tax", {str("raed:/x")}).why().starts_with("permission.bad | \"raed:/x\" is no request"));
    CHECK(tenon_grant(str(store), str("org.acme.tax"), nullptr, 1, {}, nullptr, nullptr, nullptr) == TENON_E_INVALID);
    CHECK(audit(store, "", 1).status == TENON_E_NOT_FOUND);
    CHECK(tenon_machine(nullptr, nullptr, nullptr) == TENON_E_INVALID);
    CHECK_FALSE(std::filesystem::exists(store));
}

TEST_CASE("who stops an answer is told so, and what was decided stays") {
    const Folder folder;
    const std::string store = folder / "store";
    const tenon_str request = str("env:LANG");
    CHECK(tenon_grant(str(store), str("org.acme.tax"), &request, 1, str("anna"), stop, nullptr, nullptr) ==
          TENON_E_CANCELLED);
    CHECK(states(permissions(store, "", "org.acme.tax").json()) == std::vector<std::string>{"granted env:LANG"});
}

TEST_CASE("of a layer that a machine lacks it is told why, and what that means") {
    sandbox::Machine machine;
    machine.kernel = "5.10.0-8";
    machine.landlock_error = ENOSYS;
    machine.seccomp = true;
    const Json found = Json::parse(host::to_json(machine));
    CHECK(found.at("can_confine") == false);
    const Json& landlock = found.at("layers").at(3);
    CHECK(landlock.at("name") == "landlock");
    CHECK(landlock.at("enforced") == false);
    CHECK(landlock.at("found").get<std::string>().starts_with(
        "files: the layer landlock needs Landlock (Linux 5.13), and Linux 5.10.0-8 here has none: "));
    CHECK(landlock.at("means").get<std::string>().starts_with("confined plugins are refused, unless the operator"));
    const Json& namespaces = found.at("layers").at(2);
    CHECK(namespaces.at("needed") == false);
    CHECK(namespaces.at("found") == "this user may not make them: not root, and no user namespaces");
    CHECK(found.at("layers").at(4).at("enforced") == true);
    const std::string limits = found.at("layers").at(0).at("found");
    CHECK(limits ==
          "threads are not: no user namespaces to count them in, only memory bounds them; no control groups for "
          "workers: processor time is not shared out");
    machine.user_namespaces = true;
    CHECK(Json::parse(host::to_json(machine)).at("layers").at(0).at("found") ==
          "no control groups for workers: processor time is not shared out");
    machine.landlock_abi = 2;
    CHECK(Json::parse(host::to_json(machine)).at("can_confine") == true);
}

TEST_CASE("this machine is described") {
    const Json found = ask([](auto... out) { return tenon_machine(out...); }).json();
    CHECK(found.at("layers").size() == 5);
    CHECK(found.at("uid") == ::geteuid());
    CHECK(found.at("kernel").get<std::string>().size() > 2);
}
