#include "loader/compare.h"

#include "tests/unit/loader/records.h"
#include "tests/unit/loader/shop.h"

using namespace tenon::loader;
using fixtures::Records;

namespace {

// pressroom 1.minor with a page; fields that come behind are the caller's.
Records page(std::uint32_t minor) {
    return Records("org.tenon.pressroom", 1, minor).appendable("pressroom_page").str("path").str("title").released();
}

std::string said(const tenon::base::Problems& problems) {
    std::string text;
    for (const auto& problem : problems) text += (text.empty() ? "" : "\n") + problem.id + ": " + problem.text;
    return text;
}

std::string compared(const Records& user, const Records& offered, CompareOptions options = {}) {
    return said(compare_types(user.contract(), 0, offered.contract(), 0, options));
}

}  // namespace

TEST_CASE("a contract fits itself") {
    const Contract shop = read_contracts(shop_contract::records, "shop.so").value()[0];
    for (std::uint32_t i = 0; i < shop.types.size(); ++i) CHECK(said(compare_types(shop, i, shop, i)).empty());
    for (const Hook& hook : shop.hooks) CHECK(said(compare_hook(shop, hook, shop)).empty());
    for (const Service& service : shop.services) CHECK(said(compare_service(shop, service, shop)).empty());
}

TEST_CASE("an older plugin fits a contract that has grown") {
    CHECK(compared(page(0), page(1).u64("reading_time")).empty());
}

TEST_CASE("a newer plugin is refused, naming what the host lacks") {
    const auto problems = compare_types(page(1).u64("reading_time").contract(), 0, page(0).contract(), 0);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].id == "contract.field-missing");
    CHECK(problems[0].text ==
          "pressroom_page.reading_time: the plugin was built against a newer contract (1.1.0) that has this field; the "
          "host offers 1.0.0, whose pressroom_page ends after 40 bytes");
    CHECK(problems[0].fix == "Build the plugin against org.tenon.pressroom 1.0.0, or let the host offer 1.1.0.");
}

TEST_CASE("each missing field is named, and an equal version is not called newer") {
    CHECK(compared(page(0).u64("a").u64("b"), page(0)) ==
          "contract.field-missing: pressroom_page.a: the plugin was built against another contract of version 1.0.0 "
          "that has this field; the host offers 1.0.0, whose pressroom_page ends after 40 bytes\n"
          "contract.field-missing: pressroom_page.b: the plugin was built against another contract of version 1.0.0 "
          "that has this field; the host offers 1.0.0, whose pressroom_page ends after 40 bytes");
}

TEST_CASE("a newer plugin fits when it can do without the tail") {
    CHECK(compared(page(1).u64("reading_time"), page(0), {.optional_tail = true}).empty());
}

TEST_CASE("the parties are called what the caller calls them") {
    CHECK(compared(page(1).u64("a"), page(0), {.user = "com.example.a", .offerer = "com.example.b"}) ==
          "contract.field-missing: pressroom_page.a: com.example.a was built against a newer contract (1.1.0) that has "
          "this field; com.example.b offers 1.0.0, whose pressroom_page ends after 40 bytes");
}

TEST_CASE("a minimum size that grew is refused") {
    Records moved("org.tenon.pressroom", 1, 0);
    moved.appendable("pressroom_page").str("path").str("title").u64("size");
    CHECK(compared(page(0).u64("size"), moved) ==
          "contract.layout: pressroom_page: the plugin has an APPENDABLE struct of at least 40 bytes, the host has an "
          "APPENDABLE struct of at least 48 bytes");
}

