// A plugin's code, ready to be called: its checked entry table and whatever keeps it alive.
#pragma once

#include <tenon/entry.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "loader/image.h"
#include "loader/stage.h"

namespace tenon::loader {

// Whether the copy has the facts that were verified. Problems: "module.changed", and those of read_image.
base::Check is_as_verified(const Staged& staged, const Image& verified);

// Move-only. open and close run code of the plugin (static constructors and destructors) on the calling thread; one
// thread at a time may use a Module, except entry, contains and base, which any thread may call while it is open.
class Module {
public:
    // Loads the staged copy, whose facts must be those that were verified, and checks all that its entry block refers
    // to: the block, the note, tables, functions and strings must lie in this very file.
    // Problems: "module.no-entry", "module.changed", "module.refused" (by the operating system, which says why),
    // "module.foreign-entry", "module.bad-entry", and those of read_image.
    static base::Result<Module> open(const Staged& staged, const Image& verified);

    // The verdict about a module that was closed.
    struct Unmapped {
        bool gone = false;      // nothing of it is in memory any more
        std::string reason_id;  // else: "unmap.nodelete", "unmap.gnu-unique", "unmap.still-referenced", "unmap.kept"
        std::string why;        // the same in words
        std::string path{};     // of the copy that stays
    };

    // What a module is: a library in this process (module.cc), or a plugin elsewhere. `close` may be called again, and
    // says the same again; so may `retire`.
    class Inside {
    public:
        Inside() = default;
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;
        virtual ~Inside() = default;
        virtual const tenon_entry_block& entry() const = 0;
        virtual bool contains(const void* address) const = 0;
        virtual std::uintptr_t base() const { return 0; }
        virtual Unmapped close() = 0;
        virtual Unmapped retire(std::string_view why) = 0;
        virtual void* self() { return nullptr; }
        virtual void* self_of_handler(std::uint64_t, void* instance) { return instance; }
        virtual void* self_of_method(std::uint64_t, std::uint64_t, void* instance) { return instance; }
    };
    explicit Module(std::unique_ptr<Inside> inside);

    Module(Module&&) noexcept;
    Module& operator=(Module&&) noexcept;
    ~Module();  // closes without a verdict, unless it was retired

    // The entry table, checked. Valid until close; a closed or moved-from module must not be asked.
    const tenon_entry_block& entry() const;
    // Whether the address lies in the module's code or data. False when closed.
    bool contains(const void* address) const;
    // Where the file's address 0 lies. 0 when closed, or when it is not in this process.
    std::uintptr_t base() const;

    // What create finds in *out_self, and what the functions of the entry table are called with: the plugin's instance,
    // unless the module has its own way to know which function is meant.
    void* self() { return inside_->self(); }
    void* self_of_handler(std::uint64_t handler, void* instance) { return inside_->self_of_handler(handler, instance); }
    void* self_of_method(std::uint64_t service, std::uint64_t method, void* instance) {
        return inside_->self_of_method(service, method, instance);
    }

    // Ends the module. Nothing may run in it or point into it. Closing again says the same
    // again, and closing after retire does nothing.
    Unmapped close();

    // Ends the module, but leaves its code mapped until the process ends, whatever becomes of this object: for plugins
    // and hosts that say so. "unmap.kept" with `why`; of a module that was closed before, what close said.
    Unmapped retire(std::string_view why = "its manifest says unload = \"retire\"");

private:
    std::unique_ptr<Inside> inside_;
};

}  // namespace tenon::loader
