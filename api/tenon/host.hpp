// Embedding in C++: RAII over host.h, hooks and services typed by their contracts. Errors are thrown as tenon::Error.
//
//     tenon::Host host;
//     host.offer<press_contract>();
//     tenon::Report report = host.load("plugins");
//     auto before_render = host.hook<press_before_render_hook>();
//     tenon::Scope scope(host);
//     before_render(scope, page);
//
// Objects are movable, not copyable, and used as their C counterparts: a scope by one thread, hooks by any.
#ifndef TENON_HOST_HPP
#define TENON_HOST_HPP

#include <tenon/host.h>
#include <memory>
#include <string>
#include <tenon/call.hpp>
#include <tenon/report.hpp>
#include <vector>

namespace tenon {

// Throws what a C function reported.
class ErrorSlot {
public:
    tenon_error* get() noexcept { return &error_; }
    void check(std::int32_t status) const {
        if (status < 0) throw Error(error_);
    }

private:
    tenon_error error_ = TENON_ERROR_INIT;
};

class Host;

// One thread's calls: their memory, deadline and errors. Replies stay readable until reset or the end of the scope.
class Scope {
public:
    explicit Scope(const Host& owner);

    tenon_scope* raw() const noexcept { return scope_.get(); }
    void reset() noexcept { tenon_scope_reset(raw()); }
    void set_time_left_ns(std::uint64_t nanoseconds) noexcept { tenon_scope_set_time_left(raw(), nanoseconds); }
    void cancel() noexcept { tenon_scope_cancel(raw()); }
    // Answers of ASYNC hooks that are still to come; waits for them (host.h says how).
    std::uint64_t pending() const noexcept { return tenon_scope_pending(raw()); }
    std::int32_t wait(std::uint64_t nanoseconds = UINT64_MAX) noexcept { return tenon_scope_wait(raw(), nanoseconds); }
    std::uint64_t error_count() const noexcept { return tenon_scope_error_count(raw()); }
    tenon_error error(std::uint64_t index) const noexcept {
        tenon_error out = TENON_ERROR_INIT;
        tenon_scope_error(raw(), index, &out);
        return out;
    }
    // Copies text into the scope's arena. Throws std::bad_alloc.
    tenon_str copy(std::string_view text) const {
        if (text.empty()) return {nullptr, 0};
        char* const memory = static_cast<char*>(tenon_scope_alloc(raw(), text.size(), 1));
        if (memory == nullptr) throw std::bad_alloc();
        std::memcpy(memory, text.data(), text.size());
        return str({memory, text.size()});
    }

private:
    struct destroy {
        void operator()(tenon_scope* raw) const noexcept { tenon_scope_destroy(raw); }
    };
    std::unique_ptr<tenon_scope, destroy> scope_;
};

// A hook of contract type H. Copyable; valid until its host is gone. Calls return the verdict; what single handlers
// failed with is in the scope.
template <class H>
class Hook {
public:
    using request = typename H::request;
    using reply = typename H::reply;

    explicit Hook(tenon_hook* raw = nullptr) noexcept : raw_(raw) {}
    tenon_hook* raw() const noexcept { return raw_; }

    std::int32_t operator()(Scope& in) const
        requires(is_none<request> && is_none<reply>)
    {
        return run(in, nullptr, nullptr);
    }
    template <class T>
    std::int32_t operator()(Scope& in, const T& value) const
        requires(is_none<reply> && std::is_same_v<T, request>)
    {
        return run(in, &value, nullptr);
    }
    template <class T>
    std::int32_t operator()(Scope& in, T& value) const
        requires(is_none<request> && std::is_same_v<T, reply>)
    {
        return run(in, nullptr, &value);
    }
    template <class Q, class R>
    std::int32_t operator()(Scope& in, const Q& asked, R& answer) const
        requires(std::is_same_v<Q, request> && std::is_same_v<R, reply>)
    {
        return run(in, &asked, &answer);
    }

