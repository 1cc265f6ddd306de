// Names of the plugin's functions, for last words. Plugins export nothing, so the dynamic linker knows none of them;
// the symbol table in the file does, unless it was stripped.
#pragma once

#include <cstdint>

namespace tenon::sandbox::worker {

// Once, before the library is loaded: its constructors may crash. Does nothing when there is no table to be read.
void know_symbols_of(const char* library) noexcept;

struct Symbol {
    const char* name = nullptr;     // null: not known; it stays as long as the process
    std::uint64_t offset = 0;       // of the address from the function's beginning
    const char* library = nullptr;  // its file's name
};
// The function that has the instruction before the address. May be called in a signal handler.
Symbol symbol_before(const void* address) noexcept;

}  // namespace tenon::sandbox::worker
