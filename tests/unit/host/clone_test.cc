// Deep copies are whole, share nothing with the original, and end in a status where they cannot be made.
#include <array>
#include <deque>
#include <memory>
#include <string>
#include <tenon/types.hpp>

#include "tests/unit/host/crates.h"

using namespace tenon;
using namespace tenon::host::fixtures;
using base::Arena;
using host::Cloned;

namespace {

// Crates in crates, `levels` of them below the outermost.
struct Nest {
    explicit Nest(int levels) {
        crates.push_back(sized<crate>());
        for (int i = 0; i < levels; ++i) {
            const tenon_span parts{&crates.back(), 1, sizeof(crate), 0};
            crates.push_back(sized<crate>());
            crates.back().parts = parts;
        }
    }
    std::deque<crate> crates;
};

}  // namespace

TEST_CASE("a copy has every field of the original and none of its memory") {
    auto text = std::make_unique<std::string>("a crate");
    auto image = std::make_unique<std::string>(std::string("\0\x01\xff", 3));
    auto weights = std::make_unique<std::array<std::uint32_t, 3>>(std::array<std::uint32_t, 3>{7, 8, 9});
    auto tags = std::make_unique<std::array<tenon_str, 2>>(std::array<tenon_str, 2>{str("red"), str("")});
    auto way = std::make_unique<crate_point>(crate_point{5, 6});
    auto part = std::make_unique<crate>(sized<crate>());
    part->name = str(*text);
    part->a = 77;

    crate value = sized<crate>();
    value.a = 200;
    value.b = -100;
    value.c = CRATE_KILO;
    value.d = 60000;
    value.e = -30000;
    value.f = -2000000000;
    value.g = UINT64_MAX;
    value.h = INT64_MIN;
    value.i = 0.5F;
    value.j = true;
    value.k = -1e300;
    value.codes[3] = 4;
    value.name = str(*text);
    value.image = {image->data(), image->size()};
    value.weights = {weights->data(), 3, 4, 0};
    value.tags = {tags->data(), 2, sizeof(tenon_str), 0};
    value.label.text = str(*text);
    value.label.place = {1, 2};
    value.label.way = {way.get(), 1, sizeof *way, 0};
    value.parts = {part.get(), 1, sizeof *part, 0};

    base::Arena arena(plenty);
    const crate copy = copied(value, arena);
    std::memset(text->data(), '?', text->size());
    text.reset();
    image.reset();
    weights.reset();
    tags.reset();
    way.reset();
    part.reset();
    value = crate{};

    CHECK(copy.struct_size == sizeof(crate));
    CHECK(copy.a == 200);
    CHECK(copy.b == -100);
    CHECK(copy.c == CRATE_KILO);
    CHECK(copy.d == 60000);
    CHECK(copy.e == -30000);
    CHECK(copy.f == -2000000000);
    CHECK(copy.g == UINT64_MAX);
    CHECK(copy.h == INT64_MIN);
    CHECK(copy.i == 0.5F);
    CHECK(copy.j);
    CHECK(copy.k == -1e300);
    CHECK(copy.codes[3] == 4);
    CHECK(view(copy.name) == "a crate");
    CHECK(std::string(static_cast<const char*>(copy.image.data), copy.image.size) == std::string("\0\x01\xff", 3));
    CHECK(SpanView<std::uint32_t>(copy.weights)[2] == 9);
    CHECK(view(SpanView<tenon_str>(copy.tags)[0]) == "red");
    CHECK(view(copy.label.text) == "a crate");
    CHECK(copy.label.place.y == 2);
    CHECK(SpanView<crate_point>(copy.label.way)[0].y == 6);
    REQUIRE(copy.parts.count == 1);
    CHECK(SpanView<crate>(copy.parts)[0].a == 77);
    CHECK(view(SpanView<crate>(copy.parts)[0].name) == "a crate");
}

TEST_CASE("what is empty loses its pointer, because that may dangle") {
    crate value = sized<crate>();
    value.name = {"text", 0};
    value.image = {"bytes", 0};
    value.weights = {"weights", 0, 4, 0};
    value.parts = {"parts", 0, 0, 0};
    base::Arena arena(plenty);
    const crate copy = copied(value, arena);
    CHECK(copy.name.data == nullptr);
    CHECK(copy.image.data == nullptr);
    CHECK(copy.weights.data == nullptr);
    CHECK(copy.weights.stride == 4);
    CHECK(copy.parts.data == nullptr);
}

TEST_CASE("numbers, bytes and structs of a copy are aligned, whatever the original was") {
    alignas(16) char memory[64] = {};
    crate value = sized<crate>();
    value.name = {"x", 1};  // so that what follows does not lie well by chance
    value.image = {memory + 1, 7};
    value.weights = {memory + 1, 3, 4, 0};
    base::Arena arena(plenty);
    const crate copy = copied(value, arena);
    CHECK(reinterpret_cast<std::uintptr_t>(copy.image.data) % 16 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(copy.weights.data) % 16 == 0);
}

