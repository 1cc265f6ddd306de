// The same work on many things, on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace tenon::base {

// Calls work(i) once for each i below `count`, on this thread and a few more; returns when all is done. Few things are
// worked on by this thread alone. `work` must bear being called on several threads at once. What it throws first is
// thrown on; then not all was done. If no thread can be had, this one does it all.
void for_each_index(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace tenon::base
