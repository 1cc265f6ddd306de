// A decoded value's fields get into a struct that is there, and nothing else of it changes.
#include "tests/unit/sandbox/parcels.h"

using namespace tenon;
using namespace tenon::sandbox;
using namespace tenon::sandbox::fixtures;

namespace {

struct newer_parcel {
    parcel known;
    std::uint64_t appended;
};

parcel changed() {
    parcel value = sized<parcel>();
    value.a = 7;
    value.name = str("changed");
    static const std::uint64_t sums[] = {1, 2};
    value.sums = {sums, 2, 8, 0};
    return value;
}

const void* arrived(const parcel& value, Blocks& blocks) {
    const Decoded there = decoded(framed(value), blocks);
    REQUIRE(there.status == TENON_OK);
    return there.value;
}

}  // namespace

TEST_CASE("a struct gets all fields, and keeps the tail that only its owner knows") {
    newer_parcel into{sized<parcel>(), 4711};
    into.known.struct_size = sizeof into;
    into.known.b = 9;
    Blocks blocks;
    wire().commit(TENON_INDEX_parcel, arrived(changed(), blocks), &into);
    CHECK(into.known.struct_size == sizeof into);
    CHECK(into.appended == 4711);
    CHECK(into.known.a == 7);
    CHECK(into.known.b == 0);
    CHECK(view(into.known.name) == "changed");
    CHECK(SpanView<std::uint64_t>(into.known.sums)[1] == 2);
}

TEST_CASE("an older struct gets what it has room for, and no half of a field") {
    const std::uint32_t end_of_name = TENON_MINIMUM_parcel;
    for (const std::uint32_t size : {end_of_name, end_of_name + 8, end_of_name - 8}) {
        const auto into = std::make_unique<unsigned char[]>(size);  // a byte beyond would be seen
        std::memset(into.get(), 0xaa, size);
        std::memcpy(into.get(), &size, sizeof size);
        Blocks blocks;
        parcel value = changed();
        value.image = {"image", 5};
        wire().commit(TENON_INDEX_parcel, arrived(value, blocks), into.get());
        std::uint32_t kept = 0;
        std::memcpy(&kept, into.get(), sizeof kept);
        CHECK(kept == size);
        CHECK(into[offsetof(parcel, a)] == 7);
        const std::uint32_t whole = size < end_of_name ? offsetof(parcel, name) : end_of_name;
        CHECK((into[whole - 1] != 0xaa));
        for (std::uint32_t i = whole; i < size; ++i) CHECK(into[i] == 0xaa);
    }
}

TEST_CASE("fields that an older writer does not know stay as they are, and the struct claims no more than its writer") {
    parcel value = changed();
    value.struct_size = TENON_MINIMUM_parcel;
    parcel into = sized<parcel>();
    into.image = {"mine", 4};
    Blocks blocks;
    wire().commit(TENON_INDEX_parcel, arrived(value, blocks), &into);
    CHECK(into.struct_size == TENON_MINIMUM_parcel);
    CHECK(view(into.name) == "changed");
    CHECK(text_of(into.image) == "mine");
    CHECK(into.sums.count == 0);
}

TEST_CASE("a FROZEN struct is replaced as a whole; a type that is none changes nothing") {
    parcel_point into{1, 2, 3};
    const parcel_point from{4, 5, 6};
    wire().commit(TENON_INDEX_parcel_unit, &from, &into);
    wire().commit(loader::no_type, &from, &into);
    CHECK(into.x == 1);
    wire().commit(TENON_INDEX_parcel_point, &from, &into);
    CHECK(into.x == 4);
    CHECK(into.height == 6);
}