    // VETO as a question.
    template <class... Q>
    bool allows(Scope& in, const Q&... asked) const
        requires(H::kind == TENON_VETO)
    {
        return (*this)(in, asked...) != TENON_DENY;
    }
    // COLLECT: what the handlers added, at most `limit` elements (0: 65536), readable until the scope is reset.
    template <class... Q>
    SpanView<reply> collect(Scope& in, const Q&... asked) const
        requires(H::kind == TENON_COLLECT)
    {
        auto found = sized<tenon_collection>();
        run(in, first_of(asked...), &found);
        return SpanView<reply>(found.items);
    }
    // AROUND: `body(request pointer, reply pointer) -> status` runs inside all handlers; the status of the outermost.
    template <class Body>
    std::int32_t around(Scope& in, const request* asked, reply* answer, Body&& body) const
        requires(H::kind == TENON_AROUND)
    {
        return checked(tenon_hook_around(
            raw_, in.raw(), asked, answer,
            [](void* self, tenon_call*, const void* q, void* r) -> std::int32_t {
                return (*static_cast<std::remove_reference_t<Body>*>(self))(static_cast<const request*>(q),
                                                                            static_cast<reply*>(r));
            },
            const_cast<void*>(static_cast<const void*>(&body))));
    }

    // The application's own handlers, as C functions; the name identifies the handler in reports.
    tenon_registration* add(const tenon_handler_options& options, tenon_handler_fn function, void* self) const {
        tenon_registration* out = nullptr;
        ErrorSlot error;
        error.check(tenon_hook_add(raw_, &options, function, self, &out, error.get()));
        return out;
    }
    tenon_registration* add(std::string_view name, tenon_handler_fn function, void* self,
                            std::int32_t priority = 0) const {
        auto options = sized<tenon_handler_options>();
        options.name = str(name);
        options.priority = priority;
        return add(options, function, self);
    }
    // Returns when no call of it is running any more; false, and nothing removed, from inside such a call.
    bool remove(tenon_registration* registration) const noexcept {
        const std::int32_t status = tenon_hook_remove(raw_, registration, 1);
        return status == TENON_OK || status == TENON_E_NOT_FOUND;
    }

private:
    static const void* first_of() noexcept { return nullptr; }
    template <class Q>
    static const void* first_of(const Q& asked) noexcept {
        static_assert(std::is_same_v<Q, request>, "the hook has another request");
        return &asked;
    }
    std::int32_t run(Scope& in, const void* asked, void* answer) const {
        return checked(tenon_hook_call(raw_, in.raw(), asked, answer));
    }
    static std::int32_t checked(std::int32_t verdict) {
        if (verdict < 0)
            throw Error(verdict, std::string("dispatch of ") + H::name + " failed with " + std::to_string(verdict));
        return verdict;
    }
    tenon_hook* raw_;
};

// A service of contract type S. As hook; a method that fails throws.
template <class S>
class Service {
public:
    explicit Service(tenon_service* raw = nullptr) noexcept : raw_(raw) {}

    template <class Method, class... Request>
    reply_of<Method> ask(Scope& in, const Request&... request) const {
        static_assert(std::is_same_v<typename Method::service, S>);
        return ask_method<Method>(
            [&](const void* asked, void* answer) {
                const std::uint64_t before = in.error_count();
                const std::int32_t status = tenon_service_call(raw_, in.raw(), Method::index, asked, answer);
                if (status < 0 && in.error_count() > before && before < 8) throw Error(in.error(before));
                if (status < 0)
                    throw Error(status, std::string("call of ") + S::id + " failed with " + std::to_string(status));
            },
            request...);
    }

private:
    tenon_service* raw_;
};

// Options of an application that trusts its plugins: they run in process, or where their manifests say. Others confine
// them in workers of their own, unless the operator's file says otherwise.
inline tenon_host_options trusting() {
    auto options = sized<tenon_host_options>();
    options.trust = TENON_TRUST_TRUSTED;
    return options;
}

// The application's side of everything; owns the loaded plugins. Load and unload on one thread at a time.
class Host {
public:
    Host() : Host(sized<tenon_host_options>()) {}
    explicit Host(const tenon_host_options& options) {
        tenon_host* raw = nullptr;
        ErrorSlot error;
        error.check(tenon_host_create(&options, &raw, error.get()));
        host_.reset(raw);
    }

