// One walk writes and measures: from the first piece that does not fit on nothing is written any more.
#include <tenon/status.h>
#include <tenon/types.h>

#include <algorithm>

#include "sandbox/wire.h"
#include "sandbox/wire_memory.h"

namespace tenon::sandbox {

namespace {

using loader::Code;

// A piece of the frame; `at` is nullptr when it does not fit.
struct Piece {
    std::byte* at = nullptr;
    std::uint64_t offset = 0;
};

std::byte* plus(std::byte* at, std::uint64_t offset) noexcept {
    return at == nullptr ? nullptr : at + offset;
}

class Encoder {
public:
    Encoder(std::span<const Shape> shapes, std::span<std::byte> room) noexcept : shapes_(shapes), room_(room) {}

    Encoded encode(const Shape& shape, const std::byte* value) noexcept {
        Piece piece;
        std::int32_t status = place(shape.size, 1, piece);
        if (status == TENON_OK) status = put(shape, value, shape.size, piece.at, shape.size, 0);
        if (status != TENON_OK) return {status, 0};
        const bool fits = cursor_ <= room_.size();
        return {fits ? std::int32_t{TENON_OK} : std::int32_t{TENON_E_FULL}, cursor_};
    }

private:
    std::int32_t place(std::uint64_t size, std::uint64_t alignment, Piece& piece) noexcept {
        piece.offset = round_up(cursor_, alignment);
        if (piece.offset > max_frame_size || size > max_frame_size - piece.offset) return TENON_E_NO_MEMORY;
        if (piece.offset + size <= room_.size()) {
            std::memset(room_.data() + cursor_, 0, piece.offset - cursor_);
            piece.at = room_.data() + piece.offset;
        }
        cursor_ = piece.offset + size;
        return TENON_OK;
    }

    // A struct of which the writer has `available` bytes becomes one of `size` bytes.
    std::int32_t put(const Shape& shape, const std::byte* from, std::uint64_t available, std::byte* to,
                     std::uint64_t size, int depth) noexcept {
        std::uint64_t kept = std::min(available, size);
        if (shape.appendable) {
            if (available < sizeof(std::uint32_t)) return TENON_E_INVALID;
            const auto own = load<std::uint32_t>(from);
            if (own < sizeof own) return TENON_E_INVALID;
            kept = std::min<std::uint64_t>(own, kept);
        }
        if (to != nullptr) std::memset(to + kept, 0, size - kept);
        const std::int32_t status = put_fields(shape, from, kept, to, depth);
        if (shape.appendable && to != nullptr) store(to, static_cast<std::uint32_t>(kept));
        return status;
    }

    // Never copies a pointer first to replace it later: the reader of the room would learn addresses.
    std::int32_t put_fields(const Shape& shape, const std::byte* from, std::uint64_t kept, std::byte* to,
                            int depth) noexcept {
        if (depth > max_wire_depth) return TENON_E_TOO_DEEP;
        std::uint64_t done = 0;
        for (const ShapeField& slot : shape.slots) {
            if (slot.offset >= kept) break;
            if (to != nullptr) std::memcpy(to + done, from + done, slot.offset - done);
            done = std::min(slot.end, kept);
            std::byte* const at = plus(to, slot.offset);
            if (slot.end > kept || slot.code == Code::pad) {
                if (at != nullptr) std::memset(at, 0, done - slot.offset);
                continue;
            }
            const std::int32_t status = put_slot(slot, from + slot.offset, at, depth);
            if (status != TENON_OK) return status;
        }
        if (to != nullptr) std::memcpy(to + done, from + done, kept - done);
        return TENON_OK;
    }

    std::int32_t put_slot(const ShapeField& slot, const std::byte* from, std::byte* to, int depth) noexcept {
        switch (slot.code) {
            case Code::str:
                return put_bytes(from, to, 1);
            case Code::list:
                return put_list(slot, from, to);
            case Code::span:
                return put_span(shapes_[slot.of], from, to, depth + 1);
            case Code::nested:
                return put_fields(shapes_[slot.of], from, shapes_[slot.of].size, to, depth + 1);
            default:
                return put_bytes(from, to, piece_alignment);
        }
    }

