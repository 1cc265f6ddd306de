#include "host/check.h"

#include <fmt/format.h>

#include <cstring>

#include "host/host.h"
#include "host/plugin.h"

namespace tenon::host {

namespace {

constexpr int max_depth = 16;
constexpr std::uint64_t max_elements = 65536;

// Looks for pointers into one plugin's image. Reads a value only as far as its own struct_size says.
class Walk {
public:
    Walk(const loader::Contract& contract, const Plugin& plugin) : contract_(contract), plugin_(plugin) {}

    // The path of the first such pointer, "" if there is none.
    std::string look(const loader::Type& type, const char* value, std::uint64_t available, int depth) const {
        if (depth > max_depth) return "";
        if (type.form == loader::Type::Form::appendable) {
            std::uint32_t own = 0;
            std::memcpy(&own, value, sizeof own);
            available = own < available ? own : available;
        }
        for (const loader::Field& field : type.fields) {
            if (field.offset + field.size > available) break;
            const std::string found = look(field, value + field.offset, depth);
            if (!found.empty()) return type.name + "." + field.name + (found == "!" ? "" : " > " + found);
        }
        return "";
    }

private:
    std::string look(const loader::Field& field, const char* at, int depth) const {
        switch (field.code) {
            case loader::Code::str:
            case loader::Code::bytes:
                return points_into(at) ? "!" : "";
            case loader::Code::list:
                return points_into(at) ? "!" : strings(field, at);
            case loader::Code::span:
                return points_into(at) ? "!" : elements(contract_.types[field.of], at, depth);
            case loader::Code::nested:
                return look(contract_.types[field.of], at, field.size, depth + 1);
            default:
                return "";
        }
    }

    // tenon_str, tenon_bytes and tenon_span all begin with pointer and count.
    bool points_into(const char* at) const {
        tenon_bytes view{};
        std::memcpy(&view, at, sizeof view);
        return view.size != 0 && plugin_.contains(view.data);
    }

    std::string strings(const loader::Field& field, const char* at) const {
        tenon_span span{};
        std::memcpy(&span, at, sizeof span);
        if (field.of != TENON_CODE_str && field.of != TENON_CODE_bytes) return "";
        for (std::uint64_t i = 0; i < span.count && i < max_elements; ++i)
            if (points_into(static_cast<const char*>(span.data) + i * span.stride)) return "!";
        return "";
    }

    std::string elements(const loader::Type& type, const char* at, int depth) const {
        tenon_span span{};
        std::memcpy(&span, at, sizeof span);
        for (std::uint64_t i = 0; i < span.count && i < max_elements; ++i) {
            const std::string found =
                look(type, static_cast<const char*>(span.data) + i * span.stride, span.stride, depth + 1);
            if (!found.empty()) return found;
        }
        return "";
    }

    const loader::Contract& contract_;
    const Plugin& plugin_;
};

}  // namespace

std::int32_t check_reply(Call& call, Point& point, std::int32_t status, const void* reply) noexcept {
    const Plugin* const plugin = call.handler().plugin;
    if (status < 0 || reply == nullptr || plugin == nullptr || !point.contract) return status;
    try {
        const loader::Type& type = point.contract->types[point.reply_type];
        const std::string path =
            Walk(*point.contract, *plugin).look(type, static_cast<const char*>(reply), type.size, 0);
        if (!path.empty())
            point.host->violation(
                plugin->id(),
                fmt::format("{}: the reply's {} points into the plugin's own image and would dangle after unloading; "
                            "copy it with tenon_call_copy or tenon_call_alloc",
                            point.name, path));
    } catch (const std::bad_alloc&) {  // not checked, then
    }
    return status;
}

}  // namespace tenon::host
