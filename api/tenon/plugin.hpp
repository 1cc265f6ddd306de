// A plugin in C++: a class, and one macro that exports it.
//
//     class Shout {
//     public:
//         bool before_render(tenon::Call& call, press_page& page);   // true: changed
//     };
//     TENON_PLUGIN(Shout, TENON_USES(PRESS_CONTRACT), tenon::on<press_before_render_hook, &Shout::before_render>())
//
// The class is made by Shout(tenon::Init) or Shout(); it may have start(tenon::Init), stop(), installed(tenon::Init),
// upgraded(tenon::Init, std::string_view from, std::string_view to), uninstalling(tenon::Init),
// configuration_changed(std::string_view toml), save_state(tenon::Call&) -> tenon_state,
// restore_state(tenon::Call&, const tenon_state&) and apply_journal(tenon::Call&, const tenon_bytes&). Exceptions
// become errors with their text.
#ifndef TENON_PLUGIN_HPP
#define TENON_PLUGIN_HPP

#include <tenon/entry.h>
#include <array>
#include <exception>
#include <tenon/call.hpp>
#include <tuple>

namespace tenon {

// The plugin's handle to its host: any thread, until stop has returned. Copyable.
class Plugin {
public:
    explicit Plugin(tenon_plugin* raw = nullptr) noexcept : raw_(raw) {}
    tenon_plugin* raw() const noexcept { return raw_; }
    void log(std::uint32_t level, std::string_view text) const noexcept { raw_->ops->log(raw_, level, str(text)); }

    // Adds on<...>() while running, called with `self`; throws Error, and the host's log says why. The host removes
    // what is left before stop.
    tenon_registration* add_handler(const tenon_handler& handler, void* self, std::int32_t priority = 0) const {
        auto options = sized<tenon_handler_options>();
        options.priority = priority;
        return add_handler(handler, self, options);
    }
    tenon_registration* add_handler(const tenon_handler& handler, void* self,
                                    const tenon_handler_options& options) const {
        tenon_registration* out = nullptr;
        const std::int32_t status = raw_->ops->add_handler(raw_, &handler, self, &options, &out);
        if (status < 0) throw Error(status, "adding a handler failed with " + std::to_string(status));
        return out;
    }
    // Returns when no call of it is running any more; false, and nothing removed, from inside such a call.
    bool remove_handler(tenon_registration* registration) const noexcept {
        const std::int32_t status = raw_->ops->remove_handler(raw_, registration, 1);
        return status == TENON_OK || status == TENON_E_NOT_FOUND;
    }
    // Runs body(Call&) in a call of its own, for the plugin's threads; what it throws is thrown here again.
    template <class Body>
    void run(Body&& body) const {
        std::exception_ptr thrown;
        auto inside = [&](tenon_call* raw) noexcept {
            try {
                Call call(raw);
                body(call);
            } catch (...) {
                thrown = std::current_exception();
            }
        };
        const std::int32_t status = raw_->ops->run(
            raw_,
            [](void* data, tenon_call* raw) -> std::int32_t {
                (*static_cast<decltype(inside)*>(data))(raw);
                return TENON_OK;
            },
            &inside);
        if (thrown) std::rethrow_exception(thrown);
        if (status < 0) throw Error(status, "the host does not run the call: " + std::to_string(status));
    }

    // State policy "journal": notes a change, should another generation be taking over.
    void journal(const void* bytes, std::size_t size) const {
        const std::int32_t status = raw_->ops->journal(raw_, {bytes, size});
        if (status < 0) throw Error(status, "the host does not keep the journal: " + std::to_string(status));
    }

