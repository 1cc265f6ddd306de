#include "loader/contract.h"

#include "tests/unit/loader/records.h"
#include "tests/unit/loader/shop.h"

using namespace tenon::loader;
using fixtures::Records;

namespace {

Contract shop() {
    auto read = read_contracts(shop_contract::records, "shop.so");
    INFO((read ? "" : read.problem().text));
    REQUIRE(read);
    REQUIRE(read.value().size() == 1);
    return read.value()[0];
}

// Two structs, a hook and a service: the smallest contract that has one of each.
Records small() {
    return Records("com.example.shop")
        .enumeration("shop_unit", Code::i16, 2)
        .value("SHOP_LOSS", -1)
        .frozen("shop_point")
        .u64("x")
        .u64("y")
        .appendable("shop_item")
        .str("name")
        .field(Code::nested, "place", 16, 1)
        .field(Code::span, "parts", 24, 2)
        .hook("price", TENON_FILTER, no_type, 2)
        .service("com.example.tax/1")
        .method("rate", 2, 1);
}

// The small contract with one record spoiled; the index counts as in small().
template <class Spoil>
std::string refusal_of(std::size_t index, Spoil spoil) {
    Records records = small();
    spoil(records.all.at(index));
    return records.refusal();
}

void name_it(tenon_record& record, const char* name) {
    std::memset(record.name, 0, sizeof record.name);
    std::strcpy(record.name, name);
}

}  // namespace

TEST_CASE("a contract that the macros wrote is read whole") {
    const Contract contract = shop();
    CHECK(contract.id == "com.example.shop");
    CHECK(contract.version() == "1.2.3");
    CHECK_FALSE(contract.offered);
    REQUIRE(contract.types.size() == 3);
    CHECK(contract.type("shop_unit")->form == Type::Form::enumeration);
    CHECK(contract.type("shop_unit")->values.at(1).name == "SHOP_KILO");
    CHECK(contract.type("shop_point")->form == Type::Form::frozen);
    const Type& item = *contract.type("shop_item");
    CHECK(item.size == sizeof(shop_item));
    CHECK(item.fields.at(2).offset == offsetof(shop_item, name));
    CHECK(contract.hook("price")->kind == TENON_FILTER);
    CHECK(contract.hook("price")->request == no_type);
    CHECK(contract.hook("price")->reply == TENON_INDEX_shop_item);
    CHECK(contract.hook("price")->soft_budget_ns == 50000);
    CHECK(contract.hook("price")->hard_budget_ns == 500000);
    CHECK(contract.service("com.example.tax/1")->methods.at(0).name == "rate");
    CHECK(contract.hook("none") == nullptr);
}

TEST_CASE("a field's kind is given in words") {
    const Contract contract = shop();
    std::vector<std::string> kinds;
    for (const Field& field : contract.type("shop_item")->fields) kinds.push_back(kind_name(contract, field));
    CHECK(kinds == std::vector<std::string>{"u32", "enum shop_unit", "str", "u16[3]", "pad[2]", "nested shop_point",
                                            "list of str", "span of shop_item"});
    CHECK(hook_kind_name(TENON_FIRST) == "FIRST");
    CHECK(hook_kind_name(0) == "?");
    CHECK(hook_kind_name(7) == "?");
}

TEST_CASE("several contracts follow one another, offered ones are marked") {
    static constexpr tenon_record both[] = {
        SHOP_CONTRACT(TENON_OFFERED_RECORDS){TENON_RECORD_CONTRACT, 0, 2, 0, 0, 0, 0, "com.example.other"},
        {TENON_RECORD_END, 0, 0, 0, 0, 0, 0, ""}};
    const auto read = read_contracts(both, "shop.so");
    REQUIRE(read);
    REQUIRE(read.value().size() == 2);
    CHECK(read.value()[0].offered);
    CHECK(read.value()[1].id == "com.example.other");
    CHECK_FALSE(read.value()[1].offered);
    CHECK(read_contracts({}, "shop.so").value().empty());
}

TEST_CASE("the small contract is right before it is spoiled") {
    CHECK(small().refusal().empty());
    CHECK(small().contract().types[0].values[0].number == UINT64_MAX);
}

