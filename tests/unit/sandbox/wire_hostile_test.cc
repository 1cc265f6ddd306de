// Whatever the bytes are, decoding them does no harm; what no writer writes is a violation, and what an honest one may
// write by mistake is not.
#include <tenon/status.h>

#include <functional>

#include "tests/unit/sandbox/parcels.h"

using namespace tenon;
using namespace tenon::sandbox;
using namespace tenon::sandbox::fixtures;

namespace {

// A frame with all kinds of pieces.
Frame rich_frame() {
    const tenon_str tags[] = {str("red"), str("blue")};
    const bool answers[] = {true, false, true};
    const std::uint32_t weights[] = {7, 8, 9};
    const parcel_point way[] = {{5, 6, 0.5}};
    parcel_event event = sized<parcel_event>();
    event.struct_size = 8;
    parcel_label label{};
    label.text = str("label");
    label.way = {way, 1, sizeof way[0], 0};
    parcel part = sized<parcel>();
    part.image = {"image", 5};
    part.struct_size = offsetof(parcel, weights) + 3;
    parcel value = sized<parcel>();
    value.name = str("name");
    value.tags = {tags, 2, sizeof tags[0], 0};
    value.answers = {answers, 3, 1, 0};
    value.weights = {weights, 3, 4, 0};
    value.labels = {&label, 1, sizeof label, 0};
    value.events = {&event, 1, sizeof event, 0};
    value.parts = {&part, 1, sizeof part, 0};
    return framed(value);
}

template <class T>
void set(Frame& frame, std::size_t at, T value) {
    std::memcpy(frame.data() + at, &value, sizeof value);
}

template <class T>
T get(const Frame& frame, std::size_t at) {
    T value{};
    std::memcpy(&value, frame.data() + at, sizeof value);
    return value;
}

// The violation in a frame that was changed; empty if there is none.
std::string violation_after(const std::function<void(Frame&)>& change) {
    Frame frame = rich_frame();
    change(frame);
    Blocks blocks;
    const Decoded there = decoded(frame, blocks);
    CHECK((there.status == TENON_E_FAILED) == (there.violation != nullptr));
    CHECK((there.value == nullptr) == (there.status != TENON_OK));
    return there.violation != nullptr ? there.violation : "";
}

// Either it is a value, and then the only frame of that value, or it is none.
void is_harmless(const Frame& frame, Strictness strictness) {
    Blocks blocks;
    const Decoded there = decoded(frame, blocks, strictness);
    if (there.status == TENON_OK) {
        REQUIRE(framed(TENON_INDEX_parcel, there.value) == frame);
        return;
    }
    REQUIRE(there.value == nullptr);
    REQUIRE_FALSE(what_is_wrong(there).empty());
    if (there.status == TENON_E_INVALID)
        REQUIRE(strictness == Strictness::host_side);
    else
        REQUIRE(there.status == TENON_E_FAILED);
}

constexpr const char* misplaced = "A piece does not lie where it must.";

}  // namespace

TEST_CASE("each beginning of a frame is a violation, and so is one byte too much") {
    const Frame whole = rich_frame();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Frame cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        Blocks blocks;
        REQUIRE(decoded(cut, blocks).violation != nullptr);
        REQUIRE(blocks.made() == (size < sizeof(parcel) ? 0 : 1));
    }
    CHECK(violation_after([](Frame& f) { f.resize(sizeof(parcel) - 1); }) == "The frame is shorter than its struct.");
    CHECK(violation_after([](Frame& f) { f.pop_back(); }) == "A piece does not end within the frame.");
    CHECK(violation_after([](Frame& f) { f.push_back({}); }) == "The frame is longer than its value.");
    CHECK(violation_after([](Frame&) {}).empty());
}

TEST_CASE("a frame larger than any is refused before memory is asked for") {
    Blocks blocks;
    const std::span<const std::byte> huge(reinterpret_cast<const std::byte*>(&blocks), max_frame_size + 1);
    const Decoded there = wire().decode(TENON_INDEX_parcel, huge, blocks.allocator(), Strictness::host_side);
    CHECK(what_is_wrong(there) == "The frame is larger than any.");
    CHECK(blocks.made() == 0);
}

TEST_CASE("each change of one byte gives another value's frame or none") {
    const Frame whole = rich_frame();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (unsigned bits = 1; bits < 256; ++bits) {
            Frame frame = whole;
            frame[at] ^= static_cast<std::byte>(bits);
            is_harmless(frame, bits % 2 == 0 ? Strictness::host_side : Strictness::worker_side);
        }
    }
}

TEST_CASE("words of any kind at any place give another value's frame or none") {
    const Frame whole = rich_frame();
    const std::uint64_t words[] = {0,
                                   1,
                                   16,
                                   whole.size() - 8,
                                   whole.size(),
                                   UINT64_MAX,
                                   UINT64_MAX - 15,
                                   UINT64_MAX / 16,
                                   std::uint64_t{1} << 32,
                                   INT64_MAX};
    for (std::size_t at = 0; at + 8 <= whole.size(); at += 4) {
        for (const std::uint64_t word : words) {
            Frame frame = whole;
            set(frame, at, word);
            is_harmless(frame, Strictness::host_side);
        }
    }
}

