// The tables of the store, by version, and how a file is brought to the newest one.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "host/database.h"

namespace tenon::host {

// In the file's header, so that everybody can tell whose file it is: "tnst".
inline constexpr std::int64_t store_application_id = 0x746e7374;

// Element n-1 leads from version n-1 to version n. What was released is never changed, only added to.
std::span<const std::string_view> store_steps();

// Whether the file is a sound store; an empty one becomes one, an older one is brought to the newest version. All of it
// is on the disk when it returns; when it fails, the file is as before. Problems: "store.foreign", "store.newer",
// "store.corrupt", "store.migration" and those of Database::problem.
base::Check prepare_store(Database& database, std::span<const std::string_view> steps);

}  // namespace tenon::host
