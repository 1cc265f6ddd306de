#include "loader/image_cache_format.h"

#include <fmt/format.h>
#include <tenon/entry.h>
#include <xxhash.h>

#include <algorithm>
#include <concepts>
#include <cstring>

namespace tenon::loader {

namespace {

constexpr std::string_view cache_magic = "tenonimg";
constexpr std::uint32_t format = 1;  // of the bytes
constexpr unsigned reader = 1;       // raise it when read_image begins to answer otherwise about the same file
constexpr std::size_t checksum_size = sizeof(std::uint64_t);

#if defined(__x86_64__)
constexpr std::string_view this_machine = "x86_64";
#elif defined(__aarch64__)
constexpr std::string_view this_machine = "aarch64";
#else
constexpr std::string_view this_machine = "riscv64";
#endif

// What must be the same for an old answer to be today's answer.
std::string current_stamp() {
    return fmt::format("tenon {}, ABI {}.{}, reader {}, {}", TENON_PRODUCT_VERSION, TENON_ABI_MAJOR, TENON_ABI_MINOR,
                       reader, this_machine);
}

std::uint64_t checksum(std::string_view bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

// Where the records and the manifest lie in a whole note; both are in the file once, in the note.
std::size_t records_place() {
    return sizeof(tenon_note_header);
}
std::size_t manifest_place(std::size_t records) {
    return records_place() + (records + 1) * sizeof(tenon_record);
}

std::string_view bytes_of(const std::vector<tenon_record>& records) {
    return {reinterpret_cast<const char*>(records.data()), records.size() * sizeof(tenon_record)};
}

// Writer and Reader have the same functions, so that one list of fields serves both; each answers whether to go on.
class Writer {
public:
    bool number(std::integral auto value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
        return true;
    }

    bool text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        bytes_.append(value);
        return true;
    }

    bool maybe(const std::optional<std::uint64_t>& value) {
        number(std::uint8_t{value.has_value()});
        return !value || number(*value);
    }

    template <class T, class Each>
    bool list(const std::vector<T>& items, Each each) {
        number(static_cast<std::uint32_t>(items.size()));
        for (const T& item : items) each(*this, item);
        return true;
    }

    bool note(std::string_view note, const std::vector<tenon_record>& records, std::string_view manifest) {
        text(note);
        const std::string_view raw = bytes_of(records);
        const std::size_t manifest_at = manifest_place(records.size());
        const bool in_note = note.size() >= manifest_at && note.substr(records_place(), raw.size()) == raw &&
                             note.substr(manifest_at, manifest.size()) == manifest;
        number(std::uint8_t{in_note});
        number(static_cast<std::uint32_t>(records.size()));
        if (!in_note) bytes_.append(raw);
        return in_note ? number(static_cast<std::uint32_t>(manifest.size())) : text(manifest);
    }

    std::string& bytes() { return bytes_; }

private:
    std::string bytes_;
};

// Reads what Writer wrote. With `keep` false it only checks: nothing is allocated, texts and lists stay as they are.
class Reader {
public:
    Reader(std::string_view bytes, bool keep) : rest_(bytes), keep_(keep) {}

    template <std::integral T>
    bool number(T& value) {
        std::string_view bytes;
        if (!take(sizeof value, bytes)) return false;
        std::memcpy(&value, bytes.data(), sizeof value);
        return true;
    }

    bool view(std::string_view& value) {
        std::uint32_t size = 0;
        return number(size) && take(size, value);
    }

    bool text(std::string& value) {
        std::string_view bytes;
        if (!view(bytes)) return false;
        if (keep_) value = bytes;
        return true;
    }

    bool maybe(std::optional<std::uint64_t>& value) {
        std::uint8_t there = 0;
        if (!number(there) || there > 1) return false;
        std::uint64_t number_itself = 0;
        if (there == 0) return true;
        if (!number(number_itself)) return false;
        value = number_itself;
        return true;
    }

