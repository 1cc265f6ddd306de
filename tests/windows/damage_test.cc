// Windows libraries that were cut off, spoiled, or lie about themselves.
#include <algorithm>
#include <random>

#include "loader/contract.h"
#include "tests/windows/library.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

template <class T>
T get(const std::string& bytes, std::size_t at) {
    T value{};
    REQUIRE(at + sizeof value <= bytes.size());
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

template <class T>
void put(std::string& bytes, std::size_t at, T value) {
    REQUIRE(at + sizeof value <= bytes.size());
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

// Where things are in a file whose headers are right, in bytes from its begin.
struct Places {
    explicit Places(const std::string& bytes)
        : pe(get<std::uint32_t>(bytes, 60)),
          optional(pe + 24),
          directories(optional + 112),
          sections(optional + get<std::uint16_t>(bytes, pe + 20)),
          section_count(get<std::uint16_t>(bytes, pe + 6)) {}

    std::size_t section(const std::string& bytes, const std::string& name) const {
        for (std::size_t at = sections; at < sections + section_count * 40u; at += 40)
            if (std::string(bytes.data() + at).substr(0, 8) == name) return at;
        FAIL("there is no section " << name);
        return 0;
    }
    // Of what an address leads to.
    std::size_t offset(const std::string& bytes, std::uint32_t address) const {
        for (std::size_t at = sections; at < sections + section_count * 40u; at += 40) {
            const auto begin = get<std::uint32_t>(bytes, at + 12);
            if (address >= begin && address - begin < get<std::uint32_t>(bytes, at + 16))
                return get<std::uint32_t>(bytes, at + 20) + (address - begin);
        }
        FAIL("there is nothing at " << address);
        return 0;
    }

    std::size_t pe, optional, directories, sections;
    std::uint16_t section_count;
};

// Counts how often it is read.
class CountedSource final : public Source {
public:
    explicit CountedSource(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t size() const override { return bytes_.size(); }
    bool read(std::uint64_t offset, void* out, std::size_t size) const override {
        ++reads_;
        return bytes_.read(offset, out, size);
    }
    std::size_t reads() const { return reads_; }

private:
    MemorySource bytes_;
    mutable std::size_t reads_ = 0;
};

std::size_t reads_for(const std::string& bytes) {
    const CountedSource source(bytes);
    (void)read_image(source, "shop.dll");
    return source.reads();
}

// The refusal of a library after a change at a place.
template <class T>
std::string with(const std::string& bytes, std::size_t at, T value) {
    std::string spoiled = bytes;
    put(spoiled, at, value);
    return refusal(windows_image(spoiled));
}

// Uses all that came out, so that a sanitizer sees what is not there.
void use(const Image& image) {
    const auto contracts = read_contracts(image.records, image.path);
    CHECK((contracts.ok() || !contracts.problem().text.empty()));
    CHECK(image.note.size() >= sizeof(tenon_note_header));
    CHECK(image.manifest.size() <= max_manifest_size);
}

const std::string damaged_note = "image.bad-note: shop.dll: its Tenon note is damaged: ";
const std::string disagree = "image.entry-mismatch: shop.dll: tenon_entry and the note disagree: ";

}  // namespace

TEST_CASE("every truncation of a Windows plugin is refused") {
    for (const std::string name : {"shop", "shop_stripped"}) {
        const std::string bytes = windows_bytes(name);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const std::string cut(bytes.data(), size);  // of this size on the heap, so that a sanitizer sees its end
            const auto image = windows_image(cut);
            if (image || image.problem().id != (size < 2 ? "image.not-elf" : "image.truncated"))
                FAIL(name << " of " << size << " bytes: " << refusal(image));
        }
    }
}

TEST_CASE("a Windows plugin whose end is zeros is refused until its last section is whole") {
    const std::string bytes = windows_bytes("shop_stripped");
    const Places places(bytes);
    const std::size_t last = places.section(bytes, ".reloc");
    const auto end = get<std::uint32_t>(bytes, last + 20) + get<std::uint32_t>(bytes, last + 8);
    for (std::size_t from = 0; from + 16 <= end; from += 16) {
        std::string tail = bytes;
        std::fill(tail.begin() + static_cast<std::ptrdiff_t>(from), tail.end(), '\0');
        const auto image = windows_image(tail);
        if (image && from < get<std::uint32_t>(bytes, last + 20)) FAIL("zeros from " << from);
    }
    std::string tail = windows_bytes("shop");
    const Places unstripped(tail);
    const auto symbols = get<std::uint32_t>(tail, unstripped.pe + 12);
    std::fill(tail.begin() + static_cast<std::ptrdiff_t>(symbols), tail.end(), '\0');
    CHECK(refusal(windows_image(tail)) == "image.truncated: shop.dll: its end has the right size, but is all zeros");
}

TEST_CASE("no spoiled byte of a Windows plugin leads astray") {
    const std::string bytes = windows_bytes("shop_stripped");
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
        const auto image = windows_image(spoiled);
        if (image)
            use(image.value());
        else
            ++refused;
    }
    CHECK(refused > 1000);
}

