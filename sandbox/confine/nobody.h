// Who a worker is when its host is root: the user and the group that own nothing.
#pragma once

#include <sys/types.h>

namespace tenon::sandbox {

inline constexpr uid_t nobody = 65534;

}  // namespace tenon::sandbox
