// A plugin in C++: a class, and one macro that exports it.
//
//     class Shout {
//     public:
//         bool before_render(tenon::call& call, press_page& page);   // true: changed
//     };
//     TENON_PLUGIN(Shout, TENON_USES(PRESS_CONTRACT), tenon::on<press_before_render_hook, &Shout::before_render>())
//
// The class is made by Shout(tenon::init) or Shout(); it may have start(tenon::init), stop(), installed(tenon::init),
// upgraded(tenon::init, std::string_view from, std::string_view to), uninstalling(tenon::init),
// configuration_changed(std::string_view toml), save_state(tenon::call&) -> tenon_state and
// restore_state(tenon::call&, const tenon_state&). Exceptions become errors with their text.
#ifndef TENON_PLUGIN_HPP
#define TENON_PLUGIN_HPP

#include <tenon/entry.h>
#include <array>
#include <tenon/call.hpp>
#include <tuple>

namespace tenon {

// The plugin's handle to its host: any thread, until stop has returned. Copyable.
class plugin {
public:
    explicit plugin(tenon_plugin* raw = nullptr) noexcept : raw_(raw) {}
    tenon_plugin* raw() const noexcept { return raw_; }
    void log(std::uint32_t level, std::string_view text) const noexcept { raw_->ops->log(raw_, level, str(text)); }

private:
    tenon_plugin* raw_;
};

// What start-up offers. Valid inside the constructor or start only.
class init {
public:
    explicit init(tenon_init* raw) noexcept : raw_(raw) {}
    tenon_init* raw() const noexcept { return raw_; }
    tenon::plugin plugin() const noexcept { return tenon::plugin(raw_->ops->plugin(raw_)); }
    std::string_view resource_folder() const noexcept { return view(raw_->ops->resource_folder(raw_)); }
    std::string_view data_folder() const noexcept { return view(raw_->ops->data_folder(raw_)); }

    // Throws tenon::error when nobody offers it.
    template <class Service>
    service_handle<Service> service() const {
        service_handle<Service> out;
        const std::int32_t status = raw_->ops->service(raw_, str(Service::id), &out.raw);
        if (status < 0) throw error(status, std::string("service ") + Service::id + " is not offered");
        return out;
    }
    template <class Hook>
    hook_handle<Hook> hook() const {
        hook_handle<Hook> out;
        const std::int32_t status = raw_->ops->hook(raw_, str(Hook::contract::id), str(Hook::name), &out.raw);
        if (status < 0) throw error(status, std::string("hook ") + Hook::name + " is not offered");
        return out;
    }

private:
    tenon_init* raw_;
};

// A handler of Hook: `method` is a member function of the plugin's class that takes (call&, [const request&], [reply&])
// and returns void, bool (CHANGED for FILTER, HANDLED for FIRST) or a status.
template <class Hook, auto method>
constexpr tenon_handler on() noexcept;

// A service: tenon::serve<acme_tax_service, tenon::method<acme_tax_rate_method, &Tax::rate>>(). A method that is left
// out is "not implemented".
template <class Method, auto member>
struct method {
    using point = Method;
    static constexpr auto function = member;
};
template <class Service, class... Methods>
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