TEST_CASE("names are identifiers, padded with zeros") {
    CHECK(refusal_of(4, [](auto& r) { name_it(r, "9x"); }) ==
          "contract.bad-name: shop.so: record 4 of contract com.example.shop: \"9x\" is no identifier");
    CHECK(refusal_of(4, [](auto& r) { name_it(r, "a\x1b[2J\xff"); }) ==
          "contract.bad-name: shop.so: record 4 of contract com.example.shop: \"a\\x1b[2J\\xff\" is no identifier");
    CHECK(refusal_of(4, [](auto& r) { name_it(r, ""); }) ==
          "contract.bad-name: shop.so: record 4 of contract com.example.shop: \"\" is no identifier");
    CHECK(refusal_of(4, [](auto& r) { r.name[63] = 'x'; }) ==
          "contract.bad-name: shop.so: record 4 of contract com.example.shop: the name \"x\" is not padded with zeros");
    CHECK(refusal_of(4, [](auto& r) { std::memset(r.name, 'x', 64); }).find("not padded with zeros") !=
          std::string::npos);
    CHECK(refusal_of(0, [](auto& r) { name_it(r, "com example"); }) ==
          "contract.bad-name: shop.so: record 0: \"com example\" is no id of letters, digits and _ . - /");
}

TEST_CASE("a name is given once in its list") {
    CHECK(refusal_of(5, [](auto& r) { name_it(r, "x"); }) ==
          "contract.duplicate: shop.so: record 5 of contract com.example.shop: field shop_point.x is there twice");
    CHECK(refusal_of(6, [](auto& r) { name_it(r, "shop_unit"); }) ==
          "contract.duplicate: shop.so: record 6 of contract com.example.shop: type shop_unit is there twice");
    CHECK(small().hook("x", TENON_FIRST, 1, 1).refusal() ==
          "contract.order: shop.so: record 15 of contract com.example.shop: kind 6 comes after kind 7");
    CHECK(small().method("rate", 2, 1).refusal() ==
          "contract.duplicate: shop.so: record 15 of contract com.example.shop: method rate is there twice");
    CHECK(small().service("com.example.tax/1").refusal() ==
          "contract.duplicate: shop.so: record 15 of contract com.example.shop: service com.example.tax/1 is there "
          "twice");
    CHECK(Records("a").hook("x", 1, no_type, no_type).hook("x", 1, no_type, no_type).refusal() ==
          "contract.duplicate: shop.so: record 2 of contract a: hook x is there twice");
    Records twice("a");
    twice.add(TENON_RECORD_CONTRACT, "a");
    CHECK(twice.refusal() == "contract.duplicate: shop.so: record 1 of contract a: contract a is there twice");
}

TEST_CASE("records come in the order of their kinds") {
    CHECK(refusal_of(0, [](auto& r) { r.kind = TENON_RECORD_STRUCT; }) ==
          "contract.order: shop.so: record 0: kind 4 comes before any contract");
    CHECK(refusal_of(3, [](auto& r) { r.kind = 99; }) ==
          "contract.order: shop.so: record 3 of contract com.example.shop: there is no record kind 99 here");
    CHECK(refusal_of(3, [](auto& r) { r.kind = TENON_RECORD_END; }) ==
          "contract.order: shop.so: record 3 of contract com.example.shop: there is no record kind 0 here");
    CHECK(refusal_of(6, [](auto& r) { r.kind = TENON_RECORD_ENUM; }) ==
          "contract.order: shop.so: record 6 of contract com.example.shop: kind 2 comes after kind 4");
    Records field("a");
    field.add(TENON_RECORD_FIELD, "x");
    CHECK(field.refusal() == "contract.order: shop.so: record 1 of contract a: a field outside of a struct");
    Records value("a");
    value.add(TENON_RECORD_VALUE, "x");
    CHECK(value.refusal() == "contract.order: shop.so: record 1 of contract a: a value outside of an enum");
    CHECK(Records("a").method("x", 0, 0).refusal() ==
          "contract.order: shop.so: record 1 of contract a: a method outside of a service");
}

