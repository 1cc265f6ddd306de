// The versions of symbols: those that a shared object needs (DT_VERNEED), and those that it defines (DT_VERDEF). Both
// are lists whose elements say how far it is to the next one. Each is read in one go and walked in memory, forward
// only.
#include <algorithm>
#include <cstring>

#include "loader/elf.h"

namespace tenon::loader {

namespace {

constexpr std::uint64_t max_table = 256 * 1024;
constexpr std::uint64_t max_strings = 256 * 1024;
constexpr std::uint64_t max_versions = 4096;
constexpr std::size_t max_name = 255;                // of a version, or of a library's file
constexpr std::size_t max_name_bytes = 1024 * 1024;  // bytes of all names that a table has

// A list's bytes, read at any place in them.
class List {
public:
    explicit List(const std::string& bytes) : bytes_(bytes) {}

    template <class T>
    std::optional<T> at(std::uint64_t offset) const {
        if (offset > bytes_.size() || sizeof(T) > bytes_.size() - offset) return {};
        T value{};
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return value;
    }

private:
    const std::string& bytes_;
};

// The strings of a plugin are few: one read for all of them. A large table is read string by string.
class Strings {
public:
    Strings(const Elf& elf, const Dynamic& dynamic) : elf_(elf), dynamic_(dynamic) {
        if (dynamic.strings_size > max_strings) return;
        all_.resize(static_cast<std::size_t>(dynamic.strings_size));
        if (!elf.read_at(dynamic.strings, all_.data(), all_.size())) all_.clear();
    }

    // Nothing for one that has no end within the length of a name.
    std::optional<std::string> at(std::uint64_t offset) const {
        if (offset >= all_.size()) {
            std::optional<std::string> text = elf_.string(dynamic_, offset);
            return text && text->size() <= max_name ? text : std::nullopt;
        }
        const std::string_view rest = std::string_view(all_).substr(static_cast<std::size_t>(offset), max_name + 1);
        const std::size_t end = rest.find('\0');
        if (end == std::string_view::npos) return {};
        return std::string(rest.substr(0, end));
    }
    // Whether so many bytes more may be kept: one name in the file may be meant by thousands of entries.
    bool may_keep(std::size_t size) {
        if (size > left_) return false;
        left_ -= size;
        return true;
    }

private:
    const Elf& elf_;
    const Dynamic& dynamic_;
    std::string all_;
    std::size_t left_ = max_name_bytes;
};

// The versions of one library. False if the list is damaged.
bool take_needs(const List& list, Strings& strings, std::uint64_t at, const Elf64_Verneed& library,
                std::vector<VersionNeed>& out) {
    const std::optional<std::string> file = strings.at(library.vn_file);
    if (!file) return false;
    at += library.vn_aux;
    for (unsigned i = 0; i < library.vn_cnt; ++i) {
        const auto need = list.at<Elf64_Vernaux>(at);
        if (!need || out.size() == max_versions) return false;
        std::optional<std::string> version = strings.at(need->vna_name);
        if (!version || !strings.may_keep(file->size() + version->size())) return false;
        out.push_back({*file, std::move(*version), static_cast<std::uint16_t>(need->vna_other & 0x7fffu),
                       (need->vna_flags & VER_FLG_WEAK) != 0});
        if (need->vna_next == 0) return i + 1u == library.vn_cnt;
        at += need->vna_next;
    }
    return true;
}

}  // namespace

std::string Elf::bytes_from(std::uint64_t address, std::uint64_t limit) const {
    for (const Elf64_Phdr& segment : segments_) {
        if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
        const std::uint64_t into = address - segment.p_vaddr;
        if (into >= segment.p_filesz) continue;
        std::string bytes(static_cast<std::size_t>(std::min(limit, segment.p_filesz - into)), '\0');
        if (source_->read(segment.p_offset + into, bytes.data(), bytes.size())) return bytes;
    }
    return {};
}

base::Result<std::vector<VersionNeed>> Elf::versions_needed(const Dynamic& dynamic) const {
    std::vector<VersionNeed> out;
    if (dynamic.needed_versions == 0 || dynamic.needed_versions_count == 0) return out;
    const std::string bytes = bytes_from(dynamic.needed_versions, max_table);
    const List list(bytes);
    Strings strings(*this, dynamic);
    std::uint64_t at = 0;
    for (std::uint64_t i = 0; i < dynamic.needed_versions_count; ++i) {
        const auto library = list.at<Elf64_Verneed>(at);
        if (!library || i == max_versions || !take_needs(list, strings, at, *library, out))
            return bad("its table of needed versions is damaged");
        if (library->vn_next == 0) break;  // the dynamic linker stops here, whatever the count says
        at += library->vn_next;
    }
    return out;
}

base::Result<std::vector<std::string>> Elf::versions_defined(const Dynamic& dynamic) const {
    std::vector<std::string> out;
    if (dynamic.defined_versions == 0) return out;
    const std::string bytes = bytes_from(dynamic.defined_versions, max_table);
    const List list(bytes);
    Strings strings(*this, dynamic);
    std::uint64_t at = 0;
    for (std::uint64_t i = 0; i < dynamic.defined_versions_count; ++i) {
        const auto version = list.at<Elf64_Verdef>(at);
        const auto name = version ? list.at<Elf64_Verdaux>(at + version->vd_aux) : std::nullopt;
        std::optional<std::string> text = name ? strings.at(name->vda_name) : std::nullopt;
        if (!text || i == max_versions || !strings.may_keep(text->size()))
            return bad("its table of defined versions is damaged");
        if ((version->vd_flags & VER_FLG_BASE) == 0) out.push_back(std::move(*text));
        if (version->vd_next == 0) break;
        at += version->vd_next;
    }
    return out;
}

}  // namespace tenon::loader
