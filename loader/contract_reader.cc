// One pass over the records: each kind has a function that adds it to the contract being read, or says no.
#include "loader/contract.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_set>

namespace tenon::loader {

std::uint64_t size_of(Code code) noexcept {
    switch (code) {
        case Code::u8:
        case Code::i8:
        case Code::boolean:
        case Code::pad:
            return 1;
        case Code::u16:
        case Code::i16:
            return 2;
        case Code::u32:
        case Code::i32:
        case Code::f32:
            return 4;
        case Code::u64:
        case Code::i64:
        case Code::f64:
            return 8;
        case Code::str:
        case Code::bytes:
            return 16;
        case Code::list:
        case Code::span:
            return 24;
        default:
            return 0;
    }
}

namespace {

constexpr std::size_t max_contracts = 256;
constexpr std::size_t max_types = 4096;
constexpr std::size_t max_fields = 65536;  // of one struct; also values of an enum, methods of a service, hooks
constexpr std::uint64_t max_struct_size = 1u << 20;

bool is_number(Code code) {
    return code >= Code::u8 && code <= Code::f64;
}

bool is_integer(Code code) {
    return code >= Code::u8 && code <= Code::i64;
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_identifier(std::string_view name) {
    return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), is_word);
}

bool is_id(std::string_view name) {
    return !name.empty() &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_word(c) || c == '.' || c == '-' || c == '/'; });
}

// Bytes of a foreign name for a message: what is not plain ASCII is shown as numbers.
std::string shown(std::string_view name) {
    std::string text;
    for (const char c : name)
        if (c >= ' ' && c <= '~')
            text += c;
        else
            text += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    return text;
}

class RecordReader {
public:
    RecordReader(std::span<const tenon_record> records, std::string_view where) : records_(records), where_(where) {}

    base::Result<std::vector<Contract>> read();

private:
    base::Check read_record(const tenon_record& record);
    base::Check begin_contract(const tenon_record& record);
    base::Check begin_enum(const tenon_record& record);
    base::Check add_value(const tenon_record& record);
    base::Check begin_struct(const tenon_record& record);
    base::Check add_field(const tenon_record& record);
    base::Check add_hook(const tenon_record& record);
    base::Check begin_service(const tenon_record& record);
    base::Check add_method(const tenon_record& record);

    // What can only be judged once all of a contract has been seen: its last struct, and indices of later types.
    base::Check end_struct();
    base::Check end_contract();
    base::Check check_kind(const Type& type, const Field& field, std::uint64_t& unit, std::uint64_t& alignment) const;
    base::Check check_indices() const;
    base::Check check_exchange(std::string_view id, const std::string& what, std::uint32_t request,
                               std::uint32_t reply) const;

    base::Check take_name(const tenon_record& record, bool identifier, std::string& out);
    // Refuses a name that `names` has already; the set is of the innermost list that is being read.
    base::Check only_once(std::unordered_set<std::string>& names, const std::string& name, std::string_view what);
    base::Check after(std::uint16_t last_allowed, const tenon_record& record);

    Contract& contract() { return contracts_.back(); }
    const Contract& contract() const { return contracts_.back(); }
    base::Problem problem(std::string_view id, const std::string& text) const;
    base::Problem bad_field(const Type& type, const Field& field, const std::string& text) const;

    std::span<const tenon_record> records_;
    std::string_view where_;
    std::size_t index_ = 0;
    std::uint16_t section_ = TENON_RECORD_END;  // the kind of list that is being read
    std::vector<Contract> contracts_;
    std::unordered_set<std::string> ids_, types_, constants_, members_, hooks_, services_;
};

base::Problem RecordReader::problem(std::string_view id, const std::string& text) const {
    const std::string of = contracts_.empty() ? "" : fmt::format(" of contract {}", contract().id);
    return {std::string(id), fmt::format("{}: record {}{}: {}", where_, index_, of, text),
            "Describe the contract with the macros of tenon/contract.h and build again."};
}

base::Problem RecordReader::bad_field(const Type& type, const Field& field, const std::string& text) const {
    return problem("contract.bad-field", fmt::format("{}.{}: {}", type.name, field.name, text));
}

