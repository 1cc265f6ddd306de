// What a host and its canary, the helper process that tries a plugin first, say to each other over a socket. Neither
// believes the other: sizes and counts are checked, because a plugin that runs in the canary can write what it likes.
#pragma once

#include <tenon/describe.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::loader {

// The descriptor of the socket in the canary.
inline constexpr int canary_line = 3;

// What the canary is to do. A plain value.
struct CanaryOrder {
    std::uint32_t parent = 0;  // process id of the host, without which there is nothing to do
    std::string folder;        // exists; for private copies and data, removed by the host
    std::string library;
    std::vector<std::string> before;  // libraries to load first, in this order
    std::string host_id;              // of the application, for [hosts] of manifests; may be empty
    std::string host_version;
    std::vector<tenon_record> contracts;  // that the application offers, one after the other
};

inline constexpr std::uint64_t max_canary_order = 128u << 20;  // bytes

// As bytes; the end of the stream ends it.
std::string encode(const CanaryOrder& order);
// Nothing when the bytes are no order, or one of another release.
std::optional<CanaryOrder> decode_order(std::string_view bytes);

// What the canary is at, in the order in which it gets there.
enum class CanaryStage : std::uint32_t { beginning, before, loading, unloading, unloading_before, ending };

// One message of the canary: it has come to a stage, or its host refused something, which ends it.
struct CanaryAnswer {
    CanaryStage stage{};
    std::uint32_t which = 0;  // CanaryStage::before: index of the library
    bool refused = false;
    std::string reason, text, fix;  // of the refusal
};

std::string encode(const CanaryAnswer& answer);

// Puts a stream of bytes together to answers. Once it has met what is no answer it stays garbled.
class CanaryAnswers {
public:
    void add(std::string_view bytes);
    // The next whole answer, if it has arrived.
    std::optional<CanaryAnswer> next();
    bool garbled() const { return garbled_; }
    // The bytes that have not become answers.
    std::string_view rest() const { return bytes_; }

private:
    std::string bytes_;
    bool garbled_ = false;
};

}  // namespace tenon::loader
