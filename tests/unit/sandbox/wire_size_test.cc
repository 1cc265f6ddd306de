// Frames of values that are older, newer or shorter than described, and of those that are too large.
#include <algorithm>
#include <array>

#include "tests/unit/sandbox/parcels.h"

using namespace tenon;
using namespace tenon::sandbox;
using namespace tenon::sandbox::fixtures;

namespace {

std::int32_t status_of(const parcel& value) {
    const Encoded encoded = wire().encode(TENON_INDEX_parcel, &value, {});
    CHECK((encoded.size == 0) == (encoded.status != TENON_E_FULL));
    return encoded.status;
}

template <class Spoil>
std::int32_t spoiled(Spoil&& spoil) {
    parcel value = sized<parcel>();
    spoil(value);
    return status_of(value);
}

// Parcels in parcels, `levels` of them below the outermost.
struct Parcels {
    explicit Parcels(int levels) {
        all.push_back(sized<parcel>());
        for (int i = 0; i < levels; ++i) {
            const tenon_span parts{&all.back(), 1, sizeof(parcel), 0};
            all.push_back(sized<parcel>());
            all.back().parts = parts;
        }
    }
    std::deque<parcel> all;
};

}  // namespace

TEST_CASE("a frame that does not fit says how large it is, and writes nothing beyond its room") {
    const parcel_point way[] = {{1, 2, 3}, {4, 5, 6}};
    const parcel part = sized<parcel>();
    const tenon_str tags[] = {str("one"), str("two")};
    parcel value = sized<parcel>();
    value.name = str("name");
    value.tags = {tags, 2, sizeof tags[0], 0};
    value.label.way = {way, 2, sizeof way[0], 0};
    value.parts = {&part, 1, sizeof part, 0};
    const Frame whole = framed(value);
    for (std::size_t room = 0; room < whole.size(); ++room) {
        Frame memory(whole.size() + 16, std::byte{0xee});
        const Encoded encoded = wire().encode(TENON_INDEX_parcel, &value, {memory.data(), room});
        REQUIRE(encoded.status == TENON_E_FULL);
        REQUIRE(encoded.size == whole.size());
        const auto beyond = memory.begin() + static_cast<std::ptrdiff_t>(room);
        REQUIRE(std::all_of(beyond, memory.end(), [](std::byte b) { return b == std::byte{0xee}; }));
    }
    Frame more(whole.size() + 100);
    const Encoded encoded = wire().encode(TENON_INDEX_parcel, &value, more);
    CHECK(encoded.status == TENON_OK);
    CHECK(encoded.size == whole.size());
}

TEST_CASE("a value of an older writer arrives as far as it goes, in a struct of today's size") {
    constexpr std::size_t old_size = TENON_MINIMUM_parcel;
    const auto old = std::make_unique<char[]>(old_size);  // not a byte more, so that reading on would be seen
    parcel known = sized<parcel>();
    known.struct_size = old_size;
    known.name = str("old");
    std::memcpy(old.get(), &known, old_size);

    Blocks blocks;
    const Frame frame = framed(TENON_INDEX_parcel, old.get());
    CHECK(frame.size() == sizeof(parcel) + 3);
    const Decoded there = decoded(frame, blocks);
    REQUIRE(there.status == TENON_OK);
    parcel copy{};
    std::memcpy(&copy, there.value, sizeof copy);
    CHECK(copy.struct_size == old_size);
    CHECK(view(copy.name) == "old");
    CHECK(copy.image.size == 0);
    CHECK(copy.sums.count == 0);

    parcel holder = sized<parcel>();
    holder.parts = {old.get(), 1, old_size, 0};
    const parcel in_place = carried(holder, blocks);
    CHECK(in_place.parts.stride == old_size);
    CHECK(view(SpanView<parcel>(in_place.parts)[0].name) == "old");
}

TEST_CASE("of a newer writer's value arrives what is described") {
    struct newer_parcel {
        parcel known;
        std::uint64_t appended;
    };
    newer_parcel parts[2] = {{sized<parcel>(), 11}, {sized<parcel>(), 12}};
    for (newer_parcel& part : parts) part.known.struct_size = sizeof part;
    parts[1].known.name = str("second");
    newer_parcel value{sized<parcel>(), 10};
    value.known.struct_size = sizeof value;
    value.known.parts = {parts, 2, sizeof parts[0], 0};

    Blocks blocks;
    const parcel copy = carried(value.known, blocks);
    CHECK(copy.struct_size == sizeof(parcel));
    CHECK(copy.parts.stride == sizeof(parcel));
    CHECK(SpanView<parcel>(copy.parts)[1].struct_size == sizeof(parcel));
    CHECK(view(SpanView<parcel>(copy.parts)[1].name) == "second");
}

