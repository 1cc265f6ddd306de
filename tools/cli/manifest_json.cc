#include "tools/cli/manifest_json.h"

#include "manifest/guard.h"
#include "manifest/tree.h"

namespace tenon::cli {
namespace {

// guard() has bounded the depth.
Json as_json(const manifest::Value& value) {
    using Kind = manifest::Value::Kind;
    Json out;
    switch (value.kind) {
        case Kind::string:
            return value.string;
        case Kind::integer:
            return value.integer;
        case Kind::floating:
            return value.floating;
        case Kind::boolean:
            return value.boolean;
        case Kind::array:
            out = Json::array();
            for (const manifest::Value& element : value.array) out.push_back(as_json(element));
            return out;
        case Kind::table:
            out = Json::object();
            for (const manifest::Entry& entry : value.entries) out[entry.key] = as_json(entry.value);
            return out;
        case Kind::date_time:  // no key of a manifest has one
        case Kind::null:
            break;
    }
    return nullptr;
}

}  // namespace

Json manifest_json(std::string_view toml) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (toml.substr(0, byte_order_mark.size()) == byte_order_mark) toml.remove_prefix(byte_order_mark.size());
    if (manifest::guard(toml, "")) return nullptr;
    const base::Result<manifest::Value> root = manifest::read_toml(toml, "");
    return root ? as_json(root.value()) : Json(nullptr);
}

}  // namespace tenon::cli