TEST_CASE("bytes that a newer writer appended are copied, to values and to elements") {
    struct newer_crate {
        crate known;
        std::uint64_t appended;
    };
    newer_crate parts[2] = {{sized<crate>(), 11}, {sized<crate>(), 12}};
    for (newer_crate& part : parts) part.known.struct_size = sizeof part;
    parts[1].known.name = str("second");
    newer_crate value{sized<crate>(), 10};
    value.known.struct_size = sizeof value;
    value.known.parts = {parts, 2, sizeof parts[0], 0};

    base::Arena arena(plenty);
    const Cloned cloned = clone(value.known, arena);
    REQUIRE(cloned.status == TENON_OK);
    std::memset(static_cast<void*>(parts), 0xee, sizeof parts);
    newer_crate copy{};
    std::memcpy(static_cast<void*>(&copy), cloned.value, sizeof copy);
    CHECK(copy.appended == 10);
    CHECK(copy.known.parts.stride == sizeof parts[0]);
    CHECK(SpanView<newer_crate>(copy.known.parts)[0].appended == 11);
    CHECK(SpanView<newer_crate>(copy.known.parts)[1].appended == 12);
    CHECK(view(SpanView<newer_crate>(copy.known.parts)[1].known.name) == "second");
}

TEST_CASE("a value of an older writer is copied as far as it goes, and the rest of the copy is zero") {
    constexpr std::size_t old_size = TENON_MINIMUM_crate;
    const auto old = std::make_unique<char[]>(old_size);  // not a byte more, so that reading on would be seen
    crate known = sized<crate>();
    known.struct_size = old_size;
    known.name = str("old");
    std::memcpy(old.get(), &known, old_size);

    base::Arena arena(plenty);
    std::memset(arena.alloc(4096, 16), 0xee, 4096);
    arena.reset();
    const Cloned cloned = host::clone(crates(), TENON_INDEX_crate, old.get(), arena);
    REQUIRE(cloned.status == TENON_OK);
    crate copy{};
    std::memcpy(&copy, cloned.value, sizeof copy);
    CHECK(copy.struct_size == old_size);
    CHECK(view(copy.name) == "old");
    CHECK(copy.image.size == 0);
    CHECK(copy.parts.count == 0);

    crate holder = sized<crate>();
    holder.parts = {old.get(), 1, old_size, 0};
    CHECK(view(SpanView<crate>(copied(holder, arena).parts)[0].name) == "old");
}

TEST_CASE("pointers beyond an element's own size, or cut by its end, are not followed and not kept") {
    crate part = sized<crate>();
    part.name = str("within");
    part.g = 5;
    std::memset(static_cast<void*>(&part.image), 0xee, sizeof part.image);  // what an element was before, perhaps
    std::memset(static_cast<void*>(&part.label), 0xee, sizeof part.label);
    part.struct_size = offsetof(crate, image) + 4;
    crate value = sized<crate>();
    value.parts = {&part, 1, offsetof(crate, label) + 8, 0};
    base::Arena arena(plenty);
    const crate copy = copied(value, arena);
    const auto* const at = static_cast<const char*>(copy.parts.data);
    const crate element = SpanView<crate>(copy.parts)[0];
    CHECK(view(element.name) == "within");
    CHECK(element.g == 5);
    CHECK(element.image.data == nullptr);
    CHECK(element.image.size == 0);
    CHECK(std::string(at + offsetof(crate, label), 8) == std::string(8, '\0'));

    part.struct_size = sizeof part;  // more than the elements have
    value.parts.stride = offsetof(crate, image) + 8;
    const crate cut = SpanView<crate>(copied(value, arena).parts)[0];
    CHECK(view(cut.name) == "within");
    CHECK(cut.image.data == nullptr);
}

