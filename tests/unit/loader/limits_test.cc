// Small files that ask for much: whatever they say, what is kept and what is done for them has a limit.
#include <elf.h>

#include <cstring>
#include <vector>

#include "loader/elf.h"
#include "loader/linkage.h"
#include "loader/lint.h"
#include "tests/unit/loader/fixtures.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

template <class T>
std::string bytes_in(const T& value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

// A library whose addresses are the places in its file.
class Made {
public:
    explicit Made(std::size_t note_segments = 0)
        : header_size_(sizeof(Elf64_Ehdr) + (2 + note_segments) * sizeof(Elf64_Phdr)), bytes_(header_size_, '\0') {}

    std::uint64_t put(const std::string& bytes) {
        bytes_.resize((bytes_.size() + 15) / 16 * 16);
        bytes_ += bytes;
        return bytes_.size() - bytes.size();
    }
    void tell(std::int64_t tag, std::uint64_t value) {
        Elf64_Dyn entry{};
        entry.d_tag = tag;
        entry.d_un.d_val = value;
        dynamic_ += bytes_in(entry);
    }
    void tell_names(const std::string& names, const std::string& symbols) {
        tell(DT_STRTAB, put(names));
        tell(DT_STRSZ, names.size());
        tell(DT_SYMTAB, put(symbols));
        tell(DT_SYMENT, sizeof(Elf64_Sym));
    }
    void notes(const std::string& bytes) { add(PT_NOTE, put(bytes), bytes.size(), 4); }

    std::string file() {
        tell(DT_NULL, 0);
        add(PT_DYNAMIC, put(dynamic_), dynamic_.size(), 8);
        add(PT_LOAD, 0, bytes_.size(), 4096);
        Elf64_Ehdr header{};
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_ident[EI_VERSION] = EV_CURRENT;
        header.e_type = ET_DYN;
        header.e_machine = EM_X86_64;
        header.e_phoff = sizeof header;
        header.e_phentsize = sizeof(Elf64_Phdr);
        header.e_phnum = static_cast<std::uint16_t>(segments_.size() / sizeof(Elf64_Phdr));
        REQUIRE(sizeof header + segments_.size() == header_size_);
        bytes_.replace(0, header_size_, bytes_in(header) + segments_);
        return bytes_;
    }

private:
    void add(std::uint32_t type, std::uint64_t at, std::uint64_t size, std::uint64_t alignment) {
        Elf64_Phdr segment{};
        segment.p_type = type;
        segment.p_flags = PF_R;
        segment.p_offset = segment.p_vaddr = at;
        segment.p_filesz = segment.p_memsz = size;
        segment.p_align = alignment;
        segments_ += bytes_in(segment);
    }

    std::size_t header_size_;
    std::string bytes_, segments_, dynamic_;
};

// A library that needs so many versions, all of one name, which is that of their library too.
std::string with_versions(std::size_t count, std::size_t length) {
    std::string table = bytes_in(Elf64_Verneed{1, static_cast<Elf64_Half>(count), 0, sizeof(Elf64_Verneed), 0});
    for (std::size_t i = 1; i <= count; ++i)
        table += bytes_in(Elf64_Vernaux{0, 0, 2, 0, i < count ? Elf64_Word{sizeof(Elf64_Vernaux)} : 0});
    Made made;
    made.tell_names(std::string(length, 'v') + '\0', std::string(sizeof(Elf64_Sym), '\0'));
    made.tell(DT_VERNEED, made.put(table));
    made.tell(DT_VERNEEDNUM, 1);
    made.tell(DT_VERSYM, made.put(std::string(16, '\0')));
    return made.file();
}

// A library that defines a version of this name.
std::string with_own_version(std::size_t length) {
    const Elf64_Verdef version{1, 0, 2, 1, 0, sizeof(Elf64_Verdef), 0};
    Made made;
    made.tell_names(std::string(length, 'v') + '\0', std::string(sizeof(Elf64_Sym), '\0'));
    made.tell(DT_VERDEF, made.put(bytes_in(version) + bytes_in(Elf64_Verdaux{0, 0})));
    made.tell(DT_VERDEFNUM, 1);
    made.tell(DT_VERSYM, made.put(std::string(16, '\0')));
    return made.file();
}

// A library with so many symbols of one name.
std::string with_symbols(std::size_t count, std::size_t length) {
    const Elf64_Sym symbol{0, (STB_GLOBAL << 4) | STT_OBJECT, 0, 1, 0, 0};
    std::string symbols(sizeof symbol, '\0');
    for (std::size_t i = 0; i < count; ++i) symbols += bytes_in(symbol);
    Made made;
    made.tell_names(std::string(length, 's') + '\0', symbols);
    made.tell(DT_HASH, made.put(bytes_in(std::uint32_t{1}) + bytes_in(static_cast<std::uint32_t>(count + 1)) +
                                std::string(4, '\0')));
    return made.file();
}

// How many versions it needs; or why that cannot be told.
std::string versions_needed(const std::string& bytes) {
    const MemorySource source(bytes);
    const auto elf = Elf::open(source, "shop.so");
    REQUIRE(elf);
    const auto dynamic = elf.value().dynamic();
    REQUIRE(dynamic);
    const auto versions = elf.value().versions_needed(dynamic.value());
    return versions ? std::to_string(versions.value().size()) : versions.problem().text;
}

std::string versions_defined(const std::string& bytes) {
    const MemorySource source(bytes);
    const auto elf = Elf::open(source, "shop.so");
    REQUIRE(elf);
    const auto dynamic = elf.value().dynamic();
    REQUIRE(dynamic);
    const auto versions = elf.value().versions_defined(dynamic.value());
    return versions ? std::to_string(versions.value().size()) : versions.problem().text;
}

std::string symbols(const std::string& bytes) {
    const MemorySource source(bytes);
    const auto elf = Elf::open(source, "shop.so");
    REQUIRE(elf);
    const auto linkage = Linkage::read(elf.value());
    return linkage ? std::to_string(linkage.value().symbols.size())
                   : linkage.problem().id + ": " + linkage.problem().text;
}

std::string note(const std::string& name, std::size_t size) {
    const Elf64_Nhdr header{static_cast<Elf64_Word>(name.size() + 1), static_cast<Elf64_Word>(size), 1};
    std::string bytes = bytes_in(header) + name;
    bytes.resize((bytes.size() + 4) / 4 * 4);
    return bytes.append(size, '\0');
}

std::string many_notes(std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += note("abc", 0);
    return bytes;
}

}  // namespace

