// The contracts that cross a border, with how their types do. Both sides make this from the same records.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sandbox/letter.h"

namespace tenon::sandbox {

// Any number of threads may read it.
class Contracts {
public:
    // As they are on offer. Problems: those of loader::read_contracts.
    static base::Result<Contracts> read(std::span<const tenon_record> records, std::string_view where);

    // What crosses in a hook; no wire where the contract or the hook is not on offer. `kind`: of the hook, 0 then.
    struct Hook {
        Types types;
        std::uint32_t kind = 0;
    };
    Hook hook(std::string_view contract, std::string_view name) const;
    // In the methods of a service, in the order of whoever describes it as `own`.
    std::vector<Types> methods(const loader::Service& own) const;

private:
    struct Known {
        explicit Known(loader::Contract&& from) : contract(std::move(from)), wire(contract) {}
        const loader::Contract contract;
        const Wire wire;
    };
    std::vector<std::unique_ptr<Known>> known_;
};

// The service of that id in any of the contracts; nullptr if there is none.
const loader::Service* service_in(const std::vector<loader::Contract>& contracts, std::string_view id);

}  // namespace tenon::sandbox