TEST_CASE("fields fill their struct without gap or overlap") {
    CHECK(refusal_of(5, [](auto& r) { r.offset = 16; }) ==
          "contract.bad-field: shop.so: record 5 of contract com.example.shop: shop_point.y: lies at bytes 16 to 24; "
          "wanted at byte 8 of 16, without gap or overlap");
    CHECK(refusal_of(5, [](auto& r) { r.offset = 0; }).find("lies at bytes 0 to 8") != std::string::npos);
    CHECK(refusal_of(3, [](auto& r) { r.size = r.offset = 24; }) ==
          "contract.bad-type: shop.so: record 6 of contract com.example.shop: struct shop_point has 24 bytes, but its "
          "fields end after 16");
    CHECK(refusal_of(3, [](auto& r) { r.size = r.offset = 8; }).find("wanted at byte 8 of 8") != std::string::npos);
    CHECK(refusal_of(3, [](auto& r) { r.offset = 8; }) ==
          "contract.bad-type: shop.so: record 6 of contract com.example.shop: struct shop_point is FROZEN at 8 bytes, "
          "but has 16");
    CHECK(refusal_of(6, [](auto& r) { r.offset = 20; }) ==
          "contract.bad-type: shop.so: record 15 of contract com.example.shop: struct shop_item: no field ends at its "
          "minimum size of 20 bytes");
    CHECK(Records("a").frozen("empty").refusal().find("has 0 bytes aligned to 8") != std::string::npos);
}

TEST_CASE("a field has the size and the alignment of its kind") {
    CHECK(
        refusal_of(4, [](auto& r) { r.size = 4; }) ==
        "contract.bad-field: shop.so: record 4 of contract com.example.shop: shop_point.x: 1 values of 8 bytes do not "
        "make 4 bytes");
    CHECK(refusal_of(4, [](auto& r) { r.count = 2; }).find("2 values of 8 bytes do not make 8") != std::string::npos);
    CHECK(refusal_of(8, [](auto& r) { r.count = 0; }).find("0 values of 1 bytes do not make 4") != std::string::npos);
    CHECK(refusal_of(3, [](auto& r) { r.of = 4; }) ==
          "contract.bad-field: shop.so: record 4 of contract com.example.shop: shop_point.x: lies at byte 0, not "
          "aligned to 8");
    CHECK(refusal_of(3, [](auto& r) { r.of = 3; }).find("has 16 bytes aligned to 3") != std::string::npos);
    CHECK(refusal_of(3, [](auto& r) { r.of = 0; }).find("has 16 bytes aligned to 0") != std::string::npos);
    CHECK(Records("a").frozen("s").field(Code::u32, "a", 4).u64("b").field(Code::u32, "c", 4).refusal() ==
          "contract.bad-field: shop.so: record 3 of contract a: s.b: lies at byte 4, not aligned to 8");
    CHECK(refusal_of(4, [](auto& r) { r.type = 20; }) ==
          "contract.bad-field: shop.so: record 4 of contract com.example.shop: shop_point.x: there is no kind 20 of 0");
    CHECK(refusal_of(4, [](auto& r) { r.of = 5; }).find("there is no kind 4 of 5") != std::string::npos);
}

TEST_CASE("types that a field names are there and of the right sort") {
    const auto nested = [](std::uint32_t of) { return refusal_of(10, [&](auto& r) { r.of = of; }); };
    CHECK(nested(2) ==
          "contract.bad-field: shop.so: record 10 of contract com.example.shop: shop_item.place: type 2 is no earlier "
          "FROZEN struct");
    CHECK(nested(0).find("type 0 is no earlier FROZEN struct") != std::string::npos);
    CHECK(nested(no_type).find("is no earlier FROZEN struct") != std::string::npos);
    CHECK(
        refusal_of(11, [](auto& r) { r.of = 3; }) ==
        "contract.bad-field: shop.so: record 15 of contract com.example.shop: shop_item.parts: type 3 is no struct of "
        "this contract");
    CHECK(refusal_of(11, [](auto& r) { r.of = 0; }).find("type 0 is no struct") != std::string::npos);
    CHECK(Records("a").frozen("s", 4).field(Code::enumerated, "e", 4, 0).refusal() ==
          "contract.bad-field: shop.so: record 2 of contract a: s.e: type 0 is no enum of this contract");
    CHECK(Records("a").frozen("s").field(Code::array, "e", 32, 12, 2).refusal() ==
          "contract.bad-field: shop.so: record 2 of contract a: s.e: an array of kind 12, which is no number");
    CHECK(Records("a").frozen("s").field(Code::list, "e", 24, 13).refusal() ==
          "contract.bad-field: shop.so: record 2 of contract a: s.e: a list of kind 13, which is no number or str");
    CHECK(Records("a").frozen("s").field(Code::list, "e", 24, 12).refusal().empty());
}

