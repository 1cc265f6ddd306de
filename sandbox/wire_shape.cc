#include "sandbox/wire_shape.h"

#include <algorithm>

namespace tenon::sandbox {

namespace {

using loader::Code;

bool is_slot(Code code) noexcept {
    switch (code) {
        case Code::str:
        case Code::bytes:
        case Code::list:
        case Code::span:
        case Code::nested:
        case Code::pad:
            return true;
        default:
            return false;
    }
}

bool is_boolean(const loader::Field& field) noexcept {
    return field.code == Code::boolean || (field.code == Code::array && Code{field.of} == Code::boolean);
}

// `earlier`: the shapes of the types before this one, among them all that it nests.
Shape shape_of(const loader::Type& type, const std::vector<Shape>& earlier) {
    Shape shape;
    shape.type = &type;
    if (type.form == loader::Type::Form::enumeration) return shape;
    shape.size = type.size;
    shape.alignment = type.alignment;
    shape.appendable = type.form == loader::Type::Form::appendable;
    for (const loader::Field& field : type.fields) {
        const std::uint64_t element = field.code == Code::list ? size_of(Code{field.of}) : 0;
        const ShapeField slot{field.code, field.of, field.offset, field.offset + field.size, element, &field};
        if (is_slot(field.code)) shape.slots.push_back(slot);
        if (field.code == Code::nested) shape.levels = std::max(shape.levels, earlier[field.of].levels + 1);
        if (is_boolean(field)) shape.booleans.push_back(slot);
    }
    return shape;
}

}  // namespace

std::vector<Shape> shapes_of(const loader::Contract& contract) {
    std::vector<Shape> shapes;
    shapes.reserve(contract.types.size());
    for (const loader::Type& type : contract.types) shapes.push_back(shape_of(type, shapes));
    return shapes;
}

std::uint32_t crossing_stride(const Shape& element, std::uint32_t stride) noexcept {
    const std::uint64_t kept = std::min<std::uint64_t>(stride, element.size);
    return static_cast<std::uint32_t>(round_up(kept, element.alignment));
}

}  // namespace tenon::sandbox
