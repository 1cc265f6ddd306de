// What is read from right Windows libraries, and why wrong ones are refused.
#include <algorithm>

#include "loader/contract.h"
#include "loader/pe.h"
#include "tests/windows/library.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

Image read(const std::string& name) {
    auto image = read_image_file(windows_path(name));
    INFO(refusal(image));
    REQUIRE(image);
    return image.take();
}

bool needs(const Image& image, const std::string& library) {
    return std::find(image.needed.begin(), image.needed.end(), library) != image.needed.end();
}

std::string refusal_of(const std::string& name) {
    const std::string text = refusal(read_image_file(windows_path(name)));
    const std::size_t path = text.find(windows_path(name));
    return path == std::string::npos ? text : text.substr(0, path) + text.substr(path + windows_path(name).size());
}

}  // namespace

TEST_CASE("a Windows plugin in C says what its twin for this system says") {
    const Image image = read("shop");
    const auto twin = read_image_file(path_of("loader_shop"));
    REQUIRE(twin);
    CHECK(image.path == windows_path("shop"));
    CHECK(image.platform == "windows-x86_64");
    CHECK(image.note == twin.value().note);
    CHECK(image.manifest == "id = \"com.example.shop.fixture\"\nname = \"Shop\"\nversion = \"1.0.0\"\n");
    CHECK(image.abi_major == TENON_ABI_MAJOR);
    CHECK(image.abi_minor_required == TENON_ABI_MINOR_REQUIRED);
    CHECK(image.abi_minor_built == TENON_ABI_MINOR);
    CHECK(image.note_type == TENON_NOTE_PLUGIN);
    CHECK(image.records.size() == twin.value().records.size());
    CHECK(read_contracts(image.records, "").value().at(0).id == "com.example.shop");
    CHECK(image.entry_address);
    CHECK(needs(image, "KERNEL32.dll"));
    CHECK_FALSE(needs(image, "libstdc++-6.dll"));
    CHECK(image.soname.empty());
    CHECK(image.versions.empty());
    CHECK(image.build_id.size() == 32);
    CHECK_FALSE(judge_abi(image));
}

TEST_CASE("a Windows plugin in C++ has the same note, and needs the libraries of its language") {
    const Image image = read("class");
    CHECK(image.note == read("shop").note);
    CHECK(needs(image, "KERNEL32.dll"));
    CHECK(needs(image, "libstdc++-6.dll"));
    CHECK(image.entry_address);
    CHECK(image.build_id.size() == 32);
    CHECK(image.build_id != read("shop").build_id);
}

TEST_CASE("strip takes nothing from a Windows plugin that is read") {
    for (const std::string name : {"shop", "class"}) {
        INFO(name);
        const Image before = read(name), after = read(name + "_stripped");
        CHECK(windows_bytes(name + "_stripped").size() < windows_bytes(name).size());
        CHECK(after.note == before.note);
        CHECK(after.needed == before.needed);
        CHECK(after.build_id == before.build_id);
        CHECK(after.entry_address == before.entry_address);
    }
}

TEST_CASE("the Windows module of a contract has records, no manifest and no entry") {
    const Image image = read("contract");
    CHECK(image.note_type == TENON_NOTE_CONTRACT);
    CHECK(image.manifest.empty());
    CHECK_FALSE(image.entry_address);
    CHECK(read_contracts(image.records, "").value().at(0).offered);
}

TEST_CASE("a plugin for Windows is refused by a host that runs elsewhere") {
    const auto problem = judge_system(read("shop"));
    REQUIRE(problem);
    CHECK(problem->id == "image.wrong-system");
    CHECK(problem->text == windows_path("shop") + ": was built for Windows; this host runs on Linux");
    CHECK(problem->fix == "Use the build for this system.");
}

TEST_CASE("a Windows plugin of another ABI is read, and refused") {
    CHECK(judge_abi(read("from_another_major"))->id == "abi.major");
}

TEST_CASE("a Windows library without a note is no plugin") {
    CHECK(refusal_of("without_note") == "image.no-note: : is a library, but has no Tenon note");
    CHECK(read_image_file(windows_path("without_note")).problem().fix ==
          "It is not a plugin, or its .tenon section was removed.");
}

TEST_CASE("a Windows plugin whose entry is missing, code or another library's is refused") {
    CHECK(refusal_of("without_entry") == "image.no-entry: : does not export the symbol tenon_entry");
    CHECK(refusal_of("with_forwarded_entry") ==
          "image.no-entry: : tenon_entry is not defined in this file, but is another_library.tenon_entry");
    const std::string code = refusal_of("with_entry_function");
    CHECK(code.starts_with("image.no-entry: : tenon_entry at 0x1"));
    CHECK(code.ends_with(" is not in the file's data"));
}

TEST_CASE("a Windows plugin whose entry speaks of another note or another ABI is refused") {
    CHECK(refusal_of("with_entry_of_another_note") ==
          "image.entry-mismatch: : tenon_entry and the note disagree: the entry does not point at the note");
    CHECK(refusal_of("with_entry_of_another_abi") ==
          "image.entry-mismatch: : tenon_entry and the note disagree: the entry was built with ABI 0.8 and requires "
          "0.1, the note says 0.1 and 0.1");
}