TEST_CASE("each byte of a Windows plugin's headers and tables may be anything") {
    const std::string bytes = windows_bytes("shop_stripped");
    const Places places(bytes);
    std::vector<std::pair<std::size_t, std::size_t>> parts = {{0, places.sections + places.section_count * 40u}};
    for (const char* name : {".tenon", ".edata", ".idata", ".buildid", ".reloc"}) {
        const std::size_t section = places.section(bytes, name);
        const std::size_t begin = get<std::uint32_t>(bytes, section + 20);
        parts.emplace_back(begin, begin + get<std::uint32_t>(bytes, section + 8));
    }
    std::size_t refused = 0;
    for (const auto& [begin, end] : parts) {
        for (std::size_t at = begin; at < end; ++at) {
            for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff, bytes[at] ^ 4}) {
                std::string spoiled = bytes;
                spoiled[at] = static_cast<char>(value);
                const auto image = windows_image(spoiled);
                refused += !image;
                if (image) use(image.value());
            }
        }
    }
    CHECK(refused > 1000);
}

TEST_CASE("what begins like a Windows library and is none is refused") {
    const std::string bytes = windows_bytes("shop");
    const Places places(bytes);
    CHECK(refusal(windows_image("MZ")) ==
          "image.truncated: shop.dll: its DOS header needs 64 bytes, but the file has 2 bytes");
    CHECK(refusal(windows_image("MZ" + std::string(1000, '#'))) ==
          "image.not-pe: shop.dll: begins like a program for DOS, and is none for Windows");
    CHECK(with<std::uint32_t>(bytes, places.pe, 0x454e) ==
          "image.not-pe: shop.dll: is a program for DOS, not for Windows");
    CHECK(with<std::uint16_t>(bytes, places.pe + 22, 0x26) ==
          "image.not-pe: shop.dll: is a program for Windows, not a library (.dll)");
    const std::string wrong = "image.wrong-machine: shop.dll: was built for ";
    CHECK(with<std::uint16_t>(bytes, places.pe + 4, 0x14c) == wrong + "a 32-bit machine; this host runs on x86-64");
    CHECK(with<std::uint16_t>(bytes, places.pe + 4, 0xaa64) == wrong + "AArch64; this host runs on x86-64");
    CHECK(with<std::uint16_t>(bytes, places.pe + 4, 0x99) ==
          wrong + "PE machine number 0x99; this host runs on x86-64");
}

