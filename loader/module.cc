#include "loader/module.h"

#include <vector>  // Boost 1.74 forgets it
#define BOOST_DLL_USE_STD_FS
#include <dlfcn.h>
#include <fmt/format.h>

#include <boost/dll/shared_library.hpp>
#include <filesystem>

#include "loader/elf.h"
#include "loader/entry_check.h"
#include "loader/mapping.h"

namespace tenon::loader {

base::Check is_as_verified(const Staged& staged, const Image& verified) {
    base::Result<Image> again = read_image_file(staged.path);
    if (!again) return again.problem();
    const Image& image = again.value();
    if (image.note == verified.note && image.note_address == verified.note_address &&
        image.entry_address == verified.entry_address)
        return {};
    return base::Problem{"module.changed",
                         fmt::format("{}: is not the file that was checked as {}", staged.path, verified.path),
                         "Load it again when its writer has finished."};
}

namespace {

// Now and for itself alone: no lazy binding that fails in the middle of a call, no symbol that others can see.
constexpr auto load_mode = boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local;

base::Check load(boost::dll::shared_library& library, const std::string& path) {
    std::error_code ignored;  // says nothing; dlerror does
    library.load(std::filesystem::path(path), load_mode, ignored);
    if (library.is_loaded()) return {};
    const char* const reason = ::dlerror();
    return base::Problem{"module.refused", fmt::format("{}: {}", path, reason != nullptr ? reason : "cannot be loaded"),
                         "Check with ldd which library or symbol is missing."};
}

base::Problem foreign_entry(const std::string& path, std::string_view what) {
    return {"module.foreign-entry", fmt::format("{}: {}", path, what),
            "Define tenon_entry in the plugin itself, and link it with tenon_add_plugin()."};
}

Module::Unmapped stays(const std::string& path, std::string_view id, std::string_view why) {
    return {false, std::string(id), fmt::format("{}: stays in memory: {}", path, why), path};
}

Module::Unmapped pinned_by(const std::string& path) {
    const auto verdict = [&](std::string_view id, const std::string& why) { return stays(path, id, why); };
    const Module::Unmapped unknown =
        verdict("unmap.still-referenced",
                "something refers to it: a thread-local variable with a destructor, or another loaded library");
    base::Result<FileSource> source = FileSource::open(path);
    if (!source) return unknown;
    base::Result<Elf> elf = Elf::open(source.value(), path);
    if (!elf) return unknown;
    base::Result<Dynamic> dynamic = elf.value().dynamic();
    if (!dynamic) return unknown;
    if (dynamic.value().no_delete) return verdict("unmap.nodelete", "it was linked with -z nodelete");
    std::string unique;
    const base::Check ignored = elf.value().each_symbol(dynamic.value(), [&](const Elf64_Sym& symbol) {
        if (ELF64_ST_BIND(symbol.st_info) == STB_GNU_UNIQUE)
            unique = elf.value().string(dynamic.value(), symbol.st_name).value_or("?");
        return unique.empty();
    });
    if (unique.empty()) return unknown;
    return verdict("unmap.gnu-unique", fmt::format("its symbol {} is GNU_UNIQUE; compile with -fno-gnu-unique or link "
                                                   "with a version script",
                                                   unique));
}

}  // namespace

namespace {

class Library final : public Module::Inside {
public:
    Library() : library() {}
    ~Library() override {
        if (!kept) library.~shared_library();
    }

    const tenon_entry_block& entry() const override { return *block; }
    bool contains(const void* address) const override { return mapping.has(address, 1, 0); }
    std::uintptr_t base() const override { return mapping.base; }
    Module::Unmapped close() override;
    Module::Unmapped retire(std::string_view why) override;

    std::string path;
    // In a union, so that it need not be destroyed, which would give the reference to the library back.
    union {
        boost::dll::shared_library library;
    };
    bool kept = false;  // the library stays loaded until the process ends
    Mapping mapping;
    const tenon_entry_block* block = nullptr;
    Module::Unmapped verdict;
};

Module::Unmapped Library::close() {
    if (kept || !library.is_loaded()) return verdict;
    block = nullptr;
    mapping = {};
    library.unload();
    verdict = is_mapped(path) ? pinned_by(path) : Module::Unmapped{true, {}, {}};
    return verdict;
}

Module::Unmapped Library::retire(std::string_view why) {
    if (kept || !library.is_loaded()) return close();
    kept = true;
    block = nullptr;
    mapping = {};
    verdict = stays(path, "unmap.kept", why);
    return verdict;
}

}  // namespace

base::Result<Module> Module::open(const Staged& staged, const Image& verified) {
    if (!verified.entry_address)
        return base::Problem{"module.no-entry",
                             fmt::format("{}: describes a contract and has no code to run", verified.path),
                             "Name a plugin."};
    if (base::Check problem = is_as_verified(staged, verified)) return *problem;
    auto inside = std::make_unique<Library>();
    inside->path = staged.path;
    if (base::Check problem = load(inside->library, staged.path)) return *problem;
    std::optional<Mapping> mapping = find_mapping(staged.path);
    if (!mapping) return foreign_entry(staged.path, "another library was loaded in its place");
    inside->mapping = std::move(*mapping);
    if (!inside->library.has("tenon_entry")) return foreign_entry(staged.path, "tenon_entry cannot be found");
    inside->block = &inside->library.get<const tenon_entry_block>("tenon_entry");
    if (reinterpret_cast<std::uintptr_t>(inside->block) != inside->mapping.base + *verified.entry_address)
        return foreign_entry(staged.path, "tenon_entry comes from another library or another place than in the file");
    if (base::Check problem = check_entry(inside->mapping, verified)) return *problem;
    return Module(std::move(inside));
}

Module::Module(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Module::Module(Module&&) noexcept = default;
Module& Module::operator=(Module&&) noexcept = default;
Module::~Module() = default;

const tenon_entry_block& Module::entry() const {
    return inside_->entry();
}

bool Module::contains(const void* address) const {
    return inside_ != nullptr && inside_->contains(address);
}

std::uintptr_t Module::base() const {
    return inside_ != nullptr ? inside_->base() : 0;
}

Module::Unmapped Module::close() {
    return inside_ != nullptr ? inside_->close() : Unmapped{true, {}, {}};
}

Module::Unmapped Module::retire(std::string_view why) {
    return inside_ != nullptr ? inside_->retire(why) : Unmapped{true, {}, {}};
}

}  // namespace tenon::loader
