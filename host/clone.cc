// A struct is copied byte for byte first; then the copy's pointers, which still are the original's, are replaced one by
// one. All access goes through memcpy: a writer's stride need not keep its elements aligned.
#include "host/clone.h"

#include <tenon/status.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace tenon::host {

namespace {

constexpr int max_clone_depth = 16;
constexpr std::uint64_t any_alignment = 16;  // for data of which the reader may want more than its type says

template <class View>
View load(const std::byte* at) noexcept {
    View view{};
    std::memcpy(&view, at, sizeof view);
    return view;
}

bool has_pointers(loader::Code code) noexcept {
    switch (code) {
        case loader::Code::str:
        case loader::Code::bytes:
        case loader::Code::list:
        case loader::Code::span:
        case loader::Code::nested:
            return true;
        default:
            return false;
    }
}

// Where a copied struct lies, and how far.
struct Extent {
    std::byte* at;
    std::uint64_t value;  // bytes that belong to the value
    std::uint64_t room;   // bytes of memory, at least as many
};

class Cloner {
public:
    Cloner(const loader::Contract& contract, base::Arena& arena) noexcept : contract_(contract), arena_(arena) {}

    Cloned clone(const loader::Type& type, const std::byte* value) noexcept {
        const bool appendable = type.form == loader::Type::Form::appendable;
        const std::uint64_t size = appendable ? load<std::uint32_t>(value) : type.size;
        if (size < sizeof(std::uint32_t) && appendable) return {nullptr, TENON_E_INVALID};
        const std::uint64_t room = std::max(size, type.size);
        auto* const copy = static_cast<std::byte*>(arena_.alloc(room, any_alignment));
        if (copy == nullptr) return {nullptr, TENON_E_NO_MEMORY};
        std::memcpy(copy, value, size);
        const std::int32_t status = own(type, {copy, size, room}, 0);
        return {status == TENON_OK ? copy : nullptr, status};
    }

private:
    // Makes what a copied struct points at its own.
    std::int32_t own(const loader::Type& type, const Extent& copy, int depth) noexcept {
        if (depth > max_clone_depth) return TENON_E_TOO_DEEP;
        for (const loader::Field& field : type.fields) {
            if (field.offset >= copy.room) break;
            if (!has_pointers(field.code)) continue;
            std::byte* const at = copy.at + field.offset;
            std::int32_t status = TENON_OK;
            if (field.offset + field.size <= copy.value)
                status = own(field, at, depth);
            else
                std::memset(at, 0, std::min(field.size, copy.room - field.offset));
            if (status != TENON_OK) return status;
        }
        return TENON_OK;
    }

    std::int32_t own(const loader::Field& field, std::byte* at, int depth) noexcept {
        switch (field.code) {
            case loader::Code::str:
                return own_bytes(at, 1);
            case loader::Code::list:
                return own_list(loader::Code{field.of}, at);
            case loader::Code::span:
                return own_span(contract_.types[field.of], at, depth + 1);
            case loader::Code::nested:
                return own(contract_.types[field.of], {at, field.size, field.size}, depth + 1);
            default:
                return own_bytes(at, any_alignment);
        }
    }

    // tenon_str and tenon_bytes are alike.
    std::int32_t own_bytes(std::byte* at, std::uint64_t alignment) noexcept {
        auto bytes = load<tenon_bytes>(at);
        const std::int32_t status = own_memory(bytes.data, bytes.size, alignment);
        std::memcpy(at, &bytes, sizeof bytes);
        return status;
    }

    std::int32_t own_list(loader::Code of, std::byte* at) noexcept {
        tenon_span span{};
        if (const std::int32_t status = own_elements(at, span); status != TENON_OK) return status;
        if (of != loader::Code::str) return TENON_OK;
        if (span.count != 0 && span.stride < sizeof(tenon_str)) return TENON_E_INVALID;
        for (std::uint64_t i = 0; i < span.count; ++i)
            if (const std::int32_t status = own_bytes(element_of(span, i), 1); status != TENON_OK) return status;
        return TENON_OK;
    }

    std::int32_t own_span(const loader::Type& type, std::byte* at, int depth) noexcept {
        tenon_span span{};
        if (const std::int32_t status = own_elements(at, span); status != TENON_OK) return status;
        const bool appendable = type.form == loader::Type::Form::appendable;
        if (span.count != 0 && appendable && span.stride < sizeof(std::uint32_t)) return TENON_E_INVALID;
        for (std::uint64_t i = 0; i < span.count; ++i) {
            std::byte* const element = element_of(span, i);
            const std::uint32_t size = appendable ? load<std::uint32_t>(element) : span.stride;
            if (appendable && size < sizeof size) return TENON_E_INVALID;
            const Extent extent{element, std::min(size, span.stride), span.stride};
            if (const std::int32_t status = own(type, extent, depth); status != TENON_OK) return status;
        }
        return TENON_OK;
    }

    // Copies all elements of the span at `at`, byte for byte, and gives the span as it is then.
    std::int32_t own_elements(std::byte* at, tenon_span& span) noexcept {
        span = load<tenon_span>(at);
        if (span.count != 0 && span.stride == 0) return TENON_E_INVALID;
        if (span.count != 0 && span.count > UINT64_MAX / span.stride) return TENON_E_NO_MEMORY;
        const std::int32_t status = own_memory(span.data, span.count * span.stride, any_alignment);
        std::memcpy(at, &span, sizeof span);
        return status;
    }

    std::int32_t own_memory(const void*& data, std::uint64_t size, std::uint64_t alignment) noexcept {
        const void* const from = data;
        data = nullptr;
        if (size == 0) return TENON_OK;
        if (from == nullptr) return TENON_E_INVALID;
        void* const copy = arena_.alloc(size, alignment);
        if (copy == nullptr) return TENON_E_NO_MEMORY;
        std::memcpy(copy, from, size);
        data = copy;
        return TENON_OK;
    }

    // Of our own copy, hence writable.
    static std::byte* element_of(const tenon_span& span, std::uint64_t index) noexcept {
        return static_cast<std::byte*>(const_cast<void*>(span.data)) + index * span.stride;
    }

    const loader::Contract& contract_;
    base::Arena& arena_;
};

}  // namespace

Cloned clone(const loader::Contract& contract, std::uint32_t type, const void* value, base::Arena& arena) noexcept {
    if (value == nullptr || type >= contract.types.size()) return {nullptr, TENON_E_INVALID};
    const loader::Type& described = contract.types[type];
    if (described.form == loader::Type::Form::enumeration) return {nullptr, TENON_E_INVALID};
    return Cloner(contract, arena).clone(described, static_cast<const std::byte*>(value));
}

}  // namespace tenon::host