    // An item has at least one byte, so a false count ends with the bytes.
    template <class T, class Each>
    bool list(std::vector<T>& items, Each each) {
        std::uint32_t count = 0;
        if (!number(count)) return false;
        for (std::uint32_t i = 0; i < count; ++i) {
            T item;
            if (!each(*this, item)) return false;
            if (keep_) items.push_back(std::move(item));
        }
        return true;
    }

    bool note(std::string& note, std::vector<tenon_record>& records, std::string& manifest) {
        std::string_view whole, raw, toml;
        std::uint8_t in_note = 0;
        std::uint32_t count = 0;
        if (!view(whole) || !number(in_note) || in_note > 1 || !number(count)) return false;
        if (in_note == 1 ? !from_note(whole, count, raw, toml)
                         : !take(std::size_t{count} * sizeof(tenon_record), raw) || !view(toml))
            return false;
        if (!keep_) return true;
        note = whole;
        manifest = toml;
        records.resize(count);
        if (count > 0) std::memcpy(records.data(), raw.data(), raw.size());
        return true;
    }

    bool at_end() const { return rest_.empty(); }

private:
    bool take(std::size_t size, std::string_view& bytes) {
        if (size > rest_.size()) return false;
        bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return true;
    }

    bool from_note(std::string_view note, std::uint32_t count, std::string_view& raw, std::string_view& toml) {
        std::uint32_t size = 0;
        const std::size_t at = manifest_place(count);
        if (!number(size) || at > note.size() || size > note.size() - at) return false;
        raw = note.substr(records_place(), std::size_t{count} * sizeof(tenon_record));
        toml = note.substr(at, size);
        return true;
    }

