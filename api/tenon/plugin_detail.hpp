// The trampolines behind plugin.hpp: from the C signatures to a C++ class, and no exception the other way.
#ifndef TENON_PLUGIN_DETAIL_HPP
#define TENON_PLUGIN_DETAIL_HPP

#include <memory>

namespace tenon::detail {

template <class>
struct class_of;
template <class R, class C, class... A>
struct class_of<R (C::*)(A...)> {
    using type = C;
};
template <class R, class C, class... A>
struct class_of<R (C::*)(A...) const> {
    using type = C;
};
template <class R, class C, class... A>
struct class_of<R (C::*)(A...) noexcept> {
    using type = C;
};
template <class R, class C, class... A>
struct class_of<R (C::*)(A...) const noexcept> {
    using type = C;
};

template <class Point, std::int32_t on_true, std::int32_t on_false, auto method>
std::int32_t trampoline(void* self, tenon_call* raw, const void* request, void* reply) noexcept {
    using Class = typename class_of<decltype(method)>::type;
    return guarded(
        [&] {
            Call call(raw);
            const auto invoke = [self](auto&&... arguments) -> decltype(auto) {
                return (static_cast<Class*>(self)->*method)(arguments...);
            };
            return as_status<on_true, on_false>(
                [&]() -> decltype(auto) { return with_arguments<Point>(invoke, call, request, reply); });
        },
        [raw](std::int32_t code, tenon_str text) { return tenon_call_fail(raw, code, text); });
}

// The life-cycle slots of a class; a member function that it does not have is an empty slot.
template <class Class>
struct lifecycle {
    static std::int32_t fail(tenon_init* raw, std::int32_t code, tenon_str text) noexcept {
        return raw->ops->fail(raw, code, text);
    }
    template <class Body>
    static std::int32_t with_init(tenon_init* raw, Body&& body) noexcept {
        return guarded(
            [&] {
                try {
                    body(Init(raw));
                } catch (const Refused& refused) {
                    return refused.code();
                }
                return std::int32_t{TENON_OK};
            },
            [raw](std::int32_t code, tenon_str text) { return fail(raw, code, text); });
    }
    template <class Body>
    static std::int32_t without_words(Body&& body) noexcept {
        return guarded(
            [&] {
                body();
                return TENON_OK;
            },
            [](std::int32_t code, tenon_str) { return code; });
    }
    template <class Body>
    static std::int32_t with_call(tenon_call* raw, Body&& body) noexcept {
        return guarded(
            [&] {
                Call call(raw);
                body(call);
                return TENON_OK;
            },
            [raw](std::int32_t code, tenon_str text) { return tenon_call_fail(raw, code, text); });
    }
    static Class& at(void* self) noexcept { return *static_cast<Class*>(self); }

    static std::int32_t create(tenon_init* raw, void** out_self) noexcept {
        return with_init(raw, [&](Init context) {
            if constexpr (std::is_constructible_v<Class, Init>) {
                *out_self = new Class(context);
            } else {
                *out_self = new Class();
            }
        });
    }
    static void destroy(void* self) noexcept { delete static_cast<Class*>(self); }

