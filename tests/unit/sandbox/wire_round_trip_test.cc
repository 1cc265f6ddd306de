// Values of every kind arrive whole, aligned, and without what they must not carry.
#include "tests/unit/sandbox/parcels.h"

#include <array>

using namespace tenon;
using namespace tenon::sandbox;
using namespace tenon::sandbox::fixtures;

TEST_CASE("every kind of field arrives, and shares no memory with the original") {
    auto text = std::make_unique<std::string>("a parcel");
    auto image = std::make_unique<std::string>(std::string("\0\x01\xff", 3));
    const std::uint32_t weights[] = {7, 8, 9};
    const std::uint64_t sums[] = {UINT64_MAX, 1};
    const bool answers[] = {true, false, true};
    const tenon_str tags[] = {str("red"), str(""), str("gr\xc3\xbcn")};
    const parcel_point way[] = {{5, 6, 0.5}, {7, 8, -0.5}};
    parcel_event events[] = {sized<parcel_event>(), sized<parcel_event>()};
    events[1].code = 3;
    events[1].at = 99;
    auto part = std::make_unique<parcel>(sized<parcel>());
    part->name = str(*text);
    part->a = 77;
    parcel_label labels[2] = {};
    labels[1].text = str("second");
    labels[1].way = {way, 1, sizeof way[0], 0};

    parcel value = sized<parcel>();
    value.a = 200;
    value.b = -100;
    value.c = 12345;  // no value of the enum: a newer writer's
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
    value.weights = {weights, 3, 4, 0};
    value.tags = {tags, 3, sizeof(tenon_str), 0};
    value.answers = {answers, 3, 1, 0};
    value.label.text = str(*text);
    value.label.seal = {image->data(), 2};
    value.label.place = {1, 2, 3.0};
    value.label.care.fragile = true;
    value.label.care.sides[3] = true;
    value.label.way = {way, 2, sizeof way[0], 0};
    value.labels = {labels, 2, sizeof labels[0], 0};
    value.events = {events, 2, sizeof events[0], 0};
    value.parts = {part.get(), 1, sizeof *part, 0};
    value.sums = {sums, 2, 8, 0};

    Blocks blocks;
    const parcel copy = carried(value, blocks);
    std::memset(text->data(), '?', text->size());
    text.reset();
    image.reset();
    part.reset();
    value = parcel{};

    CHECK(copy.struct_size == sizeof(parcel));
    CHECK(copy.a == 200);
    CHECK(copy.b == -100);
    CHECK(copy.c == 12345);
    CHECK(copy.d == 60000);
    CHECK(copy.e == -30000);
    CHECK(copy.f == -2000000000);
    CHECK(copy.g == UINT64_MAX);
    CHECK(copy.h == INT64_MIN);
    CHECK(copy.i == 0.5F);
    CHECK(copy.j);
    CHECK(copy.k == -1e300);
    CHECK(copy.codes[3] == 4);
    CHECK(view(copy.name) == "a parcel");
    CHECK(text_of(copy.image) == std::string("\0\x01\xff", 3));
    CHECK(SpanView<std::uint32_t>(copy.weights)[2] == 9);
    CHECK(view(SpanView<tenon_str>(copy.tags)[0]) == "red");
    CHECK(SpanView<tenon_str>(copy.tags)[1].data == nullptr);
    CHECK(view(SpanView<tenon_str>(copy.tags)[2]) == "gr\xc3\xbcn");
    REQUIRE(copy.answers.count == 3);
    CHECK(SpanView<bool>(copy.answers)[2]);
    CHECK_FALSE(SpanView<bool>(copy.answers)[1]);
    CHECK(view(copy.label.text) == "a parcel");
    CHECK(text_of(copy.label.seal) == std::string("\0\x01", 2));
    CHECK(copy.label.place.y == 2);
    CHECK(copy.label.care.fragile);
    CHECK(copy.label.care.sides[3]);
    CHECK(SpanView<parcel_point>(copy.label.way)[1].y == 8);
    REQUIRE(copy.labels.count == 2);
    const parcel_label second = SpanView<parcel_label>(copy.labels)[1];
    CHECK(view(second.text) == "second");
    CHECK(SpanView<parcel_point>(second.way)[0].height == 0.5);
    CHECK(SpanView<parcel_event>(copy.events)[1].at == 99);
    REQUIRE(copy.parts.count == 1);
    CHECK(SpanView<parcel>(copy.parts)[0].a == 77);
    CHECK(view(SpanView<parcel>(copy.parts)[0].name) == "a parcel");
    CHECK(SpanView<std::uint64_t>(copy.sums)[0] == UINT64_MAX);
    CHECK(blocks.made() == 1);
}