base::Result<std::vector<Contract>> RecordReader::read() {
    std::size_t count = records_.size();
    if (count > 0 && records_.back().kind == TENON_RECORD_END) --count;
    for (index_ = 0; index_ < count; ++index_)
        if (base::Check refused = read_record(records_[index_])) return *refused;
    if (base::Check refused = end_contract()) return *refused;
    return std::move(contracts_);
}

base::Check RecordReader::read_record(const tenon_record& record) {
    if (contracts_.empty() && record.kind != TENON_RECORD_CONTRACT)
        return problem("contract.order", fmt::format("kind {} comes before any contract", unsigned{record.kind}));
    switch (record.kind) {
        case TENON_RECORD_CONTRACT:
            return begin_contract(record);
        case TENON_RECORD_ENUM:
            return begin_enum(record);
        case TENON_RECORD_VALUE:
            return add_value(record);
        case TENON_RECORD_STRUCT:
            return begin_struct(record);
        case TENON_RECORD_FIELD:
            return add_field(record);
        case TENON_RECORD_HOOK:
            return add_hook(record);
        case TENON_RECORD_SERVICE:
            return begin_service(record);
        case TENON_RECORD_METHOD:
            return add_method(record);
        default:
            return problem("contract.order", fmt::format("there is no record kind {} here", unsigned{record.kind}));
    }
}

// The lists of a contract come in the order of their numbers; a list may be empty.
base::Check RecordReader::after(std::uint16_t last_allowed, const tenon_record& record) {
    if (section_ > last_allowed)
        return problem("contract.order",
                       fmt::format("kind {} comes after kind {}", unsigned{record.kind}, unsigned{section_}));
    section_ = record.kind;
    return {};
}

base::Check RecordReader::take_name(const tenon_record& record, bool identifier, std::string& out) {
    const std::string_view name(record.name, ::strnlen(record.name, sizeof record.name));
    const bool ended =
        name.size() < sizeof record.name &&
        std::all_of(record.name + name.size(), record.name + sizeof record.name, [](char c) { return c == '\0'; });
    if (!ended)
        return problem("contract.bad-name", fmt::format("the name \"{}\" is not padded with zeros", shown(name)));
    if (identifier ? !is_identifier(name) : !is_id(name))
        return problem("contract.bad-name",
                       fmt::format("\"{}\" is no {}", shown(name),
                                   identifier ? "identifier" : "id of letters, digits and _ . - /"));
    out = name;
    return {};
}

base::Check RecordReader::only_once(std::unordered_set<std::string>& names, const std::string& name,
                                    std::string_view what) {
    if (names.size() == max_fields)
        return problem("contract.limit", fmt::format("more than {} names of one kind", max_fields));
    if (!names.insert(name).second)
        return problem("contract.duplicate", fmt::format("{} {} is there twice", what, name));
    return {};
}

base::Check RecordReader::begin_contract(const tenon_record& record) {
    if (base::Check refused = end_contract()) return refused;
    Contract fresh;
    if (base::Check refused = take_name(record, false, fresh.id)) return refused;
    if (base::Check refused = only_once(ids_, fresh.id, "contract")) return refused;
    if (contracts_.size() == max_contracts)
        return problem("contract.limit", fmt::format("more than {} contracts", max_contracts));
    fresh.major = record.type;
    fresh.minor = record.of;
    fresh.patch = record.count;
    fresh.offered = (record.flags & TENON_RECORD_OFFERED) != 0;
    contracts_.push_back(std::move(fresh));
    for (auto* names : {&types_, &constants_, &members_, &hooks_, &services_}) names->clear();
    section_ = TENON_RECORD_CONTRACT;
    return {};
}

base::Check RecordReader::begin_enum(const tenon_record& record) {
    Type type{.name = {},
              .form = Type::Form::enumeration,
              .size = record.size,
              .underlying = Code{record.type},
              .values = {},
              .fields = {}};
    if (base::Check refused = after(TENON_RECORD_ENUM, record)) return refused;
    if (base::Check refused = take_name(record, true, type.name)) return refused;
    if (base::Check refused = only_once(types_, type.name, "type")) return refused;
    if (contract().types.size() == max_types)
        return problem("contract.limit", fmt::format("more than {} types", max_types));
    if (!is_integer(type.underlying) || size_of(type.underlying) != type.size)
        return problem("contract.bad-type",
                       fmt::format("enum {}: kind {} of {} bytes is no integer", type.name, record.type, type.size));
    contract().types.push_back(std::move(type));
    return {};
}

