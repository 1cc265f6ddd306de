#include "loader/module.h"

#include <dlfcn.h>

#include <cstring>
#include <filesystem>
#include <thread>

#include "loader/elf.h"
#include "tests/unit/loader/fixtures.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

// A fixture's file, staged and read.
class Candidate {
public:
    explicit Candidate(const std::string& path) : image_(read_image_file(path).take()) {
        staged_ = stage(path, folder_.path(), "com.example.shop", 1).take();
    }

    tenon::base::Result<Module> open() const { return Module::open(staged_, image_); }
    std::string refusal() const {
        const auto module = open();
        return module ? "" : module.problem().id + ": " + module.problem().text;
    }
    const Staged& staged() const { return staged_; }
    const Image& image() const { return image_; }
    Image& image() { return image_; }

private:
    Folder folder_;
    Image image_;
    Staged staged_;
};

Candidate fixture(const std::string& name) {
    return Candidate(path_of(name));
}

bool is_mapped(const std::string& path) {
    void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
    if (handle != nullptr) ::dlclose(handle);
    return handle != nullptr;
}

tenon_handler first_handler(const Module& module) {
    tenon_handler handler{};
    REQUIRE(tenon_span_get(&module.entry().handlers, 0, &handler, sizeof handler));
    return handler;
}

}  // namespace

TEST_CASE("a module gives its entry table and is gone when it was closed") {
    const Candidate candidate = fixture("loader_shop");
    auto opened = candidate.open();
    INFO((opened ? "" : opened.problem().text));
    REQUIRE(opened);
    Module module = opened.take();
    CHECK(module.entry().abi_major == TENON_ABI_MAJOR);
    CHECK(module.entry().handlers.count == 1);
    CHECK(first_handler(module).fn(nullptr, nullptr, nullptr, nullptr) == TENON_CHANGED);
    CHECK(module.base() != 0);
    CHECK(module.contains(&module.entry()));
    CHECK(module.contains(module.entry().note));
    CHECK_FALSE(module.contains(&candidate));
    CHECK_FALSE(module.contains(nullptr));
    const Module::Unmapped verdict = module.close();
    CHECK(verdict.gone);
    CHECK(verdict.why.empty());
    CHECK_FALSE(is_mapped(candidate.staged().path));
    CHECK(module.base() == 0);
    CHECK(module.close().gone);
}

TEST_CASE("a module that is dropped or overwritten is closed") {
    const Candidate one = fixture("loader_shop"), two = fixture("loader_shop");
    {
        Module module = one.open().take();
        CHECK(is_mapped(one.staged().path));
        module = two.open().take();
        CHECK_FALSE(is_mapped(one.staged().path));
        Module moved = std::move(module);
        CHECK(moved.entry().magic == TENON_MAGIC);
    }
    CHECK_FALSE(is_mapped(two.staged().path));
}

TEST_CASE("two copies of one plugin are two modules") {
    const Candidate one = fixture("loader_shop"), two = fixture("loader_shop");
    Module first = one.open().take();
    Module second = two.open().take();
    CHECK(first.base() != second.base());
    CHECK_FALSE(first.contains(&second.entry()));
    CHECK(first.close().gone);
    CHECK(first_handler(second).fn(nullptr, nullptr, nullptr, nullptr) == TENON_CHANGED);
}

TEST_CASE("a plugin's symbols are seen by nobody else") {
    Module module = fixture("loader_shop").open().take();
    CHECK(::dlsym(RTLD_DEFAULT, "tenon_entry") == nullptr);
}

TEST_CASE("a copy that is not what was checked is refused before its code runs") {
    Candidate candidate = fixture("loader_shop");
    candidate.image().note.back() = 'x';
    CHECK(candidate.refusal() == "module.changed: " + candidate.staged().path +
                                     ": is not the file that was checked as " + path_of("loader_shop"));
    CHECK_FALSE(is_mapped(candidate.staged().path));
}

TEST_CASE("a copy that was cut off is refused before its code runs") {
    const Candidate candidate = fixture("loader_shop");
    std::filesystem::permissions(candidate.staged().path, std::filesystem::perms::owner_all);
    std::filesystem::resize_file(candidate.staged().path, 4096);
    CHECK(candidate.open().problem().id == "image.truncated");
}

TEST_CASE("the module of a contract is not loaded") {
    CHECK(fixture("loader_shop_contract.contract").refusal() ==
          "module.no-entry: " + path_of("loader_shop_contract.contract") +
              ": describes a contract and has no code to run");
}

TEST_CASE("a library that the system refuses is refused with the system's words") {
    const Folder folder;
    std::string bytes = bytes_of("loader_with_borrowed_handler");
    const std::string needed = "libloader_another_library.so";
    const std::size_t at = bytes.find(needed);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, needed.size(), std::string(needed.size(), 'z'));
    const Candidate candidate(folder.write("missing.so", bytes));
    CHECK(candidate.refusal() == "module.refused: " + candidate.staged().path + ": " + std::string(needed.size(), 'z') +
                                     ": cannot open shared object file: No such file or directory");
}