TEST_CASE("a version's name has a limit, and so have all names of a table together") {
    const std::string damaged = "shop.so: its table of needed versions is damaged";
    CHECK(versions_needed(with_versions(1, 255)) == "1");
    CHECK(versions_needed(with_versions(1, 256)) == damaged);
    CHECK(versions_needed(with_versions(1, 300000)) == damaged);  // a table too large to be read in one go
    CHECK(versions_needed(with_versions(2056, 255)) == "2056");
    CHECK(versions_needed(with_versions(2057, 255)) == damaged);  // two names each: 1 MiB is left behind
    CHECK(versions_needed(with_versions(4096, 10)) == "4096");
    CHECK(versions_needed(with_versions(4097, 10)) == damaged);
    CHECK(versions_defined(with_own_version(255)) == "1");
    CHECK(versions_defined(with_own_version(256)) == "shop.so: its table of defined versions is damaged");
}

TEST_CASE("a symbol's name has a limit, and so have the names of all symbols together") {
    const std::string damaged = "image.bad-elf: shop.so: the names of its symbols are longer than any names are";
    CHECK(symbols(with_symbols(3, 4096)) == "3");
    CHECK(symbols(with_symbols(3, 4097)) == damaged);
    CHECK(symbols(with_symbols(16384, 4096)) == "16384");
    CHECK(symbols(with_symbols(16385, 4096)) == damaged);
}

TEST_CASE("what endangers the process is told without a look at the symbols") {
    const std::string bytes = with_symbols(3, 5000);
    Image image;
    image.path = "shop.so";
    const tenon::base::Problems problems = dangers(MemorySource(bytes), image);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].id == "lint.executable-stack");
}

TEST_CASE("a note has a limit") {
    Made made(1);
    made.notes(note(TENON_NOTE_NAME, 1u << 20));
    made.tell_names(std::string(1, '\0'), std::string(sizeof(Elf64_Sym), '\0'));
    CHECK(refusal(image_of(made.file())) ==
          "image.bad-note: shop.so: its Tenon note is damaged: 1048600 bytes; wanted 48 to 1048576");
}

TEST_CASE("the notes of a file are counted in all its segments together") {
    const auto with_notes = [](std::size_t segments, std::size_t notes) {
        Made made(segments);
        for (std::size_t i = 0; i < segments; ++i) made.notes(many_notes(notes));
        made.tell_names(std::string(1, '\0'), std::string(sizeof(Elf64_Sym), '\0'));
        return refusal(image_of(made.file()));
    };
    CHECK(with_notes(4, 256) == "image.no-note: shop.so: is a library, but has no Tenon note");
    CHECK(with_notes(5, 256) == "image.bad-elf: shop.so: has more than 1024 notes");
    CHECK(with_notes(1, 1025) == "image.bad-elf: shop.so: has more than 1024 notes");
}
