#include "tools/cli/grant.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

#include "host/grants.h"
#include "tools/cli/exit_code.h"
#include "tools/cli/facts.h"
#include "tools/cli/screen.h"

namespace tenon::cli {
namespace {

// In the words that tenon::Error has.
[[noreturn]] void give_up(const base::Problem& problem) {
    throw std::runtime_error(problem.text + (problem.fix.empty() ? "" : " Fix: " + problem.fix));
}

template <class T>
T or_give_up(base::Result<T> result) {
    if (!result) give_up(result.problem());
    return result.take();
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

std::uint64_t now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
    return ns < 0 ? 0 : static_cast<std::uint64_t>(ns);
}

// All that the file asks for and that needs a grant.
host::Requests asked_by(const std::string& file, const std::string& plugin) {
    const Facts facts = read_facts(file);
    if (!facts.problems.empty()) give_up(facts.problems.front());
    if (!facts.manifest)
        give_up({"grant.no-plugin", fmt::format("{} is no plugin", shown(file)), "tenon inspect tells what it is."});
    if (facts.manifest->id != plugin)
        give_up({"grant.other-plugin", fmt::format("{} is {}, not {}", shown(file), facts.manifest->id, shown(plugin)),
                 "Name the plugin's own file, or this id."});
    host::Requests requests = or_give_up(host::requests_of(facts.manifest->permissions));
    std::erase_if(requests, [](const std::string& request) { return host::is_its_own(request); });
    return requests;
}

host::Requests canonical(const host::Requests& requests) {
    host::Requests all;
    for (const std::string& request : requests) {
        std::string one = or_give_up(host::canonical_request(request));
        if (std::ranges::find(all, one) == all.end()) all.push_back(std::move(one));
    }
    return all;
}

// What was decided, and what was so before; whether there was any such thing.
bool tell(const host::Requests& all, const host::Requests& done, std::string_view decided, std::string_view before) {
    bool as_before = false;
    for (const std::string& request : all) {
        const bool changed = std::ranges::find(done, request) != done.end();
        fmt::print("{}: {}\n", changed ? decided : before, shown(request));
        as_before = as_before || !changed;
    }
    return as_before;
}

}  // namespace

int grant(const GrantOptions& options) {
    const host::Requests all =
        options.all_of.empty() ? canonical(options.requests) : asked_by(options.all_of, options.plugin);
    host::Store store = or_give_up(host::Store::open(options.store));
    const host::Requests done = or_give_up(host::Grants(store).grant(options.plugin, all, this_user(), now()));
    const std::string id = shown(options.plugin);
    if (all.empty()) fmt::print("{} asks for nothing that needs a grant\n", id);
    tell(all, done, "granted to " + id, "granted before to " + id);
    return exit_fine;
}

int revoke(const RevokeOptions& options) {
    const host::Requests named = canonical(options.requests);
    host::Store store = or_give_up(host::Store::open(options.store, {.create = false}));
    host::Grants grants(store);
    const host::Requests done = or_give_up(options.all ? grants.revoke_all(options.plugin, this_user(), now())
                                                       : grants.revoke(options.plugin, named, this_user(), now()));
    const host::Requests& all = options.all ? done : named;
    const std::string id = shown(options.plugin);
    if (all.empty()) fmt::print("nothing was granted to {}\n", id);
    const bool missed = tell(all, done, "revoked from " + id, "was not granted to " + id);
    return missed ? exit_refused : exit_fine;
}

}  // namespace tenon::cli