TEST_CASE("elements that count but have no data are refused, wherever they are") {
    base::Arena arena(plenty);
    const auto status = [&](auto&& spoil) {
        crate value = sized<crate>();
        spoil(value);
        const Cloned cloned = clone(value, arena);
        CHECK(cloned.value == nullptr);
        return cloned.status;
    };
    CHECK(status([](crate& v) { v.name = {nullptr, 1}; }) == TENON_E_INVALID);
    CHECK(status([](crate& v) { v.image = {nullptr, 1}; }) == TENON_E_INVALID);
    CHECK(status([](crate& v) { v.weights = {nullptr, 1, 4, 0}; }) == TENON_E_INVALID);
    CHECK(status([](crate& v) { v.tags = {nullptr, 1, 16, 0}; }) == TENON_E_INVALID);
    CHECK(status([](crate& v) { v.label.text = {nullptr, 1}; }) == TENON_E_INVALID);
    CHECK(status([](crate& v) { v.label.way = {nullptr, 1, 16, 0}; }) == TENON_E_INVALID);
    CHECK(status([](crate& v) { v.parts = {nullptr, 1, sizeof(crate), 0}; }) == TENON_E_INVALID);
    static const tenon_str no_tag{nullptr, 1};
    CHECK(status([](crate& v) { v.tags = {&no_tag, 1, 16, 0}; }) == TENON_E_INVALID);
    static crate part = sized<crate>();
    part.name = {nullptr, 1};
    CHECK(status([](crate& v) { v.parts = {&part, 1, sizeof part, 0}; }) == TENON_E_INVALID);
}

TEST_CASE("elements without size, and those too short for what they begin with, are refused") {
    static const crate part = sized<crate>();
    static const crate sizeless{};
    base::Arena arena(plenty);
    std::memset(arena.alloc(8192, 16), 0, 8192);  // so that what lies behind a short element looks harmless
    arena.reset();
    const auto status = [&](tenon_span parts, tenon_span tags) {
        crate value = sized<crate>();
        value.parts = parts;
        value.tags = tags;
        return clone(value, arena).status;
    };
    CHECK(status({&part, 1, 0, 0}, {}) == TENON_E_INVALID);
    CHECK(status({&part, 1, 3, 0}, {}) == TENON_E_INVALID);
    CHECK(status({&part, 1, 4, 0}, {}) == TENON_OK);
    CHECK(status({&sizeless, 1, sizeof sizeless, 0}, {}) == TENON_E_INVALID);
    CHECK(status({}, {&part.name, 1, 15, 0}) == TENON_E_INVALID);
    CHECK(status({}, {&part.name, 1, 16, 0}) == TENON_OK);
    CHECK(status({}, {&part.name, UINT64_MAX, 0, 0}) == TENON_E_INVALID);
    crate value = sized<crate>();
    for (const std::uint32_t size : {0u, 3u}) {
        value.struct_size = size;
        CHECK(clone(value, arena).status == TENON_E_INVALID);
    }
    value.struct_size = 4;
    CHECK(clone(value, arena).status == TENON_OK);
}

TEST_CASE("without a value, or of a type that is no struct, there is no copy") {
    const crate value = sized<crate>();
    base::Arena arena(plenty);
    CHECK(host::clone(crates(), TENON_INDEX_crate, nullptr, arena).status == TENON_E_INVALID);
    CHECK(host::clone(crates(), TENON_INDEX_crate_unit, &value, arena).status == TENON_E_INVALID);
    const auto beyond = static_cast<std::uint32_t>(crates().types.size());
    CHECK(host::clone(crates(), beyond, &value, arena).status == TENON_E_INVALID);
    CHECK(host::clone(crates(), loader::no_type, &value, arena).status == TENON_E_INVALID);
}

TEST_CASE("sixteen levels are copied, seventeen are too deep") {
    base::Arena arena(plenty);
    // Structs in place are levels, too: in the innermost crate its label, and in that its place.
    const Nest sixteen(14);
    const crate copy = copied(sixteen.crates.back(), arena);
    crate inner = copy;
    int levels = 2;
    for (; inner.parts.count != 0; ++levels) inner = SpanView<crate>(inner.parts)[0];
    CHECK(levels == 16);
    const Nest seventeen(15);
    CHECK(clone(seventeen.crates.back(), arena).status == TENON_E_TOO_DEEP);
    CHECK(clone(seventeen.crates.back(), arena).value == nullptr);
}

TEST_CASE("a circle of pointers ends by its depth or by the arena's limit") {
    crate one = sized<crate>();
    one.parts = {&one, 1, sizeof one, 0};
    base::Arena arena(1 << 20);
    CHECK(clone(one, arena).status == TENON_E_TOO_DEEP);
    base::Arena small(8 * sizeof(crate));
    CHECK(clone(one, small).status == TENON_E_NO_MEMORY);
}

TEST_CASE("a count that overflows is no memory, not a crash") {
    crate value = sized<crate>();
    base::Arena arena(plenty);
    value.weights = {&value, UINT64_MAX / 2, 4, 0};
    CHECK(clone(value, arena).status == TENON_E_NO_MEMORY);
    value.weights = {&value, (UINT64_MAX / 4) + 2, 4, 0};  // times 4 is 4
    CHECK(clone(value, arena).status == TENON_E_NO_MEMORY);
    value.weights = {};
    value.name = {"x", UINT64_MAX};
    CHECK(clone(value, arena).status == TENON_E_NO_MEMORY);
}
