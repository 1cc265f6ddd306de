// Providers in C++, over provide.h; takes a host's raw handle.
//
//     tenon::Provider paste(host.raw(), TENON_REQUEST_CLIPBOARD_READ,
//                           [&](const tenon::ProviderCall& call) { return call.answer(clipboard.text()); });
#ifndef TENON_PROVIDE_HPP
#define TENON_PROVIDE_HPP

#include <tenon/provide.h>
#include <functional>
#include <memory>
#include <string>
#include <tenon/error.hpp>
#include <tenon/types.hpp>
#include <utility>

namespace tenon {

// A plugin's request; valid while the provider's function runs. As tenon_provider_call.
class ProviderCall {
public:
    explicit ProviderCall(const tenon_provider_call& raw) noexcept : raw_(raw) {}

    const tenon_provider_call& raw() const noexcept { return raw_; }
    std::string_view plugin() const noexcept { return view(raw_.plugin); }
    std::string_view subject() const noexcept { return view(raw_.request->subject); }
    std::string_view detail() const noexcept { return view(raw_.request->detail); }
    SpanView<tenon_named> named() const noexcept { return SpanView<tenon_named>(raw_.request->named); }
    std::string_view input() const noexcept {
        return {static_cast<const char*>(raw_.request->input.data), static_cast<std::size_t>(raw_.request->input.size)};
    }
    std::uint64_t deadline_ns() const noexcept { return raw_.deadline_ns; }
    std::uint64_t most_tokens() const noexcept { return raw_.most_tokens; }
    bool is_cancelled() const noexcept { return raw_.is_cancelled(&raw_) != 0; }

    // One of these, once; they copy. The status is what the function returns.
    std::int32_t answer(std::string_view output, std::int32_t tokens = 0) const noexcept {
        tenon_answer out = TENON_ANSWER_INIT;
        out.output = {output.data(), output.size()};
        out.number = tokens;
        return answer(out);
    }
    std::int32_t answer(const tenon_answer& out) const noexcept { return raw_.answer(&raw_, &out), TENON_OK; }
    std::int32_t refuse(std::string_view why, std::int32_t status = TENON_E_FAILED,
                        std::int32_t tokens = 0) const noexcept {
        tenon_answer out = TENON_ANSWER_INIT;
        out.number = tokens;  // they count all the same
        out.error = str(why);
        return raw_.answer(&raw_, &out), status;
    }

private:
    const tenon_provider_call& raw_;
};

// Provides as long as it lives, which is not longer than its host, or until another provides it; what the function
// throws is told the plugin. Destroyed outside of providers, it waits until calls of it are over.
class Provider {
public:
    using Function = std::function<std::int32_t(const ProviderCall&)>;

    // Throws Error.
    Provider(tenon_host* host, std::uint32_t kind, Function function)
        : host_(host), kind_(kind), function_(std::make_unique<Function>(std::move(function))) {
        tenon_error error = TENON_ERROR_INIT;
        if (tenon_host_set_provider(host_, kind_, call, function_.get(), &error) < 0) throw Error(error);
    }
    Provider(const Provider&) = delete;
    Provider& operator=(const Provider&) = delete;
    ~Provider() { tenon_host_set_provider(host_, kind_, nullptr, function_.get(), nullptr); }

private:
    static std::int32_t call(void* data, const tenon_provider_call* raw) noexcept {
        const ProviderCall asked(*raw);
        return guarded([&] { return (*static_cast<Function*>(data))(asked); },
                       [&](std::int32_t code, tenon_str text) { return asked.refuse(view(text), code); });
    }

    tenon_host* const host_;
    const std::uint32_t kind_;
    const std::unique_ptr<Function> function_;
};

}  // namespace tenon

#endif