base::Check RecordReader::add_value(const tenon_record& record) {
    Value value;
    if (section_ != TENON_RECORD_ENUM) return problem("contract.order", "a value outside of an enum");
    if (base::Check refused = take_name(record, true, value.name)) return refused;
    if (base::Check refused = only_once(constants_, value.name, "value")) return refused;
    const Type& type = contract().types.back();
    value.number = record.offset;
    const unsigned bits = static_cast<unsigned>(type.size) * 8;
    const bool is_signed = type.underlying >= Code::i8;
    // Widened to 64 bits by sign or by zeros, the number must be itself again.
    const std::uint64_t above = bits == 64 ? 0 : value.number >> (is_signed ? bits - 1 : bits);
    if (above != 0 && !(is_signed && above == UINT64_MAX >> (bits - 1)))
        return problem("contract.bad-type", fmt::format("value {} does not fit into enum {}", value.name, type.name));
    contract().types.back().values.push_back(std::move(value));
    return {};
}

base::Check RecordReader::begin_struct(const tenon_record& record) {
    if (base::Check refused = after(TENON_RECORD_STRUCT, record)) return refused;
    if (base::Check refused = end_struct()) return refused;
    Type type;
    if (base::Check refused = take_name(record, true, type.name)) return refused;
    if (base::Check refused = only_once(types_, type.name, "type")) return refused;
    if (contract().types.size() == max_types)
        return problem("contract.limit", fmt::format("more than {} types", max_types));
    type.form = record.flags == TENON_RECORD_FROZEN ? Type::Form::frozen : Type::Form::appendable;
    type.size = record.size;
    type.alignment = record.of;
    type.minimum_size = record.offset;
    if (record.flags != TENON_RECORD_FROZEN && record.flags != TENON_RECORD_APPENDABLE)
        return problem("contract.bad-type", fmt::format("struct {} is neither FROZEN nor APPENDABLE", type.name));
    const std::uint64_t alignment = type.alignment;
    if (alignment == 0 || alignment > 8 || (alignment & (alignment - 1)) != 0 || type.size == 0 ||
        type.size > max_struct_size || type.size % alignment != 0)
        return problem("contract.bad-type", fmt::format("struct {} has {} bytes aligned to {}; wanted 1 to {}, a "
                                                        "multiple of an alignment of 1, 2, 4 or 8",
                                                        type.name, type.size, alignment, max_struct_size));
    contract().types.push_back(std::move(type));
    members_.clear();
    return {};
}

// `unit`: the size of one C value; `alignment`: of the field.
base::Check RecordReader::check_kind(const Type& type, const Field& field, std::uint64_t& unit,
                                     std::uint64_t& alignment) const {
    const std::vector<Type>& types = contract().types;
    unit = size_of(field.code);
    alignment = unit > 8 ? 8 : unit;
    switch (field.code) {
        case Code::enumerated:
            if (field.of >= types.size() || types[field.of].form != Type::Form::enumeration)
                return bad_field(type, field, fmt::format("type {} is no enum of this contract", field.of));
            alignment = unit = types[field.of].size;
            return {};
        case Code::array:
            if (!is_number(Code{field.of}))
                return bad_field(type, field, fmt::format("an array of kind {}, which is no number", field.of));
            alignment = unit = size_of(Code{field.of});
            return {};
        case Code::list:
            if (!is_number(Code{field.of}) && Code{field.of} != Code::str)
                return bad_field(type, field, fmt::format("a list of kind {}, which is no number or str", field.of));
            return {};
        case Code::span:
            return {};  // may name a later type: see check_indices
        case Code::nested:
            if (field.of >= types.size() - 1 || types[field.of].form != Type::Form::frozen)
                return bad_field(type, field, fmt::format("type {} is no earlier FROZEN struct", field.of));
            unit = types[field.of].size;
            alignment = types[field.of].alignment;
            return {};
        default:
            if (unit == 0 || field.of != 0)
                return bad_field(
                    type, field,
                    fmt::format("there is no kind {} of {}", static_cast<std::uint32_t>(field.code), field.of));
            return {};
    }
}

