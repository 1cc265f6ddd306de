// The copy is walked as `encode` walks the value. What is found must be what `encode` would have written next, so that
// the cursor alone says where each piece lies; the frame's offsets are only compared with it.
#include <tenon/status.h>
#include <tenon/types.h>

#include <algorithm>

#include "sandbox/wire.h"
#include "sandbox/wire_memory.h"

namespace tenon::sandbox {

namespace {

using loader::Code;

constexpr const char* no_utf8 = "is not UTF-8";
constexpr const char* no_boolean = "is neither true nor false";

class Decoder {
public:
    Decoder(std::span<const Shape> shapes, std::span<std::byte> frame, Strictness strictness) noexcept
        : shapes_(shapes), frame_(frame), strict_(strictness == Strictness::host_side) {}

    Decoded decode(const Shape& shape) noexcept {
        cursor_ = shape.size;
        if (take_struct(shape, frame_.data(), shape.size, 0) && cursor_ != frame_.size())
            violation_ = "The frame is longer than its value.";
        if (violation_ != nullptr) return {nullptr, TENON_E_FAILED, violation_};
        if (wrong_.field != nullptr) return wrong_;
        return {frame_.data(), TENON_OK};
    }

private:
    bool violates(const char* sentence) noexcept {
        violation_ = sentence;
        return false;
    }

    // The first value that the host must not see. The walk goes on: a violation says more.
    void note(const Shape& shape, const ShapeField& slot, const char* wrong) noexcept {
        if (wrong_.field == nullptr) wrong_ = {nullptr, TENON_E_INVALID, nullptr, shape.type, slot.field, wrong};
    }

    // A struct in `size` bytes of the frame.
    bool take_struct(const Shape& shape, std::byte* at, std::uint64_t size, int depth) noexcept {
        std::uint64_t kept = size;
        if (shape.appendable) {
            if (size < sizeof(std::uint32_t)) return violates("An element has no room for its struct_size.");
            kept = load<std::uint32_t>(at);
            if (kept < sizeof(std::uint32_t) || kept > size) return violates("A struct_size is not what a struct has.");
        }
        if (!is_zero(at + kept, size - kept)) return violates("Bytes beyond a struct's size are not zero.");
        return take_fields(shape, at, kept, depth);
    }

    bool take_fields(const Shape& shape, std::byte* at, std::uint64_t kept, int depth) noexcept {
        if (depth > max_wire_depth) return violates("A value is nested too deep.");
        for (const ShapeField& slot : shape.slots) {
            if (slot.offset >= kept) break;
            if (slot.end > kept || slot.code == Code::pad) {
                if (!is_zero(at + slot.offset, std::min(slot.end, kept) - slot.offset))
                    return violates("Reserved bytes, or those of half a field, are not zero.");
            } else if (!take_slot(shape, slot, at + slot.offset, depth)) {
                return false;
            }
        }
        if (strict_) check_booleans(shape, at, kept);
        return true;
    }

    void check_booleans(const Shape& shape, const std::byte* at, std::uint64_t kept) noexcept {
        for (const ShapeField& slot : shape.booleans) {
            if (slot.offset >= kept) return;
            if (!are_booleans(at + slot.offset, std::min(slot.end, kept) - slot.offset)) note(shape, slot, no_boolean);
        }
    }

    bool take_slot(const Shape& shape, const ShapeField& slot, std::byte* at, int depth) noexcept {
        switch (slot.code) {
            case Code::str:
                return take_text(shape, slot, at);
            case Code::list:
                return take_list(shape, slot, at);
            case Code::span:
                return take_span(shapes_[slot.of], at, depth + 1);
            case Code::nested:
                return take_fields(shapes_[slot.of], at, shapes_[slot.of].size, depth + 1);
            default:
                return take_view(at, piece_alignment) != nullptr || violation_ == nullptr;
        }
    }

    // The piece of `size` bytes that comes next, if it lies at `offset`; nullptr with a violation otherwise.
    std::byte* take(std::uint64_t offset, std::uint64_t size, std::uint64_t alignment) noexcept {
        const std::uint64_t next = round_up(cursor_, alignment);
        if (offset != next || next > frame_.size()) {
            violates("A piece does not lie where it must.");
            return nullptr;
        }
        if (size > frame_.size() - next) {
            violates("A piece does not end within the frame.");
            return nullptr;
        }
        if (!is_zero(frame_.data() + cursor_, next - cursor_)) {
            violates("Bytes between two pieces are not zero.");
            return nullptr;
        }
        cursor_ = next + size;
        return frame_.data() + next;
    }

