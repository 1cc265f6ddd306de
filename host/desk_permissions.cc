// What a plugin asks to be allowed, and what of it was granted.
#include <algorithm>
#include <optional>

#include "host/desk.h"
#include "host/grants.h"
#include "host/json.h"
#include "host/time_text.h"
#include "manifest/manifest.h"

namespace tenon::host {

namespace {

using GrantList = std::vector<Grant>;

// What is known of the plugin before the store was looked at.
struct Asking {
    std::string plugin;
    std::string version;             // empty: there is no manifest
    std::optional<Requests> wanted;  // the same
};

base::Result<Asking> asking(std::string_view toml, std::string_view plugin) {
    if (toml.empty()) return Asking{std::string(plugin), {}, {}};
    manifest::Parsed parsed = manifest::parse_manifest(toml, "manifest");
    if (!parsed.manifest) return parsed.problems.front();
    base::Result<Requests> wanted = requests_of(parsed.manifest->permissions);
    if (!wanted) return wanted.problem();
    return Asking{parsed.manifest->id, manifest::to_string(parsed.manifest->version), wanted.take()};
}

base::Result<GrantList> grants_in(const std::string& path, std::string_view plugin) {
    if (path.empty()) return GrantList();
    base::Result<Store> store = Store::open(path, {.create = false});
    if (!store) return store.problem();
    return Grants(store.value()).of(plugin);
}

// The rows of the answer: what is asked for, in its order, and behind it what was granted besides.
class RequestRows {
public:
    RequestRows(Json& json, const Asking& asking, const GrantList& grants, const std::string& store)
        : json_(json), asking_(asking), grants_(grants), store_(store) {}

    void write() {
        const Requests none;
        const Requests& wanted = asking_.wanted ? *asking_.wanted : none;
        for (const std::string& request : wanted) {
            const auto grant = std::ranges::find(grants_, request, &Grant::request);
            if (grant == grants_.end())
                write_wanted(request);
            else
                write_granted(*grant, "granted");
        }
        for (const Grant& grant : grants_)
            if (std::ranges::find(wanted, grant.request) == wanted.end())
                write_granted(grant, asking_.wanted ? "unasked" : "granted");
    }

private:
    void write_wanted(const std::string& request) {
        const bool own = is_its_own(request);
        const char* const missing = store_.empty() ? "asked" : "waiting";
        json_.object().member("request", request).member("state", own ? "own" : missing);
        json_.name("since").null().name("by").null().name("command");
        if (own)
            json_.null();
        else
            json_.text(command_to_grant(asking_.plugin, request, store_));
        json_.end_object();
    }

    void write_granted(const Grant& grant, const char* state) {
        json_.object().member("request", grant.request).member("state", state);
        json_.member("since", time_of_day(grant.since)).member("by", grant.by);
        json_.member("command", command_to_revoke(asking_.plugin, grant.request, store_)).end_object();
    }

    Json& json_;
    const Asking& asking_;
    const GrantList& grants_;
    const std::string& store_;
};

void write_text_or_null(Json& json, std::string_view name, std::string_view text) {
    json.name(name);
    if (text.empty())
        json.null();
    else
        json.text(text);
}

}  // namespace

base::Result<std::string> permissions_answer(const std::string& store, std::string_view manifest,
                                             std::string_view plugin) {
    const base::Result<Asking> asked = asking(manifest, plugin);
    if (!asked) return asked.problem();
    const base::Result<GrantList> grants = grants_in(store, asked.value().plugin);
    if (!grants) return grants.problem();
    std::string text;
    Json json(text);
    json.object().member("plugin", asked.value().plugin);
    write_text_or_null(json, "version", asked.value().version);
    write_text_or_null(json, "store", store);
    json.name("requests").array();
    RequestRows(json, asked.value(), grants.value(), store).write();
    json.end_array().end_object();
    return text;
}

}  // namespace tenon::host
