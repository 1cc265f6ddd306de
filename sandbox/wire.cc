#include "sandbox/wire.h"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/wire_memory.h"

namespace tenon::sandbox {

namespace {

std::uint64_t own_size(const Shape& shape, const std::byte* value) noexcept {
    return shape.appendable ? std::min<std::uint64_t>(load<std::uint32_t>(value), shape.size) : shape.size;
}

// Where the last field ends that lies within `size` bytes as a whole: half a pointer is worse than none.
std::uint64_t whole_fields(const loader::Type& type, std::uint64_t size) noexcept {
    if (size == type.size) return size;
    const auto cut = std::find_if(type.fields.begin(), type.fields.end(),
                                  [size](const loader::Field& field) { return field.offset + field.size > size; });
    return cut == type.fields.end() ? type.size : cut->offset;
}

}  // namespace

Wire::Wire(const loader::Contract& contract) : shapes_(shapes_of(contract)) {}

const Shape* Wire::shape(std::uint32_t type) const noexcept {
    if (type >= shapes_.size() || shapes_[type].size == 0) return nullptr;
    return &shapes_[type];
}

void Wire::commit(std::uint32_t type, const void* decoded, void* into) const noexcept {
    const Shape* const known = shape(type);
    if (known == nullptr || decoded == nullptr || into == nullptr) return;
    const auto* const from = static_cast<const std::byte*>(decoded);
    auto* const to = static_cast<std::byte*>(into);
    const std::uint64_t begin = known->appendable ? sizeof(std::uint32_t) : 0;
    const std::uint64_t end = whole_fields(*known->type, std::min(own_size(*known, from), own_size(*known, to)));
    if (end > begin) std::memcpy(to + begin, from + begin, end - begin);
    if (!known->appendable) return;
    const auto claimed = static_cast<std::uint32_t>(own_size(*known, from));
    if (claimed < own_size(*known, to)) std::memcpy(to, &claimed, sizeof claimed);
}

std::string what_is_wrong(const Decoded& decoded) {
    if (decoded.violation != nullptr) return decoded.violation;
    if (decoded.field == nullptr) return {};
    return fmt::format("{}.{} {}", decoded.type->name, decoded.field->name, decoded.wrong);
}

}  // namespace tenon::sandbox
