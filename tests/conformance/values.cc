#include "tests/conformance/values.h"

#include <cstring>

namespace tenon::conformance {

using loader::Code;

struct Values::Place {
    const loader::Contract& contract;
    const Recipe& recipe;
    int depth = 0;
};

namespace {

bool is_signed(Code code) {
    return code >= Code::i8 && code <= Code::i64;
}

template <class T>
void put(char* at, T value) {
    std::memcpy(at, &value, sizeof value);
}

std::uint64_t number(Filling filling, Code code, std::uint64_t salt) {
    if (filling == Filling::empty) return 0;
    if (filling == Filling::many) return salt * 1000 + 7;
    if (filling != Filling::extreme) return salt + 1;
    return is_signed(code) ? std::uint64_t{1} << (size_of(code) * 8 - 1) : UINT64_MAX;
}

double fraction(Filling filling, std::uint64_t salt) {
    if (filling == Filling::empty) return 0;
    return filling == Filling::extreme ? -1.5e30 : static_cast<double>(salt) + 0.5;
}

std::uint64_t length(Filling filling, std::uint64_t many) {
    if (filling == Filling::empty) return 0;
    if (filling == Filling::many) return many;
    return filling == Filling::extreme ? 1 : 2;
}

}  // namespace

char* Values::room(std::uint64_t size) {
    auto& block = memory_.emplace_back(size + 16);
    const auto address = reinterpret_cast<std::uintptr_t>(block.data());
    return block.data() + (16 - address % 16) % 16;
}

void* Values::make(const loader::Contract& contract, std::uint32_t type, const Recipe& recipe) {
    if (type == loader::no_type) return nullptr;
    char* const at = room(contract.types[type].size);
    fill({contract, recipe}, type, at);
    return at;
}

void Values::fill(const Place& place, std::uint32_t type, char* at) {
    const loader::Type& form = place.contract.types[type];
    for (std::size_t i = 0; i < form.fields.size(); ++i) fill_field(place, form, i, at + form.fields[i].offset);
}

void Values::fill_field(const Place& place, const loader::Type& type, std::size_t index, char* at) {
    const loader::Field& field = type.fields[index];
    const auto given = given_.find(type.name + "." + field.name);
    if (given != given_.end()) return put(at, given->second);
    if (type.form == loader::Type::Form::appendable && index == 0)
        return put(at, static_cast<std::uint32_t>(type.size));
    const loader::Type* const other =
        field.of < place.contract.types.size() ? &place.contract.types[field.of] : nullptr;
    bool first_text = true;
    for (std::size_t i = 0; i < index; ++i) first_text = first_text && type.fields[i].code != Code::str;
    switch (field.code) {
        case Code::pad:
            return;
        case Code::nested:
            return fill(place, field.of, at);
        case Code::span:
            return put(at, span(place, field));
        case Code::list:
            return put(at, list(place, field, index));
        case Code::array:
            for (std::uint32_t i = 0; i < field.count; ++i) {
                const auto element = static_cast<Code>(field.of);
                fill_plain(place, element, index + i, false, at + i * size_of(element));
            }
            return;
        case Code::enumerated: {
            const auto& values = other->values;
            const std::uint64_t chosen =
                values[place.recipe.filling == Filling::empty ? 0 : index % values.size()].number;
            std::memcpy(at, &chosen, field.size);
            return;
        }
        default:
            return fill_plain(place, field.code, index, first_text, at);
    }
}

void Values::fill_plain(const Place& place, Code code, std::uint64_t salt, bool first_text, char* at) {
    const Filling filling = place.recipe.filling;
    if (code == Code::str) return put(at, text(place, salt, first_text));
    if (code == Code::bytes) {
        const tenon_str data = text(place, salt, false);
        return put(at, tenon_bytes{data.data, data.size});
    }
    if (code == Code::f32) return put(at, static_cast<float>(fraction(filling, salt)));
    if (code == Code::f64) return put(at, fraction(filling, salt));
    std::uint64_t value = number(filling, code, salt);
    if (code == Code::boolean) value = filling == Filling::empty ? 0 : salt % 2;
    std::memcpy(at, &value, size_of(code));
}

tenon_str Values::text(const Place& place, std::uint64_t salt, bool first_text) {
    std::string made;
    switch (place.recipe.filling) {
        case Filling::empty:
            return {nullptr, 0};
        case Filling::small:
            made = "text " + std::to_string(salt);
            break;
        case Filling::many:
            while (made.size() < (place.depth == 0 ? 5000u : 100u))
                made += "line " + std::to_string(made.size()) + " of a long text\n";
            break;
        case Filling::extreme:
            made = std::string("\xC3\xA4\0\xE2\x82\xAC<&\"", 9);
            break;
        case Filling::words:
            made = first_text ? place.recipe.first : place.recipe.word;
            break;
    }
    char* const at = room(made.size());
    std::memcpy(at, made.data(), made.size());
    return {at, made.size()};
}

tenon_span Values::list(const Place& place, const loader::Field& field, std::uint64_t salt) {
    const std::uint64_t count = length(place.recipe.filling, 300);
    const auto code = static_cast<Code>(field.of);
    const auto stride = static_cast<std::uint32_t>(size_of(code));
    if (count == 0) return {nullptr, 0, stride, 0};
    char* const at = room(count * stride);
    for (std::uint64_t i = 0; i < count; ++i) fill_plain(place, code, salt + i, false, at + i * stride);
    return {at, count, stride, 0};
}

tenon_span Values::span(const Place& place, const loader::Field& field) {
    const std::uint64_t count = place.depth < 3 ? length(place.recipe.filling, place.depth == 0 ? 60 : 3) : 0;
    const auto stride = static_cast<std::uint32_t>(place.contract.types[field.of].size);
    if (count == 0) return {nullptr, 0, stride, 0};
    char* const at = room(count * stride);
    for (std::uint64_t i = 0; i < count; ++i)
        fill({place.contract, place.recipe, place.depth + 1}, field.of, at + i * stride);
    return {at, count, stride, 0};
}

}  // namespace tenon::conformance
