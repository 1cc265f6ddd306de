#include "loader/contract.h"

#include <fmt/format.h>

#include <algorithm>

namespace tenon::loader {

namespace {

std::string_view code_name(Code code) {
    constexpr std::string_view names[] = {"u8",  "u16",     "u32", "u64", "i8",  "i16",  "i32",
                                          "i64", "boolean", "f32", "f64", "str", "bytes"};
    const auto index = static_cast<std::size_t>(code) - 1;
    return index < std::size(names) ? names[index] : "?";
}

std::string_view type_name(const Contract& contract, std::uint32_t index) {
    return index < contract.types.size() ? std::string_view(contract.types[index].name) : "?";
}

template <class Named>
const Named* find(const std::vector<Named>& all, std::string_view name, std::string Named::* member) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.*member == name; });
    return at == all.end() ? nullptr : &*at;
}

}  // namespace

const Type* Contract::type(std::string_view name) const {
    return find(types, name, &Type::name);
}

const Hook* Contract::hook(std::string_view name) const {
    return find(hooks, name, &Hook::name);
}

const Service* Contract::service(std::string_view wanted) const {
    return find(services, wanted, &Service::id);
}

std::string Contract::version() const {
    return fmt::format("{}.{}.{}", major, minor, patch);
}

std::string kind_name(const Contract& contract, const Field& field) {
    switch (field.code) {
        case Code::enumerated:
            return fmt::format("enum {}", type_name(contract, field.of));
        case Code::array:
            return fmt::format("{}[{}]", code_name(Code{field.of}), field.count);
        case Code::list:
            return fmt::format("list of {}", code_name(Code{field.of}));
        case Code::span:
            return fmt::format("span of {}", type_name(contract, field.of));
        case Code::nested:
            return fmt::format("nested {}", type_name(contract, field.of));
        case Code::pad:
            return fmt::format("pad[{}]", field.count);
        default:
            return std::string(code_name(field.code));
    }
}

std::string attribute_names(std::uint32_t attributes) {
    constexpr std::pair<std::uint32_t, std::string_view> names[] = {{TENON_PARALLEL, "PARALLEL"},
                                                                    {TENON_REPLAY, "REPLAY"},
                                                                    {TENON_ASYNC, "ASYNC"},
                                                                    {TENON_FAIL_CLOSED, "FAIL_CLOSED"},
                                                                    {TENON_DENY_BY_DEFAULT, "DENY_BY_DEFAULT"}};
    std::string text;
    for (const auto& [bit, name] : names) {
        if ((attributes & bit) == 0) continue;
        if (!text.empty()) text += " | ";
        text += name;
    }
    return text;
}

std::string_view hook_kind_name(std::uint32_t kind) {
    constexpr std::string_view names[] = {"NOTIFY", "FILTER", "FIRST", "VETO", "COLLECT", "AROUND"};
    return kind - 1 < std::size(names) ? names[kind - 1] : "?";
}

}  // namespace tenon::loader