TEST_CASE("a field that differs is named with both sides") {
    const auto with = [](Code code, std::string_view name, std::uint64_t size, std::uint32_t of = 0,
                         std::uint32_t count = 1) {
        return Records("a").frozen("s").field(code, name, size, of, count).u64("behind");
    };
    struct Row {
        Records user, offered;
        const char* text;
    };
    const Row rows[] = {
        {with(Code::u64, "x", 8), with(Code::i64, "x", 8),
         "contract.field-differs: s.x: the plugin has u64 at byte 0 (8 bytes), the host has i64 at byte 0 (8 bytes)"},
        {with(Code::u64, "x", 8), with(Code::str, "x", 16),
         "contract.field-differs: s.x: the plugin has u64 at byte 0 (8 bytes), the host has str at byte 0 (16 bytes)"},
        {with(Code::u64, "x", 8), with(Code::u64, "y", 8),
         "contract.field-differs: s.x: the plugin has x, u64 at byte 0 (8 bytes), the host has y, u64 at byte 0 (8 "
         "bytes)"},
        {with(Code::array, "x", 8, 2, 4), with(Code::array, "x", 16, 2, 8),
         "contract.field-differs: s.x: the plugin has u16[4] at byte 0 (8 bytes), the host has u16[8] at byte 0 (16 "
         "bytes)"},
        {with(Code::list, "x", 24, 4), with(Code::list, "x", 24, 12),
         "contract.field-differs: s.x: the plugin has list of u64 at byte 0 (24 bytes), the host has list of str at "
         "byte 0 (24 bytes)"},
        {with(Code::pad, "x", 8, 0, 8), with(Code::u64, "x", 8),
         "contract.field-differs: s.x: the plugin has pad[8] at byte 0 (8 bytes), the host has u64 at byte 0 (8 "
         "bytes)"},
    };
    for (const Row& row : rows) CHECK(compared(row.user, row.offered) == row.text);
}

TEST_CASE("a frozen struct does not grow and does not change its alignment") {
    CHECK(compared(Records("a").frozen("s").u64("x"), Records("a").frozen("s").u64("x").u64("y")) ==
          "contract.layout: s: the plugin has a FROZEN struct of 8 bytes with 1 fields, aligned to 8, the host has a "
          "FROZEN struct of 16 bytes with 2 fields, aligned to 8");
    CHECK(compared(Records("a").frozen("s", 4).field(Code::array, "x", 8, 3, 2),
                   Records("a").frozen("s", 8).field(Code::array, "x", 8, 3, 2)) ==
          "contract.layout: s: the plugin has a FROZEN struct of 8 bytes with 1 fields, aligned to 4, the host has a "
          "FROZEN struct of 8 bytes with 1 fields, aligned to 8");
}

TEST_CASE("a struct that changed its form is refused") {
    CHECK(compared(page(0), Records("a").frozen("pressroom_page").u64("x")) ==
          "contract.layout: pressroom_page: the plugin has an APPENDABLE struct of at least 40 bytes, the host has a "
          "FROZEN struct of 8 bytes");
}

TEST_CASE("enums have the same integer and no name has two numbers") {
    const auto with = [](Code code, std::uint64_t size, std::int64_t low) {
        return Records("a").enumeration("e", code, size).value("LOW", low).value("ANY", 7);
    };
    CHECK(compared(with(Code::u32, 4, 1), with(Code::u32, 4, 2)) ==
          "contract.enum-value: e.LOW: the plugin has 1, the host has 2");
    CHECK(compared(with(Code::i32, 4, -1), with(Code::i32, 4, -2)) ==
          "contract.enum-value: e.LOW: the plugin has -1, the host has -2");
    CHECK(compared(with(Code::u32, 4, 1), with(Code::i32, 4, 1)) ==
          "contract.enum-type: enum e: the plugin has u32, the host has i32");
    CHECK(compared(with(Code::u32, 4, 1), with(Code::u64, 8, 1)) ==
          "contract.enum-type: enum e: the plugin has u32, the host has u64");
}

TEST_CASE("values that only one side knows are no difference") {
    const auto base = Records("a").enumeration("e", Code::u32, 4).value("A", 1);
    const auto more = Records("a").enumeration("e", Code::u32, 4).value("A", 1).value("B", 2);
    CHECK(compared(base, more).empty());
    CHECK(compared(more, base).empty());
}

