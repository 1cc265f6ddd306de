#include "tools/cli/host_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tenon/reload.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "manifest/manifest.h"
#include "manifest/words.h"
#include "tools/cli/report_row.h"
#include "tools/cli/screen.h"
#include "tools/cli/selection.h"

namespace tenon::cli {
namespace {

// One message, one write: several threads may log.
void log(void*, std::uint32_t level, tenon_str plugin, tenon_str message) {
    if (level < TENON_LOG_WARNING) return;
    const char* const word = level == TENON_LOG_WARNING ? "warning" : "error";
    const std::string who = plugin.size == 0 ? "host" : shown(tenon::view(plugin));
    const std::string line =
        fmt::format("{}: {}: {}\n", word, who, fmt::join(shown_lines(tenon::view(message)), "\n  "));
    static_cast<void>(std::fputs(line.c_str(), stderr));  // not fmt::print: no exception may cross to the host
}

std::uint32_t policy_of(std::string_view word) {
    if (word == "newest") return TENON_DUPLICATES_NEWEST;
    return word == "pinned" ? TENON_DUPLICATES_PINNED : TENON_DUPLICATES_REFUSE;
}

// What stands before and behind the first '='.
std::pair<std::string_view, std::string_view> halves(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == text.npos) return {text, {}};
    return {text.substr(0, equals), text.substr(equals + 1)};
}

// What stands between commas.
std::vector<std::string> listed(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        out.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

bool is_mode_of_workers(std::string_view word) {
    return word == "all" || word == "none";
}

std::uint32_t mode_of_workers(std::string_view word) {
    if (word == "all") return TENON_WORKERS_ALL;
    return word == "none" ? TENON_WORKERS_NONE : TENON_WORKERS_AS_MANIFEST;
}

constexpr std::array<std::string_view, 4> levels{"trusted", "standard", "strict", "locked"};

tenon::Host make_host(const HostOptions& options, bool check) {
    auto known = tenon::sized<tenon_host_options>();
    known.check = check ? 1 : 0;
    if (options.development) known.reload = TENON_RELOAD_DEVELOPMENT;
    known.log = log;
    const auto [id, version] = halves(options.host);
    known.id = tenon::str(id);
    known.version = tenon::str(version);
    known.cache_file = tenon::str(options.cache);
    known.store_file = tenon::str(options.store);
    known.operator_file = tenon::str(options.operator_file);
    known.duplicates = policy_of(options.duplicates);
    known.workers = mode_of_workers(options.workers);
    if (!options.trust.empty() || options.development) known.trust = usual_trust(options);
    const std::vector<std::string> ids = ids_in_workers(options.workers);
    std::vector<tenon_str> in_workers;
    for (const std::string& one : ids) in_workers.push_back(tenon::str(one));
    known.in_workers = {in_workers.data(), in_workers.size(), sizeof(tenon_str), 0};
    std::vector<tenon_pin> pins;
    for (const std::string& pin : options.pins) {
        const auto [name, choice] = halves(pin);
        pins.push_back({tenon::str(name), tenon::str(choice)});
    }
    known.pins = {pins.data(), pins.size(), sizeof(tenon_pin), 0};
    return tenon::Host(known);
}

void offer(const Facts& module, Equipped& equipped) {
    const std::vector<tenon_record>& records = module.image->records;
    tenon_error error = TENON_ERROR_INIT;
    if (tenon_host_offer(equipped.host.raw(), records.data(), records.size(), &error) < 0)
        return equipped.problems.push_back(problem_of(error));
    for (const loader::Contract& contract : module.contracts)
        equipped.contracts.push_back({contract.id, contract.version(), module.path});
}

}  // namespace

Equipped equip(const HostOptions& options, bool check) {
    Selection selection = select(options.paths, options.contracts, options.cache);
    Equipped equipped{make_host(options, check), {}, std::move(selection.paths), std::move(selection.problems)};
    for (const Facts& module : selection.contracts) offer(module, equipped);
    return equipped;
}

std::string fault_of_host(const std::string& value) {
    const auto [id, version] = halves(value);
    if (!manifest::is_id(id)) return fmt::format("\"{}\" is not an id; wanted one such as org.acme.editor", id);
    if (value.find('=') == value.npos) return {};
    const base::Result<manifest::Version> parsed = manifest::Version::parse(version);
    return parsed ? std::string() : parsed.problem().text;
}

std::string fault_of_pin(const std::string& value) {
    const auto [name, choice] = halves(value);
    if (!name.empty() && !choice.empty()) return {};
    return fmt::format("\"{}\" is not NAME=CHOICE; wanted one such as org.acme.spell=1.4.0", value);
}

std::string fault_of_workers(const std::string& value) {
    if (is_mode_of_workers(value)) return {};
    static constexpr std::array<std::string_view, 2> modes{"all", "none"};
    for (const std::string& id : listed(value)) {
        if (is_mode_of_workers(id)) return fmt::format("{} stands alone, without ids", id);
        if (manifest::is_id(id)) continue;
        const std::string_view meant = manifest::nearest(id, modes);
        return fmt::format("\"{}\" is not an id; {}", manifest::printable(id, 80),
                           meant.empty() ? "wanted all, none, or ids such as org.acme.spell,org.acme.tax"
                                         : fmt::format("did you mean {}?", meant));
    }
    return {};
}

std::string fault_of_trust(const std::string& value) {
    if (std::find(levels.begin(), levels.end(), value) != levels.end()) return {};
    const std::string_view meant = manifest::nearest(value, levels);
    return fmt::format(
        "\"{}\" is no level; {}", manifest::printable(value, 80),
        meant.empty() ? "wanted trusted, standard, strict or locked" : fmt::format("did you mean {}?", meant));
}

// Who develops plugins runs sources of their own; and without workers nobody can be confined.
std::uint32_t usual_trust(const HostOptions& options) {
    const auto level = std::find(levels.begin(), levels.end(), options.trust);
    if (level != levels.end()) return TENON_TRUST_TRUSTED + static_cast<std::uint32_t>(level - levels.begin());
    return options.development || options.workers == "none" ? TENON_TRUST_TRUSTED : TENON_TRUST_STANDARD;
}

std::vector<std::string> ids_in_workers(const std::string& value) {
    return value.empty() || is_mode_of_workers(value) ? std::vector<std::string>() : listed(value);
}

Json to_json(const OfferedContract& contract) {
    return {{"id", contract.id}, {"version", contract.version}, {"file", contract.file}};
}

base::Problem no_plugins() {
    return {"load.no-plugins", "there is no plugin in what was named",
            "Name a folder with plugins; tenon inspect tells what a file is."};
}

}  // namespace tenon::cli
