// Does a user's copy of a contract fit the one that is offered?
//
// A plugin is compiled against a header of some day; its host (or another plugin) offers the contract of another day.
// Both carry descriptors, so the answer is found field by field and names the field. The rules: FROZEN structs are
// equal. APPENDABLE ones have the same minimum size and begin alike; the user's may be the shorter one, and the longer
// one only if its tail was declared optional. Enums have the same integer, and no name has two numbers. A method that
// the offerer lacks is "not implemented".
#pragma once

#include "base/problem.h"
#include "loader/contract.h"

namespace tenon::loader {

struct CompareOptions {
    bool optional_tail = false;  // the user can do without the fields that the offerer does not have yet
    std::string_view user = "the plugin";
    std::string_view offerer = "the host";
};

// All functions: an empty answer means that it fits. Of each struct the first difference is named, because those
// behind it mostly follow from it. Type indices must be in range or no_type.

// Problems: "contract.type-missing", "contract.type-name", "contract.layout", "contract.field-differs",
// "contract.field-missing", "contract.enum-type", "contract.enum-value".
base::Problems compare_types(const Contract& user, std::uint32_t user_type, const Contract& offered,
                             std::uint32_t offered_type, const CompareOptions& options = {});

// Finds the hook by name. Problems: "contract.no-hook", "contract.hook-kind", and those of compare_types for request
// and reply.
base::Problems compare_hook(const Contract& user, const Hook& user_hook, const Contract& offered,
                            const CompareOptions& options = {});

// Finds the service by id and its methods by name. Problems: "contract.no-service", and those of compare_types.
base::Problems compare_service(const Contract& user, const Service& user_service, const Contract& offered,
                               const CompareOptions& options = {});

}  // namespace tenon::loader