TEST_CASE("a handler that belongs to another library is refused") {
    const Candidate candidate = fixture("loader_with_borrowed_handler");
    CHECK(candidate.refusal() == "module.bad-entry: " + path_of("loader_with_borrowed_handler") +
                                     ": its entry block is wrong: handler 0 is not a function of the file");
    CHECK_FALSE(is_mapped(candidate.staged().path));
}

TEST_CASE("an entry that the system finds in a dependency is refused") {
    // Without its bloom filter, the file's own symbol is passed over and the dependency's is taken.
    std::string bytes = bytes_of("loader_with_rival_entry");
    std::uint64_t table = 0;
    {
        const MemorySource source(bytes);
        table = Elf::open(source, "").value().dynamic().value().gnu_hash;  // in the first segment: also its offset
    }
    std::uint32_t words = 0;
    std::memcpy(&words, bytes.data() + table + 8, sizeof words);
    REQUIRE(words < 100);
    std::memset(bytes.data() + table + 16, 0, words * 8);
    const Folder folder;
    const Candidate candidate(folder.write("rival.so", bytes));
    CHECK(candidate.refusal() == "module.foreign-entry: " + candidate.staged().path +
                                     ": tenon_entry comes from another library or another place than in the file");
}

TEST_CASE("a module that stays in memory says why: nodelete") {
    const Candidate candidate = fixture("loader_with_nodelete");
    Module module = candidate.open().take();
    const Module::Unmapped verdict = module.close();
    CHECK_FALSE(verdict.gone);
    CHECK(verdict.reason_id == "unmap.nodelete");
    CHECK(verdict.why == candidate.staged().path + ": stays in memory: it was linked with -z nodelete");
    CHECK(module.close().reason_id == "unmap.nodelete");
}

TEST_CASE("a module that stays in memory says why: a unique symbol, by its name") {
    const Candidate candidate = fixture("loader_with_unique_symbol");
    const Module::Unmapped verdict = candidate.open().take().close();
    CHECK_FALSE(verdict.gone);
    CHECK(verdict.reason_id == "unmap.gnu-unique");
    CHECK(verdict.why == candidate.staged().path +
                             ": stays in memory: its symbol there_can_be_only_one is GNU_UNIQUE; compile with "
                             "-fno-gnu-unique or link with a version script");
}

TEST_CASE("a module that stays in memory says why: something refers to it") {
    const Candidate candidate = fixture("loader_with_thread_local");
    Module module = candidate.open().take();
    CHECK(first_handler(module).fn(nullptr, nullptr, nullptr, nullptr) > 0);
    const Module::Unmapped verdict = module.close();
    CHECK_FALSE(verdict.gone);
    CHECK(verdict.reason_id == "unmap.still-referenced");
    CHECK(verdict.why == candidate.staged().path +
                             ": stays in memory: something refers to it: a thread-local variable with a destructor, or "
                             "another loaded library");
}

TEST_CASE("a thread-local variable of a thread that has ended keeps nothing in memory") {
    Module module = fixture("loader_with_thread_local").open().take();
    const tenon_handler handler = first_handler(module);
    std::thread([&] { handler.fn(nullptr, nullptr, nullptr, nullptr); }).join();
    CHECK(module.close().gone);
}

TEST_CASE("a module that was retired stays in memory until the process ends") {
    const Candidate candidate = fixture("loader_shop");
    const std::string why = candidate.staged().path + ": stays in memory: its manifest says unload = \"retire\"";
    tenon_handler handler{};
    {
        Module module = candidate.open().take();
        handler = first_handler(module);
        const Module::Unmapped verdict = module.retire();
        CHECK_FALSE(verdict.gone);
        CHECK(verdict.reason_id == "unmap.kept");
        CHECK(verdict.why == why);
        CHECK(module.base() == 0);
        CHECK_FALSE(module.contains(reinterpret_cast<const void*>(handler.fn)));
        CHECK(module.close().why == why);
        CHECK(module.retire().reason_id == "unmap.kept");
    }
    CHECK(is_mapped(candidate.staged().path));
    CHECK(handler.fn(nullptr, nullptr, nullptr, nullptr) == TENON_CHANGED);
}

TEST_CASE("a module is retired although its file is gone") {
    const Candidate candidate = fixture("loader_shop");
    Module module = candidate.open().take();
    const tenon_handler handler = first_handler(module);
    REQUIRE(std::filesystem::remove(candidate.staged().path));
    CHECK(module.retire().reason_id == "unmap.kept");
    CHECK(handler.fn(nullptr, nullptr, nullptr, nullptr) == TENON_CHANGED);
}

TEST_CASE("of a module that was closed before, retiring says what closing said") {
    const Candidate one = fixture("loader_shop"), two = fixture("loader_with_nodelete");
    Module gone = one.open().take(), pinned = two.open().take();
    CHECK(gone.close().gone);
    CHECK(gone.retire().gone);
    CHECK(pinned.close().reason_id == "unmap.nodelete");
    CHECK(pinned.retire().reason_id == "unmap.nodelete");
}
