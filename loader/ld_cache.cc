#include "loader/ld_cache.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace tenon::loader {

namespace {

constexpr std::string_view magic = "glibc-ld.so.cache1.1";
constexpr std::string_view old_magic = "ld.so-1.7.0";
constexpr std::uint32_t max_entries = 1u << 16;
constexpr std::uint32_t max_extensions = 64;
constexpr std::uint32_t max_levels = 64;
constexpr std::size_t max_path = 4096;
constexpr std::uint32_t extension_magic = 0xeaa42174;
constexpr std::uint32_t levels_tag = 1;

#if defined(__x86_64__)
constexpr std::uint32_t our_flags = 0x0303;  // a library for glibc, x86-64
#elif defined(__aarch64__)
constexpr std::uint32_t our_flags = 0x0a03;
#else
constexpr std::uint32_t our_flags = 0x1003;  // RISC-V, floating-point values in registers
#endif

struct Header {
    char magic[20];
    std::uint32_t count;
    std::uint32_t strings_size;
    std::uint8_t byte_order;  // 0: not told; 2: little; odd: damaged, or another machine's
    std::uint8_t padding[3];
    std::uint32_t extensions;  // offset; 0: none
    std::uint32_t unused[3];
};
static_assert(sizeof(Header) == 48);

// Of the list that libc 5 read. For its sake the list of today may lie behind it (ldconfig -c compat), with places that
// count from its own begin.
struct OldHeader {
    char magic[12];
    std::uint32_t count;
};
static_assert(sizeof(OldHeader) == 16);
constexpr std::uint64_t old_entry_size = 12;

struct FileEntry {
    std::uint32_t flags;
    std::uint32_t key;
    std::uint32_t value;
    std::uint32_t unused;
    std::uint64_t hardware;
};
static_assert(sizeof(FileEntry) == 24);

struct Extension {
    std::uint32_t tag;
    std::uint32_t flags;
    std::uint32_t offset;
    std::uint32_t size;
};

class Bytes {
public:
    explicit Bytes(std::string_view all) : all_(all) {}

    template <class T>
    std::optional<T> at(std::uint64_t offset) const {
        if (offset > all_.size() || sizeof(T) > all_.size() - offset) return {};
        T value{};
        std::memcpy(&value, all_.data() + offset, sizeof value);
        return value;
    }
    // Empty where there is none.
    std::string_view string(std::uint64_t offset) const {
        if (offset >= all_.size()) return {};
        const std::string_view rest = all_.substr(static_cast<std::size_t>(offset), max_path);
        const std::size_t end = rest.find('\0');
        return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
    }

private:
    std::string_view all_;
};

std::vector<std::string_view> levels_of(const Bytes& bytes, std::uint64_t at) {
    std::vector<std::string_view> levels;
    const auto found = bytes.at<std::uint32_t>(at), count = bytes.at<std::uint32_t>(at + 4);
    if (at == 0 || !count || found != extension_magic) return levels;
    for (std::uint64_t i = 0; i < std::min(*count, max_extensions); ++i) {
        const auto extension = bytes.at<Extension>(at + 8 + i * sizeof(Extension));
        if (!extension || extension->tag != levels_tag) continue;
        for (std::uint64_t level = 0; level < std::min(extension->size / 4, max_levels); ++level) {
            const auto name = bytes.at<std::uint32_t>(extension->offset + level * 4);
            levels.push_back(name ? bytes.string(*name) : std::string_view());
        }
    }
    return levels;
}

// The level that an entry is for; nothing for one that this reader does not know, among them those of old systems.
std::optional<std::string_view> level_of(const FileEntry& entry, const std::vector<std::string_view>& levels) {
    if (entry.hardware == 0) return std::string_view();
    constexpr std::uint64_t is_level = std::uint64_t{1} << 62, level_mask = std::uint64_t{0x3ff} << 32;
    const std::uint64_t high = entry.hardware >> 32 << 32;
    const auto index = static_cast<std::uint32_t>(entry.hardware);
    if ((high & ~level_mask) != is_level || index >= levels.size() || levels[index].empty()) return {};
    return levels[index];
}

std::string_view without_old_list(std::string_view all) {
    const auto header = Bytes(all).at<OldHeader>(0);
    if (!header || std::string_view(header->magic, old_magic.size()) != old_magic) return all;
    const std::uint64_t end = sizeof(OldHeader) + std::uint64_t{header->count} * old_entry_size;
    return all.substr(static_cast<std::size_t>(std::min<std::uint64_t>((end + 7) / 8 * 8, all.size())));
}

}  // namespace

LdCache LdCache::parse(std::string_view all) {
    LdCache cache;
    all = without_old_list(all);
    cache.bytes_.assign(all.begin(), all.end());
    all = std::string_view(cache.bytes_.data(), cache.bytes_.size());
    const Bytes bytes(all);
    const auto header = bytes.at<Header>(0);
    if (!header || std::string_view(header->magic, magic.size()) != magic || (header->byte_order & 1u) != 0)
        return cache;
    const std::vector<std::string_view> levels = levels_of(bytes, header->extensions);
    cache.items_.reserve(std::min<std::size_t>(std::min(header->count, max_entries), all.size() / sizeof(FileEntry)));
    for (std::uint64_t i = 0; i < std::min(header->count, max_entries); ++i) {
        const auto entry = bytes.at<FileEntry>(sizeof(Header) + i * sizeof(FileEntry));
        if (!entry) break;
        const std::string_view name = bytes.string(entry->key), path = bytes.string(entry->value);
        const std::optional<std::string_view> level = level_of(*entry, levels);
        if (entry->flags != our_flags || !level || name.empty() || !path.starts_with('/')) continue;
        cache.items_.push_back({name, path, *level});
    }
    return cache;
}

std::vector<LdCache::Entry> LdCache::find(std::string_view name) const {
    std::vector<Entry> found;
    for (const Item& item : items_)
        if (item.name == name) found.push_back({std::string(item.path), std::string(item.level)});
    return found;
}

}  // namespace tenon::loader
