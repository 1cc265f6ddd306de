// Crates, and copies of them.
#pragma once

#include <cstring>

#include "host/clone.h"
#include "tests/support/catch.h"
#include "tests/unit/host/clone_contract.h"

namespace tenon::host::fixtures {

inline constexpr std::uint64_t plenty = 64 << 20;

inline const loader::Contract& crates() {
    static const loader::Contract contract = [] {
        auto read = loader::read_contracts(crate_contract::records, "crates");
        INFO((read ? "" : read.problem().text));
        REQUIRE(read);
        return read.value().at(0);
    }();
    return contract;
}

inline Cloned clone(const crate& value, base::Arena& arena) {
    return host::clone(crates(), TENON_INDEX_crate, &value, arena);
}

// The copy, which must be there.
inline crate copied(const crate& value, base::Arena& arena) {
    const Cloned cloned = clone(value, arena);
    REQUIRE(cloned.status == TENON_OK);
    REQUIRE(cloned.value != nullptr);
    crate copy{};
    std::memcpy(&copy, cloned.value, sizeof copy);
    return copy;
}

}  // namespace tenon::host::fixtures