    tenon_host* raw() const noexcept { return host_.get(); }

    template <class Contract>
    void offer() {
        ErrorSlot error;
        error.check(tenon_host_offer(raw(), Contract::records, std::size(Contract::records), error.get()));
    }
    // Folders and libraries. Neither throws for refused plugins: the report says which and why. Nothing of a plugin
    // runs when it is only discovered.
    Report discover(const std::vector<std::string>& paths) { return report_of(tenon_host_discover, paths); }
    Report load(const std::vector<std::string>& paths) { return report_of(tenon_host_load, paths); }
    Report load(const std::string& path) { return load(std::vector<std::string>{path}); }
    // Throws when the plugin is unknown, depended on or still busy.
    Report unload(std::string_view id) {
        tenon_report* out = nullptr;
        ErrorSlot error;
        const std::int32_t status = tenon_host_unload(raw(), str(id), &out, error.get());
        Report report(out);  // there is one also when the plugin is busy
        error.check(status);
        return report;
    }
    Report plugins() const {
        tenon_report* out = nullptr;
        if (const std::int32_t status = tenon_host_plugins(raw(), &out); status < 0)
            throw Error(status, "the host cannot list its plugins: " + std::to_string(status));
        return Report(out);
    }
    // Finishes retired plugins where it can; how many are left.
    std::int32_t collect() { return tenon_host_collect(raw()); }
    std::uint64_t violations() const noexcept { return tenon_host_violations(raw()); }
    // Lets a disabled plugin load again; keeps one from loading. Both want a store_file.
    void enable(std::string_view id) {
        ErrorSlot error;
        error.check(tenon_host_enable(raw(), str(id), error.get()));
    }
    void disable(std::string_view id, std::string_view reason) {
        ErrorSlot error;
        error.check(tenon_host_disable(raw(), str(id), str(reason), error.get()));
    }
    // Provides a service: serve<...>() of plugin.hpp, or a table of C functions, called with `self`.
    void provide(const tenon_service_table& service, void* self) {
        ErrorSlot error;
        error.check(tenon_host_provide(raw(), &service, self, error.get()));
    }
    // Throws when the types that this was compiled with are not those on offer.
    template <class H>
    tenon::Hook<H> hook() const {
        tenon_hook* out = nullptr;
        ErrorSlot error;
        error.check(tenon_host_hook_as(raw(), H::contract::records, std::size(H::contract::records), str(H::name), &out,
                                       error.get()));
        return tenon::Hook<H>(out);
    }
    template <class S>
    tenon::Service<S> service() const {
        tenon_service* out = nullptr;
        ErrorSlot error;
        error.check(tenon_host_service(raw(), str(S::id), &out, error.get()));
        return tenon::Service<S>(out);
    }

private:
    struct destroy {
        void operator()(tenon_host* raw) const noexcept { tenon_host_destroy(raw); }
    };

    template <class Function>
    Report report_of(Function* function, const std::vector<std::string>& paths) {
        std::vector<tenon_str> views;
        for (const std::string& path : paths) views.push_back(str(path));
        tenon_report* out = nullptr;
        ErrorSlot error;
        const std::int32_t status = function(raw(), views.data(), views.size(), &out, error.get());
        if (out == nullptr) error.check(status);
        return Report(out);
    }

    std::unique_ptr<tenon_host, destroy> host_;
};

inline Scope::Scope(const Host& owner) {
    tenon_scope* raw = nullptr;
    if (tenon_scope_create(owner.raw(), &raw) < 0) throw std::bad_alloc();
    scope_.reset(raw);
}

}  // namespace tenon

#endif
