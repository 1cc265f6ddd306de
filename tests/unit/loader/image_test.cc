#include "loader/image.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "loader/contract.h"
#include "loader/elf.h"
#include "tests/unit/loader/fixtures.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

template <class T>
T get(const std::string& bytes, std::size_t offset) {
    T value{};
    REQUIRE(offset + sizeof value <= bytes.size());
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

template <class T>
void put(std::string& bytes, std::size_t offset, const T& value) {
    REQUIRE(offset + sizeof value <= bytes.size());
    std::memcpy(bytes.data() + offset, &value, sizeof value);
}

// Where the Tenon note lies in the file.
std::size_t note_offset(const std::string& bytes) {
    const MemorySource source(bytes);
    return Elf::open(source, "").value().note(TENON_NOTE_NAME).value().value().offset;
}

// Calls `change` with each program header and writes it back.
template <class Change>
void each_segment(std::string& bytes, Change change) {
    const auto header = get<Elf64_Ehdr>(bytes, 0);
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        const std::size_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
        auto segment = get<Elf64_Phdr>(bytes, at);
        change(segment);
        put(bytes, at, segment);
    }
}

// Calls `change` with each relocation of DT_RELA and writes it back.
template <class Change>
void each_relocation(std::string& bytes, Change change) {
    const MemorySource source(bytes);
    const Dynamic dynamic = Elf::open(source, "").value().dynamic().take();
    std::size_t begin = 0;  // in the file
    each_segment(bytes, [&](const Elf64_Phdr& segment) {
        if (segment.p_type == PT_LOAD && dynamic.relocations >= segment.p_vaddr &&
            dynamic.relocations - segment.p_vaddr < segment.p_filesz)
            begin = segment.p_offset + (dynamic.relocations - segment.p_vaddr);
    });
    REQUIRE(dynamic.relocations_size > 0);
    for (std::size_t at = begin; at < begin + dynamic.relocations_size; at += sizeof(Elf64_Rela)) {
        auto relocation = get<Elf64_Rela>(bytes, at);
        change(relocation);
        put(bytes, at, relocation);
    }
}

void wipe_section_table(std::string& bytes) {
    auto header = get<Elf64_Ehdr>(bytes, 0);
    std::memset(bytes.data() + header.e_shoff, 0xff, std::size_t{header.e_shnum} * header.e_shentsize);
    header.e_shoff = header.e_shnum = header.e_shstrndx = 0;
    put(bytes, 0, header);
}

template <class T>
std::string refusal_with(std::size_t into_note, T value) {
    std::string bytes = bytes_of("loader_shop");
    put(bytes, note_offset(bytes) + into_note, value);
    return refusal(image_of(bytes));
}

// Uses all that came out, so that a sanitizer sees what is not there.
void use(const Image& image) {
    const auto contracts = read_contracts(image.records, image.path);
    CHECK((contracts.ok() || !contracts.problem().text.empty()));
    CHECK(image.note.size() >= sizeof(tenon_note_header));
    CHECK(image.manifest.size() <= max_manifest_size);
}

}  // namespace

TEST_CASE("a plugin's facts are read from its file") {
    const auto read = read_image_file(path_of("loader_shop"));
    INFO(refusal(read));
    REQUIRE(read);
    const Image& image = read.value();
    CHECK(image.path == path_of("loader_shop"));
    CHECK(image.platform == "linux-x86_64");
    CHECK(image.abi_major == TENON_ABI_MAJOR);
    CHECK(image.abi_minor_required == TENON_ABI_MINOR_REQUIRED);
    CHECK(image.abi_minor_built == TENON_ABI_MINOR);
    CHECK(image.note_type == TENON_NOTE_PLUGIN);
    CHECK(image.note.size() == get<tenon_note_header>(image.note, 0).payload_size + 24);
    CHECK(image.manifest == "id = \"com.example.shop.fixture\"\nname = \"Shop\"\nversion = \"1.0.0\"\n");
    CHECK(image.entry_address);
    CHECK(image.soname.empty());
    CHECK(image.build_id.size() == 40);
    REQUIRE(read_contracts(image.records, "").ok());
    CHECK(read_contracts(image.records, "").value().at(0).id == "com.example.shop");
    CHECK_FALSE(judge_abi(image));
}