    // Asks the host for what the plugin may not do itself (tenon/request.h), and waits: take(const tenon_answer&) gets
    // the answer, also one that says why there is none. Gives the status; what `take` throws is thrown here again.
    template <class Take>
    std::int32_t request(const tenon_request& asked, Take&& take) const {
        std::exception_ptr thrown;
        auto inside = [&](const tenon_answer& answer) noexcept {
            try {
                take(answer);
            } catch (...) {
                thrown = std::current_exception();
            }
        };
        if (!TENON_HAS(raw_->ops, request)) return TENON_E_UNIMPLEMENTED;
        const std::int32_t status = raw_->ops->request(
            raw_, &asked,
            [](void* data, const tenon_answer* answer) { (*static_cast<decltype(inside)*>(data))(*answer); }, &inside);
        if (thrown) std::rethrow_exception(thrown);
        return status;
    }

private:
    tenon_plugin* raw_;
};

// The host said no and has kept its reason, which names the field or the version; let it through.
class Refused : public Error {
public:
    using Error::Error;
};

// What start-up offers. Valid inside the constructor or start only.
class Init {
public:
    explicit Init(tenon_init* raw) noexcept : raw_(raw) {}
    tenon_init* raw() const noexcept { return raw_; }
    Plugin plugin() const noexcept { return Plugin(raw_->ops->plugin(raw_)); }
    std::string_view resource_folder() const noexcept { return view(raw_->ops->resource_folder(raw_)); }
    std::string_view data_folder() const noexcept { return view(raw_->ops->data_folder(raw_)); }

    // Throws Refused when nobody offers it, or when its types do not fit.
    template <class S>
    ServiceHandle<S> service() const {
        ServiceHandle<S> out;
        const std::int32_t status = raw_->ops->service(raw_, str(S::id), &out.raw);
        if (status < 0) throw Refused(status, std::string("service ") + S::id + " cannot be used");
        return out;
    }
    template <class H>
    HookHandle<H> hook() const {
        HookHandle<H> out;
        const std::int32_t status = raw_->ops->hook(raw_, str(H::contract::id), str(H::name), &out.raw);
        if (status < 0) throw Refused(status, std::string("hook ") + H::name + " cannot be used");
        return out;
    }

private:
    tenon_init* raw_;
};

// For save_state: a copy of a described struct, as that version of the schema.
template <class T>
tenon_state saved_state(Call& call, std::string_view schema, std::uint32_t version, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    auto state = sized<tenon_state>();
    state.schema_version = version;
    state.schema = str(schema);
    state.data = {call.copy_span(std::array<T, 1>{value}).data, sizeof(T)};
    return state;
}
// For restore_state and apply_journal: the bytes as such a struct. Throws Error when they have another size.
template <class T>
T read_as(const tenon_bytes& bytes) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (bytes.size != sizeof value) throw Error(TENON_E_INVALID, "the state has another size than it should have");
    std::memcpy(&value, bytes.data, sizeof value);
    return value;
}

// A handler of H: `method` is a member function of the plugin's class that takes (call&, [const request&], [reply&])
// and returns void, bool (CHANGED for FILTER, HANDLED for FIRST, allowed or not for VETO) or a status. For COLLECT it
// takes tenon::Sink<reply> in place of the reply.
template <class H, auto method>
constexpr tenon_handler on() noexcept;

// A service: tenon::serve<acme_tax_service, tenon::method<acme_tax_rate_method, &Tax::rate>>(). A method that is left
// out is "not implemented".
template <class Method, auto member>
struct method {
    using point = Method;
    static constexpr auto function = member;
};
template <class S, class... Methods>
constexpr tenon_service_table serve() noexcept;

}  // namespace tenon

#include <tenon/plugin_detail.hpp>

// Exports Class. `contracts` is a row of TENON_USES(...) and TENON_OFFERS(...); then come on<...>() and serve<...>().
#define TENON_PLUGIN(Class, contracts, ...)                                                   \
    TENON_NOTE(contracts)                                                                     \
    namespace {                                                                               \
    constexpr auto tenon_points = std::make_tuple(__VA_ARGS__);                               \
    constexpr auto tenon_handlers = tenon::detail::select<tenon_handler>(tenon_points);       \
    constexpr auto tenon_services = tenon::detail::select<tenon_service_table>(tenon_points); \
    constexpr tenon_lifecycle tenon_slots = tenon::detail::lifecycle<Class>::slots();         \
    }                                                                                         \
    TENON_ENTRY_(&tenon_slots, tenon::detail::span_of(tenon_handlers), tenon::detail::span_of(tenon_services))

#endif
