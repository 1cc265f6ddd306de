#include "loader/entry_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace tenon::loader {

namespace {

constexpr std::uint64_t max_handlers = 4096;
constexpr std::uint64_t max_services = 256;
constexpr std::uint64_t max_methods = 4096;

class EntryCheck {
public:
    EntryCheck(const Mapping& mapping, const Image& verified) : mapping_(mapping), verified_(verified) {}

    base::Check all() const;

private:
    base::Check block(const tenon_entry_block& block) const;
    base::Check lifecycle(const tenon_lifecycle* lifecycle) const;
    base::Check table(const tenon_span& span, std::uint64_t element, std::uint64_t limit, const char* what) const;
    base::Check handlers(const tenon_span& span) const;
    base::Check services(const tenon_span& span) const;
    base::Check service(const tenon_service_table& service, std::uint64_t index) const;

    // A copy of what lies there: foreign tables are read once, and never through a pointer that may be misaligned.
    template <class T>
    bool copy(const void* from, T& out) const {
        if (!mapping_.has(from, sizeof out, PF_R)) return false;
        std::memcpy(&out, from, sizeof out);
        return true;
    }
    bool aligned(const void* address) const { return reinterpret_cast<std::uintptr_t>(address) % 8 == 0; }
    bool text(const tenon_str& text) const { return text.size == 0 || mapping_.has(text.data, text.size, PF_R); }
    bool code(std::uintptr_t function) const { return mapping_.has(reinterpret_cast<const void*>(function), 1, PF_X); }
    base::Problem bad(const std::string& what) const {
        return {"module.bad-entry", fmt::format("{}: its entry block is wrong: {}", verified_.path, what),
                "Define handlers, services and life cycle as static data and functions of the plugin itself."};
    }

    const Mapping& mapping_;
    const Image& verified_;
};

base::Check EntryCheck::all() const {
    tenon_entry_block found{};
    if (!verified_.entry_address ||
        !copy(reinterpret_cast<const void*>(mapping_.base + *verified_.entry_address), found))
        return bad("it does not lie in the file's data");
    if (base::Check problem = block(found)) return problem;
    if (base::Check problem = lifecycle(found.lifecycle)) return problem;
    if (base::Check problem = handlers(found.handlers)) return problem;
    return services(found.services);
}

base::Check EntryCheck::block(const tenon_entry_block& block) const {
    if (block.magic != TENON_MAGIC || block.abi_major != verified_.abi_major ||
        block.abi_minor_required != verified_.abi_minor_required || block.abi_minor_built != verified_.abi_minor_built)
        return bad("its magic or ABI numbers in memory are not those of the file");
    if (reinterpret_cast<std::uintptr_t>(block.note) != mapping_.base + verified_.note_address ||
        block.note_size != verified_.note.size())
        return bad("it does not point at the note of this file");
    if (!mapping_.has(block.note, block.note_size, PF_R) ||
        std::memcmp(block.note, verified_.note.data(), verified_.note.size()) != 0)
        return bad("the note in memory is not the one in the file");
    return {};
}

base::Check EntryCheck::lifecycle(const tenon_lifecycle* lifecycle) const {
    constexpr std::size_t first_slot = offsetof(tenon_lifecycle, create);
    constexpr std::size_t slot_size = sizeof(std::uintptr_t);
    if (lifecycle == nullptr) return {};
    std::uint32_t size = 0;
    if (!aligned(lifecycle) || !copy(lifecycle, size) || size < first_slot || !mapping_.has(lifecycle, size, PF_R))
        return bad("its life cycle is not a table in the file");
    for (std::size_t at = first_slot; at + slot_size <= std::min<std::size_t>(size, sizeof *lifecycle);
         at += slot_size) {
        std::uintptr_t slot = 0;
        std::memcpy(&slot, reinterpret_cast<const char*>(lifecycle) + at, sizeof slot);
        if (slot != 0 && !code(slot))
            return bad(fmt::format("life-cycle slot {} is not a function of the file", (at - first_slot) / slot_size));
    }
    return {};
}

base::Check EntryCheck::table(const tenon_span& span, std::uint64_t element, std::uint64_t limit,
                              const char* what) const {
    if (span.count == 0) return {};
    if (span.count > limit) return bad(fmt::format("{} {}; the limit is {}", span.count, what, limit));
    if (span.stride < element || span.stride % 8 != 0 || !aligned(span.data))
        return bad(
            fmt::format("its {} are {} bytes apart; wanted {} or more, aligned to 8", what, span.stride, element));
    if (!mapping_.has(span.data, span.count * span.stride, PF_R))
        return bad(fmt::format("its {} are not in the file", what));
    return {};
}

base::Check EntryCheck::handlers(const tenon_span& span) const {
    if (base::Check problem = table(span, sizeof(tenon_handler), max_handlers, "handlers")) return problem;
    for (std::uint64_t i = 0; i < span.count; ++i) {
        tenon_handler handler{};
        if (!copy(static_cast<const char*>(span.data) + i * span.stride, handler)) return bad("its handlers");
        if (!text(handler.contract) || !text(handler.hook))
            return bad(fmt::format("the names of handler {} are not in the file", i));
        if (!code(reinterpret_cast<std::uintptr_t>(handler.fn)))
            return bad(fmt::format("handler {} is not a function of the file", i));
    }
    return {};
}

base::Check EntryCheck::services(const tenon_span& span) const {
    if (base::Check problem = table(span, sizeof(tenon_service_table), max_services, "services")) return problem;
    for (std::uint64_t i = 0; i < span.count; ++i) {
        tenon_service_table found{};
        if (!copy(static_cast<const char*>(span.data) + i * span.stride, found)) return bad("its services");
        if (base::Check problem = service(found, i)) return problem;
    }
    return {};
}

base::Check EntryCheck::service(const tenon_service_table& service, std::uint64_t index) const {
    constexpr std::uint64_t slot_size = sizeof(std::uintptr_t);
    if (!text(service.id)) return bad(fmt::format("the id of service {} is not in the file", index));
    if (service.method_count == 0) return {};
    if (service.method_count > max_methods)
        return bad(fmt::format("service {} has {} methods; the limit is {}", index, service.method_count, max_methods));
    if (!aligned(service.methods) || !mapping_.has(service.methods, service.method_count * slot_size, PF_R))
        return bad(fmt::format("the methods of service {} are not in the file", index));
    for (std::uint64_t i = 0; i < service.method_count; ++i) {
        const auto method = reinterpret_cast<std::uintptr_t>(service.methods[i]);
        if (method != 0 && !code(method))
            return bad(fmt::format("method {} of service {} is not a function of the file", i, index));
    }
    return {};
}

}  // namespace

base::Check check_entry(const Mapping& mapping, const Image& verified) {
    return EntryCheck(mapping, verified).all();
}

}  // namespace tenon::loader
