// The dynamic linker's list: what is in it is found, and what is damaged is not believed.
#include "loader/ld_cache.h"

#include <cstdio>
#include <cstring>
#include <random>

#include "tests/lint/fixtures.h"

using namespace tenon::loader;

namespace {

constexpr std::uint32_t ours = 0x0303;  // x86-64, glibc

// Writes a list as ldconfig writes it.
class ListWriter {
public:
    void add(const std::string& name, const std::string& path, std::uint32_t flags = ours, std::uint64_t hardware = 0) {
        entries_.push_back({flags, place(name), place(path), hardware});
    }
    std::uint64_t level(const std::string& name) {
        levels_.push_back(place(name));
        return (std::uint64_t{1} << 62) + levels_.size() - 1;
    }

    std::string bytes() const {
        const auto strings = static_cast<std::uint32_t>(48 + entries_.size() * 24);
        std::string out = "glibc-ld.so.cache1.1";
        const auto extension = static_cast<std::uint32_t>((strings + strings_.size() + 3) / 4 * 4);
        for (const std::uint32_t number : {static_cast<std::uint32_t>(entries_.size()),
                                           static_cast<std::uint32_t>(strings_.size()), 2u, extension, 0u, 0u, 0u})
            put(out, number);
        for (const Entry& entry : entries_) {
            put(out, entry.flags), put(out, strings + entry.name), put(out, strings + entry.path), put(out, 0);
            put(out, static_cast<std::uint32_t>(entry.hardware)),
                put(out, static_cast<std::uint32_t>(entry.hardware >> 32));
        }
        out += strings_;
        out.resize(extension);
        for (const std::uint32_t number :
             {0xeaa42174u, 1u, 1u, 0u, extension + 24, static_cast<std::uint32_t>(levels_.size() * 4)})
            put(out, number);
        for (const std::uint32_t level : levels_) put(out, strings + level);
        return out;
    }

private:
    struct Entry {
        std::uint32_t flags, name, path;
        std::uint64_t hardware;
    };

    std::uint32_t place(const std::string& text) {
        strings_.append(text).push_back('\0');
        return static_cast<std::uint32_t>(strings_.size() - text.size() - 1);
    }
    static void put(std::string& out, std::uint32_t number) {
        out.append(reinterpret_cast<const char*>(&number), sizeof number);
    }

    std::vector<Entry> entries_;
    std::vector<std::uint32_t> levels_;
    std::string strings_;
};

ListWriter shop_list() {
    ListWriter list;
    const std::uint64_t v3 = list.level("x86-64-v3");
    list.add("libshop.so.1", "/usr/lib/glibc-hwcaps/x86-64-v3/libshop.so.1", ours, v3);
    list.add("libshop.so.1", "/usr/lib/libshop.so.1");
    list.add("libtill.so.2", "/opt/till/libtill.so.2");
    return list;
}

}  // namespace

#if defined(__x86_64__)
TEST_CASE("a list gives the files of a name, with the hardware that they are for") {
    const LdCache cache = LdCache::parse(shop_list().bytes());
    CHECK(cache.size() == 3);
    const auto& shop = cache.find("libshop.so.1");
    REQUIRE(shop.size() == 2);
    CHECK(shop[0].path == "/usr/lib/glibc-hwcaps/x86-64-v3/libshop.so.1");
    CHECK(shop[0].level == "x86-64-v3");
    CHECK(shop[1].path == "/usr/lib/libshop.so.1");
    CHECK(shop[1].level.empty());
    CHECK(cache.find("libtill.so.2").size() == 1);
    CHECK(cache.find("libgone.so.3").empty());
}

