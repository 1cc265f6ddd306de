// What plugins were granted of what their manifests ask for, in the store.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "host/permission_list.h"
#include "host/store.h"

namespace tenon::host {

struct Grant {
    std::string request;  // as requests_of() writes it
    std::uint64_t since = 0;
    std::string by;  // as it was given: print it with manifest::printable
};

// Of a store that outlives it; the rules for threads, and for waiting for other processes, are the store's. A change is
// on the disk when its function returns, together with a row of the audit log for each request ("granted", "revoked").
//
// Problems of all functions: those of Store, "store.bad-id".
class Grants {
public:
    explicit Grants(Store& store) : store_(store) {}

    // Ordered by the bytes of the requests.
    base::Result<std::vector<Grant>> of(std::string_view plugin);

    // All of it or nothing. Gives those that were not granted before, as they are kept. `by` is cut at
    // Store::longest_name bytes. Also: "permission.bad", "grant.too-many".
    base::Result<Requests> grant(std::string_view plugin, std::span<const std::string> requests, std::string_view by,
                                 std::uint64_t when);
    // Gives those that had been granted. Also: "permission.bad".
    base::Result<Requests> revoke(std::string_view plugin, std::span<const std::string> requests, std::string_view by,
                                  std::uint64_t when);
    base::Result<Requests> revoke_all(std::string_view plugin, std::string_view by, std::uint64_t when);

private:
    Store& store_;
};

// The requests alone.
Requests requests_of(std::span<const Grant> grants);

}  // namespace tenon::host