TEST_CASE("headers of a Windows library that lie are refused") {
    const std::string bytes = windows_bytes("shop_stripped");
    const Places places(bytes);
    const std::string bad = "image.bad-pe: shop.dll: ";
    CHECK(with<std::uint16_t>(bytes, places.optional, 0x10b) ==
          bad + "its optional header is of kind 0x10b; wanted 0x20b");
    CHECK(with<std::uint16_t>(bytes, places.pe + 22, 0x2020) == bad + "its linker says that it cannot be run");
    CHECK(with<std::uint32_t>(bytes, places.optional + 108, 17) ==
          bad + "its 17 data directories do not fit into an optional header of 240 bytes");
    CHECK(with<std::uint16_t>(bytes, places.pe + 20, 200) ==
          bad + "its 16 data directories do not fit into an optional header of 200 bytes");
    const auto base = get<std::uint64_t>(bytes, places.optional + 24);
    CHECK(with<std::uint64_t>(bytes, places.optional + 24, UINT64_MAX - 65535) ==
          bad + "its sections are aligned to 4096 bytes, in the file to 512, for the address 0xffffffffffff0000");
    CHECK(with<std::uint64_t>(bytes, places.optional + 24, base + 1).starts_with(bad + "its sections are aligned to"));
    CHECK(with<std::uint32_t>(bytes, places.optional + 32, 0).starts_with(bad + "its sections are aligned to 0 bytes"));
    CHECK(with<std::uint32_t>(bytes, places.optional + 36, 768).starts_with(bad + "its sections are aligned to 4096"));
    CHECK(with<std::uint16_t>(bytes, places.pe + 6, 0) == bad + "has 0 sections; wanted 1 to 96");
    CHECK(with<std::uint16_t>(bytes, places.pe + 6, 97) == bad + "has 97 sections; wanted 1 to 96");
    CHECK(with<std::uint32_t>(bytes, places.optional + 56, 0x2000).find("0x1000 to 0x2000 are free") !=
          std::string::npos);
}

TEST_CASE("sections of a Windows library that overlap or lie outside are refused") {
    const std::string bytes = windows_bytes("shop_stripped");
    const Places places(bytes);
    const std::size_t text = places.section(bytes, ".text"), data = places.section(bytes, ".data");
    const std::size_t note = places.section(bytes, ".tenon");
    const std::string nonsense = "image.bad-pe: shop.dll: a section is nonsense: ";
    CHECK(with<std::uint32_t>(bytes, note + 16, 0xfffffe00u).starts_with("image.truncated: shop.dll: a section has "));
    CHECK(with<std::uint32_t>(bytes, note + 20, 0xfffffe00u).starts_with("image.truncated: shop.dll: a section has "));
    CHECK(with<std::uint32_t>(bytes, text + 8, 0xffffffffu).starts_with(nonsense));
    CHECK(with<std::uint32_t>(bytes, text + 8, 0x10000).starts_with(nonsense));
    CHECK(with<std::uint32_t>(bytes, data + 12, 0x1000).starts_with(nonsense));
    CHECK(with<std::uint32_t>(bytes, data + 12, 0x3008).starts_with(nonsense));
    CHECK(with<std::uint32_t>(bytes, text + 12, 0).starts_with(nonsense));
    CHECK(with<std::uint32_t>(bytes, text + 20, get<std::uint32_t>(bytes, text + 20) + 4).starts_with(nonsense));
    const auto begin = get<std::uint32_t>(bytes, text + 20);
    CHECK(with<std::uint32_t>(bytes, data + 20, begin + 512) ==
          "image.bad-pe: shop.dll: its sections overlap in the file at byte " + std::to_string(begin + 512));
    CHECK(with<std::uint32_t>(bytes, data + 20, 0) ==
          "image.bad-pe: shop.dll: its sections overlap in the file at byte 0");
}

