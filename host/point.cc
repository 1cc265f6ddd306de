#include "host/point.h"

#include "host/replay.h"

namespace tenon::host {

Point::Point() = default;
Point::~Point() = default;

}  // namespace tenon::host