    // tenon_str and tenon_bytes are alike.
    std::int32_t put_bytes(const std::byte* from, std::byte* to, std::uint64_t alignment) noexcept {
        const auto bytes = load<tenon_bytes>(from);
        Piece piece;
        if (bytes.size != 0) {
            if (bytes.data == nullptr) return TENON_E_INVALID;
            if (const std::int32_t status = place(bytes.size, alignment, piece); status != TENON_OK) return status;
            if (piece.at != nullptr) std::memcpy(piece.at, bytes.data, bytes.size);
        }
        if (to != nullptr) {
            store(to, piece.offset);
            store(to + sizeof piece.offset, bytes.size);
        }
        return TENON_OK;
    }

    // Places the elements of a span, `stride` bytes each, and writes the span itself; `piece.at` is for the caller.
    std::int32_t put_elements(const tenon_span& span, std::uint32_t stride, std::byte* to, Piece& piece) noexcept {
        if (span.count != 0) {
            if (span.stride == 0 || span.data == nullptr) return TENON_E_INVALID;
            if (span.count > max_frame_size / stride) return TENON_E_NO_MEMORY;
            const std::int32_t status = place(span.count * stride, piece_alignment, piece);
            if (status != TENON_OK) return status;
        }
        if (to != nullptr) {
            store(to, tenon_span{nullptr, span.count, stride, 0});
            store(to, piece.offset);
        }
        return TENON_OK;
    }

    std::int32_t put_list(const ShapeField& slot, const std::byte* from, std::byte* to) noexcept {
        const auto span = load<tenon_span>(from);
        const auto stride = static_cast<std::uint32_t>(span.stride == 0 ? 0 : slot.element);
        Piece piece;
        if (const std::int32_t status = put_elements(span, stride, to, piece); status != TENON_OK) return status;
        if (span.count == 0) return TENON_OK;
        const auto* const elements = static_cast<const std::byte*>(span.data);
        if (Code{slot.of} == Code::str) return put_texts(elements, span, piece.at);
        if (piece.at != nullptr) copy_elements(elements, span, piece.at, stride);
        return TENON_OK;
    }

    std::int32_t put_texts(const std::byte* elements, const tenon_span& span, std::byte* to) noexcept {
        if (span.stride < sizeof(tenon_str)) return TENON_E_INVALID;
        for (std::uint64_t i = 0; i < span.count; ++i) {
            const std::int32_t status = put_bytes(elements + i * span.stride, plus(to, i * sizeof(tenon_str)), 1);
            if (status != TENON_OK) return status;
        }
        return TENON_OK;
    }

    static void copy_elements(const std::byte* from, const tenon_span& span, std::byte* to,
                              std::uint32_t stride) noexcept {
        if (span.stride == stride) {
            std::memcpy(to, from, span.count * stride);
            return;
        }
        const std::uint32_t kept = std::min(span.stride, stride);
        for (std::uint64_t i = 0; i < span.count; ++i, from += span.stride, to += stride) {
            std::memcpy(to, from, kept);
            std::memset(to + kept, 0, stride - kept);
        }
    }

    std::int32_t put_span(const Shape& element, const std::byte* from, std::byte* to, int depth) noexcept {
        const auto span = load<tenon_span>(from);
        const std::uint32_t stride = crossing_stride(element, span.stride);
        Piece piece;
        if (const std::int32_t status = put_elements(span, stride, to, piece); status != TENON_OK) return status;
        if (span.count == 0) return TENON_OK;
        // Elements that are too short for what they nest cross with zeros there, which is a level all the same.
        if (depth + (element.appendable ? 0 : element.levels) > max_wire_depth) return TENON_E_TOO_DEEP;
        const auto* at = static_cast<const std::byte*>(span.data);
        if (element.is_plain()) {
            if (piece.at != nullptr) copy_elements(at, span, piece.at, stride);
            return TENON_OK;
        }
        for (std::uint64_t i = 0; i < span.count; ++i, at += span.stride) {
            const std::int32_t status = put(element, at, span.stride, plus(piece.at, i * stride), stride, depth);
            if (status != TENON_OK) return status;
        }
        return TENON_OK;
    }

    std::span<const Shape> shapes_;
    std::span<std::byte> room_;
    std::uint64_t cursor_ = 0;  // bytes of the frame so far, also those that do not fit
};

}  // namespace

Encoded Wire::encode(std::uint32_t type, const void* value, std::span<std::byte> room) const noexcept {
    const Shape* const known = shape(type);
    if (known == nullptr || value == nullptr) return {TENON_E_INVALID, 0};
    return Encoder(shapes_, room).encode(*known, static_cast<const std::byte*>(value));
}

}  // namespace tenon::sandbox