TEST_CASE("the signatures and symbols behind the sections of a Windows library must be there") {
    const std::string stripped = windows_bytes("shop_stripped"), whole = windows_bytes("shop");
    const std::size_t signatures = Places(stripped).directories + 4 * 8;
    std::string cut = stripped;
    put<std::uint32_t>(cut, signatures, static_cast<std::uint32_t>(cut.size()));
    put<std::uint32_t>(cut, signatures + 4, 8);
    const std::string size = std::to_string(cut.size());
    CHECK(refusal(windows_image(cut)) == "image.truncated: shop.dll: its signatures have 8 bytes from byte " + size +
                                             ", but the file has " + size + " bytes");
    CHECK(refusal(windows_image(cut + "12345678")).empty());
    CHECK(with<std::uint32_t>(whole, Places(whole).pe + 16, 0xffffffffu)
              .starts_with("image.truncated: shop.dll: its 4294967295 symbols begin at byte "));
}

TEST_CASE("tables of a Windows library that lie are refused") {
    const std::string bytes = windows_bytes("shop_stripped");
    const Places places(bytes);
    const auto table = [&](std::size_t directory) {
        return places.offset(bytes, get<std::uint32_t>(bytes, places.directories + directory * 8));
    };
    const std::string bad = "image.bad-pe: shop.dll: ";
    const std::size_t exports = table(0), imports = table(1), relocations = table(5);
    CHECK(with<std::uint32_t>(bytes, places.directories, 0xfffffff0u) == bad + "its export table is damaged");
    CHECK(with<std::uint32_t>(bytes, places.directories, 0) ==
          "image.no-entry: shop.dll: does not export the symbol tenon_entry");
    CHECK(with<std::uint32_t>(bytes, exports + 24, 0xffffffffu) == bad + "its export table is damaged");
    CHECK(with<std::uint32_t>(bytes, exports + 20, 0) == bad + "its export table is damaged");
    CHECK(with<std::uint32_t>(bytes, exports + 32, 0xfffffff0u) == bad + "its export table is damaged");
    CHECK(with<std::uint32_t>(bytes, exports + 36, 0xfffffff0u) == bad + "its export table is damaged");
    CHECK(with<std::uint32_t>(bytes, exports + 28, 0xfffffff0u) == bad + "its export table is damaged");
    CHECK(with<std::uint32_t>(bytes, places.directories + 8, 0xfffffff0u) == bad + "its import table has no end");
    CHECK(with<std::uint32_t>(bytes, imports + 12, 0xfffffff0u) == bad + "the names in its import table are damaged");
    CHECK(with<std::uint32_t>(bytes, relocations + 4, 4) == bad + "its relocation table is damaged at its byte 0");
    CHECK(with<std::uint32_t>(bytes, relocations + 4, 0xfffffff0u) ==
          bad + "its relocation table is damaged at its byte 0");
    CHECK(with<std::uint32_t>(bytes, places.directories + 5 * 8 + 4, 0xffffffffu)
              .starts_with(bad + "its relocation table is damaged at its byte 0"));
    // The debug directory tells only an identity, which may be missing.
    std::string nameless = bytes;
    put<std::uint32_t>(nameless, places.directories + 6 * 8, 0xfffffff0u);
    CHECK(windows_image(nameless).value().build_id.empty());
}

TEST_CASE("a Windows entry's pointer to the note must be moved with the file, as one pointer") {
    const std::string bytes = windows_bytes("shop_stripped");
    const Places places(bytes);
    const auto entry = static_cast<std::uint32_t>(*windows_image(bytes).value().entry_address);
    const std::uint32_t place = entry + offsetof(tenon_entry_block, note);
    const std::size_t pointer = places.offset(bytes, place);
    CHECK(with<std::uint64_t>(bytes, pointer, get<std::uint64_t>(bytes, pointer) + 8) ==
          disagree + "the entry does not point at the note");
    // Its relocation, which is the one of this place in the block of this page.
    std::size_t at = places.offset(bytes, get<std::uint32_t>(bytes, places.directories + 5 * 8));
    while (get<std::uint32_t>(bytes, at) != (place & ~0xfffu)) at += get<std::uint32_t>(bytes, at + 4);
    at += 8;
    while (get<std::uint16_t>(bytes, at) != (0xa000u | (place & 0xfffu))) at += 2;
    const auto relocation = get<std::uint16_t>(bytes, at);
    const std::string unmoved = disagree + "the entry's pointer to the note is not relocated as a 64-bit pointer";
    CHECK(with<std::uint32_t>(bytes, places.directories + 5 * 8, 0) == unmoved);
    CHECK(with<std::uint16_t>(bytes, at, 0) == unmoved);
    CHECK(with<std::uint16_t>(bytes, at, static_cast<std::uint16_t>((relocation & 0xfffu) | 0x3000u)) == unmoved);
    CHECK(with<std::uint16_t>(bytes, at, static_cast<std::uint16_t>(relocation + 4)) == unmoved);
    CHECK(with<std::uint16_t>(bytes, at + 2, relocation) == unmoved);
    CHECK(with<std::uint16_t>(bytes, at + 2, static_cast<std::uint16_t>(relocation + 4)) == unmoved);
}