TEST_CASE("a struct of numbers is its own frame") {
    const parcel_point point{1, -2, 2.5};
    const Frame frame = framed(TENON_INDEX_parcel_point, &point);
    REQUIRE(frame.size() == sizeof point);
    CHECK(std::memcmp(frame.data(), &point, sizeof point) == 0);
    Blocks blocks;
    const Decoded there = decoded(frame, blocks, Strictness::host_side, TENON_INDEX_parcel_point);
    REQUIRE(there.status == TENON_OK);
    CHECK(static_cast<const parcel_point*>(there.value)->height == 2.5);
}

TEST_CASE("numbers, bytes and structs arrive aligned, whatever lies before them") {
    alignas(16) const char memory[64] = {};
    const parcel_label label{str("x"), {}, {}, {}, {memory + 1, 1, sizeof(parcel_point), 0}};
    parcel value = sized<parcel>();
    value.name = {"x", 1};
    value.image = {memory + 1, 7};
    value.weights = {memory + 1, 3, 4, 0};
    value.labels = {&label, 1, sizeof label, 0};
    Blocks blocks;
    const parcel copy = carried(value, blocks);
    const auto is_aligned = [](const void* at) { return reinterpret_cast<std::uintptr_t>(at) % 16 == 0; };
    CHECK(is_aligned(copy.image.data));
    CHECK(is_aligned(copy.weights.data));
    CHECK(is_aligned(copy.labels.data));
    CHECK(is_aligned(SpanView<parcel_label>(copy.labels)[0].way.data));
}

TEST_CASE("what is empty arrives without its pointer, and with a stride as if it were not empty") {
    parcel value = sized<parcel>();
    value.name = {"text", 0};
    value.image = {"bytes", 0};
    value.weights = {"weights", 0, 400, 7};
    value.sums = {nullptr, 0, 0, 0};
    value.events = {"events", 0, 6, 0};
    value.parts = {"parts", 0, sizeof(parcel) + 8, 0};
    Blocks blocks;
    const parcel copy = carried(value, blocks);
    CHECK(framed(value).size() == sizeof(parcel));
    CHECK(copy.name.data == nullptr);
    CHECK(copy.image.data == nullptr);
    CHECK(copy.weights.data == nullptr);
    CHECK(copy.weights.stride == 4);
    CHECK(copy.weights.reserved == 0);
    CHECK(copy.sums.stride == 0);
    CHECK(copy.events.stride == 8);
    CHECK(copy.parts.data == nullptr);
    CHECK(copy.parts.stride == sizeof(parcel));
}

TEST_CASE("reserved bytes stay where they are, and so does what is no value") {
    parcel value = sized<parcel>();
    std::memset(value.reserved, 0xaa, sizeof value.reserved);
    std::memset(value.label.care.reserved, 0xaa, sizeof value.label.care.reserved);
    parcel zero = sized<parcel>();
    CHECK(framed(value) == framed(zero));
}

TEST_CASE("no frame holds an address of its writer, not even one that was given up") {
    parcel value = sized<parcel>();
    const tenon_str tag{nullptr, 1};
    value.name = str("name");
    value.label.text = str("text");
    value.image = {"image", 5};
    value.parts = {&value, 0, sizeof value, 0};
    value.tags = {&tag, 1, sizeof tag, 0};  // refused
    Frame room(4096);
    REQUIRE(wire().encode(TENON_INDEX_parcel, &value, room).status == TENON_E_INVALID);
    for (const void* address : {static_cast<const void*>(value.name.data), value.image.data, value.parts.data,
                                static_cast<const void*>(value.label.text.data), value.tags.data}) {
        const auto* const begin = reinterpret_cast<const std::byte*>(&address);
        CHECK(std::search(room.begin(), room.end(), begin, begin + sizeof address) == room.end());
    }
}
