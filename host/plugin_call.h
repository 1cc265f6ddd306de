// Calling the life-cycle functions of a plugin.
#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <optional>

#include "host/plugin.h"

namespace tenon::host {

// The slots as this host knows them; what an older plugin's table does not have is empty.
inline tenon_lifecycle slots_of(const Plugin& plugin) {
    tenon_lifecycle known{};
    const tenon_lifecycle* const own = plugin.module->entry().lifecycle;
    if (own != nullptr)
        std::memcpy(&known, own, std::min<std::size_t>(own->struct_size / 8 * 8, sizeof known));  // whole slots
    return known;
}

// Runs a function of the plugin: the barrier of rule 21. What it throws becomes TENON_E_EXCEPTION with its words.
template <class Function>
std::int32_t guarded(Plugin& plugin, Function&& function) noexcept {
    plugin.init.said.reset();
    try {
        try {
            return function();
        } catch (const std::exception& e) {
            plugin.init.said = base::Problem{"", e.what(), ""};
        } catch (...) {
            plugin.init.said = base::Problem{"", "an exception that is not a std::exception", ""};
        }
    } catch (const std::bad_alloc&) {  // then without words
    }
    return TENON_E_EXCEPTION;
}

}  // namespace tenon::host
