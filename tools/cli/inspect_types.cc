// The types of a contract for people.
#include <fmt/format.h>

#include "tools/cli/inspect.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

std::string number(const loader::Type& type, std::uint64_t value) {
    const bool is_signed = type.underlying >= loader::Code::i8 && type.underlying <= loader::Code::i64;
    return is_signed ? fmt::format("{}", static_cast<std::int64_t>(value)) : fmt::format("{}", value);
}

void print_enumeration(const Screen& screen, const loader::Type& type) {
    screen.line(fmt::format("    enum {}, {} bytes", screen.paint(Tone::strong, type.name), type.size));
    Table table;
    for (const loader::Value& value : type.values)
        table.add({{number(type, value.number), Tone::plain, true}, {value.name}});
    table.print(screen, "      ");
}

void print_struct(const Screen& screen, const loader::Contract& contract, const loader::Type& type) {
    const std::string form = type.form == loader::Type::Form::frozen
                                 ? "frozen"
                                 : fmt::format("appendable, at least {} bytes", type.minimum_size);
    screen.line(fmt::format("    struct {}, {} bytes, {}", screen.paint(Tone::strong, type.name), type.size, form));
    Table table;
    table.add_head({"offset", "size", "kind", "field"});
    for (const loader::Field& field : type.fields)
        table.add({{fmt::format("{}", field.offset), Tone::plain, true},
                   {fmt::format("{}", field.size), Tone::plain, true},
                   {loader::kind_name(contract, field)},
                   {field.name}});
    table.print(screen, "      ");
}

}  // namespace

void print_types(const Screen& screen, const loader::Contract& contract) {
    for (const loader::Type& type : contract.types)
        if (type.form == loader::Type::Form::enumeration)
            print_enumeration(screen, type);
        else
            print_struct(screen, contract, type);
}

}  // namespace tenon::cli