TEST_CASE("a contract's module has records, no manifest and no entry") {
    const auto image = read_image_file(path_of("loader_shop_contract.contract"));
    INFO(refusal(image));
    REQUIRE(image);
    CHECK(image.value().note_type == TENON_NOTE_CONTRACT);
    CHECK(image.value().manifest.empty());
    CHECK_FALSE(image.value().entry_address);
    CHECK(read_contracts(image.value().records, "").value().at(0).offered);
}

TEST_CASE("the entry is found through the older hash table too") {
    CHECK(refusal(read_image_file(path_of("loader_with_old_hash"))).empty());
}

TEST_CASE("a plugin whose section table was destroyed is read all the same") {
    std::string bytes = bytes_of("loader_shop");
    const Image before = image_of(bytes).take();
    wipe_section_table(bytes);
    const auto after = image_of(bytes);
    INFO(refusal(after));
    REQUIRE(after);
    CHECK(after.value().note == before.note);
    CHECK(after.value().entry_address == before.entry_address);
    CHECK(after.value().build_id == before.build_id);
}

TEST_CASE("a note that no program header leads to is found by its section") {
    std::string bytes = bytes_of("loader_shop");
    const Image before = image_of(bytes).take();
    each_segment(bytes, [](Elf64_Phdr& segment) {
        if (segment.p_type == PT_NOTE) segment.p_type = PT_NULL;
    });
    const auto after = image_of(bytes);
    INFO(refusal(after));
    REQUIRE(after);
    CHECK(after.value().note == before.note);
    CHECK(after.value().note_address == before.note_address);
    wipe_section_table(bytes);
    CHECK(refusal(image_of(bytes)) == "image.no-note: shop.so: is a library, but has no Tenon note");
}

TEST_CASE("what is no library is refused") {
    CHECK(refusal(image_of("")) == "image.not-elf: shop.so: is not an ELF file");
    CHECK(refusal(image_of("\x7f"
                           "EL")) == "image.not-elf: shop.so: is not an ELF file");
    CHECK(refusal(image_of(std::string(1000, '#'))) == "image.not-elf: shop.so: is not an ELF file");
    CHECK(refusal(image_of("\x7f"
                           "ELF")) ==
          "image.truncated: shop.so: its ELF header needs 64 bytes, but the file has 4 bytes");
    std::string object = bytes_of("loader_shop");
    put<std::uint16_t>(object, 16, ET_REL);
    CHECK(refusal(image_of(object)) ==
          "image.not-elf: shop.so: is an ELF file of type 1, not a shared library (type 3)");
    CHECK(refusal(read_image_file(path_of("loader_without_note"))) ==
          "image.no-note: " + path_of("loader_without_note") + ": is a library, but has no Tenon note");
    CHECK(read_image_file("/dev/null").problem().id == "file.not-regular");
}

TEST_CASE("a plugin for another machine is read, and then refused, naming both") {
    const std::string bytes = bytes_of("loader_shop");
    const Image here = image_of(bytes).take();
    CHECK_FALSE(judge_system(here));
    const auto there = [&](std::uint16_t machine, std::uint32_t relative, std::uint32_t absolute) {
        std::string other = bytes;
        put(other, 18, machine);
        each_relocation(other, [&](Elf64_Rela& relocation) {
            const auto type = ELF64_R_TYPE(relocation.r_info);
            relocation.r_info =
                ELF64_R_INFO(ELF64_R_SYM(relocation.r_info), type == R_X86_64_RELATIVE ? relative : absolute);
        });
        const auto image = image_of(other);
        INFO(refusal(image));
        REQUIRE(image);
        CHECK(image.value().note == here.note);
        CHECK(image.value().manifest == here.manifest);
        CHECK(image.value().build_id == here.build_id);
        const auto problem = judge_system(image.value());
        REQUIRE(problem);
        CHECK(problem->fix == "Use the build for this machine.");
        return image.value().platform + ": " + problem->id + ": " + problem->text;
    };
    CHECK(there(EM_AARCH64, R_AARCH64_RELATIVE, R_AARCH64_ABS64) ==
          "linux-aarch64: image.wrong-machine: shop.so: was built for AArch64; this host runs on x86-64");
    CHECK(there(EM_RISCV, R_RISCV_RELATIVE, R_RISCV_64) ==
          "linux-riscv64: image.wrong-machine: shop.so: was built for RISC-V; this host runs on x86-64");
}

