#include "host/audit_chain.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "manifest/manifest.h"

namespace tenon::host {

namespace {

constexpr std::size_t hash_size = 64;

bool is_hash(std::string_view text) {
    return text.size() == hash_size && text.find_first_not_of("0123456789abcdef") == text.npos;
}

void put(std::string& out, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((number >> shift) & 0xffu);
}

// The length in front: two texts that meet elsewhere are other bytes.
void put(std::string& out, std::string_view text) {
    put(out, std::uint64_t{text.size()});
    out += text;
}

std::string hexadecimal(const unsigned char* bytes, unsigned int count) {
    std::string text;
    for (unsigned int i = 0; i < count; ++i) text += fmt::format("{:02x}", bytes[i]);
    return text;
}

}  // namespace

std::string hash_of(const AuditRow& row) {
    std::string bytes = "tenon audit 1\n";
    put(bytes, row.previous);
    put(bytes, row.number);
    put(bytes, row.entry.when);
    for (const std::string* text : {&row.entry.who, &row.entry.plugin, &row.entry.what, &row.entry.detail})
        put(bytes, *text);
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, EVP_sha256(), nullptr) != 1) return {};
    return hexadecimal(hash.data(), size);
}

bool read_audit_row(const Statement& statement, AuditRow& out) {
    AuditEntry& entry = out.entry;
    return statement.get(0, out.number) && statement.get(1, entry.when) &&
           statement.get(2, Audit::longest_who, entry.who) && statement.get(3, manifest::max_id_size, entry.plugin) &&
           statement.get(4, Audit::longest_what, entry.what) && statement.get(5, Audit::longest_detail, entry.detail) &&
           statement.get(6, hash_size, out.previous) && statement.get(7, hash_size, out.hash);
}

base::Result<AuditMark> audit_head(Database& database) {
    Statement statement(database, "SELECT number, hash FROM audit_head WHERE only = 1");
    const base::Result<bool> row = statement.step();
    if (!row) return row.problem();
    AuditMark head;
    if (!row.value() || !statement.get(0, head.number) || !statement.get(1, hash_size, head.hash) ||
        !is_hash(head.hash))
        return database.corrupt("its audit log has no head");
    return head;
}

std::optional<AuditMark> mark_in(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == text.npos || colon == 0 || colon > 18 || !is_hash(text.substr(colon + 1))) return std::nullopt;
    AuditMark mark{0, std::string(text.substr(colon + 1))};
    for (const char c : text.substr(0, colon)) {
        if (c < '0' || c > '9') return std::nullopt;
        mark.number = mark.number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return mark;
}

}  // namespace tenon::host