    std::string_view rest_;
    bool keep_;
};

// All fields of an image but its path. A field that is added to Image does not compile until it has its place here;
// then `format` is raised.
template <class Bytes, class AnImage>
bool fields(Bytes& io, AnImage& image) {
    auto& [path, platform, abi_major, abi_minor_required, abi_minor_built, note_type, note_address, note, manifest,
           records, entry_address, needed, soname, versions, build_id] = image;
    static_cast<void>(path);  // the caller's
    const auto name = [](auto& each, auto& text) { return each.text(text); };
    const auto version = [](auto& each, auto& item) { return each.text(item.library) && each.text(item.version); };
    return io.text(platform) && io.number(abi_major) && io.number(abi_minor_required) && io.number(abi_minor_built) &&
           io.number(note_type) && io.number(note_address) && io.note(note, records, manifest) &&
           io.maybe(entry_address) && io.list(needed, name) && io.text(soname) && io.list(versions, version) &&
           io.text(build_id);
}

template <class Bytes, class AProblem>
bool problem_fields(Bytes& io, AProblem& problem) {
    auto& [id, text, fix] = problem;
    return io.text(id) && io.text(text) && io.text(fix);
}

template <class Bytes, class AnIdentity>
bool identity_fields(Bytes& io, AnIdentity& identity) {
    auto& [device, inode, size, modified, changed] = identity;
    return io.number(device) && io.number(inode) && io.number(size) && io.number(modified.seconds) &&
           io.number(modified.nanoseconds) && io.number(changed.seconds) && io.number(changed.nanoseconds);
}

bool read_outcome(Reader& in, std::uint8_t& kind, Image& image, base::Problem& problem) {
    if (!in.number(kind) || kind > 1) return false;
    return (kind == 0 ? fields(in, image) : problem_fields(in, problem)) && in.at_end();
}

bool is_outcome(std::string_view bytes, Image& unused, base::Problem& unused_too) {
    Reader in(bytes, false);
    std::uint8_t kind = 0;
    return read_outcome(in, kind, unused, unused_too);
}

bool read_entry(Reader& in, CacheEntry& entry) {
    return in.view(entry.path) && identity_fields(in, entry.identity) && in.view(entry.outcome);
}

base::Result<std::vector<CacheEntry>> read_entries(Reader& in, std::uint64_t count, std::string_view file) {
    std::vector<CacheEntry> entries;
    Image image;
    base::Problem problem;
    for (std::uint64_t i = 0; i < count; ++i) {
        CacheEntry entry;
        if (!read_entry(in, entry) || !is_outcome(entry.outcome, image, problem))
            return damaged_cache(file, fmt::format("entry {} of {} makes no sense", i + 1, count));
        if (!entries.empty() && entry.path <= entries.back().path)
            return damaged_cache(file, fmt::format("entry {} of {} is not in order", i + 1, count));
        entries.push_back(entry);
    }
    if (!in.at_end()) return damaged_cache(file, fmt::format("there are bytes behind its {} entries", count));
    return entries;
}

}  // namespace

base::Problem damaged_cache(std::string_view file, std::string_view what) {
    return {"cache.damaged", fmt::format("{}: {}; what it said is read from the libraries again", file, what),
            "Nothing needs to be done: the file is written anew. If it happens often, check the disk."};
}

std::string encode_outcome(const base::Result<Image>& outcome) {
    Writer out;
    out.number(std::uint8_t{!outcome.ok()});
    if (outcome)
        fields(out, outcome.value());
    else
        problem_fields(out, outcome.problem());
    return std::move(out.bytes());
}

std::optional<base::Result<Image>> decode_outcome(std::string_view bytes, std::string_view path) {
    Reader in(bytes, true);
    Image image;
    base::Problem problem;
    std::uint8_t kind = 0;
    if (!read_outcome(in, kind, image, problem)) return {};
    if (kind == 1) return problem;
    image.path = path;
    return image;
}

std::string encode_cache(const std::vector<CacheEntry>& entries) {
    Writer out;
    out.bytes() = cache_magic;
    out.number(format);
    const std::size_t count_place = out.bytes().size();
    std::uint64_t count = 0;
    out.number(count);
    out.text(current_stamp());
    constexpr std::size_t entry_overhead = 64;
    std::size_t size = out.bytes().size() + checksum_size;
    for (const CacheEntry& entry : entries) size += entry.path.size() + entry.outcome.size() + entry_overhead;
    out.bytes().reserve(std::min(size, max_cache_size));
    for (const CacheEntry& entry : entries) {
        const std::size_t wanted = entry.path.size() + entry.outcome.size() + entry_overhead + checksum_size;
        if (wanted > max_cache_size - out.bytes().size()) continue;
        out.text(entry.path);
        identity_fields(out, entry.identity);
        out.text(entry.outcome);
        ++count;
    }
    std::memcpy(out.bytes().data() + count_place, &count, sizeof count);
    out.number(checksum(out.bytes()));
    return std::move(out.bytes());
}

base::Result<std::vector<CacheEntry>> decode_cache(std::string_view bytes, std::string_view file) {
    Reader head(bytes.substr(std::min(bytes.size(), cache_magic.size())), true);
    std::uint32_t its_format = 0;
    if (!bytes.starts_with(cache_magic) || !head.number(its_format))
        return damaged_cache(file, "is not an image cache");
    if (its_format != format) return std::vector<CacheEntry>{};

    const std::size_t body_size = bytes.size() - cache_magic.size() - sizeof format;
    if (body_size < checksum_size) return damaged_cache(file, "is cut off");
    std::uint64_t sum = 0;
    std::memcpy(&sum, bytes.data() + bytes.size() - checksum_size, checksum_size);
    bytes.remove_suffix(checksum_size);
    if (sum != checksum(bytes)) return damaged_cache(file, "its checksum is wrong");
    Reader in(bytes.substr(cache_magic.size() + sizeof format), true);
    std::uint64_t count = 0;
    std::string_view stamp;
    if (!in.number(count) || !in.view(stamp)) return damaged_cache(file, "its header makes no sense");
    if (stamp != current_stamp()) return std::vector<CacheEntry>{};
    return read_entries(in, count, file);
}

}  // namespace tenon::loader
