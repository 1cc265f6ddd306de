// What a plugin adds beside handlers of hooks: services, events, commands, panels.
#include "manifest/entries.h"
#include "manifest/fields.h"
#include "manifest/name_check.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view places[] = {"sidebar", "page", "widget", "dialog", "status"};

// The id stands in its list once.
std::string read_id(TableReader& reader, const StringCheck& check, Once& once) {
    std::string id = read_string(reader, "id", Need::required, check);
    if (!id.empty()) once.first(id, reader.at(), reader.path(), reader.problems());
    return id;
}

std::string read_description(TableReader& reader) {
    return read_string(reader, "description", Need::optional, text(prose));
}

std::vector<Offering> read_list(TableReader& root, std::string_view key) {
    std::vector<Offering> offerings;
    Once once;
    read_tables(root, key, most_entries, [&](TableReader& reader) {
        std::string id = read_id(reader, check_service_id, once);
        offerings.push_back({std::move(id), read_description(reader), reader.at()});
    });
    return offerings;
}

}  // namespace

void read_offerings(TableReader& root, Manifest& out) {
    Once commands, panels;
    out.services = read_list(root, "services");
    out.events = read_list(root, "events");
    read_tables(root, "commands", most_entries, [&](TableReader& reader) {
        std::string id = read_id(reader, check_slug, commands);
        std::string title = read_string(reader, "title", Need::required, text(one_line));
        out.commands.push_back({std::move(id), std::move(title), read_description(reader), reader.at()});
    });
    read_tables(root, "panels", most_entries, [&](TableReader& reader) {
        std::string id = read_id(reader, check_slug, panels);
        std::string title = read_string(reader, "title", Need::required, text(one_line));
        const auto place = read_choice(reader, "place", places, Need::required);
        out.panels.push_back({std::move(id), std::move(title), place ? std::string(places[*place]) : "", reader.at()});
    });
}

}  // namespace tenon::manifest