TEST_CASE("types behind spans, in place and in fields are compared too") {
    const auto with = [](const char* field, std::int64_t number) {
        return Records("a")
            .enumeration("e", Code::u32, 4)
            .value("V", number)
            .frozen("inner")
            .u64(field)
            .appendable("element")
            .field(Code::enumerated, "e", 4, 0)
            .field(Code::pad, "rest", 4, 0, 4)
            .appendable("s")
            .field(Code::nested, "place", 8, 1)
            .field(Code::span, "elements", 24, 2)
            .field(Code::span, "more", 24, 3);
    };
    const Contract user = with("x", 1).contract();
    CHECK(said(compare_types(user, 3, with("x", 1).contract(), 3)).empty());
    CHECK(
        said(compare_types(user, 3, with("y", 2).contract(), 3)) ==
        "contract.enum-value: e.V: the plugin has 1, the host has 2\n"
        "contract.field-differs: inner.x: the plugin has x, u64 at byte 0 (8 bytes), the host has y, u64 at byte 0 (8 "
        "bytes)");
}

TEST_CASE("types that refer to each other do not keep the comparison going for ever") {
    const auto ring = [] {
        return Records("a").frozen("s").field(Code::span, "next", 24, 1).frozen("t").field(Code::span, "back", 24, 0);
    };
    CHECK(compared(ring(), ring()).empty());
}

TEST_CASE("the same types in another order fit") {
    const auto forth =
        Records("a").frozen("s").field(Code::span, "x", 24, 1).frozen("t").u64("x").hook("h", 1, 0, no_type).contract();
    const auto back =
        Records("a").frozen("t").u64("x").frozen("s").field(Code::span, "x", 24, 0).hook("h", 1, 1, no_type).contract();
    CHECK(said(compare_hook(forth, forth.hooks[0], back)).empty());
}

TEST_CASE("a hook is found by its name and has one kind") {
    const auto with = [](const char* name, std::uint32_t kind, std::uint32_t request, std::uint32_t minor = 0) {
        return Records("a.b", 1, minor)
            .frozen("s")
            .u64("x")
            .frozen("t")
            .u64("x")
            .hook(name, kind, request, 1)
            .contract();
    };
    const Contract user = with("h", TENON_FIRST, 0, 1);
    CHECK(said(compare_hook(user, user.hooks[0], with("g", TENON_FIRST, 0))) ==
          "contract.no-hook: hook a.b/h: the plugin was built against a.b 1.1.0, which has it; the host offers 1.0.0, "
          "which does not");
    CHECK(said(compare_hook(user, user.hooks[0], with("h", TENON_FILTER, 0))) ==
          "contract.hook-kind: hook a.b/h: the plugin has FIRST, the host has FILTER");
    CHECK(said(compare_hook(user, user.hooks[0], with("h", TENON_FIRST, no_type))) ==
          "contract.type-missing: hook a.b/h, request: the plugin has s, the host has none");
    CHECK(said(compare_hook(user, user.hooks[0], with("h", TENON_FIRST, 1))) ==
          "contract.type-name: hook a.b/h, request: the plugin has s, the host has t");
}

TEST_CASE("a method that the offerer does not have is not implemented, and that is allowed") {
    const auto with = [](const char* id, const char* method, std::uint32_t reply) {
        return Records("a").frozen("s").u64("x").service(id).method("old", 0, 0).method(method, 0, reply).contract();
    };
    const Contract user = with("tax/1", "rate", 0);
    CHECK(said(compare_service(user, user.services[0], with("tax/1", "other", 0))).empty());
    CHECK(said(compare_service(user, user.services[0], with("tax/1", "rate", no_type))) ==
          "contract.type-missing: method tax/1.rate, reply: the plugin has s, the host has none");
    CHECK(said(compare_service(user, user.services[0], with("tax/2", "rate", 0))) ==
          "contract.no-service: service tax/1: the plugin was built against a 1.0.0, which has it; the host offers "
          "1.0.0, which does not");
}
