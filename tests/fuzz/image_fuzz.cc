// Foreign bytes as a library file: read_image, the contracts in it, and each of them compared with itself.
#include <cstdlib>

#include "loader/compare.h"
#include "loader/image.h"

using namespace tenon::loader;

namespace {

// What is read must hold together: a contract fits itself, and every index that it has leads somewhere.
void check(const Contract& contract) {
    for (std::uint32_t i = 0; i < contract.types.size(); ++i) {
        if (!compare_types(contract, i, contract, i).empty()) std::abort();
        for (const Field& field : contract.types[i].fields)
            if (kind_name(contract, field).find('?') != std::string::npos) std::abort();
    }
    for (const Hook& hook : contract.hooks)
        if (!compare_hook(contract, hook, contract).empty()) std::abort();
    for (const Service& service : contract.services)
        if (!compare_service(contract, service, contract).empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemorySource source(std::string_view(reinterpret_cast<const char*>(data), size));
    const tenon::base::Result<Image> image = read_image(source, "fuzz.so");
    if (!image) {
        if (image.problem().id.empty() || image.problem().text.empty()) std::abort();
        return 0;
    }
    if (judge_abi(image.value())) return 0;
    const auto contracts = read_contracts(image.value().records, "fuzz.so");
    if (!contracts) return 0;
    for (const Contract& contract : contracts.value()) check(contract);
    return 0;
}