TEST_CASE("memory of zeros is no frame") {
    Blocks blocks;
    for (const std::size_t size : {sizeof(parcel), sizeof(parcel) + 1, std::size_t{4096}})
        CHECK(what_is_wrong(decoded(Frame(size), blocks)) == "A struct_size is not what a struct has.");
    CHECK(decoded({}, blocks).violation != nullptr);
}

TEST_CASE("sizes that no struct has are violations") {
    const std::string wrong = "A struct_size is not what a struct has.";
    for (const std::uint32_t size : {0u, 3u, static_cast<std::uint32_t>(sizeof(parcel)) + 1, UINT32_MAX})
        CHECK(violation_after([&](Frame& f) { set(f, 0, size); }) == wrong);
    CHECK(violation_after([](Frame& f) { set(f, 0, std::uint32_t{40}); }) ==
          "Bytes beyond a struct's size are not zero.");
    const std::string half = "Reserved bytes, or those of half a field, are not zero.";
    CHECK(violation_after([](Frame& f) {
              set(f, 0, static_cast<std::uint32_t>(offsetof(parcel, name) + 15));
              std::fill(f.begin() + offsetof(parcel, name) + 15, f.begin() + sizeof(parcel), std::byte{0});
          }) == half);
    CHECK(violation_after([](Frame& f) { f[offsetof(parcel, reserved)] = std::byte{1}; }) == half);
    CHECK(violation_after([](Frame& f) { f[offsetof(parcel, label.care.reserved)] = std::byte{1}; }) == half);
}

TEST_CASE("pieces that lie elsewhere, overlap or are there twice are violations") {
    const std::size_t name = offsetof(parcel, name), weights = offsetof(parcel, weights);
    CHECK(violation_after([&](Frame& f) { set(f, name, std::uint64_t{0}); }) == misplaced);
    CHECK(violation_after([&](Frame& f) { set(f, name, get<std::uint64_t>(f, name) + 1); }) == misplaced);
    CHECK(violation_after([&](Frame& f) { set(f, weights, get<std::uint64_t>(f, name)); }) == misplaced);
    CHECK(violation_after([&](Frame& f) { set(f, weights, get<std::uint64_t>(f, weights) + 16); }) == misplaced);
    CHECK(violation_after([&](Frame& f) { set(f, name, UINT64_MAX); }) == misplaced);
    CHECK(violation_after([&](Frame& f) { set(f, offsetof(parcel, image), std::uint64_t{8}); }) ==
          "What is empty lies somewhere.");
    CHECK(violation_after([&](Frame& f) { f[get<std::uint64_t>(f, name) + 4] = std::byte{1}; }) ==
          "Bytes between two pieces are not zero.");
    // A circle: the part's parts are the part.
    CHECK(violation_after([&](Frame& f) {
              const auto part = get<std::uint64_t>(f, offsetof(parcel, parts));
              set(f, part, static_cast<std::uint32_t>(sizeof(parcel)));
              set(f, part + offsetof(parcel, parts), part);
              set(f, part + offsetof(parcel, parts) + 8, std::uint64_t{1});
              set(f, part + offsetof(parcel, parts) + 16, static_cast<std::uint32_t>(sizeof(parcel)));
          }) == misplaced);
}

TEST_CASE("sizes, counts and strides beyond the frame are violations") {
    const std::size_t name = offsetof(parcel, name), weights = offsetof(parcel, weights);
    const std::size_t events = offsetof(parcel, events), tags = offsetof(parcel, tags);
    for (const std::uint64_t size : {std::uint64_t{1} << 20, UINT64_MAX, UINT64_MAX - 400})
        CHECK(violation_after([&](Frame& f) { set(f, name + 8, size); }) == "A piece does not end within the frame.");
    const std::string many = "A span has more elements than the frame has bytes.";
    for (const std::uint64_t count : {UINT64_MAX, UINT64_MAX / 4 + 2, std::uint64_t{1} << 62})
        CHECK(violation_after([&](Frame& f) { set(f, weights + 8, count); }) == many);
    CHECK(violation_after([&](Frame& f) { set(f, events + 8, UINT64_MAX / 8); }) == many);
    const std::string list = "A list's elements are not as large as it is described.";
    CHECK(violation_after([&](Frame& f) { set(f, weights + 16, 8u); }) == list);
    CHECK(violation_after([&](Frame& f) { set(f, tags + 16, 8u); }) == list);
    CHECK(violation_after([&](Frame& f) { set(f, weights + 16, 0u); }) == "A span has elements without size.");
    CHECK(violation_after([&](Frame& f) { set(f, events + 16, 0u); }) == "A span has elements without size.");
    const std::string span = "A span's elements are not as large as elements can be.";
    CHECK(violation_after([&](Frame& f) { set(f, events + 16, 24u); }) == span);
    CHECK(violation_after([&](Frame& f) { set(f, events + 16, 12u); }) == span);
    CHECK(violation_after([&](Frame& f) { set(f, weights + 20, 1u); }) == "A span's reserved bytes are not zero.");
}

