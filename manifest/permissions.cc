#include "manifest/permissions.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/entries.h"
#include "manifest/fields.h"
#include "manifest/name_check.h"
#include "manifest/path_check.h"
#include "manifest/version.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view access_words[] = {"none", "read", "write", "read-write"};
constexpr std::string_view content_words[] = {"none", "read", "change"};
constexpr std::string_view devices[] = {"camera", "microphone", "location", "bluetooth", "usb", "serial"};
constexpr std::string_view protocols[] = {"http", "https", "tcp", "udp"};
constexpr std::size_t most_tables = 64;
constexpr ListRule many{64};
constexpr ListRule some{64, 1};
constexpr ListRule argument_list{64, 0, true};
constexpr TextRule argument_text{1024, false};
constexpr auto most_tokens = static_cast<std::int64_t>(Version::max_number);  // what JSON can hold

bool is_placeholder(std::string_view name) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_0123456789";
    return !name.empty() && name.size() <= 63 && name.find_first_not_of(letters) == name.npos &&
           (name[0] < '0' || name[0] > '9');
}

// Braces belong to placeholders: "--since={date}".
bool check_argument(const Value& string, std::string_view path, Diagnostics& out) {
    if (!check_text(string, path, argument_text, out)) return false;
    std::string_view rest = string.string;
    for (std::size_t brace = rest.find_first_of("{}"); brace != rest.npos; brace = rest.find_first_of("{}")) {
        const std::size_t end = std::min(rest.find('}', brace), rest.size());
        if (end == rest.size() || rest[brace] == '}' || !is_placeholder(rest.substr(brace + 1, end - brace - 1))) {
            out.add("manifest.bad-text", string.at, path,
                    fmt::format("{} has a brace that is not part of a {{name}}", in_quotes(string.string)),
                    "write a placeholder of a-z, 0-9 and underscores: \"{path}\"");
            return false;
        }
        rest.remove_prefix(end + 1);
    }
    return true;
}

std::vector<std::uint16_t> read_ports(TableReader& reader, Need need) {
    const ValueCheck port = [](const Value& number, std::string_view path, Diagnostics& out) {
        return check_number(number, path, 1, UINT16_MAX, out);
    };
    std::vector<std::uint16_t> ports;
    for (const std::int64_t number : read_integers(reader, "ports", some, port, need))
        ports.push_back(static_cast<std::uint16_t>(number));
    return ports;
}

NetworkPermission read_network(TableReader& reader) {
    NetworkPermission network;
    network.domains = read_strings(reader, "domains", some, check_domain, Need::required);
    network.protocols = read_strings(reader, "protocols", some, one_of(protocols));
    if (network.protocols.empty()) network.protocols = {"https"};
    const bool raw = std::any_of(network.protocols.begin(), network.protocols.end(),
                                 [](const std::string& name) { return name == "tcp" || name == "udp"; });
    network.ports = read_ports(reader, raw ? Need::required : Need::optional);
    return network;
}

// Nothing if the name stood there before.
std::string read_name(TableReader& reader, const StringCheck& check, Once& once) {
    std::string name = read_string(reader, "name", Need::required, check);
    if (!name.empty()) once.first(name, reader.at(), reader.path(), reader.problems());
    return name;
}

std::optional<std::uint64_t> read_tokens(TableReader& reader, std::string_view key) {
    const auto tokens = reader.integer(key, 1, most_tokens);
    if (!tokens) return std::nullopt;
    return static_cast<std::uint64_t>(*tokens);
}

void read_lists(TableReader& reader, Permissions& out) {
    out.read = read_strings(reader, "read", many, check_read_glob);
    out.write = read_strings(reader, "write", many, check_write_glob);
    out.environment = read_strings(reader, "environment", many, check_variable);
    out.sockets = read_strings(reader, "sockets", many, check_socket_path);
    out.services = read_strings(reader, "services", many, check_service_id);
    out.devices = read_strings(reader, "devices", many, one_of(devices));
}

void read_words(TableReader& reader, Permissions& out) {
    out.notifications = reader.boolean("notifications").value_or(false);
    out.clipboard = static_cast<Access>(read_choice(reader, "clipboard", access_words).value_or(0));
    out.content = static_cast<Content>(read_choice(reader, "content", content_words).value_or(0));
}

void read_grants(TableReader& reader, Permissions& out) {
    const std::span granted = std::span(access_words).subspan(1);  // a table that grants nothing is a slip
    Once collections, models;
    read_tables(reader, "network", most_tables,
                [&](TableReader& table) { out.network.push_back(read_network(table)); });
    read_tables(reader, "collections", most_tables, [&](TableReader& table) {
        std::string name = read_name(table, check_slug, collections);
        const auto access = read_choice(table, "access", granted, Need::required);
        out.collections.push_back({std::move(name), static_cast<Access>(access.value_or(0) + 1)});
    });
    read_tables(reader, "models", most_tables, [&](TableReader& table) {
        std::string name = read_name(table, text(one_line), models);
        const auto per_call = read_tokens(table, "tokens_per_call");
        out.models.push_back({std::move(name), per_call, read_tokens(table, "tokens_per_day")});
    });
    read_tables(reader, "processes", most_tables, [&](TableReader& table) {
        std::string program = read_string(table, "program", Need::required, check_absolute_path);
        out.processes.push_back({std::move(program), read_strings(table, "arguments", argument_list, check_argument)});
    });
}

}  // namespace

void read_permissions(TableReader& root, Permissions& out) {
    const Value* table = root.value("permissions", Value::Kind::table);
    if (table == nullptr) return;
    TableReader reader(*table, root.path("permissions"), root.problems());
    read_lists(reader, out);
    read_words(reader, out);
    read_grants(reader, out);
    reader.refuse_others();
}

std::string_view to_string(Access access) {
    return access_words[static_cast<std::size_t>(access)];
}

std::string_view to_string(Content content) {
    return content_words[static_cast<std::size_t>(content)];
}

}  // namespace tenon::manifest
