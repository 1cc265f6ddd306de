#include "tests/unit/manifest/plan_file.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <sstream>

#include "tests/unit/manifest/plan_fixture.h"

namespace tenon::manifest {
namespace {

// The words of a line, one after the other.
class Words {
public:
    explicit Words(const std::string& line) : stream_(line) {}
    std::string next() {
        std::string word;
        stream_ >> word;
        REQUIRE_FALSE(word.empty());
        return word;
    }
    bool take(std::string_view word) {
        const auto place = stream_.tellg();
        std::string found;
        if (stream_ >> found && found == word) return true;
        stream_.clear();
        stream_.seekg(place);
        return false;
    }
    std::string rest() {
        std::string all;
        std::getline(stream_ >> std::ws, all);
        REQUIRE_FALSE(all.empty());
        return all;
    }
    std::vector<std::string> all() {
        return {std::istream_iterator<std::string>(stream_), std::istream_iterator<std::string>()};
    }

private:
    std::istringstream stream_;
};

Version glibc_of(const std::string& two_numbers) {
    return version_of(two_numbers + ".0");
}

Relation relation(Words& words) {
    std::string id = words.next();
    return {std::move(id), range_of(words.rest()), {}};
}

Provision provision(Words& words) {
    std::string id = words.next();
    return {std::move(id), version_of(words.next()), {}};
}

void need(Words& words, Manifest& manifest, bool optional) {
    Relation wanted = relation(words);
    manifest.dependencies.push_back({std::move(wanted.id), std::move(wanted.range), optional, {}});
}

void read_offer(Words& words, Candidate& candidate) {
    Provision contract = provision(words);
    Offer& offer = candidate.offers.emplace_back(Offer{std::move(contract.id), std::move(contract.version), ""});
    if (words.take("with")) offer.services = words.all();
}

void read_for(Words& words, Platform& platform, Manifest& manifest) {
    if (words.take("host"))
        manifest.hosts.push_back(relation(words));
    else if (words.take("glibc"))
        platform.glibc = glibc_of(words.next());
    else if (words.take("feature"))
        platform.features.push_back(words.next());
    else
        platform.systems.push_back(words.next());
}

// An indented line.
void read_statement(Words& words, Candidate& candidate, Manifest& manifest) {
    const std::map<std::string, std::function<void()>> statements = {
        {"needs", [&] { need(words, manifest, false); }},
        {"likes", [&] { need(words, manifest, true); }},
        {"conflicts", [&] { manifest.conflicts.push_back(relation(words)); }},
        {"replaces", [&] { manifest.replaces.push_back(relation(words)); }},
        {"provides", [&] { manifest.provides.push_back(provision(words)); }},
        {"uses",
         [&] {
             Relation used = relation(words);
             manifest.contracts.push_back({std::move(used.id), std::move(used.range), false, {}});
         }},
        {"offers", [&] { read_offer(words, candidate); }},
        {"for", [&] { read_for(words, manifest.platform, manifest); }},
        {"built",
         [&] {
             REQUIRE(words.take("for"));
             if (words.take("glibc"))
                 candidate.glibc = glibc_of(words.next());
             else
                 candidate.platform = words.next();
         }},
        {"soname", [&] { candidate.soname = words.next(); }},
        {"fault",
         [&] {
             std::string id = words.next();
             candidate.faults.push_back({std::move(id), words.rest(), "repair the file"});
         }},
    };
    const auto found = statements.find(words.next());
    REQUIRE(found != statements.end());
    found->second();
}

void read_system(Words& words, System& system) {
    if (words.take("glibc")) {
        system.glibc = glibc_of(words.next());
    } else if (words.take("features")) {
        system.features = words.all();
        system.features_known = true;
    } else {
        system.platform = words.next();
    }
}

void read_active(Words& words, PlanFile& file) {
    Provision plugin = provision(words);
    Present& present = file.present.emplace_back(Present{std::move(plugin.id), std::move(plugin.version)});
    while (words.take("provides")) present.provides.push_back(provision(words));
}

void read_plugin(const std::string& id, Words& words, PlanFile& file) {
    Manifest& manifest = file.manifests.emplace_back();
    manifest.id = id;
    manifest.version = version_of(words.next());
    Candidate& candidate = file.candidates.emplace_back();
    candidate.manifest = &manifest;
    candidate.path = words.take("at") ? words.next() : "/p/" + id;
}

// A line that is not indented.
void read_head(const std::string& line, PlanFile& file) {
    Words words(line);
    const std::string first = words.next();
    const std::map<std::string, Duplicates> policies = {
        {"refuse", Duplicates::refuse}, {"newest", Duplicates::newest}, {"pinned", Duplicates::pinned}};
    if (first == "system") {
        read_system(words, file.system);
    } else if (first == "this") {
        REQUIRE(words.take("host"));
        file.system.host = words.next();
        if (std::vector<std::string> version = words.all(); !version.empty())
            file.system.host_version = version_of(version.front());
    } else if (first == "policy") {
        file.policy.duplicates = policies.at(words.next());
    } else if (first == "pin") {
        std::string name = words.next();
        REQUIRE(words.take("to"));
        file.policy.pins.push_back({std::move(name), words.rest()});
    } else if (first == "active") {
        read_active(words, file);
    } else if (words.take("offers")) {
        Provision contract = provision(words);
        file.offers.push_back({contract.id, contract.version, first == "host" ? "" : first});
    } else {
        read_plugin(first, words, file);
    }
}

std::string name_of(const PlanFile& file, std::size_t index) {
    const Candidate& wanted = file.candidates[index];
    const auto same = std::count_if(file.candidates.begin(), file.candidates.end(), [&](const Candidate& candidate) {
        return candidate.manifest->id == wanted.manifest->id;
    });
    return same > 1 ? wanted.path : wanted.manifest->id;
}

}  // namespace

PlanFile read_plan_file(const std::string& path) {
    PlanFile file;
    std::ifstream stream(path);
    std::string line;
    REQUIRE(std::getline(stream, line));
    REQUIRE(line.starts_with("# "));
    file.sentence = line.substr(2);
    while (std::getline(stream, line) && line != "---") {
        CAPTURE(path, line);
        if (line.empty()) continue;
        if (line.front() != ' ') {
            read_head(line, file);
            continue;
        }
        REQUIRE_FALSE(file.candidates.empty());
        Words words(line);
        read_statement(words, file.candidates.back(), file.manifests.back());
    }
    file.expected.assign(std::istreambuf_iterator<char>(stream), {});
    return file;
}

std::string plan_text(const PlanFile& file) {
    const Plan plan = make_plan(file.candidates, {file.offers, file.present, file.system, file.policy});
    std::string text = plan.order.empty() ? "nothing starts" : "start";
    for (const std::size_t index : plan.order) text += " " + name_of(file, index);
    text += "\n";
    for (const Link& link : plan.links)
        text += fmt::format("{} {} {}: {}\n", name_of(file, link.candidate), link.required ? "after" : "rather after",
                            name_of(file, link.provider), link.what);
    for (const Refusal& refusal : plan.refusals)
        text += fmt::format("{}: {}\n", refusal.problem.id, refusal.problem.text);
    return text;
}

}  // namespace tenon::manifest