TEST_CASE("an appendable struct begins with its size") {
    CHECK(
        refusal_of(7, [](auto& r) { name_it(r, "size"); }) ==
        "contract.bad-type: shop.so: record 15 of contract com.example.shop: struct shop_item is APPENDABLE, but does "
        "not begin with u32 struct_size");
    CHECK(refusal_of(6, [](auto& r) { r.flags = 3; }).find("neither FROZEN nor APPENDABLE") != std::string::npos);
}

TEST_CASE("an enum is an integer and its values fit into it") {
    CHECK(refusal_of(1, [](auto& r) { r.type = 11; }) ==
          "contract.bad-type: shop.so: record 1 of contract com.example.shop: enum shop_unit: kind 11 of 2 bytes is no "
          "integer");
    CHECK(refusal_of(1, [](auto& r) { r.size = 4; }).find("kind 6 of 4 bytes is no integer") != std::string::npos);
    const auto value = [](Code code, std::uint64_t size, std::int64_t number) {
        return Records("a").enumeration("e", code, size).value("V", number).refusal();
    };
    CHECK(value(Code::i16, 2, 32768) ==
          "contract.bad-type: shop.so: record 2 of contract a: value V does not fit into enum e");
    CHECK_FALSE(value(Code::i16, 2, -32769).empty());
    CHECK_FALSE(value(Code::u8, 1, -1).empty());
    CHECK_FALSE(value(Code::u32, 4, std::int64_t{1} << 32).empty());
    for (const auto& fits : {value(Code::i16, 2, -32768), value(Code::i16, 2, 32767), value(Code::u8, 1, 255),
                             value(Code::i64, 8, -1), value(Code::u64, 8, -1), value(Code::u32, 4, 0xffffffff)})
        CHECK(fits.empty());
}

TEST_CASE("hooks and methods exchange structs of their contract") {
    CHECK(refusal_of(12, [](auto& r) { r.type = 0; }) ==
          "contract.bad-hook: shop.so: record 12 of contract com.example.shop: hook price: there is no kind 0");
    CHECK(refusal_of(12, [](auto& r) { r.type = 7; }).find("there is no kind 7") != std::string::npos);
    CHECK(refusal_of(12, [](auto& r) { r.of = 9; }) ==
          "contract.bad-hook: shop.so: record 15 of contract com.example.shop: hook price: type 9 is no struct of this "
          "contract");
    CHECK(refusal_of(12, [](auto& r) { r.count = 0; }).find("type 0 is no struct") != std::string::npos);
    CHECK(refusal_of(14, [](auto& r) { r.of = 3; }) ==
          "contract.bad-method: shop.so: record 15 of contract com.example.shop: com.example.tax/1.rate: type 3 is no "
          "struct of this contract");
}

