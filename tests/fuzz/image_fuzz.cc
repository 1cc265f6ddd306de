// Foreign bytes as a library file: read_image, the contracts in it, and each of them compared with itself. What has no
// note, or a wrong one, goes through the readers of the formats all the same.
#include <cstdlib>

#include "loader/compare.h"
#include "loader/elf.h"
#include "loader/image.h"
#include "loader/linkage.h"
#include "loader/lint.h"
#include "loader/pe.h"

using namespace tenon::loader;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// What is read must hold together: a contract fits itself, and every index that it has leads somewhere.
void check(const Contract& contract) {
    for (std::uint32_t i = 0; i < contract.types.size(); ++i) {
        require(compare_types(contract, i, contract, i).empty());
        for (const Field& field : contract.types[i].fields)
            require(kind_name(contract, field).find('?') == std::string::npos);
    }
    for (const Hook& hook : contract.hooks) require(compare_hook(contract, hook, contract).empty());
    for (const Service& service : contract.services) require(compare_service(contract, service, contract).empty());
}

void check(const Image& image) {
    require(image.note.size() >= sizeof(tenon_note_header) && image.manifest.size() <= max_manifest_size);
    require(image.entry_address.has_value() == (image.note_type == TENON_NOTE_PLUGIN));
    require(!image.platform.starts_with("windows-") || judge_system(image).has_value());
    if (judge_abi(image)) return;
    const auto contracts = read_contracts(image.records, "fuzz");
    if (!contracts) return;
    for (const Contract& contract : contracts.value()) check(contract);
}

// No table makes much of a small file: all names together have a limit.
void walk_versions(const Elf& elf, const Dynamic& dynamic) {
    constexpr std::size_t most = 1024 * 1024;
    std::size_t kept = 0;
    const auto needed = elf.versions_needed(dynamic);
    if (needed)
        for (const VersionNeed& need : needed.value()) kept += need.library.size() + need.version.size();
    require(kept <= most);
    kept = 0;
    const auto defined = elf.versions_defined(dynamic);
    if (defined)
        for (const std::string& version : defined.value()) kept += version.size();
    require(kept <= most);
    const auto linkage = Linkage::read(elf);
    if (!linkage) return;
    require(needed && defined);
    for (const LinkSymbol& symbol : linkage.value().symbols) require(symbol.name.size() <= 4096);
}

void check_dangers(const Source& source) {
    Image image;
    image.path = "fuzz.so";
    for (const tenon::base::Problem& problem : dangers(source, image))
        require(!problem.id.empty() && problem.text.starts_with("fuzz.so: "));
}

void walk_elf(const Source& source) {
    const auto elf = Elf::open(source, "fuzz.so");
    if (!elf) return;
    const auto note = elf.value().note(TENON_NOTE_NAME);
    const auto build_id = elf.value().build_id();
    require(!note || !note.value() || note.value()->size >= note.value()->payload);
    require(!build_id || build_id.value().size() <= 128);
    const auto dynamic = elf.value().dynamic();
    if (!dynamic) return;
    std::size_t symbols = 0;
    const auto ignored = elf.value().each_symbol(dynamic.value(), [&](const Elf64_Sym& symbol) {
        const auto name = elf.value().string(dynamic.value(), symbol.st_name);
        return (!name || !name->empty()) && ++symbols < 1000;
    });
    (void)elf.value().symbol(dynamic.value(), "tenon_entry");
    walk_versions(elf.value(), dynamic.value());
}

void walk_pe(const Source& source) {
    const auto pe = Pe::open(source, "fuzz.dll");
    if (!pe) return;
    require(pe.value().build_id().size() % 32 == 0);
    (void)pe.value().imports();
    (void)pe.value().exported("tenon_entry");
    (void)pe.value().is_moved_as_a_pointer(0x4010);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemorySource source(std::string_view(reinterpret_cast<const char*>(data), size));
    const tenon::base::Result<Image> image = read_image(source, "fuzz");
    if (image)
        check(image.value());
    else
        require(!image.problem().id.empty() && !image.problem().text.empty());
    walk_elf(source);
    check_dangers(source);
    walk_pe(source);
    return 0;
}
