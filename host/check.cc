#include "host/check.h"

#include <fmt/format.h>

#include <cstring>

#include "host/host.h"
#include "host/plugin.h"

namespace tenon::host {

namespace {

constexpr int max_depth = 16;
constexpr std::uint64_t max_elements = 65536;

constexpr const char* in_image =
    "points into the plugin's own image and would dangle after unloading; copy it with "
    "tenon_call_copy or tenon_call_alloc";
constexpr const char* no_data = "counts elements but has no data";
constexpr const char* no_size = "has elements that are too short";

// What is wrong, and where; `what` is null when nothing is.
struct Finding {
    const char* what = nullptr;
    std::string path;
};

// Looks for pointers into one plugin's image, and for spans that cannot be read. Reads a value only as far as its own
// struct_size says.
class Inspection {
public:
    Inspection(const loader::Contract& contract, const Plugin& plugin) : contract_(contract), plugin_(plugin) {}

    Finding look(const loader::Type& type, const char* value, std::uint64_t available, int depth) const {
        if (depth > max_depth) return {};
        if (type.form == loader::Type::Form::appendable) {
            if (available < sizeof(std::uint32_t)) return {no_size, type.name};
            std::uint32_t own = 0;
            std::memcpy(&own, value, sizeof own);
            available = own < available ? own : available;
        }
        for (const loader::Field& field : type.fields) {
            if (field.offset + field.size > available) break;
            Finding found = look(field, value + field.offset, depth);
            if (found.what == nullptr) continue;
            found.path = type.name + "." + field.name + (found.path.empty() ? "" : " > " + found.path);
            return found;
        }
        return {};
    }

private:
    Finding look(const loader::Field& field, const char* at, int depth) const {
        switch (field.code) {
            case loader::Code::str:
            case loader::Code::bytes:
                return {view(at), {}};
            case loader::Code::list: {
                if (field.of != TENON_CODE_str && field.of != TENON_CODE_bytes) return {view(at), {}};
                return span(at, [&](const char* element) {
                    return Finding{stride(at) < sizeof(tenon_bytes) ? no_size : view(element), {}};
                });
            }
            case loader::Code::span:
                return span(at, [&](const char* element) {
                    return look(contract_.types[field.of], element, stride(at), depth + 1);
                });
            case loader::Code::nested:
                return look(contract_.types[field.of], at, field.size, depth + 1);
            default:
                return {};
        }
    }

    // tenon_str, tenon_bytes and tenon_span all begin with pointer and count.
    const char* view(const char* at) const {
        tenon_bytes bytes{};
        std::memcpy(&bytes, at, sizeof bytes);
        if (bytes.size == 0) return nullptr;
        if (bytes.data == nullptr) return no_data;
        return plugin_.contains(bytes.data) ? in_image : nullptr;
    }

    static std::uint64_t stride(const char* at) {
        tenon_span span{};
        std::memcpy(&span, at, sizeof span);
        return span.stride;
    }

    template <class Look>
    Finding span(const char* at, Look&& look_at) const {
        if (const char* const what = view(at)) return {what, {}};
        tenon_span span{};
        std::memcpy(&span, at, sizeof span);
        for (std::uint64_t i = 0; i < span.count && i < max_elements; ++i) {
            Finding found = look_at(static_cast<const char*>(span.data) + i * span.stride);
            if (found.what != nullptr) return found;
        }
        return {};
    }

    const loader::Contract& contract_;
    const Plugin& plugin_;
};

}  // namespace

std::int32_t check_reply(Level& call, Point& point, std::int32_t status, const void* reply) noexcept {
    const Plugin* const plugin = call.handler().plugin;
    if (status < 0 || reply == nullptr || plugin == nullptr || point.reply_type == loader::no_type) return status;
    try {
        const loader::Type& type = point.contract->types[point.reply_type];
        const Finding found =
            Inspection(*point.contract, *plugin).look(type, static_cast<const char*>(reply), type.size, 0);
        if (found.what != nullptr)
            point.host->violation(plugin->id(),
                                  fmt::format("{}: the reply's {} {}", point.name, found.path, found.what));
    } catch (const std::bad_alloc&) {  // not checked, then
    }
    return status;
}

}  // namespace tenon::host