TEST_CASE("a list that lies behind one for old programs is read") {
    std::string bytes("ld.so-1.7.0\0\x03\0\0\0", 16);
    bytes.append(3 * 12, '\1');  // entries of the old kind
    bytes.append(4, '\0');       // up to a multiple of 8
    const LdCache cache = LdCache::parse(bytes + shop_list().bytes());
    CHECK(cache.size() == 3);
    const auto& shop = cache.find("libshop.so.1");
    REQUIRE(shop.size() == 2);
    CHECK(shop[0].path == "/usr/lib/glibc-hwcaps/x86-64-v3/libshop.so.1");
    CHECK(shop[0].level == "x86-64-v3");
    CHECK(shop[1].path == "/usr/lib/libshop.so.1");
    CHECK(LdCache::parse(bytes).size() == 0);
    bytes[15] = '\xff';  // more old entries than the file has bytes
    CHECK(LdCache::parse(bytes + shop_list().bytes()).size() == 0);
}

TEST_CASE("entries for other machines, unknown hardware and relative paths are left out") {
    ListWriter list;
    list.add("liba.so", "/lib32/liba.so", 0x0003);
    list.add("liba.so", "/lib/old/liba.so", ours, 0x8000);
    list.add("liba.so", "/lib/unknown/liba.so", ours, (std::uint64_t{1} << 62) + 7);
    list.add("liba.so", "liba.so");
    list.add("", "/lib/nameless.so");
    CHECK(LdCache::parse(list.bytes()).size() == 0);
}
#endif

TEST_CASE("what is no list has no entries") {
    CHECK(LdCache::parse("").size() == 0);
    CHECK(LdCache::parse("glibc-ld.so.cache1.1").size() == 0);
    CHECK(LdCache::parse(std::string(4096, '\xff')).size() == 0);
    std::string other = shop_list().bytes();
    other[19] = '2';
    CHECK(LdCache::parse(other).size() == 0);
    std::string big_endian = shop_list().bytes();
    big_endian[28] = 3;
    CHECK(LdCache::parse(big_endian).size() == 0);
}

TEST_CASE("a list that was cut off or changed anywhere gives entries that it has, or none") {
    const std::string whole = shop_list().bytes();
    const auto check = [](const std::string& bytes) {
        // A copy of the exact size, on the heap, so that a read beyond its end is seen.
        const std::vector<char> exact(bytes.begin(), bytes.end());
        const LdCache cache = LdCache::parse(std::string_view(exact.data(), exact.size()));
        REQUIRE(cache.size() <= 3);
        for (const auto& entry : cache.find("libtill.so.2")) REQUIRE(entry.path.starts_with('/'));
    };
    for (std::size_t size = 0; size < whole.size(); ++size) check(whole.substr(0, size));
    std::mt19937 random(20240229);
    for (unsigned round = 0; round < 20000; ++round) {
        std::string changed = whole;
        for (unsigned i = 0; i < 1 + round % 4; ++i)
            changed[random() % changed.size()] = round % 2 == 0 ? static_cast<char>(random()) : '\xff';
        check(changed);
    }
}

TEST_CASE("the system's own list gives files that exist, and as many names as ldconfig tells") {
    const auto bytes = tenon::base::read_file("/etc/ld.so.cache", 16u << 20);
    REQUIRE(bytes);
    const LdCache cache = LdCache::parse(bytes.value());
    REQUIRE(cache.size() > 0);
    std::FILE* const ldconfig = ::popen("/sbin/ldconfig -p", "r");
    REQUIRE(ldconfig != nullptr);
    std::size_t names = 0;
    char line[8192];
    while (std::fgets(line, sizeof line, ldconfig) != nullptr) {
        const std::string text(line);
        if (text.find("(libc6,x86-64)") == std::string::npos) continue;
        const std::string name = text.substr(1, text.find(" (") - 1), path = text.substr(text.find("=> ") + 3);
        INFO(name);
        const auto& entries = cache.find(name);
        REQUIRE(std::any_of(entries.begin(), entries.end(),
                            [&](const auto& entry) { return entry.path + "\n" == path && entry.level.empty(); }));
        ++names;
    }
    CHECK(::pclose(ldconfig) == 0);
    CHECK(names >= 10);
}
