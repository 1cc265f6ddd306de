#include "base/fd.h"

#include <unistd.h>

namespace tenon::base {

void Fd::close() noexcept {
    if (raw_ >= 0) ::close(std::exchange(raw_, -1));
}

}  // namespace tenon::base
