// Whether two answers of read_image are the same, field by field.
#pragma once

#include <cstring>

#include "loader/image.h"
#include "tests/support/catch.h"

namespace tenon::loader::fixtures {

inline void check_same(const Image& one, const Image& other) {
    CHECK(one.path == other.path);
    CHECK(one.platform == other.platform);
    CHECK(one.abi_major == other.abi_major);
    CHECK(one.abi_minor_required == other.abi_minor_required);
    CHECK(one.abi_minor_built == other.abi_minor_built);
    CHECK(one.note_type == other.note_type);
    CHECK(one.note_address == other.note_address);
    CHECK((one.note == other.note));
    CHECK(one.manifest == other.manifest);
    REQUIRE(one.records.size() == other.records.size());
    for (std::size_t i = 0; i < one.records.size(); ++i)
        CHECK(std::memcmp(&one.records[i], &other.records[i], sizeof(tenon_record)) == 0);
    CHECK(one.entry_address == other.entry_address);
    CHECK(one.needed == other.needed);
    CHECK(one.soname == other.soname);
    REQUIRE(one.versions.size() == other.versions.size());
    for (std::size_t i = 0; i < one.versions.size(); ++i) {
        CHECK(one.versions[i].library == other.versions[i].library);
        CHECK(one.versions[i].version == other.versions[i].version);
    }
    CHECK(one.build_id == other.build_id);
}

inline void check_same(const base::Result<Image>& one, const base::Result<Image>& other) {
    REQUIRE(one.ok() == other.ok());
    if (one.ok()) return check_same(one.value(), other.value());
    CHECK(one.problem().id == other.problem().id);
    CHECK(one.problem().text == other.problem().text);
    CHECK(one.problem().fix == other.problem().fix);
}

}  // namespace tenon::loader::fixtures