    static constexpr tenon_lifecycle slots() noexcept {
        tenon_lifecycle out{};
        out.struct_size = sizeof out;
        out.create = create;
        out.destroy = destroy;
        if constexpr (requires(Class& c, Init i) { c.start(i); })
            out.start = [](void* self, tenon_init* raw) noexcept {
                return with_init(raw, [&](Init i) { at(self).start(i); });
            };
        if constexpr (requires(Class& c) { c.stop(); })
            out.stop = [](void* self) noexcept { return without_words([&] { at(self).stop(); }); };
        if constexpr (requires(Class& c, Init i) { c.installed(i); })
            out.installed = [](void* self, tenon_init* raw) noexcept {
                return with_init(raw, [&](Init i) { at(self).installed(i); });
            };
        if constexpr (requires(Class& c, Init i) { c.upgraded(i, std::string_view(), std::string_view()); })
            out.upgraded = [](void* self, tenon_init* raw, tenon_str from, tenon_str to) noexcept {
                return with_init(raw, [&](Init i) { at(self).upgraded(i, view(from), view(to)); });
            };
        if constexpr (requires(Class& c, Init i) { c.uninstalling(i); })
            out.uninstalling = [](void* self, tenon_init* raw) noexcept {
                return with_init(raw, [&](Init i) { at(self).uninstalling(i); });
            };
        if constexpr (requires(Class& c) { c.configuration_changed(std::string_view()); })
            out.configuration_changed = [](void* self, tenon_str toml) noexcept {
                return without_words([&] { at(self).configuration_changed(view(toml)); });
            };
        if constexpr (requires(Class& c, Call& k) { c.save_state(k); })
            out.save_state = [](void* self, tenon_call* raw, tenon_state* out_state) noexcept {
                return with_call(raw, [&](Call& call) { *out_state = at(self).save_state(call); });
            };
        if constexpr (requires(Class& c, Call& k, const tenon_state& s) { c.restore_state(k, s); })
            out.restore_state = [](void* self, tenon_call* raw, const tenon_state* state) noexcept {
                return with_call(raw, [&](Call& call) { at(self).restore_state(call, *state); });
            };
        if constexpr (requires(Class& c, Call& k, const tenon_bytes& b) { c.apply_journal(k, b); })
            out.apply_journal = [](void* self, tenon_call* raw, tenon_bytes entry) noexcept {
                return with_call(raw, [&](Call& call) { at(self).apply_journal(call, entry); });
            };
        return out;
    }
};

// The elements of type T of a tuple, as an array (of at least one, so that it has an address).
template <class T, class... Items>
constexpr auto select(const std::tuple<Items...>& items) {
    constexpr std::size_t found = (std::size_t{0} + ... + (std::is_same_v<T, Items> ? 1u : 0u));
    static_assert(((std::is_same_v<Items, tenon_handler> || std::is_same_v<Items, tenon_service_table>) && ...),
                  "TENON_PLUGIN takes tenon::on<...>() and tenon::serve<...>()");
    struct {
        T items[found == 0 ? 1 : found];
        std::uint64_t count;
    } out{{}, found};
    std::size_t next = 0;
    std::apply(
        [&](const auto&... item) {
            [[maybe_unused]] const auto take = [&](const auto& one) {
                if constexpr (std::is_same_v<std::remove_cvref_t<decltype(one)>, T>) out.items[next++] = one;
            };
            (take(item), ...);
        },
        items);
    (void)next;
    return out;
}

template <class Selected>
constexpr tenon_span span_of(const Selected& selected) noexcept {
    return {selected.items, selected.count, static_cast<std::uint32_t>(sizeof selected.items[0]), 0};
}

template <class S, class... Methods>
constexpr std::array<tenon_handler_fn, S::method_count> method_table() noexcept {
    static_assert((std::is_same_v<typename Methods::point::service, S> && ...), "a method of another service");
    std::array<tenon_handler_fn, S::method_count> table{};
    ((table[Methods::point::index] = &trampoline<typename Methods::point, TENON_OK, TENON_OK, Methods::function>), ...);
    return table;
}
template <class S, class... Methods>
inline constexpr auto methods_of = method_table<S, Methods...>();

}  // namespace tenon::detail

namespace tenon {

template <class H, auto method>
constexpr tenon_handler on() noexcept {
    return {str(H::contract::id), str(H::name), &detail::trampoline<H, true_means<H>, false_means<H>, method>};
}

template <class S, class... Methods>
constexpr tenon_service_table serve() noexcept {
    return {str(S::id), detail::methods_of<S, Methods...>.data(), S::method_count};
}

}  // namespace tenon

#endif
