// Foreign bytes as the entries of an image cache, behind the header and before the checksum that make them count.
#include <xxhash.h>

#include <cstdlib>
#include <cstring>

#include "loader/image_cache_format.h"

using namespace tenon::loader;
using tenon::base::Result;

namespace {

std::string with_header(std::uint64_t count, std::string_view entries) {
    std::string bytes = encode_cache({});
    bytes.resize(bytes.size() - sizeof(std::uint64_t));
    std::memcpy(bytes.data() + 12, &count, sizeof count);
    bytes += entries;
    const std::uint64_t sum = XXH3_64bits(bytes.data(), bytes.size());
    return bytes.append(reinterpret_cast<const char*>(&sum), sizeof sum);
}

// What was read is written, and read, the same.
void check(const std::vector<CacheEntry>& entries) {
    std::vector<std::string> outcomes;
    std::vector<CacheEntry> again = entries;
    for (const CacheEntry& entry : entries) {
        const std::optional<Result<Image>> outcome = decode_outcome(entry.outcome, entry.path);
        if (!outcome || (outcome->ok() && outcome->value().path != entry.path)) std::abort();
        outcomes.push_back(encode_outcome(*outcome));
    }
    for (std::size_t i = 0; i < again.size(); ++i) again[i].outcome = outcomes[i];
    const std::string bytes = encode_cache(again);
    const Result<std::vector<CacheEntry>> read = decode_cache(bytes, "fuzz");
    if (!read || read.value().size() != entries.size()) std::abort();
    for (std::size_t i = 0; i < again.size(); ++i) {
        const CacheEntry& entry = read.value()[i];
        if (entry.path != again[i].path || entry.identity != again[i].identity || entry.outcome != again[i].outcome)
            std::abort();
        if (encode_outcome(*decode_outcome(entry.outcome, entry.path)) != entry.outcome) std::abort();
    }
}

void read(std::string_view bytes) {
    const Result<std::vector<CacheEntry>> entries = decode_cache(bytes, "fuzz");
    if (entries) return check(entries.value());
    if (entries.problem().id != "cache.damaged" || entries.problem().text.empty()) std::abort();
}

}  // namespace

// The first byte is the number of entries.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read(bytes);
    if (size > 0) read(with_header(data[0], bytes.substr(1)));
    return 0;
}
