// The hashes of the audit log, and its rows as the file has them.
#pragma once

#include <string>
#include <string_view>

#include "host/audit.h"
#include "host/database.h"

namespace tenon::host {

// Of the row before the first one.
inline constexpr std::string_view no_hash = "0000000000000000000000000000000000000000000000000000000000000000";

// What row.hash has to be: SHA-256 over row.previous and the row's contents, each text behind its length. Empty where
// the machine cannot compute it.
std::string hash_of(const AuditRow& row);

inline constexpr std::string_view audit_columns = "number, time, who, plugin, what, detail, previous, hash";
// False if there is something else in it than what append() writes.
bool read_audit_row(const Statement& statement, AuditRow& out);

// The row that was appended last, as the head has it.
base::Result<AuditMark> audit_head(Database& database);

}  // namespace tenon::host