TEST_CASE("a relocation means what it means on the file's machine") {
    std::string bytes = bytes_of("loader_shop");
    const std::string elsewhere =
        "image.entry-mismatch: shop.so: tenon_entry and the note disagree: the entry does not point at the note";
    put<std::uint16_t>(bytes, 18, EM_AARCH64);
    CHECK(refusal(image_of(bytes)) == elsewhere);
    put<std::uint16_t>(bytes, 18, EM_RISCV);
    CHECK(refusal(image_of(bytes)) == elsewhere);
}

TEST_CASE("the entry may point at the note by way of a symbol of the file") {
    const std::string bytes = bytes_of("loader_shop");
    const Image image = image_of(bytes).take();
    const auto by_symbol = [&](std::uint32_t type, std::uint64_t index, std::uint64_t addend) {
        std::string other = bytes;
        each_relocation(other, [&](Elf64_Rela& relocation) {
            if (relocation.r_offset == *image.entry_address + offsetof(tenon_entry_block, note))
                relocation = {relocation.r_offset, ELF64_R_INFO(index, type), static_cast<std::int64_t>(addend)};
        });
        return refusal(image_of(other));
    };
    const MemorySource source(bytes);
    const Elf elf = Elf::open(source, "").take();
    const Dynamic dynamic = elf.dynamic().take();
    std::uint64_t entry = 1;
    while (elf.symbol_at(dynamic, entry).value().st_value != *image.entry_address) ++entry;
    const std::string elsewhere =
        "image.entry-mismatch: shop.so: tenon_entry and the note disagree: the entry does not point at the note";
    const std::uint64_t distance = image.note_address - *image.entry_address;
    CHECK(by_symbol(R_X86_64_64, entry, distance).empty());
    CHECK(by_symbol(R_X86_64_64, entry, distance + 8) == elsewhere);
    CHECK(by_symbol(R_X86_64_64, 0, image.note_address) == elsewhere);  // symbol 0 is none
    CHECK(by_symbol(R_X86_64_64, 0xffffffff, distance) == elsewhere);
    CHECK(by_symbol(R_X86_64_GLOB_DAT, entry, distance) == elsewhere);
    CHECK(by_symbol(R_X86_64_RELATIVE, 0, image.note_address).empty());
    CHECK(by_symbol(R_X86_64_RELATIVE, 0, image.note_address + 8) == elsewhere);
}

TEST_CASE("a library for a machine of another kind is refused at once") {
    std::string bytes = bytes_of("loader_shop");
    put<std::uint16_t>(bytes, 18, EM_PPC64);
    CHECK(refusal(image_of(bytes)) ==
          "image.wrong-machine: shop.so: was built for PowerPC, 64 bits; this host runs on x86-64");
    put<std::uint16_t>(bytes, 18, 999);
    CHECK(refusal(image_of(bytes)) ==
          "image.wrong-machine: shop.so: was built for ELF machine number 999; this host runs on x86-64");
    bytes[EI_CLASS] = ELFCLASS32;
    CHECK(refusal(image_of(bytes)) ==
          "image.wrong-machine: shop.so: was built for a 32-bit machine; this host runs on x86-64");
    bytes[EI_DATA] = ELFDATA2MSB;
    CHECK(refusal(image_of(bytes)) ==
          "image.wrong-machine: shop.so: was built for a big-endian machine; this host runs on x86-64");
}

TEST_CASE("a plugin of another ABI is read, and refused with what was found and wanted") {
    const auto major = read_image_file(path_of("loader_from_another_major"));
    REQUIRE(major);
    auto problem = judge_abi(major.value());
    REQUIRE(problem);
    CHECK(problem->id == "abi.major");
    CHECK(problem->text == path_of("loader_from_another_major") +
                               ": was built for Tenon ABI 9.1; this host has ABI 0.1, and another major does not fit");
    const auto minor = read_image_file(path_of("loader_from_a_later_minor"));
    REQUIRE(minor);
    problem = judge_abi(minor.value());
    REQUIRE(problem);
    CHECK(problem->id == "abi.minor");
    CHECK(problem->text ==
          path_of("loader_from_a_later_minor") + ": requires Tenon ABI 0.6 or a newer minor; this host has ABI 0.1");
}

