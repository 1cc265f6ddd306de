// How values are shown.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "tests/conformance/values.h"

namespace tenon::conformance {

namespace {

using loader::Code;
using loader::Contract;

template <class T>
T get(const char* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

// Tells long texts apart; as FNV-1a, but of eight bytes at a time.
std::uint64_t hash(std::string_view text) {
    std::uint64_t state = 0xcbf29ce484222325u;
    for (std::size_t at = 0; at < text.size(); at += 8) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + at, std::min<std::size_t>(8, text.size() - at));
        state = (state ^ bytes) * 0x100000001b3u;
        state ^= state >> 32;
    }
    return state ^ text.size();
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text.substr(0, 60)) {
        if (c >= ' ' && c != '"' && c != '\\' && c != 0x7f)
            out += c;
        else
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    out += '"';
    if (text.size() > 60) out += fmt::format("... {} bytes, hash {:016x}", text.size(), hash(text));
    return out;
}

std::string joined(const std::vector<std::string>& shown) {
    std::string all, some;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const std::string one = (i == 0 ? "" : ", ") + shown[i];
        all += one;
        if (i < 4) some += one;
    }
    if (shown.size() <= 4) return "[" + all + "]";
    return fmt::format("[{}, ... {} elements, hash {:016x}]", some, shown.size(), hash(all));
}

std::string show_plain(Code code, const char* at) {
    switch (code) {
        case Code::u8:
            return fmt::format("{}", static_cast<unsigned>(get<std::uint8_t>(at)));
        case Code::u16:
            return fmt::format("{}", get<std::uint16_t>(at));
        case Code::u32:
            return fmt::format("{}", get<std::uint32_t>(at));
        case Code::u64:
            return fmt::format("{}", get<std::uint64_t>(at));
        case Code::i8:
            return fmt::format("{}", static_cast<int>(get<std::int8_t>(at)));
        case Code::i16:
            return fmt::format("{}", get<std::int16_t>(at));
        case Code::i32:
            return fmt::format("{}", get<std::int32_t>(at));
        case Code::i64:
            return fmt::format("{}", get<std::int64_t>(at));
        case Code::boolean:
            return get<std::uint8_t>(at) != 0 ? "true" : "false";
        case Code::f32:
            return fmt::format("{}", get<float>(at));
        case Code::f64:
            return fmt::format("{}", get<double>(at));
        case Code::str:
        case Code::bytes: {
            const auto text = get<tenon_str>(at);
            return quoted(text.size != 0 ? std::string_view(text.data, text.size) : std::string_view());
        }
        default:
            return "?";
    }
}

std::uint64_t plain_size(Code code) {
    constexpr std::uint64_t sizes[] = {0, 1, 2, 4, 8, 1, 2, 4, 8, 1, 4, 8, 16, 16};
    return sizes[static_cast<std::size_t>(code)];
}

std::string show_list(const loader::Field& field, const char* at) {
    const auto code = static_cast<Code>(field.of);
    const auto list = get<tenon_span>(at);
    std::vector<std::string> shown;
    for (std::uint64_t i = 0; i < list.count; ++i)
        shown.push_back(show_plain(code, static_cast<const char*>(list.data) + i * list.stride));
    return joined(shown);
}

std::string show_field(const Contract& contract, const loader::Field& field, const char* at, const Given& given) {
    switch (field.code) {
        case Code::nested:
            return show(contract, field.of, at, given);
        case Code::span:
            return show_all(contract, field.of, get<tenon_span>(at), given);
        case Code::list:
            return show_list(field, at);
        case Code::enumerated:
            return show_plain(contract.types[field.of].underlying, at);
        case Code::array: {
            std::vector<std::string> shown;
            const auto code = static_cast<Code>(field.of);
            for (std::uint32_t i = 0; i < field.count; ++i)
                shown.push_back(show_plain(code, at + i * plain_size(code)));
            return joined(shown);
        }
        default:
            return show_plain(field.code, at);
    }
}

}  // namespace

std::string show(const Contract& contract, std::uint32_t type, const void* value, const Given& given) {
    if (type == loader::no_type || value == nullptr) return "none";
    const loader::Type& form = contract.types[type];
    const bool appendable = form.form == loader::Type::Form::appendable;
    const std::uint64_t there = appendable ? get<std::uint32_t>(static_cast<const char*>(value)) : form.size;
    std::string out;
    for (std::size_t i = appendable ? 1 : 0; i < form.fields.size(); ++i) {
        const loader::Field& field = form.fields[i];
        const char* const at = static_cast<const char*>(value) + field.offset;
        if (field.code == Code::pad) continue;
        out += (out.empty() ? "" : ", ") + field.name + ": ";
        const auto known = given.find(form.name + "." + field.name);
        if (field.offset + field.size > there)
            out += "absent";
        else if (known != given.end() && get<std::uint64_t>(at) == known->second)
            out += "(given)";
        else
            out += show_field(contract, field, at, given);
    }
    return "{" + out + "}";
}

std::string show_all(const Contract& contract, std::uint32_t type, const tenon_span& span, const Given& given) {
    std::vector<std::string> shown;
    std::vector<char> element(contract.types[type].size + 16);
    char* const at = element.data() + (16 - reinterpret_cast<std::uintptr_t>(element.data()) % 16) % 16;
    for (std::uint64_t i = 0; i < span.count; ++i) {
        tenon_span_get(&span, i, at, contract.types[type].size);
        shown.push_back(show(contract, type, at, given));
    }
    return joined(shown);
}

}  // namespace tenon::conformance