base::Check RecordReader::add_field(const tenon_record& record) {
    if (section_ != TENON_RECORD_STRUCT) return problem("contract.order", "a field outside of a struct");
    Type& type = contract().types.back();
    Field field{{}, Code{record.type}, record.of, record.count, record.offset, record.size};
    if (base::Check refused = take_name(record, true, field.name)) return refused;
    if (base::Check refused = only_once(members_, type.name + "." + field.name, "field")) return refused;
    std::uint64_t unit = 0, alignment = 1;
    if (base::Check refused = check_kind(type, field, unit, alignment)) return refused;
    const bool many = field.code == Code::array || field.code == Code::pad;
    if (field.count == 0 || (!many && field.count != 1) || field.size != unit * field.count)
        return bad_field(type, field,
                         fmt::format("{} values of {} bytes do not make {} bytes", field.count, unit, field.size));
    const std::uint64_t end = type.fields.empty() ? 0 : type.fields.back().offset + type.fields.back().size;
    if (field.offset != end || field.size > type.size - end)
        return bad_field(type, field,
                         fmt::format("lies at bytes {} to {}; wanted at byte {} of {}, without gap or "
                                     "overlap",
                                     field.offset, field.offset + field.size, end, type.size));
    if (alignment > type.alignment || field.offset % alignment != 0)
        return bad_field(type, field, fmt::format("lies at byte {}, not aligned to {}", field.offset, alignment));
    type.fields.push_back(std::move(field));
    return {};
}

base::Check RecordReader::end_struct() {
    if (contracts_.empty() || contract().types.empty()) return {};
    const Type& type = contract().types.back();
    if (type.form == Type::Form::enumeration) return {};
    const std::uint64_t end = type.fields.empty() ? 0 : type.fields.back().offset + type.fields.back().size;
    if (end != type.size)
        return problem("contract.bad-type",
                       fmt::format("struct {} has {} bytes, but its fields end after {}", type.name, type.size, end));
    if (type.form == Type::Form::frozen && type.minimum_size != type.size)
        return problem("contract.bad-type", fmt::format("struct {} is FROZEN at {} bytes, but has {}", type.name,
                                                        type.minimum_size, type.size));
    if (type.form == Type::Form::frozen) return {};
    const Field& first = type.fields.front();
    if (first.name != "struct_size" || first.code != Code::u32)
        return problem("contract.bad-type", fmt::format("struct {} is APPENDABLE, but does not begin with u32 "
                                                        "struct_size",
                                                        type.name));
    const bool at_field = std::any_of(type.fields.begin(), type.fields.end(), [&](const Field& field) {
        return field.offset + field.size == type.minimum_size;
    });
    if (!at_field)
        return problem("contract.bad-type", fmt::format("struct {}: no field ends at its minimum size of {} bytes",
                                                        type.name, type.minimum_size));
    return {};
}

namespace {

constexpr std::uint32_t attribute_bits = 0xff0;

// Which kinds an attribute can be joined with.
struct Fitting {
    std::uint32_t attribute;
    std::string_view kinds;
    bool (*fits)(std::uint32_t kind);
};
constexpr Fitting fittings[] = {
    {TENON_PARALLEL, "NOTIFY, VETO and COLLECT",
     [](std::uint32_t kind) { return kind == TENON_NOTIFY || kind == TENON_VETO || kind == TENON_COLLECT; }},
    {TENON_REPLAY, "NOTIFY", [](std::uint32_t kind) { return kind == TENON_NOTIFY; }},
    {TENON_ASYNC, "NOTIFY and FIRST", [](std::uint32_t kind) { return kind == TENON_NOTIFY || kind == TENON_FIRST; }},
    {TENON_FAIL_CLOSED, "any kind", [](std::uint32_t) { return true; }},
    {TENON_DENY_BY_DEFAULT, "VETO", [](std::uint32_t kind) { return kind == TENON_VETO; }},
};

// What is wrong with a hook by itself; empty if nothing is.
std::string fault_of(const Hook& hook) {
    if (hook.kind < TENON_NOTIFY || hook.kind > TENON_AROUND) return fmt::format("there is no kind {}", hook.kind);
    std::uint32_t rest = hook.attributes;
    for (const Fitting& fitting : fittings) {
        if ((hook.attributes & fitting.attribute) != 0 && !fitting.fits(hook.kind))
            return fmt::format("{} does not go with {}, but with {}", attribute_names(fitting.attribute),
                               hook_kind_name(hook.kind), fitting.kinds);
        rest &= ~fitting.attribute;
    }
    if (rest != 0) return fmt::format("there is no attribute {:#x}", rest);
    if ((hook.attributes & TENON_REPLAY) != 0 && (hook.attributes & (TENON_PARALLEL | TENON_ASYNC)) != 0)
        return "REPLAY goes neither with PARALLEL nor with ASYNC";
    if ((hook.attributes & TENON_PARALLEL) != 0 && (hook.attributes & TENON_ASYNC) != 0)
        return "PARALLEL does not go with ASYNC";
    if (hook.share > 100) return fmt::format("a share of {} % is more than all", hook.share);
    if (hook.kind == TENON_COLLECT && hook.reply == no_type) return "COLLECT needs a reply type, that of its elements";
    if ((hook.kind == TENON_VETO || hook.kind == TENON_NOTIFY) && hook.reply != no_type)
        return fmt::format("{} has no reply", hook_kind_name(hook.kind));
    return {};
}

}  // namespace

