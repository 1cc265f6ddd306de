#include "sandbox/contracts.h"

namespace tenon::sandbox {

base::Result<Contracts> Contracts::read(std::span<const tenon_record> records, std::string_view where) {
    base::Result<std::vector<loader::Contract>> read = loader::read_contracts(records, where);
    if (!read) return read.problem();
    Contracts out;
    for (loader::Contract& contract : read.value()) out.known_.push_back(std::make_unique<Known>(std::move(contract)));
    return out;
}

Contracts::Hook Contracts::hook(std::string_view contract, std::string_view name) const {
    for (const auto& known : known_) {
        if (known->contract.id != contract) continue;
        const loader::Hook* const hook = known->contract.hook(name);
        if (hook != nullptr) return {{&known->contract, &known->wire, hook->request, hook->reply}, hook->kind};
    }
    return {};
}

std::vector<Types> Contracts::methods(const loader::Service& own) const {
    std::vector<Types> out(own.methods.size());
    for (const auto& known : known_) {
        const loader::Service* const offered = known->contract.service(own.id);
        if (offered == nullptr) continue;
        for (std::size_t i = 0; i < own.methods.size(); ++i)
            for (const loader::Method& method : offered->methods)
                if (method.name == own.methods[i].name)
                    out[i] = {&known->contract, &known->wire, method.request, method.reply};
        return out;
    }
    return out;
}

const loader::Service* service_in(const std::vector<loader::Contract>& contracts, std::string_view id) {
    for (const loader::Contract& contract : contracts)
        if (const loader::Service* const service = contract.service(id)) return service;
    return nullptr;
}

}  // namespace tenon::sandbox