    // Makes a pointer of an offset. nullptr: there is nothing there, which is right unless there is a violation.
    std::byte* take_piece(std::byte* at, std::uint64_t size, std::uint64_t alignment) noexcept {
        const auto offset = load<std::uint64_t>(at);
        std::byte* piece = nullptr;
        if (size != 0)
            piece = take(offset, size, alignment);
        else if (offset != 0)
            violates("What is empty lies somewhere.");
        store<const void*>(at, piece);
        return piece;
    }

    // tenon_str and tenon_bytes are alike.
    std::byte* take_view(std::byte* at, std::uint64_t alignment) noexcept {
        return take_piece(at, load<std::uint64_t>(at + sizeof(std::uint64_t)), alignment);
    }

    bool take_text(const Shape& shape, const ShapeField& slot, std::byte* at) noexcept {
        const std::byte* const text = take_view(at, 1);
        if (text == nullptr) return violation_ == nullptr;
        if (strict_ && !is_utf8(text, load<tenon_str>(at).size)) note(shape, slot, no_utf8);
        return true;
    }

    // The elements of a span; nullptr: there are none, which is right unless there is a violation.
    std::byte* take_elements(std::byte* at, const tenon_span& span) noexcept {
        if (span.reserved != 0) violates("A span's reserved bytes are not zero.");
        if (span.stride == 0 && span.count != 0) violates("A span has elements without size.");
        if (violation_ != nullptr) return nullptr;
        if (span.count != 0 && span.count > frame_.size() / span.stride) {
            violates("A span has more elements than the frame has bytes.");
            return nullptr;
        }
        return take_piece(at, span.count * span.stride, piece_alignment);
    }

    bool take_list(const Shape& shape, const ShapeField& slot, std::byte* at) noexcept {
        const auto span = load<tenon_span>(at);
        if (span.stride != slot.element && span.stride != 0)
            return violates("A list's elements are not as large as it is described.");
        std::byte* const elements = take_elements(at, span);
        if (elements == nullptr) return violation_ == nullptr;
        if (Code{slot.of} == Code::str) {
            for (std::uint64_t i = 0; i < span.count; ++i)
                if (!take_text(shape, slot, elements + i * sizeof(tenon_str))) return false;
        } else if (strict_ && Code{slot.of} == Code::boolean && !are_booleans(elements, span.count)) {
            note(shape, slot, no_boolean);
        }
        return true;
    }

    bool take_span(const Shape& element, std::byte* at, int depth) noexcept {
        const auto span = load<tenon_span>(at);
        if (span.stride > element.size || span.stride % element.alignment != 0)
            return violates("A span's elements are not as large as elements can be.");
        std::byte* next = take_elements(at, span);
        if (next == nullptr) return violation_ == nullptr;
        if (depth > max_wire_depth) return violates("A value is nested too deep.");
        if (element.is_plain()) return true;
        for (std::uint64_t i = 0; i < span.count; ++i, next += span.stride)
            if (!take_struct(element, next, span.stride, depth)) return false;
        return true;
    }

    std::span<const Shape> shapes_;
    std::span<std::byte> frame_;  // our copy
    std::uint64_t cursor_ = 0;    // bytes that belong to pieces so far
    const char* violation_ = nullptr;
    Decoded wrong_;
    bool strict_;
};

}  // namespace

Decoded Wire::decode(std::uint32_t type, std::span<const std::byte> frame, const Allocator& allocator,
                     Strictness strictness) const noexcept {
    const Shape* const known = shape(type);
    if (known == nullptr) return {nullptr, TENON_E_INVALID};
    if (frame.size() < known->size) return {nullptr, TENON_E_FAILED, "The frame is shorter than its struct."};
    if (frame.size() > max_frame_size) return {nullptr, TENON_E_FAILED, "The frame is larger than any."};
    auto* const copy = static_cast<std::byte*>(allocator.alloc(allocator.self, frame.size(), piece_alignment));
    if (copy == nullptr) return {nullptr, TENON_E_NO_MEMORY};
    std::memcpy(copy, frame.data(), frame.size());
    return Decoder(shapes_, {copy, frame.size()}, strictness).decode(*known);
}

}  // namespace tenon::sandbox