TEST_CASE("an entry that the file does not define is refused") {
    CHECK(refusal(read_image_file(path_of("loader_without_entry"))) ==
          "image.no-entry: " + path_of("loader_without_entry") + ": does not export the symbol tenon_entry");
}

TEST_CASE("an entry that speaks of another note or another ABI is refused") {
    CHECK(refusal(read_image_file(path_of("loader_with_entry_of_another_note"))) ==
          "image.entry-mismatch: " + path_of("loader_with_entry_of_another_note") +
              ": tenon_entry and the note disagree: the entry does not point at the note");
    CHECK(refusal(read_image_file(path_of("loader_with_entry_of_another_abi"))) ==
          "image.entry-mismatch: " + path_of("loader_with_entry_of_another_abi") +
              ": tenon_entry and the note disagree: the entry was built with ABI 0.8 and requires 0.1, the note says "
              "0.1 and 0.1");
}

TEST_CASE("an entry symbol that is no entry block is refused") {
    std::string bytes = bytes_of("loader_shop");
    const MemorySource source(bytes);
    const Elf elf = Elf::open(source, "").take();
    const Elf64_Sym symbol = elf.symbol(elf.dynamic().value(), "tenon_entry").value().value();
    const std::size_t at = bytes.find(std::string(reinterpret_cast<const char*>(&symbol), sizeof symbol));
    REQUIRE(at != std::string::npos);
    const auto with = [&](auto change) {
        std::string spoiled = bytes;
        Elf64_Sym other = symbol;
        change(other);
        put(spoiled, at, other);
        return refusal(image_of(spoiled));
    };
    CHECK(
        with([](auto& s) {
            s.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
            s.st_size = 88;
        }) ==
        "image.no-entry: shop.so: tenon_entry is not a tenon_entry_block: symbol type 2 of 88 bytes; wanted an object "
        "(type 1) of 88");
    CHECK(with([](auto& s) { s.st_size = 87; }).find("symbol type 1 of 87 bytes") != std::string::npos);
    CHECK(with([](auto& s) { s.st_shndx = SHN_UNDEF; }) ==
          "image.no-entry: shop.so: tenon_entry is not defined in this file");
    CHECK(with([](auto& s) { s.st_value = UINT64_MAX - 7; }) ==
          "image.no-entry: shop.so: tenon_entry at 0xfffffffffffffff8 is not in the file's data");
}

TEST_CASE("a note that contradicts itself is refused") {
    CHECK(refusal_with<std::uint32_t>(24, 1) ==
          "image.bad-note: shop.so: its Tenon note is damaged: magic number 0x1; wanted 0x4f4e4554");
    CHECK(refusal_with<std::uint32_t>(8, 3) ==
          "image.bad-note: shop.so: its Tenon note is damaged: type 3; wanted 1 or 2");
    CHECK(refusal_with<std::uint16_t>(34, 97) ==
          "image.bad-note: shop.so: its Tenon note is damaged: records of 97 bytes; wanted 96");
    CHECK(refusal_with<std::uint32_t>(36, 1000000).find("1000000 records and a manifest of 64 bytes do not fill its") !=
          std::string::npos);
    CHECK(refusal_with<std::uint32_t>(36, 0).find("0 records") != std::string::npos);
    CHECK(refusal_with<std::uint32_t>(36, 1).find("1 records and a manifest of 64 bytes") != std::string::npos);
    CHECK(refusal_with<std::uint32_t>(40, 65537) ==
          "image.bad-note: shop.so: its Tenon note is damaged: a manifest of 65537 bytes; the limit is 65536");
    CHECK(refusal_with<std::uint32_t>(40, 90).find("a manifest of 90 bytes do not fill") != std::string::npos);
    CHECK(refusal_with<std::uint32_t>(4, 0xfffffff0) ==
          "image.bad-elf: shop.so: a note does not end where its segment does");
}

