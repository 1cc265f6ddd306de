// Typed views of a call, of hooks and of services, for handlers written in C++.
#ifndef TENON_CALL_HPP
#define TENON_CALL_HPP

#include <tenon/contract.h>
#include <tenon/hook.h>
#include <tenon/error.hpp>

namespace tenon {

template <class T>
inline constexpr bool is_none = std::is_same_v<T, tenon_none>;

// A hook of contract type H (say acme_price_hook), to be dispatched from inside a call. Copyable, borrowed.
template <class H>
struct HookHandle {
    tenon_hook* raw = nullptr;
};

// A service of type S (say acme_tax_service). Copyable, borrowed.
template <class S>
struct ServiceHandle {
    tenon_service* raw = nullptr;
};

// void for a method without reply.
template <class Method>
using reply_of = std::conditional_t<is_none<typename Method::reply>, void, typename Method::reply>;

// Calls `function(request pointer, reply pointer)` with what the method has of them, and returns the reply.
template <class Method, class Function, class... Request>
reply_of<Method> ask_method(Function&& function, const Request&... request) {
    static_assert(is_none<typename Method::request>
                      ? sizeof...(Request) == 0
                      : (sizeof...(Request) == 1 && (std::is_same_v<Request, typename Method::request> && ...)),
                  "the method has another request");
    const void* asked = nullptr;
    ((asked = &request), ...);
    if constexpr (is_none<typename Method::reply>) {
        function(asked, nullptr);
    } else {
        auto reply = sized<typename Method::reply>();
        function(asked, &reply);
        return reply;
    }
}

// One call, as its handler sees it. Lives as long as the handler runs; never keep one. Not thread-safe.
class Call {
public:
    explicit Call(tenon_call* raw) noexcept : raw_(raw) {}
    tenon_call* raw() const noexcept { return raw_; }

    // True when the caller wants the call to end.
    bool cancelled() const noexcept { return tenon_call_cancelled(raw_) != 0; }

    // Copies into the call's arena, for replies. Throws std::bad_alloc.
    tenon_str copy(std::string_view text) const {
        if (text.empty()) return {nullptr, 0};
        const tenon_str copied = tenon_call_copy(raw_, str(text));
        if (copied.data == nullptr) throw std::bad_alloc();
        return copied;
    }

    // A span of copies of the elements of `items`, in the call's arena.
    template <class Range>
    tenon_span copy_span(const Range& items) const {
        using T = std::remove_cvref_t<decltype(*std::begin(items))>;
        static_assert(std::is_trivially_copyable_v<T>);
        const std::uint64_t count = std::size(items);
        if (count == 0) return {nullptr, 0, sizeof(T), 0};
        T* const copies = static_cast<T*>(tenon_call_alloc(raw_, count * sizeof(T), alignof(T)));
        if (copies == nullptr) throw std::bad_alloc();
        std::uint64_t next = 0;
        for (const T& item : items) copies[next++] = item;
        return {copies, count, sizeof(T), 0};
    }

    // Appends a copy of `element` to a span of a reply; what is there keeps all its bytes. Throws std::bad_alloc.
    template <class T>
    void append(tenon_span& span, const T& element) const {
        static_assert(std::is_trivially_copyable_v<T>);
        if (!tenon_call_append(raw_, &span, &element, sizeof element)) throw std::bad_alloc();
    }

    // AROUND: runs what comes after this handler; its status, an error included.
    std::int32_t next() const noexcept { return tenon_call_next(raw_); }

    // ASYNC: the answer will come later; return TENON_PENDING. Throws Error for other hooks.
    tenon_pending* defer() const {
        tenon_pending* out = nullptr;
        if (const std::int32_t status = tenon_call_defer(raw_, &out); status < 0)
            throw Error(status, "this call cannot be answered later");
        return out;
    }

