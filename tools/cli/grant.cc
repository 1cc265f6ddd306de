#include "tools/cli/grant.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tools/cli/answer.h"
#include "tools/cli/exit_code.h"
#include "tools/cli/facts.h"
#include "tools/cli/screen.h"

namespace tenon::cli {
namespace {

// All on one line: id, evidence, fix.
[[noreturn]] void give_up(const base::Problem& problem) {
    throw std::runtime_error(problem.id + ": " + problem.text + (problem.fix.empty() ? "" : " Fix: " + problem.fix));
}

Json or_give_up(base::Result<Json> answer) {
    if (!answer) give_up(answer.problem());
    return answer.take();
}

// "root (uid 0)": who decides, for the audit log.
std::string this_user() {
    std::array<char, 4096> texts{};
    passwd entry{};
    passwd* found = nullptr;
    const uid_t uid = ::getuid();
    if (::getpwuid_r(uid, &entry, texts.data(), texts.size(), &found) != 0 || found == nullptr)
        return fmt::format("uid {}", uid);
    return fmt::format("{} (uid {})", found->pw_name, uid);
}

// All that the file asks for and that needs a grant.
std::vector<std::string> asked_by(const std::string& file, const std::string& plugin) {
    const Facts facts = read_facts(file);
    if (!facts.problems.empty()) give_up(facts.problems.front());
    if (!facts.manifest)
        give_up({"grant.no-plugin", fmt::format("{} is no plugin", shown(file)), "tenon inspect tells what it is."});
    if (facts.manifest->id != plugin)
        give_up({"grant.other-plugin", fmt::format("{} is {}, not {}", shown(file), facts.manifest->id, shown(plugin)),
                 "Name the plugin's own file, or this id."});
    const Json answer = or_give_up(ask([&](tenon_write_fn write, void* data, tenon_error* error) {
        return tenon_permissions({}, tenon::str(facts.image->manifest), {}, write, data, error);
    }));
    std::vector<std::string> requests;
    for (const Json& row : answer.at("requests"))
        if (row.at("state") != "own") requests.push_back(row.at("request").get<std::string>());
    return requests;
}

// What was decided, and what was so before; whether there was any such thing.
bool tell(const Json& answer, std::string_view decided, std::string_view before) {
    bool as_before = false;
    for (const Json& row : answer.at("requests")) {
        const bool changed = row.at("changed").get<bool>();
        fmt::print("{}: {}\n", changed ? decided : before, shown(row.at("request").get<std::string>()));
        as_before = as_before || !changed;
    }
    return as_before;
}

}  // namespace

int grant(const GrantOptions& options) {
    const std::vector<std::string> all =
        options.all_of.empty() ? options.requests : asked_by(options.all_of, options.plugin);
    const std::string user = this_user();
    const Json answer = or_give_up(ask([&](tenon_write_fn write, void* data, tenon_error* error) {
        return tenon_grant(tenon::str(options.store), tenon::str(options.plugin), borrow_all(all).data(), all.size(),
                           tenon::str(user), write, data, error);
    }));
    const std::string id = shown(options.plugin);
    if (all.empty()) fmt::print("{} asks for nothing that needs a grant\n", id);
    tell(answer, "granted to " + id, "granted before to " + id);
    return exit_fine;
}

int revoke(const RevokeOptions& options) {
    const std::string user = this_user();
    const std::vector<tenon_str> named = borrow_all(options.requests);
    const tenon_str store = tenon::str(options.store), plugin = tenon::str(options.plugin), by = tenon::str(user);
    const Json answer = or_give_up(ask([&](tenon_write_fn write, void* data, tenon_error* error) {
        if (options.all) return tenon_revoke_all(store, plugin, by, write, data, error);
        return tenon_revoke(store, plugin, named.data(), named.size(), by, write, data, error);
    }));
    const std::string id = shown(options.plugin);
    if (answer.at("requests").empty()) fmt::print("nothing was granted to {}\n", id);
    const bool missed = tell(answer, "revoked from " + id, "was not granted to " + id);
    return missed ? exit_refused : exit_fine;
}

}  // namespace tenon::cli