TEST_CASE("elements of any stride arrive as a reader of the span would have read them") {
    std::vector<char> memory(1000);
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<char>(i * 7 + 1);
    for (const std::uint32_t stride : {1u, 3u, 5u, 12u, 15u, 16u, 17u, 40u}) {
        parcel value = sized<parcel>();
        value.label.way = {memory.data() + 1, 9, stride, 0};
        value.weights = {memory.data() + 2, 9, stride, 0};
        Blocks blocks;
        const parcel copy = carried(value, blocks);
        CHECK(copy.label.way.stride == std::min(16u, (stride + 7) / 8 * 8));
        CHECK(copy.weights.stride == 4);
        for (std::uint64_t i = 0; i < 9; ++i) {
            parcel_point point{}, original{};
            REQUIRE(tenon_span_get(&copy.label.way, i, &point, sizeof point));
            REQUIRE(tenon_span_get(&value.label.way, i, &original, sizeof original));
            CHECK(std::memcmp(&point, &original, sizeof point) == 0);
        }
        CHECK(SpanView<std::uint32_t>(copy.weights)[8] == SpanView<std::uint32_t>(value.weights)[8]);
    }
}

TEST_CASE("an element's struct_size is cut to the element, and its bytes beyond that do not arrive") {
    parcel_event events[2] = {sized<parcel_event>(), sized<parcel_event>()};
    events[0].at = events[1].at = UINT64_MAX;
    events[0].struct_size = 10;
    events[1].struct_size = 4000;
    parcel value = sized<parcel>();
    value.events = {events, 2, sizeof events[0], 0};
    Blocks blocks;
    parcel copy = carried(value, blocks);
    CHECK(SpanView<parcel_event>(copy.events)[0].struct_size == 10);
    CHECK(SpanView<parcel_event>(copy.events)[0].at == 0xffff);
    CHECK(SpanView<parcel_event>(copy.events)[1].struct_size == sizeof(parcel_event));
    CHECK(SpanView<parcel_event>(copy.events)[1].at == UINT64_MAX);
    value.events = {events, 1, 9, 0};
    copy = carried(value, blocks);
    CHECK(copy.events.stride == 16);
    CHECK(SpanView<parcel_event>(copy.events)[0].struct_size == 9);
    CHECK(SpanView<parcel_event>(copy.events)[0].at == 0xff);
}

TEST_CASE("pointers beyond a struct's own size, or cut by its end, are not followed and do not arrive") {
    parcel part = sized<parcel>();
    part.name = str("within");
    part.g = 5;
    std::memset(static_cast<void*>(&part.image), 0xee, sizeof part - offsetof(parcel, image));
    for (const std::size_t size :
         {offsetof(parcel, image), offsetof(parcel, image) + 4, offsetof(parcel, image) + 12}) {
        part.struct_size = static_cast<std::uint32_t>(size);
        parcel value = sized<parcel>();
        value.parts = {&part, 1, sizeof part, 0};
        Blocks blocks;
        const parcel element = SpanView<parcel>(carried(value, blocks).parts)[0];
        CHECK(view(element.name) == "within");
        CHECK(element.g == 5);
        CHECK(element.image.data == nullptr);
        CHECK(element.image.size == 0);
        CHECK(view(carried(part, blocks).name) == "within");
    }
    part.struct_size = sizeof part;  // more than the elements have
    parcel value = sized<parcel>();
    value.parts = {&part, 1, offsetof(parcel, image) + 8, 0};
    Blocks blocks;
    const parcel cut = SpanView<parcel>(carried(value, blocks).parts)[0];
    CHECK(view(cut.name) == "within");
    CHECK(cut.image.data == nullptr);

    parcel_label label{};
    label.text = str("text");
    std::memset(static_cast<void*>(&label.seal), 0xee, sizeof label - offsetof(parcel_label, seal));
    value.labels = {&label, 1, offsetof(parcel_label, seal) + 9, 0};
    value.parts = {};
    const parcel_label first = SpanView<parcel_label>(carried(value, blocks).labels)[0];
    CHECK(view(first.text) == "text");
    CHECK(first.seal.size == 0);
}

TEST_CASE("elements that count but have no data are refused, wherever they are") {
    static const tenon_str no_tag{nullptr, 1};
    static parcel part = sized<parcel>();
    part.name = {nullptr, 1};
    CHECK(spoiled([](parcel& v) { v.name = {nullptr, 1}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.image = {nullptr, 1}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.weights = {nullptr, 1, 4, 0}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.tags = {nullptr, 1, 16, 0}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.tags = {&no_tag, 1, 16, 0}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.label.text = {nullptr, 1}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.label.way = {nullptr, 1, 16, 0}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.parts = {nullptr, 1, sizeof v, 0}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.parts = {&part, 1, sizeof part, 0}; }) == TENON_E_INVALID);
}