TEST_CASE("a relocation table of many blocks takes no more reads than one of few") {
    std::string bytes = windows_bytes("shop_stripped");
    const std::size_t reads = reads_for(bytes);
    const Places places(bytes);
    const std::size_t section = places.section(bytes, ".reloc");
    const auto address = get<std::uint32_t>(bytes, section + 12), size = get<std::uint32_t>(bytes, section + 16);
    REQUIRE(size >= 512);
    put<std::uint32_t>(bytes, section + 8, size);
    put<std::uint32_t>(bytes, places.directories + 5 * 8, address);
    put<std::uint32_t>(bytes, places.directories + 5 * 8 + 4, size);
    for (std::size_t at = get<std::uint32_t>(bytes, section + 20), end = at + size; at < end; at += 8) {
        put<std::uint32_t>(bytes, at, 0);
        put<std::uint32_t>(bytes, at + 4, 8);  // nothing behind the head
    }
    CHECK(refusal(windows_image(bytes)) ==
          disagree + "the entry's pointer to the note is not relocated as a 64-bit pointer");
    CHECK(reads_for(bytes) <= reads);
}

TEST_CASE("a Windows note that contradicts itself is refused") {
    const std::string bytes = windows_bytes("shop_stripped");
    const Places places(bytes);
    const std::size_t section = places.section(bytes, ".tenon");
    const std::size_t note = get<std::uint32_t>(bytes, section + 20);
    const std::string size = std::to_string(get<std::uint32_t>(bytes, section + 8));
    CHECK(with<std::uint32_t>(bytes, note, 11) == damaged_note + "its name is not org.tenon/1");
    CHECK(with<char>(bytes, note + 12, 'O') == damaged_note + "its name is not org.tenon/1");
    CHECK(with<std::uint32_t>(bytes, note + 4, 3) == damaged_note + "27 bytes; wanted 48 to 1048576");
    CHECK(with<std::uint32_t>(bytes, note + 4, 100000) ==
          damaged_note + "its header speaks of 100024 bytes, its section has " + size);
    CHECK(with<std::uint32_t>(bytes, note + 8, 3) == damaged_note + "type 3; wanted 1 or 2");
    CHECK(with<std::uint32_t>(bytes, note + 24, 1) == damaged_note + "magic number 0x1; wanted 0x4f4e4554");
    CHECK(with<std::uint16_t>(bytes, note + 34, 97) == damaged_note + "records of 97 bytes; wanted 96");
    CHECK(with<std::uint32_t>(bytes, note + 36, 1000000).find("1000000 records and a manifest of 64 bytes do not") !=
          std::string::npos);
    CHECK(with<std::uint32_t>(bytes, note + 40, 65537) ==
          damaged_note + "a manifest of 65537 bytes; the limit is 65536");
    CHECK(with<std::uint32_t>(bytes, section + 8, 40) == damaged_note + "40 bytes; wanted 48 to 1048576");
    CHECK(with<char>(bytes, section, '!') == "image.no-note: shop.dll: is a library, but has no Tenon note");
}
