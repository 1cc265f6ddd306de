#include "manifest/fitness.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/verdicts.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

// The C library counts in two numbers.
std::string glibc_text(const Version& version) {
    return version.patch == 0 ? fmt::format("{}.{}", version.major, version.minor) : to_string(version);
}

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

void judge_platform(const Candidate& candidate, const System& system, base::Problems& out) {
    const std::vector<std::string>& systems = candidate.manifest->platform.systems;
    if (system.platform.empty()) return;
    if (!candidate.platform.empty() && candidate.platform != system.platform)
        out.push_back({"plan.platform",
                       fmt::format("{} is built for {}; this system is {}", title(candidate), candidate.platform,
                                   system.platform),
                       fmt::format("install the build for {}", system.platform)});
    if (!systems.empty() && std::find(systems.begin(), systems.end(), system.platform) == systems.end())
        out.push_back({"plan.platform",
                       fmt::format("{} is for {} by its manifest; this system is {}", title(candidate), joined(systems),
                                   system.platform),
                       fmt::format("install a version that is for {}", system.platform)});
}

void judge_glibc(const Candidate& candidate, const System& system, base::Problems& out) {
    const auto judge = [&](const std::optional<Version>& least, std::string_view by) {
        if (!system.glibc || !least || *least <= *system.glibc) return;
        out.push_back({"plan.glibc",
                       fmt::format("{} needs GLIBC {} by its {}; this system has {}", title(candidate),
                                   glibc_text(*least), by, glibc_text(*system.glibc)),
                       fmt::format("use a build for GLIBC {} or older, or a newer system", glibc_text(*system.glibc))});
    };
    judge(candidate.glibc, "symbols");
    judge(candidate.manifest->platform.glibc, "manifest");
}

void judge_host(const Candidate& candidate, const System& system, base::Problems& out) {
    const std::vector<Relation>& hosts = candidate.manifest->hosts;
    if (hosts.empty() || system.host.empty()) return;
    List wanted;
    std::vector<std::string_view> ids;
    bool is_named = false;
    for (const Relation& host : hosts) {
        wanted.add(fmt::format("{} {}", host.id, host.range.text()));
        ids.push_back(host.id);
        if (host.id != system.host) continue;
        is_named = true;
        if (!system.host_version || host.range.admits(*system.host_version)) return;
    }
    const std::string version = system.host_version ? fmt::format(" {}", to_string(*system.host_version)) : "";
    const std::string_view similar = is_named ? std::string_view() : nearest(system.host, ids);
    out.push_back({"plan.host",
                   fmt::format("{} is for {}; this host is {}{}{}", title(candidate), wanted.text(), system.host,
                               version, similar.empty() ? "" : fmt::format("; is {} meant to be its id?", similar)),
                   is_named ? "use a version of the plugin that is for this version of the host"
                            : "use the plugin with the application that it is for"});
}

void judge_features(const Candidate& candidate, const System& system, base::Problems& out) {
    if (!system.features_known) return;
    std::vector<std::string> missing;
    for (const std::string& feature : candidate.manifest->platform.features)
        if (std::find(system.features.begin(), system.features.end(), feature) == system.features.end())
            missing.push_back(feature);
    if (missing.empty()) return;
    out.push_back({"plan.feature",
                   fmt::format("{} needs {}, which this system does not have", title(candidate), joined(missing)),
                   "use a machine or a kernel that has it, or a build that does without"});
}

}  // namespace

base::Problems unfit(const Candidate& candidate, const System& system) {
    base::Problems problems;
    judge_platform(candidate, system, problems);
    judge_glibc(candidate, system, problems);
    judge_host(candidate, system, problems);
    judge_features(candidate, system, problems);
    return problems;
}

}  // namespace tenon::manifest
