#include "tests/conformance/fixtures.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>

#include "loader/image.h"
#include "manifest/manifest.h"
#include "tests/conformance/contracts/contracts.h"

namespace tenon::conformance {

namespace {

std::string folder_of(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}
std::string file_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

// "tests/fixtures/" is left out: nearly all are there.
std::string name_of(const std::string& path, const std::string& root) {
    std::string name = path.substr(root.size());
    const std::string common = "tests/fixtures/";
    if (name.rfind(common, 0) == 0) name = name.substr(common.size());
    return name.substr(0, name.size() - 3);
}

// Without them, a plugin is refused whose note has nothing of a contract that its manifest uses.
void add_undescribed(Fixture& fixture) {
    for (const manifest::ContractUse& use : fixture.manifest.contracts) {
        const bool described = std::any_of(fixture.contracts.begin(), fixture.contracts.end(),
                                           [&](const loader::Contract& one) { return one.id == use.id; });
        if (described) continue;
        fixture.contracts.emplace_back();
        fixture.contracts.back().id = use.id;
    }
}

Fixture read_fixture(const std::string& path, const std::string& root) {
    const auto image = loader::read_image_file(path);
    if (!image.ok()) throw std::runtime_error(image.problem().text);
    Fixture out;
    out.name = name_of(path, root);
    out.path = path;
    auto contracts = loader::read_contracts(image.value().records, path);
    if (!contracts.ok()) throw std::runtime_error(contracts.problem().text);
    out.contracts = contracts.take();
    manifest::Parsed parsed = manifest::parse_manifest(image.value().manifest, path);
    if (!parsed.manifest) throw std::runtime_error(base::to_text(parsed.problems));
    out.manifest = std::move(*parsed.manifest);
    out.id = out.manifest.id;
    add_undescribed(out);
    return out;
}

bool offers_all_of(const Fixture& provider, const loader::Contract& wanted) {
    for (const auto& contract : provider.contracts) {
        if (!contract.offered || contract.id != wanted.id) continue;
        return std::all_of(wanted.hooks.begin(), wanted.hooks.end(),
                           [&](const loader::Hook& hook) { return contract.hook(hook.name) != nullptr; });
    }
    return false;
}

// The one in a file of the same name, if there is one, else the first.
template <class Fits>
const Fixture* find(const std::vector<Fixture>& all, const Fixture& beside, Fits&& fits) {
    const Fixture* first = nullptr;
    for (const Fixture& other : all) {
        if (&other == &beside || other.id == beside.id || !fits(other)) continue;
        if (file_of(other.path) == file_of(beside.path)) return &other;
        if (first == nullptr) first = &other;
    }
    return first;
}

Offer offer_of(const tenon_record* records, std::uint64_t count) {
    Offer out;
    out.records.assign(records, records + count);
    for (tenon_record& record : out.records)
        if (record.kind == TENON_RECORD_HOOK) record.offset = record.size = 0;
    auto read = loader::read_contracts(out.records, "the catalogue");
    if (!read.ok()) throw std::runtime_error(read.problem().text);
    out.contract = read.value().at(0);
    return out;
}

bool share_a_struct(const loader::Contract& one, const loader::Contract& other) {
    return one.types.empty() || std::any_of(one.types.begin(), one.types.end(),
                                            [&](const loader::Type& type) { return other.type(type.name) != nullptr; });
}

void add_company(const Fixture& fixture, const std::vector<Fixture>& all, std::vector<const Fixture*>& out) {
    if (std::find(out.begin(), out.end(), &fixture) != out.end()) return;
    for (const manifest::Dependency& need : fixture.manifest.dependencies) {
        const Fixture* const other = find(all, fixture, [&](const Fixture& one) {
            return one.id == need.id && need.range.admits(one.manifest.version);
        });
        if (other != nullptr) add_company(*other, all, out);
    }
    static const std::vector<Offer> offers = catalogue();
    for (const loader::Contract& wanted : fixture.contracts) {
        const bool known = std::any_of(offers.begin(), offers.end(),
                                       [&](const Offer& offer) { return offer.contract.id == wanted.id; });
        if (wanted.offered || known) continue;
        const Fixture* const other = find(all, fixture, [&](const Fixture& one) { return offers_all_of(one, wanted); });
        if (other != nullptr) add_company(*other, all, out);
    }
    out.push_back(&fixture);
}

}  // namespace

std::vector<Fixture> read_fixtures(const std::string& list) {
    std::ifstream file(list);
    std::string root, path;
    std::getline(file, root);
    std::vector<Fixture> out;
    while (std::getline(file, path))
        if (!path.empty()) out.push_back(read_fixture(path, root));
    if (out.empty()) throw std::runtime_error(list + " lists no plugin");
    std::sort(out.begin(), out.end(), [](const Fixture& a, const Fixture& b) { return a.name < b.name; });
    return out;
}

std::vector<Offer> catalogue() {
    std::vector<Offer> out;
#define CONFORMANCE_OFFER(name) out.push_back(offer_of(conformance_##name, conformance_##name##_size));
    CONFORMANCE_CONTRACTS(CONFORMANCE_OFFER)
    return out;
}

std::vector<const Fixture*> with_company(const Fixture& fixture, const std::vector<Fixture>& all) {
    std::vector<const Fixture*> out;
    add_company(fixture, all, out);
    return out;
}

bool are_builds_of_one(const Fixture& one, const Fixture& other) {
    return one.id == other.id && folder_of(one.path) == folder_of(other.path);
}

std::vector<std::vector<Offer>> settings_of(const std::vector<const Fixture*>& company) {
    std::vector<std::vector<Offer>> out{{}};
    std::set<std::string> done;
    for (const Fixture* const fixture : company) {
        for (const loader::Contract& used : fixture->contracts) {
            if (used.offered || !done.insert(used.id).second) continue;
            std::vector<std::vector<Offer>> more;
            for (const Offer& offer : catalogue()) {
                if (offer.contract.id != used.id || !share_a_struct(used, offer.contract)) continue;
                for (std::vector<Offer> setting : out) {
                    setting.push_back(offer);
                    more.push_back(std::move(setting));
                }
            }
            if (!more.empty()) out = std::move(more);
        }
    }
    return out;
}

}  // namespace tenon::conformance
