// The entry block of a library that has just been mapped, checked before it is used.
#pragma once

#include "base/result.h"
#include "loader/image.h"
#include "loader/mapping.h"

namespace tenon::loader {

// Whether the block at the verified place, and all that it refers to, lies in the mapped file: the note with the
// verified bytes, tables, strings, and functions in executable segments. A table that reaches beyond the file would
// live and die with somebody else. Problem: "module.bad-entry".
base::Check check_entry(const Mapping& mapping, const Image& verified);

}  // namespace tenon::loader