TEST_CASE("every truncation of a plugin is refused") {
    const std::string bytes = bytes_of("loader_shop");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const std::string cut(bytes.data(), size);  // of this size on the heap, so that a sanitizer sees its end
        const auto image = image_of(cut);
        if (image || image.problem().id != (size < SELFMAG ? "image.not-elf" : "image.truncated"))
            FAIL(size << " bytes: " << refusal(image));
    }
}

TEST_CASE("a truncated plugin without a section table is refused too") {
    std::string bytes = bytes_of("loader_shop");
    wipe_section_table(bytes);
    std::size_t end = 0;
    each_segment(bytes, [&](Elf64_Phdr& segment) {
        if (segment.p_type == PT_LOAD) end = segment.p_offset + segment.p_filesz;
    });
    for (std::size_t size = 0; size < end; ++size)
        if (image_of(std::string(bytes.data(), size))) FAIL(size << " bytes");
    CHECK(image_of(bytes.substr(0, end)));
}

TEST_CASE("a plugin whose end is zeros is refused, wherever they begin") {
    const std::string bytes = bytes_of("loader_shop");
    const auto header = get<Elf64_Ehdr>(bytes, 0);
    const std::size_t last_section = header.e_shoff + (header.e_shnum - 1u) * header.e_shentsize;
    for (std::size_t from = 0; from <= last_section; from += 32) {
        std::string tail = bytes;
        std::fill(tail.begin() + static_cast<std::ptrdiff_t>(from), tail.end(), '\0');
        INFO(from);
        const auto image = image_of(tail);
        REQUIRE_FALSE(image);
        // Never taken for a library that is no plugin, although its note may not be there yet.
        if (from >= header.e_phoff + std::size_t{header.e_phnum} * header.e_phentsize)
            CHECK(image.problem().id == "image.truncated");
    }
    std::string tail = bytes;
    std::fill(tail.begin() + static_cast<std::ptrdiff_t>(last_section), tail.end(), '\0');
    CHECK(refusal(image_of(tail)) == "image.truncated: shop.so: its end has the right size, but is all zeros");
}

TEST_CASE("a library without a section table is no plugin if it has no note") {
    std::string bytes = bytes_of("loader_without_note");
    wipe_section_table(bytes);
    CHECK(refusal(image_of(bytes)) == "image.no-note: shop.so: is a library, but has no Tenon note");
}

TEST_CASE("a plugin without a section table whose end is zeros is refused until its dynamic section is whole") {
    std::string bytes = bytes_of("loader_with_thread_local");
    wipe_section_table(bytes);
    std::size_t dynamic = 0;
    each_segment(bytes, [&](Elf64_Phdr& segment) {
        if (segment.p_type == PT_DYNAMIC) dynamic = segment.p_offset;
    });
    std::size_t whole = dynamic;  // where the tables that are told by several entries end
    for (std::size_t at = dynamic; get<Elf64_Dyn>(bytes, at).d_tag != DT_NULL; at += sizeof(Elf64_Dyn)) {
        const auto tag = get<Elf64_Dyn>(bytes, at).d_tag;
        if (tag == DT_RELAENT || tag == DT_SYMENT || tag == DT_PLTREL) whole = at;
    }
    for (std::size_t from = 0; from < bytes.size(); from += 16) {
        std::string tail = bytes;
        std::fill(tail.begin() + static_cast<std::ptrdiff_t>(from), tail.end(), '\0');
        const auto read = image_of(tail);
        INFO(from);
        if (read) use(read.value());
        if (from <= whole) CHECK_FALSE(read);
    }
}

