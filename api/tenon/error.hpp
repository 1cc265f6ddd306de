// The exception by which C++ code on either side says why: plugin.hpp turns it into a status, host.hpp throws it.
#ifndef TENON_ERROR_HPP
#define TENON_ERROR_HPP

#include <tenon/status.h>
#include <new>
#include <stdexcept>
#include <string>
#include <tenon/types.hpp>

namespace tenon {

class Error : public std::runtime_error {
public:
    Error(std::int32_t code, const std::string& text) : std::runtime_error(text), code_(code), details_{} {}
    explicit Error(const tenon_error& details)
        : std::runtime_error(describe(details)), code_(details.code), details_(details) {}

    std::int32_t code() const noexcept { return code_; }
    // Reason id, plugin, path and fix; empty texts when the error was not made by the host.
    const tenon_error& details() const noexcept { return details_; }

private:
    static std::string describe(const tenon_error& e) {
        std::string text = e.text;
        if (e.plugin[0] != '\0') text = std::string(e.plugin) + ": " + text;
        if (e.fix[0] != '\0') text += std::string(" Fix: ") + e.fix;
        return text;
    }

    std::int32_t code_;
    tenon_error details_;
};

// Runs `body`, which returns a status; turns any exception into a status, after telling `fail(code, text)`.
template <class Body, class Fail>
std::int32_t guarded(Body&& body, Fail&& fail) noexcept {
    try {
        return body();
    } catch (const Error& e) {
        return fail(e.code() < 0 ? e.code() : TENON_E_FAILED, tenon_str_from(e.what()));
    } catch (const std::bad_alloc&) {
        return fail(TENON_E_NO_MEMORY, str("out of memory"));
    } catch (const std::exception& e) {
        return fail(TENON_E_EXCEPTION, tenon_str_from(e.what()));
    } catch (...) {
        return fail(TENON_E_EXCEPTION, str("an exception that is not a std::exception"));
    }
}

}  // namespace tenon

#endif
