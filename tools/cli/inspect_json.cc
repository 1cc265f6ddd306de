// The facts of files for programs. docs/cli.md lists the keys; every key is always there.
#include "tools/cli/inspect.h"
#include "tools/cli/json.h"
#include "tools/cli/manifest_json.h"

namespace tenon::cli {
namespace {

Json type_or_null(const loader::Contract& contract, std::uint32_t type) {
    const std::string_view name = type_name(contract, type);
    return name.empty() ? Json(nullptr) : Json(name);
}

Json hook_json(const loader::Contract& contract, const loader::Hook& hook) {
    return {{"name", hook.name},
            {"kind", loader::hook_kind_name(hook.kind)},
            {"request", type_or_null(contract, hook.request)},
            {"reply", type_or_null(contract, hook.reply)},
            {"soft_budget_ns", hook.soft_budget_ns},
            {"hard_budget_ns", hook.hard_budget_ns}};
}

Json service_json(const loader::Contract& contract, const loader::Service& service) {
    Json methods = Json::array();
    for (const loader::Method& method : service.methods)
        methods.push_back({{"name", method.name},
                           {"request", type_or_null(contract, method.request)},
                           {"reply", type_or_null(contract, method.reply)}});
    return {{"id", service.id}, {"methods", methods}};
}

Json enumeration_json(const loader::Type& type) {
    const bool is_signed = type.underlying >= loader::Code::i8 && type.underlying <= loader::Code::i64;
    Json values = Json::array();
    for (const loader::Value& value : type.values)
        values.push_back({{"name", value.name},
                          {"number", is_signed ? Json(static_cast<std::int64_t>(value.number)) : Json(value.number)}});
    return {{"name", type.name}, {"form", "enum"}, {"size", type.size}, {"values", values}};
}

Json struct_json(const loader::Contract& contract, const loader::Type& type) {
    Json fields = Json::array();
    for (const loader::Field& field : type.fields)
        fields.push_back({{"name", field.name},
                          {"kind", loader::kind_name(contract, field)},
                          {"offset", field.offset},
                          {"size", field.size}});
    return {{"name", type.name},           {"form", type.form == loader::Type::Form::frozen ? "frozen" : "appendable"},
            {"size", type.size},           {"minimum_size", type.minimum_size},
            {"alignment", type.alignment}, {"fields", fields}};
}

Json contract_json(const Facts& facts, const loader::Contract& contract, bool types) {
    const manifest::ContractUse* const use = facts.use_of(contract.id);
    Json out = {{"id", contract.id},
                {"version", contract.version()},
                {"role", contract.offered ? "offered" : "used"},
                {"range", use == nullptr ? Json(nullptr) : Json(use->range.text())},
                {"optional_tail", use != nullptr && use->optional_tail},
                {"hooks", Json::array()},
                {"services", Json::array()}};
    for (const loader::Hook& hook : contract.hooks) out["hooks"].push_back(hook_json(contract, hook));
    for (const loader::Service& service : contract.services) out["services"].push_back(service_json(contract, service));
    if (!types) return out;
    out["types"] = Json::array();
    for (const loader::Type& type : contract.types)
        out["types"].push_back(type.form == loader::Type::Form::enumeration ? enumeration_json(type)
                                                                            : struct_json(contract, type));
    return out;
}

// A contract that the manifest names, and the note does not describe.
Json undescribed_json(const manifest::ContractUse& use, bool types) {
    Json out = {{"id", use.id},
                {"version", nullptr},
                {"role", "used"},
                {"range", use.range.text()},
                {"optional_tail", use.optional_tail},
                {"hooks", Json::array()},
                {"services", Json::array()}};
    if (types) out["types"] = Json::array();
    return out;
}

Json contracts_json(const Facts& facts, bool types) {
    Json out = Json::array();
    for (const loader::Contract& contract : facts.contracts) out.push_back(contract_json(facts, contract, types));
    if (!facts.manifest) return out;
    for (const manifest::ContractUse& use : facts.manifest->contracts)
        if (facts.contract(use.id) == nullptr) out.push_back(undescribed_json(use, types));
    return out;
}

Json plugin_json(const manifest::Manifest& manifest) {
    return {{"id", manifest.id},
            {"name", manifest.name},
            {"version", manifest::to_string(manifest.version)},
            {"license", manifest.license},
            {"description", manifest.description},
            {"authors", manifest.authors}};
}

Json handled_json(const HandledHook& handled) {
    Json out = {{"contract", handled.use->contract}, {"hook", handled.use->name}, {"priority", handled.use->priority}};
    for (const char* key : {"kind", "request", "reply", "soft_budget_ns", "hard_budget_ns"}) out[key] = nullptr;
    if (handled.hook == nullptr) return out;
    const Json described = hook_json(*handled.contract, *handled.hook);
    for (const auto& [key, value] : described.items())
        if (key != "name") out[key] = value;
    return out;
}

Json dependencies_json(const Facts& facts) {
    Json out = Json::array();
    if (!facts.manifest) return out;
    for (const manifest::Dependency& dependency : facts.manifest->dependencies)
        out.push_back({{"id", dependency.id}, {"range", dependency.range.text()}, {"optional", dependency.optional}});
    return out;
}

Json abi_json(const loader::Image& image) {
    return {{"major", image.abi_major},
            {"minor_required", image.abi_minor_required},
            {"minor_built", image.abi_minor_built}};
}

Json facts_json(const Facts& facts, bool types) {
    const char* const kind = facts.is_plugin() ? "plugin" : facts.is_contract() ? "contract" : "none";
    Json out = {{"file", facts.path}, {"kind", kind}, {"problems", to_json(facts.problems)}};
    out["plugin"] = facts.manifest ? plugin_json(*facts.manifest) : Json(nullptr);
    out["manifest"] = facts.manifest ? manifest_json(facts.image->manifest) : Json(nullptr);
    out["abi"] = facts.image ? abi_json(*facts.image) : Json(nullptr);
    out["build_id"] = facts.image ? facts.image->build_id : "";
    out["libraries"] = facts.image ? Json(facts.image->needed) : Json::array();
    out["dependencies"] = dependencies_json(facts);
    out["handles"] = Json::array();
    for (const HandledHook& handled : handled_hooks(facts)) out["handles"].push_back(handled_json(handled));
    out["contracts"] = contracts_json(facts, types);
    return out;
}

}  // namespace

void print_facts_json(const std::vector<Facts>& files, bool types) {
    Json out = Json::array();
    for (const Facts& facts : files) out.push_back(facts_json(facts, types));
    print_json(out);
}

}  // namespace tenon::cli