TEST_CASE("a table of the dynamic section that is told only in part is refused") {
    const std::string bytes = bytes_of("loader_with_thread_local");
    const auto without = [&](std::int64_t tag) {
        std::string spoiled = bytes;
        std::size_t dynamic = 0;
        each_segment(spoiled, [&](Elf64_Phdr& segment) {
            if (segment.p_type == PT_DYNAMIC) dynamic = segment.p_offset;
        });
        for (std::size_t at = dynamic; get<Elf64_Dyn>(spoiled, at).d_tag != DT_NULL; at += sizeof(Elf64_Dyn)) {
            if (get<Elf64_Dyn>(spoiled, at).d_tag != tag) continue;
            put(spoiled, at, Elf64_Dyn{DT_DEBUG, {0}});
            return refusal(image_of(spoiled));
        }
        return std::string("there is no such entry");
    };
    const std::string only_a_part = "image.bad-elf: shop.so: its dynamic section tells only a part of its ";
    CHECK(without(DT_STRSZ) == only_a_part + "string table");
    CHECK(without(DT_SYMENT) == only_a_part + "symbol table");
    CHECK(without(DT_RELASZ) == only_a_part + "relocation table");
    CHECK(without(DT_RELAENT) == only_a_part + "relocation table");
    CHECK(without(DT_INIT_ARRAYSZ) == only_a_part + "table of constructors");
    CHECK(without(DT_VERNEEDNUM) == only_a_part + "table of needed versions");
    CHECK(without(DT_VERSYM) == only_a_part + "table of needed versions");
    CHECK(without(DT_STRTAB) == only_a_part + "string table");
    CHECK(without(DT_RELA) == only_a_part + "relocation table");
    CHECK(without(DT_SYMTAB) == "image.bad-elf: shop.so: its dynamic section has no symbols or no strings");
}

TEST_CASE("no spoiled byte of a plugin leads astray") {
    const std::string bytes = bytes_of("loader_shop");
    std::mt19937 random(20240229);
    int refused = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string spoiled = bytes;
        const int changes = 1 + round % 8;
        for (int i = 0; i < changes; ++i) {
            // Every other change hits the headers, where there is most to lie about.
            const std::size_t at = random() % (i % 2 == 0 ? 1024 : spoiled.size());
            spoiled[at] = static_cast<char>(random());
        }
        const auto image = image_of(spoiled);
        if (image)
            use(image.value());
        else
            ++refused;
    }
    CHECK(refused > 1000);
}

TEST_CASE("program headers that lie are refused") {
    const std::string bytes = bytes_of("loader_shop");
    const auto with = [&](std::uint32_t type, auto change) {
        std::string lying = bytes;
        each_segment(lying, [&](Elf64_Phdr& segment) {
            if (segment.p_type == type) change(segment);
        });
        const auto image = image_of(lying);
        return image ? "" : image.problem().id;
    };
    CHECK(with(PT_LOAD, [](auto& s) { s.p_filesz = UINT64_MAX; }) == "image.truncated");
    CHECK(with(PT_LOAD, [](auto& s) { s.p_offset = UINT64_MAX; }) == "image.truncated");
    CHECK(with(PT_LOAD, [](auto& s) { s.p_memsz = UINT64_MAX; }) == "image.bad-elf");
    CHECK(with(PT_LOAD, [](auto& s) { s.p_vaddr = UINT64_MAX - 4095; }) == "image.bad-elf");
    CHECK(with(PT_LOAD, [](auto& s) { s.p_vaddr += 8; }) == "image.bad-elf");
    CHECK(with(PT_LOAD, [](auto& s) { s.p_memsz = 0; }) == "image.bad-elf");
    CHECK(with(PT_LOAD, [](auto& s) { s.p_vaddr = 0, s.p_offset = 0; }) == "image.bad-elf");
    CHECK(with(PT_LOAD, [](auto& s) { s.p_type = PT_NULL; }) == "image.bad-note");
    CHECK(with(PT_DYNAMIC, [](auto& s) { s.p_type = PT_NULL; }) == "image.bad-elf");
    CHECK(with(PT_DYNAMIC, [](auto& s) { s.p_vaddr = UINT64_MAX; }) == "image.bad-elf");
    CHECK(with(PT_DYNAMIC, [](auto& s) { s.p_filesz = 16; }) == "image.bad-elf");
    CHECK(with(PT_NOTE, [](auto& s) { s.p_vaddr += 4096; }) == "image.bad-note");
    std::string lying = bytes;
    put<std::uint16_t>(lying, 56, 0xffff);
    CHECK(image_of(lying).problem().text == "shop.so: has 65535 program headers of 56 bytes; wanted 1 to 256 of 56");
}
