// Contracts as the loader sees them: descriptor records, checked and given names.
#pragma once

#include <tenon/contract.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenon::loader {

// The TENON_CODE_... numbers of describe.h.
enum class Code : std::uint32_t {
    u8 = 1,
    u16,
    u32,
    u64,
    i8,
    i16,
    i32,
    i64,
    boolean,
    f32,
    f64,
    str,
    bytes,
    enumerated,  // Field::of is the index of an enum
    array,       // Field::of is the elements' code, Field::count their number
    list,        // Field::of is the elements' code
    span,        // Field::of is the index of a struct
    nested,      // Field::of is the index of an earlier FROZEN struct
    pad,         // Field::count reserved bytes
};

// Bytes of one C value of this kind: a number, a view or a span; 0 for kinds whose size stands elsewhere.
std::uint64_t size_of(Code code) noexcept;

// The index of a type that is not there: a hook without a request, for instance.
inline constexpr std::uint32_t no_type = TENON_INDEX_tenon_none;

struct Field {
    std::string name;
    Code code{};
    std::uint32_t of = 0;
    std::uint32_t count = 0;
    std::uint64_t offset = 0;  // bytes from the struct's start
    std::uint64_t size = 0;    // bytes
};

struct Value {
    std::string name;
    std::uint64_t number = 0;  // signed numbers in two's complement, 64 bits wide
};

struct Type {
    enum class Form { enumeration, frozen, appendable };

    std::string name;
    Form form{};
    std::uint64_t size = 0;          // bytes
    Code underlying{};               // enumeration: its integer
    std::vector<Value> values;       // enumeration
    std::uint32_t alignment = 0;     // struct: bytes
    std::uint64_t minimum_size = 0;  // struct: bytes of its first release
    std::vector<Field> fields;       // struct: in order, without gap or overlap
};

struct Hook {
    std::string name;
    std::uint32_t kind = 0;  // TENON_NOTIFY ... TENON_AROUND
    std::uint32_t request = no_type;
    std::uint32_t reply = no_type;
    std::uint64_t soft_budget_ns = 0;  // 0: none
    std::uint64_t hard_budget_ns = 0;  // 0: none
    std::uint32_t attributes = 0;      // TENON_PARALLEL ...
    std::uint32_t share = 0;           // percent of a thread's time; 0: none
    std::uint64_t deadline_ns = 0;     // of a whole dispatch; 0: none
};

struct Method {
    std::string name;
    std::uint32_t request = no_type;
    std::uint32_t reply = no_type;
};

struct Service {
    std::string id;
    std::vector<Method> methods;
};

// A plain value that owns all it holds. Every index in it is in range.
struct Contract {
    std::string id;
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t patch = 0;
    bool offered = false;  // otherwise used
    std::vector<Type> types;
    std::vector<Hook> hooks;
    std::vector<Service> services;

    // nullptr if there is none of that name.
    const Type* type(std::string_view name) const;
    const Hook* hook(std::string_view name) const;
    const Service* service(std::string_view id) const;
    std::string version() const;  // "1.2.3"
};

// Checks all records and gives the contracts in them, in order. A closing TENON_RECORD_END may be there or not. `where`
// (a path, or "the host") begins each message. The input may be hostile. Problems: "contract.order",
// "contract.bad-name", "contract.duplicate", "contract.bad-type", "contract.bad-field", "contract.bad-hook",
// "contract.bad-method", "contract.limit".
base::Result<std::vector<Contract>> read_contracts(std::span<const tenon_record> records, std::string_view where);

// A field's kind in words: "u32", "u16[3]", "str", "list of str", "span of pressroom_finding", "enum acme_unit".
std::string kind_name(const Contract& contract, const Field& field);

// "NOTIFY", "FILTER", ...
std::string_view hook_kind_name(std::uint32_t kind);
// "PARALLEL | FAIL_CLOSED"; empty for none.
std::string attribute_names(std::uint32_t attributes);

}  // namespace tenon::loader
