#include "sandbox/letter.h"

#include <tenon/status.h>

#include <algorithm>

namespace tenon::sandbox {

namespace {

constexpr std::uint64_t padded(std::uint64_t size) noexcept {
    return (size + 15) / 16 * 16;
}

}  // namespace

std::span<std::byte> Composer::rest() const noexcept {
    return at_ >= room_.size() ? std::span<std::byte>() : room_.subspan(at_);
}

// What is left over between two parts is not read by anybody.
void Composer::end_part(std::uint64_t begin) noexcept {
    const std::uint64_t size = at_ - begin;
    if (size > most_bytes && status_ >= 0) status_ = TENON_E_NO_MEMORY;
    if (part_ < most_parts) {
        sizes_[part_] = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, most_bytes));
        present_ |= 1u << part_;
    }
    ++part_;
    at_ = padded(at_);
}

void Composer::add(const void* data, std::uint64_t size) noexcept {
    const std::span<std::byte> room = rest();
    if (size > room.size() && (status_ == TENON_OK)) status_ = TENON_E_FULL;
    if (size != 0 && size <= room.size()) std::memcpy(room.data(), data, size);
    at_ += size;
}

void Composer::add_value(const Wire* wire, std::uint32_t type, const void* value) noexcept {
    const Encoded written = wire->encode(type, value, rest());
    if (written.status != TENON_OK && (status_ == TENON_OK || status_ == TENON_E_FULL)) status_ = written.status;
    at_ += written.size;
}

void Composer::value(const Wire* wire, std::uint32_t type, const void* value) noexcept {
    if (wire == nullptr || value == nullptr || type == loader::no_type) return nothing();
    const std::uint64_t begin = at_;
    add_value(wire, type, value);
    end_part(begin);
}

void Composer::bytes(const void* data, std::uint64_t size) noexcept {
    const std::uint64_t begin = at_;
    add(data, size);
    end_part(begin);
}

// The number of elements, then each with its size before it.
void Composer::values(const Wire* wire, std::uint32_t type, const tenon_span& span) noexcept {
    const std::uint64_t begin = at_;
    add(&span.count, sizeof span.count);
    for (std::uint64_t i = 0; i < span.count; ++i) {
        at_ = padded(at_);
        const auto* const element = static_cast<const std::byte*>(span.data) + i * span.stride;
        const Encoded needs = wire->encode(type, element, {});
        const std::uint64_t size = needs.size;
        add(&size, sizeof size);
        at_ = padded(at_);
        add_value(wire, type, element);
    }
    end_part(begin);
}

void Composer::sign(Head& head) const noexcept {
    head.present = present_;
    std::copy(sizes_.begin(), sizes_.end(), head.sizes);
}

Elements::Elements(std::span<const std::byte> part) noexcept : left_(part) {
    if (part.size() < sizeof count_) return;
    std::memcpy(&count_, part.data(), sizeof count_);
    count_ = std::min<std::uint64_t>(count_, part.size() / 16);  // each has its size, at a place of its own
    at_ = sizeof count_;
}

std::span<const std::byte> Elements::next() noexcept {
    const std::uint64_t begin = padded(at_);
    std::uint64_t size = 0;
    if (begin > left_.size() || left_.size() - begin < 16) return {};
    std::memcpy(&size, left_.data() + begin, sizeof size);
    const std::uint64_t value = begin + 16;
    if (size > left_.size() - value) return {};
    at_ = value + size;
    return left_.subspan(value, size);
}

const char* read_head(std::span<const std::byte> frame, Head& head) noexcept {
    if (frame.size() < sizeof head) return "a letter is shorter than its head";
    std::memcpy(&head, frame.data(), sizeof head);
    if (head.present >= 1u << most_parts) return "a letter has more parts than there are";
    if (head.annex > most_bytes) return "a letter's annex is larger than any";
    return nullptr;
}

const char* find_parts(std::span<const std::byte> where, Letter& letter) noexcept {
    for (std::size_t part = 0; part < most_parts; ++part) {
        if (!letter.has(part)) {
            if (letter.head.sizes[part] != 0) return "a part that is not there has a size";
            continue;
        }
        const std::uint64_t size = letter.head.sizes[part];
        if (size > where.size()) return "a part is longer than the letter";
        letter.parts[part] = where.first(size);
        where = where.subspan(std::min<std::uint64_t>(padded(size), where.size()));
    }
    return nullptr;
}

}  // namespace tenon::sandbox