TEST_CASE("a frame that is nested deeper than any is a violation") {
    // By hand, because no writer makes it: parcels, each in the one before.
    static_assert(sizeof(parcel) % 16 == 0);
    const auto violation = [](std::uint64_t levels) {
        Frame frame(levels * sizeof(parcel));
        for (std::uint64_t i = 0; i < levels; ++i) {
            parcel level = sized<parcel>();
            if (i + 1 != levels) level.parts = {nullptr, 1, sizeof level, 0};
            const std::size_t at = i * sizeof level;
            std::memcpy(frame.data() + at, &level, sizeof level);
            if (i + 1 != levels) set(frame, at + offsetof(parcel, parts), std::uint64_t{at + sizeof level});
        }
        Blocks blocks;
        return what_is_wrong(decoded(frame, blocks));
    };
    CHECK(violation(15).empty());
    CHECK(violation(16) == "A value is nested too deep.");  // by the place in the label in the innermost
    CHECK(violation(20) == "A value is nested too deep.");
}

TEST_CASE("the host does not see texts that are not UTF-8, and the text names the field") {
    const char* const bad[] = {
        "\xff", "a\x80", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "12345678\xe2\x82"};
    for (const char* text : bad) {
        parcel part = sized<parcel>();
        part.name = str(text);
        parcel value = sized<parcel>();
        value.parts = {&part, 1, sizeof part, 0};
        Blocks blocks;
        const Decoded there = decoded(framed(value), blocks);
        CHECK(there.status == TENON_E_INVALID);
        CHECK(there.value == nullptr);
        CHECK(there.violation == nullptr);
        CHECK(what_is_wrong(there) == "parcel.name is not UTF-8");
        CHECK(decoded(framed(value), blocks, Strictness::worker_side).status == TENON_OK);
    }
    const tenon_str tags[] = {str("\xf0\x9f\x8c\xb2 \xe2\x82\xac 12345678 \xc3\xbc"), str("\xfe")};
    parcel value = sized<parcel>();
    Blocks blocks;
    value.tags = {tags, 1, sizeof tags[0], 0};
    CHECK(decoded(framed(value), blocks).status == TENON_OK);
    value.tags.count = 2;
    CHECK(what_is_wrong(decoded(framed(value), blocks)) == "parcel.tags is not UTF-8");
    value.tags = {};
    value.image = {"\xfe", 1};  // bytes are bytes
    CHECK(decoded(framed(value), blocks).status == TENON_OK);
}

TEST_CASE("the host does not see booleans that are neither true nor false") {
    const auto wrong = [](std::size_t at, std::uint32_t struct_size) {
        parcel value = sized<parcel>();
        value.struct_size = struct_size;
        const unsigned char two = 2;
        std::memcpy(reinterpret_cast<unsigned char*>(&value) + at, &two, 1);
        Blocks blocks;
        CHECK(decoded(framed(value), blocks, Strictness::worker_side).status == TENON_OK);
        const Decoded there = decoded(framed(value), blocks);
        CHECK(there.violation == nullptr);
        return what_is_wrong(there);
    };
    const std::uint32_t all = sizeof(parcel);
    CHECK(wrong(offsetof(parcel, j), all) == "parcel.j is neither true nor false");
    CHECK(wrong(offsetof(parcel, label.care.fragile), all) == "parcel_care.fragile is neither true nor false");
    CHECK(wrong(offsetof(parcel, label.care.sides) + 2, all) == "parcel_care.sides is neither true nor false");
    CHECK(wrong(offsetof(parcel, j), offsetof(parcel, j)).empty());  // not of the value

    const unsigned char answers[] = {0, 1, 3};
    parcel value = sized<parcel>();
    value.answers = {answers, 3, 1, 0};
    Blocks blocks;
    CHECK(what_is_wrong(decoded(framed(value), blocks)) == "parcel.answers is neither true nor false");
    parcel_care care[2] = {};
    std::memset(&care[1].sides[3], 4, 1);
    Frame frame = framed(TENON_INDEX_parcel_care, &care[1]);
    CHECK(what_is_wrong(decoded(frame, blocks, Strictness::host_side, TENON_INDEX_parcel_care)) ==
          "parcel_care.sides is neither true nor false");
}

TEST_CASE("a violation is reported, whatever wrong values come before it") {
    parcel value = sized<parcel>();
    value.name = str("\xff");
    value.image = {"image", 5};
    Frame frame = framed(value);
    frame.pop_back();
    Blocks blocks;
    CHECK(what_is_wrong(decoded(frame, blocks)) == "A piece does not end within the frame.");
}

TEST_CASE("without memory there is no value and no violation") {
    const Allocator none{nullptr, [](void*, std::uint64_t, std::uint64_t) noexcept -> void* { return nullptr; }};
    const Decoded there = wire().decode(TENON_INDEX_parcel, rich_frame(), none, Strictness::host_side);
    CHECK(there.status == TENON_E_NO_MEMORY);
    CHECK(there.value == nullptr);
    CHECK(what_is_wrong(there).empty());
}