TEST_CASE("elements without size, and structs too short for what they begin with, are refused") {
    static const parcel part = sized<parcel>();
    static const parcel sizeless{};
    static const tenon_str tag = str("tag");
    CHECK(spoiled([](parcel& v) { v.parts = {&part, 1, 0, 0}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.parts = {&part, 1, 3, 0}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.parts = {&part, 1, 4, 0}; }) == TENON_E_FULL);
    CHECK(spoiled([](parcel& v) { v.parts = {&sizeless, 1, sizeof v, 0}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.tags = {&tag, 1, 15, 0}; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.tags = {&tag, 1, 16, 0}; }) == TENON_E_FULL);
    CHECK(spoiled([](parcel& v) { v.weights = {&tag, UINT64_MAX, 0, 0}; }) == TENON_E_INVALID);
    for (const std::uint32_t size : {0u, 3u})
        CHECK(spoiled([&](parcel& v) { v.struct_size = size; }) == TENON_E_INVALID);
    CHECK(spoiled([](parcel& v) { v.struct_size = 4; }) == TENON_E_FULL);
}

TEST_CASE("without a value, or of a type that is no struct, there is no frame") {
    const parcel value = sized<parcel>();
    CHECK(wire().encode(TENON_INDEX_parcel, nullptr, {}).status == TENON_E_INVALID);
    const auto beyond = static_cast<std::uint32_t>(parcels().types.size());
    for (const std::uint32_t type : {std::uint32_t{TENON_INDEX_parcel_unit}, beyond, loader::no_type}) {
        CHECK(wire().encode(type, &value, {}).status == TENON_E_INVALID);
        Blocks blocks;
        const Decoded none = decoded(framed(value), blocks, Strictness::host_side, type);
        CHECK(none.status == TENON_E_INVALID);
        CHECK(none.value == nullptr);
        CHECK(none.violation == nullptr);
        CHECK(blocks.made() == 0);
    }
}

TEST_CASE("sixteen levels cross, seventeen are too deep") {
    // Structs in place are levels, too: in the innermost parcel its label, and in that its place.
    const Parcels sixteen(14);
    Blocks blocks;
    parcel inner = carried(sixteen.all.back(), blocks);
    int levels = 2;
    for (; inner.parts.count != 0; ++levels) inner = SpanView<parcel>(inner.parts)[0];
    CHECK(levels == 16);
    CHECK(status_of(Parcels(15).all.back()) == TENON_E_TOO_DEEP);
    parcel circle = sized<parcel>();
    circle.parts = {&circle, 1, sizeof circle, 0};
    CHECK(status_of(circle) == TENON_E_TOO_DEEP);
}

TEST_CASE("levels of elements that are too short for them count for both sides alike") {
    // Of a label's place an element has a part, and the rest when it has been filled up.
    const parcel_label label{};
    parcel_box boxes[17];
    for (std::size_t i = 0; i < std::size(boxes); ++i) {
        boxes[i] = sized<parcel_box>();
        if (i != 0) boxes[i].boxes = {&boxes[i - 1], 1, sizeof boxes[0], 0};
    }
    boxes[0].labels = {&label, 1, offsetof(parcel_label, place) + sizeof(parcel_point) - 1, 0};
    const auto status = [&](std::size_t below) {
        return wire().encode(TENON_INDEX_parcel_box, &boxes[below], {}).status;
    };
    CHECK(status(15) == TENON_E_TOO_DEEP);
    CHECK(status(14) == TENON_E_FULL);
    Blocks blocks;
    const Frame frame = framed(TENON_INDEX_parcel_box, &boxes[14]);
    CHECK(decoded(frame, blocks, Strictness::host_side, TENON_INDEX_parcel_box).status == TENON_OK);
}

TEST_CASE("counts that overflow and frames larger than any are no memory, not a crash") {
    static const parcel value = sized<parcel>();
    CHECK(spoiled([](parcel& v) { v.weights = {&value, UINT64_MAX / 2, 4, 0}; }) == TENON_E_NO_MEMORY);
    CHECK(spoiled([](parcel& v) { v.weights = {&value, (UINT64_MAX / 4) + 2, 4, 0}; }) == TENON_E_NO_MEMORY);
    CHECK(spoiled([](parcel& v) { v.parts = {&value, UINT64_MAX, sizeof value, 0}; }) == TENON_E_NO_MEMORY);
    CHECK(spoiled([](parcel& v) { v.name = {"x", UINT64_MAX}; }) == TENON_E_NO_MEMORY);
    CHECK(spoiled([](parcel& v) { v.name = {"x", max_frame_size - sizeof v + 1}; }) == TENON_E_NO_MEMORY);
    CHECK(spoiled([](parcel& v) { v.name = {"x", max_frame_size - sizeof v}; }) == TENON_E_FULL);
    parcel wide = sized<parcel>();  // a circle that is not deep before it is large
    std::vector<parcel> parts(1000, sized<parcel>());
    for (parcel& part : parts) part.parts = {parts.data(), parts.size(), sizeof(parcel), 0};
    wide.parts = parts.front().parts;
    const std::int32_t status = status_of(wide);
    CHECK((status == TENON_E_NO_MEMORY || status == TENON_E_TOO_DEEP));
}