    // Dispatches a hook in a child scope; the verdict, or an error by exception.
    template <class H>
    std::int32_t dispatch(HookHandle<H> hook, const typename H::request* request, typename H::reply* reply) const {
        return checked(tenon_call_hook(raw_, hook.raw, request, reply), H::name);
    }

    // Calls a service method, say call.ask<acme_tax_rate_method>(tax, request); errors by exception. A method without
    // request takes none, one without reply returns nothing.
    template <class Method, class... Request>
    reply_of<Method> ask(ServiceHandle<typename Method::service> service, const Request&... request) const {
        return ask_method<Method>(
            [&](const void* asked, void* answer) {
                checked(tenon_call_service(raw_, service.raw, Method::index, asked, answer), Method::service::id);
            },
            request...);
    }

private:
    // A failure of what was called, with its own words where it left some.
    std::int32_t checked(std::int32_t status, const char* what) const {
        if (status >= 0) return status;
        tenon_error why = TENON_ERROR_INIT;
        if (tenon_call_nested_error(raw_, &why) == TENON_OK && why.code == status) throw Error(why);
        throw Error(status, std::string("call of ") + what + " failed with " + std::to_string(status));
    }

    tenon_call* raw_;
};

// What a COLLECT handler adds to. Lives as long as its call.
template <class Element>
class Sink {
public:
    explicit Sink(tenon_call* raw) noexcept : raw_(raw) {}
    // False when the caller wants no more. Throws Error for an element that is none.
    bool add(const Element& element) const {
        const std::int32_t status = tenon_call_emit(raw_, &element);
        if (status == TENON_E_FULL) return false;
        if (status < 0) throw Error(status, "an element was refused with " + std::to_string(status));
        return true;
    }

private:
    tenon_call* raw_;
};

// Turns what a handler returns into a status: void is "go on", bool is `on_true` or `on_false`.
template <std::int32_t on_true, std::int32_t on_false = TENON_CONTINUE, class Function>
std::int32_t as_status(Function&& function) {
    using Result = decltype(function());
    if constexpr (std::is_void_v<Result>) {
        function();
        return TENON_OK;
    } else if constexpr (std::is_same_v<Result, bool>) {
        return function() ? on_true : on_false;
    } else {
        static_assert(std::is_same_v<Result, std::int32_t>, "a handler returns void, bool or int32_t");
        return function();
    }
}

template <class Point>
concept collects = requires { requires Point::kind == TENON_COLLECT; };

// Calls `function(call, request, reply)`, leaving out what Point (a hook or method type) does not have.
template <class Point, class Function>
decltype(auto) with_arguments(Function&& function, Call& call, const void* request, void* reply) {
    using Request = typename Point::request;
    using Reply = typename Point::reply;
    if constexpr (collects<Point>) {
        Sink<Reply> sink(call.raw());
        if constexpr (is_none<Request>) {
            return function(call, sink);
        } else {
            return function(call, *static_cast<const Request*>(request), sink);
        }
    } else if constexpr (is_none<Request> && is_none<Reply>) {
        return function(call);
    } else if constexpr (is_none<Request>) {
        return function(call, *static_cast<Reply*>(reply));
    } else if constexpr (is_none<Reply>) {
        return function(call, *static_cast<const Request*>(request));
    } else {
        return function(call, *static_cast<const Request*>(request), *static_cast<Reply*>(reply));
    }
}

template <class H>
inline constexpr std::int32_t true_means = H::kind == TENON_FILTER  ? std::int32_t{TENON_CHANGED}
                                           : H::kind == TENON_FIRST ? std::int32_t{TENON_HANDLED}
                                           : H::kind == TENON_VETO  ? std::int32_t{TENON_HANDLED}
                                                                    : std::int32_t{TENON_CONTINUE};
template <class H>
inline constexpr std::int32_t false_means =
    H::kind == TENON_VETO ? std::int32_t{TENON_DENY} : std::int32_t{TENON_CONTINUE};

}  // namespace tenon

#endif
