#include "loader/canary_line.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace tenon::loader {

namespace {

// Both sides come from one installation; if they do not, they are to notice.
constexpr std::string_view order_head = "tenon canary 1\n";
constexpr std::uint32_t answer_head = 0x79726e63;
constexpr std::size_t max_before = 4096;
constexpr std::size_t max_records = 1'000'000;
constexpr std::size_t max_answer = 16 * 1024;
constexpr std::size_t max_answer_text = 4096;

class LineWriter {
public:
    void number(std::uint32_t value) { put(&value, sizeof value); }
    void text(std::string_view value) {
        number(static_cast<std::uint32_t>(value.size()));
        bytes += value;
    }
    void put(const void* from, std::size_t size) { bytes.append(static_cast<const char*>(from), size); }

    std::string bytes;
};

class LineReader {
public:
    explicit LineReader(std::string_view bytes) : left_(bytes) {}

    bool take(void* to, std::size_t size) {
        if (size > left_.size()) return false;
        if (size != 0) std::memcpy(to, left_.data(), size);
        left_.remove_prefix(size);
        return true;
    }
    bool number(std::uint32_t& out) { return take(&out, sizeof out); }
    bool text(std::string& out) {
        std::uint32_t size = 0;
        if (!number(size) || size > left_.size()) return false;
        out = left_.substr(0, size);
        left_.remove_prefix(size);
        return true;
    }
    // A path or the like: it ends where C ends it.
    bool word(std::string& out) { return text(out) && out.find('\0') == std::string::npos; }
    bool texts(std::vector<std::string>& out) {
        std::uint32_t count = 0;
        if (!number(count) || count > max_before) return false;
        out.resize(count);
        return std::all_of(out.begin(), out.end(), [this](std::string& one) { return word(one); });
    }
    bool records(std::vector<tenon_record>& out) {
        static_assert(std::is_trivially_copyable_v<tenon_record>);
        std::uint32_t count = 0;
        if (!number(count) || count > max_records || left_.size() != count * sizeof(tenon_record)) return false;
        out.resize(count);
        return take(out.data(), left_.size());
    }
    bool at_end() const { return left_.empty(); }

private:
    std::string_view left_;
};

}  // namespace

std::string encode(const CanaryOrder& order) {
    LineWriter line;
    line.bytes.reserve(1024 + order.contracts.size() * sizeof(tenon_record));
    line.bytes = order_head;
    line.number(order.parent);
    line.text(order.folder);
    line.text(order.library);
    line.number(static_cast<std::uint32_t>(order.before.size()));
    for (const std::string& library : order.before) line.text(library);
    line.text(order.host_id);
    line.text(order.host_version);
    line.number(static_cast<std::uint32_t>(order.contracts.size()));
    line.put(order.contracts.data(), order.contracts.size() * sizeof(tenon_record));
    return std::move(line.bytes);
}

std::optional<CanaryOrder> decode_order(std::string_view bytes) {
    if (!bytes.starts_with(order_head)) return {};
    LineReader line(bytes.substr(order_head.size()));
    CanaryOrder order;
    const bool whole = line.number(order.parent) && line.word(order.folder) && line.word(order.library) &&
                       line.texts(order.before) && line.word(order.host_id) && line.word(order.host_version) &&
                       line.records(order.contracts);
    if (!whole || order.folder.empty() || order.library.empty()) return {};
    return order;
}

std::string encode(const CanaryAnswer& answer) {
    LineWriter body;
    body.number(static_cast<std::uint32_t>(answer.stage));
    body.number(answer.which);
    body.number(answer.refused ? 1 : 0);
    for (const std::string* text : {&answer.reason, &answer.text, &answer.fix})
        body.text(std::string_view(*text).substr(0, max_answer_text));
    LineWriter line;
    line.number(answer_head);
    line.text(body.bytes);
    return std::move(line.bytes);
}

namespace {

std::optional<CanaryAnswer> decode_answer(std::string_view body) {
    LineReader line(body);
    CanaryAnswer answer;
    std::uint32_t stage = 0, refused = 0;
    const bool whole = line.number(stage) && line.number(answer.which) && line.number(refused) &&
                       line.text(answer.reason) && line.text(answer.text) && line.text(answer.fix) && line.at_end();
    if (!whole || stage > static_cast<std::uint32_t>(CanaryStage::ending) || refused > 1) return {};
    answer.stage = static_cast<CanaryStage>(stage);
    answer.refused = refused != 0;
    return answer;
}

}  // namespace

void CanaryAnswers::add(std::string_view bytes) {
    if (!garbled_) bytes_ += bytes;
}

std::optional<CanaryAnswer> CanaryAnswers::next() {
    std::uint32_t head = 0, size = 0;
    if (garbled_ || bytes_.empty()) return {};
    // A wrong beginning is wrong before it is complete: nobody waits for more of it.
    if (std::memcmp(bytes_.data(), &answer_head, std::min(bytes_.size(), sizeof answer_head)) != 0) garbled_ = true;
    LineReader line(bytes_);
    if (garbled_ || !line.number(head) || !line.number(size)) return {};
    if (size > max_answer) {
        garbled_ = true;
        return {};
    }
    const std::size_t whole = sizeof head + sizeof size + size;
    if (bytes_.size() < whole) return {};
    std::optional<CanaryAnswer> answer = decode_answer(std::string_view(bytes_).substr(whole - size, size));
    garbled_ = !answer;
    if (answer) bytes_.erase(0, whole);
    return answer;
}

}  // namespace tenon::loader