TEST_CASE("attributes are joined only with kinds that they fit") {
    // A hook of that column; its reply is the struct that the kind needs, if any.
    const auto refusal = [](std::uint32_t column) {
        const std::uint32_t kind = TENON_KIND_OF(column);
        const bool silent = kind == TENON_NOTIFY || kind == TENON_VETO;
        return Records("a").frozen("t").u64("x").hook("h", column, 0, silent ? no_type : 0).refusal();
    };
    struct Attribute {
        std::uint32_t bit;
        const char* name;
        const char* kinds;
        std::vector<std::uint32_t> fitting;
    };
    const std::vector<Attribute> attributes = {
        {TENON_PARALLEL, "PARALLEL", "NOTIFY, VETO and COLLECT", {TENON_NOTIFY, TENON_VETO, TENON_COLLECT}},
        {TENON_REPLAY, "REPLAY", "NOTIFY", {TENON_NOTIFY}},
        {TENON_ASYNC, "ASYNC", "NOTIFY and FIRST", {TENON_NOTIFY, TENON_FIRST}},
        {TENON_DENY_BY_DEFAULT, "DENY_BY_DEFAULT", "VETO", {TENON_VETO}},
        {TENON_FAIL_CLOSED, "FAIL_CLOSED", "any kind", {1, 2, 3, 4, 5, 6}},
    };
    const std::vector<std::string> kinds = {"", "NOTIFY", "FILTER", "FIRST", "VETO", "COLLECT", "AROUND"};
    for (const Attribute& attribute : attributes)
        for (std::uint32_t kind = TENON_NOTIFY; kind <= TENON_AROUND; ++kind) {
            const bool fits = std::count(attribute.fitting.begin(), attribute.fitting.end(), kind) != 0;
            CHECK(refusal(kind | attribute.bit) ==
                  (fits ? std::string()
                        : "contract.bad-hook: shop.so: record 3 of contract a: hook h: " + std::string(attribute.name) +
                              " does not go with " + kinds[kind] + ", but with " + attribute.kinds));
        }
    const std::string place = "contract.bad-hook: shop.so: record 3 of contract a: hook h: ";
    const std::string replay = place + "REPLAY goes neither with PARALLEL nor with ASYNC";
    CHECK(refusal(TENON_NOTIFY | TENON_REPLAY | TENON_PARALLEL) == replay);
    CHECK(refusal(TENON_NOTIFY | TENON_REPLAY | TENON_ASYNC) == replay);
    CHECK(refusal(TENON_NOTIFY | TENON_PARALLEL | TENON_ASYNC) == place + "PARALLEL does not go with ASYNC");
    CHECK(refusal(TENON_NOTIFY | 0x200u) == place + "there is no attribute 0x200");
    CHECK(refusal(TENON_NOTIFY | TENON_SHARE(101)) == place + "a share of 101 % is more than all");
    CHECK(refusal(TENON_NOTIFY | TENON_SHARE(100) | TENON_DEADLINE_MS(8191)).empty());
    CHECK(
        Records("a").hook("h", TENON_COLLECT, no_type, no_type).refusal() ==
        "contract.bad-hook: shop.so: record 1 of contract a: hook h: COLLECT needs a reply type, that of its elements");
    for (const std::uint32_t kind : {TENON_VETO + 0u, TENON_NOTIFY + 0u})
        CHECK(Records("a").frozen("t").u64("x").hook("h", kind, no_type, 0).refusal() ==
              place + kinds[kind] + " has no reply");
}

TEST_CASE("a contract cannot have any number of types") {
    Records records("a");
    for (int i = 0; i <= 4096; ++i) records.frozen("t" + std::to_string(i)).u64("x");
    CHECK(records.refusal() == "contract.limit: shop.so: record 8193 of contract a: more than 4096 types");
}

TEST_CASE("no spoiled record leads astray") {
    const Records right = small();
    int refused = 0;
    for (std::size_t at = 0; at < right.all.size() * sizeof(tenon_record); ++at)
        for (const char flip : {'\x01', '\x80', '\xff'}) {
            std::vector<tenon_record> records = right.all;
            char& byte = reinterpret_cast<char*>(records.data())[at];
            byte = static_cast<char>(byte ^ flip);
            const auto read = read_contracts(records, "shop.so");
            if (!read) {
                ++refused;
                continue;
            }
            for (const Contract& contract : read.value())
                for (const Type& type : contract.types)
                    for (const Field& field : type.fields)
                        CHECK(kind_name(contract, field).find('?') == std::string::npos);
        }
    CHECK(refused > 2000);  // what is left are versions, budgets and other names
}