base::Check RecordReader::add_hook(const tenon_record& record) {
    if (base::Check refused = after(TENON_RECORD_HOOK, record)) return refused;
    Hook hook;
    if (base::Check refused = take_name(record, true, hook.name)) return refused;
    if (base::Check refused = only_once(hooks_, hook.name, "hook")) return refused;
    hook.kind = TENON_KIND_OF(record.type);
    hook.attributes = record.type & attribute_bits;
    hook.share = TENON_SHARE_OF(record.type);
    hook.deadline_ns = std::uint64_t{TENON_DEADLINE_MS_OF(record.type)} * 1'000'000u;
    hook.request = record.of;
    hook.reply = record.count;
    hook.soft_budget_ns = record.offset;
    hook.hard_budget_ns = record.size;
    if (const std::string fault = fault_of(hook); !fault.empty())
        return problem("contract.bad-hook", fmt::format("hook {}: {}", hook.name, fault));
    contract().hooks.push_back(std::move(hook));
    return {};
}

base::Check RecordReader::begin_service(const tenon_record& record) {
    if (base::Check refused = after(TENON_RECORD_SERVICE, record)) return refused;
    Service service;
    if (base::Check refused = take_name(record, false, service.id)) return refused;
    if (base::Check refused = only_once(services_, service.id, "service")) return refused;
    contract().services.push_back(std::move(service));
    members_.clear();
    return {};
}

base::Check RecordReader::add_method(const tenon_record& record) {
    if (section_ != TENON_RECORD_SERVICE) return problem("contract.order", "a method outside of a service");
    Method method{{}, record.of, record.count};
    if (base::Check refused = take_name(record, true, method.name)) return refused;
    if (base::Check refused = only_once(members_, method.name, "method")) return refused;
    contract().services.back().methods.push_back(std::move(method));
    return {};
}

base::Check RecordReader::end_contract() {
    if (contracts_.empty()) return {};
    if (base::Check refused = end_struct()) return refused;
    return check_indices();
}

base::Check RecordReader::check_exchange(std::string_view id, const std::string& what, std::uint32_t request,
                                         std::uint32_t reply) const {
    for (const std::uint32_t index : {request, reply}) {
        if (index == no_type) continue;
        if (index >= contract().types.size() || contract().types[index].form == Type::Form::enumeration)
            return problem(id, fmt::format("{}: type {} is no struct of this contract", what, index));
    }
    return {};
}

base::Check RecordReader::check_indices() const {
    for (const Type& type : contract().types)
        for (const Field& field : type.fields)
            if (field.code == Code::span &&
                (field.of >= contract().types.size() || contract().types[field.of].form == Type::Form::enumeration))
                return bad_field(type, field, fmt::format("type {} is no struct of this contract", field.of));
    for (const Hook& hook : contract().hooks)
        if (base::Check refused = check_exchange("contract.bad-hook", "hook " + hook.name, hook.request, hook.reply))
            return refused;
    for (const Service& service : contract().services)
        for (const Method& method : service.methods)
            if (base::Check refused =
                    check_exchange("contract.bad-method", service.id + "." + method.name, method.request, method.reply))
                return refused;
    return {};
}

}  // namespace

base::Result<std::vector<Contract>> read_contracts(std::span<const tenon_record> records, std::string_view where) {
    return RecordReader(records, where).read();
}

}  // namespace tenon::loader
