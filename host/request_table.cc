#include "host/request_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <vector>

#include "host/request_words.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

using manifest::Value;
using Reading = RequestReading;

Value text_value(std::string_view text) {
    Value value;
    value.kind = Value::Kind::string;
    value.string = text;
    return value;
}

Value list_value(std::vector<Value> values) {
    Value value;
    value.kind = Value::Kind::array;
    value.array = std::move(values);
    return value;
}

Value number_value(std::int64_t number) {
    Value value;
    value.kind = Value::Kind::integer;
    value.integer = number;
    return value;
}

void set(Value& table, std::string_view key, Value value) {
    table.entries.push_back({std::string(key), {}, std::move(value)});
}

// A number that is too large for its type is too large for everybody.
std::optional<std::int64_t> number_in(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
    if (text.size() > 1 && text[0] == '0') return std::nullopt;  // each number has one form
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() ? number : std::numeric_limits<std::int64_t>::max();
}

Reading wrong(std::string why, std::string fix) {
    return {{}, RequestFault{std::move(why), std::move(fix)}};
}

Reading listed(std::string_view key, std::string_view text) {
    Reading reading;
    set(reading.table, key, list_value({text_value(text)}));
    return reading;
}

Reading chosen(std::string_view key, std::string_view text) {
    if (text == "none") return wrong("it asks for nothing", "Leave it out.");
    Reading reading;
    set(reading.table, key, text_value(text));
    return reading;
}

// The one table of an array of tables.
Reading tabled(std::string_view key, Value table) {
    Reading reading;
    set(reading.table, key, list_value({std::move(table)}));
    return reading;
}

Reading network(std::string_view text) {
    const std::size_t slashes = text.find("://");
    const char* const form = "Write it as in network:https://api.example.org or network:tcp://example.org:25.";
    if (slashes == text.npos) return wrong("it has no \"://\" between a protocol and a domain", form);
    const std::string_view protocol = text.substr(0, slashes);
    const std::string_view place = text.substr(slashes + 3);
    const std::size_t colon = std::min(place.rfind(':'), place.size());
    Value table;
    set(table, "domains", list_value({text_value(place.substr(0, colon))}));
    set(table, "protocols", list_value({text_value(protocol)}));
    if (colon < place.size()) {
        const std::optional<std::int64_t> port = number_in(place.substr(colon + 1));
        if (!port) return wrong(fmt::format("{} is no port", manifest::in_quotes(place.substr(colon + 1))), form);
        set(table, "ports", list_value({number_value(*port)}));
    } else if (protocol == "tcp" || protocol == "udp") {
        return wrong(fmt::format("{} has no port of its own, and none is named", protocol), form);
    }
    return tabled("network", std::move(table));
}

Reading collection(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == text.npos) return wrong("it has no access behind the name", "Write it as in collection:notes:read.");
    Value table;
    set(table, "name", text_value(text.substr(0, colon)));
    set(table, "access", text_value(text.substr(colon + 1)));
    return tabled("collections", std::move(table));
}

const char* const quoting =
    "Write words with one space between them, and between double quotes those that have spaces themselves.";

Reading model(std::string_view text) {
    const auto words = words_of_request(text);
    if (!words) return wrong("its words cannot be told apart", quoting);
    Value table;
    set(table, "name", text_value(words->front()));
    std::size_t next = 1;
    const auto amount = [&](std::string_view name, std::string_view key) {
        if (next == words->size() || !(*words)[next].starts_with(name)) return;
        const auto number = number_in(std::string_view((*words)[next]).substr(name.size()));
        if (!number) return;
        set(table, key, number_value(*number));
        ++next;
    };
    amount(tokens_per_call, "tokens_per_call");
    amount(tokens_per_day, "tokens_per_day");
    if (next < words->size())
        return wrong(fmt::format("{} is out of place", manifest::in_quotes((*words)[next])),
                     "Write it as in model:small tokens-per-call=4000 tokens-per-day=100000.");
    return tabled("models", std::move(table));
}

Reading process(std::string_view text) {
    const auto words = words_of_request(text);
    if (!words) return wrong("its words cannot be told apart", quoting);
    std::vector<Value> arguments;
    for (std::size_t i = 1; i < words->size(); ++i) arguments.push_back(text_value((*words)[i]));
    Value table;
    set(table, "program", text_value(words->front()));
    set(table, "arguments", list_value(std::move(arguments)));
    return tabled("processes", std::move(table));
}

struct Kind {
    std::string_view name;
    Reading (*read)(std::string_view text);
    std::string_view example;
};

// "notifications" stands alone: see read_request().
constexpr Kind kinds[] = {
    {"read", [](std::string_view text) { return listed("read", text); }, "read:/usr/share/dict/*"},
    {"write", [](std::string_view text) { return listed("write", text); }, "write:$home/notes/**"},
    {"env", [](std::string_view text) { return listed("environment", text); }, "env:LANG"},
    {"service", [](std::string_view text) { return listed("services", text); }, "service:org.acme.tax/1"},
    {"network", network, "network:https://api.example.org"},
    {"socket", [](std::string_view text) { return listed("sockets", text); }, "socket:/run/example.socket"},
    {"collection", collection, "collection:notes:read-write"},
    {"model", model, "model:small"},
    {"process", process, "process:/usr/bin/git log --since={date}"},
    {"notifications", nullptr, "notifications"},
    {"clipboard", [](std::string_view text) { return chosen("clipboard", text); }, "clipboard:read"},
    {"device", [](std::string_view text) { return listed("devices", text); }, "device:camera"},
    {"content", [](std::string_view text) { return chosen("content", text); }, "content:change"},
};

Reading unknown_kind(std::string_view name) {
    std::array<std::string_view, std::size(kinds) + 1> names{"environment"};
    std::ranges::transform(kinds, names.begin() + 1, &Kind::name);
    std::string_view meant = manifest::nearest(name, names);
    if (meant == "environment") meant = "env";  // as the manifest's key is called
    const auto* const kind = std::ranges::find(kinds, meant, &Kind::name);
    std::string why = fmt::format("there is no permission {}", manifest::in_quotes(name));
    if (kind == std::end(kinds)) return wrong(std::move(why), "Write it as in read:/usr/share/dict/*.");
    return wrong(fmt::format("{}; did you mean \"{}\"?", why, meant), fmt::format("Write it as in {}.", kind->example));
}

}  // namespace

RequestReading read_request(std::string_view request) {
    const std::size_t colon = std::min(request.find(':'), request.size());
    const std::string_view name = request.substr(0, colon);
    const auto* const kind = std::ranges::find(kinds, name, &Kind::name);
    if (kind == std::end(kinds)) return unknown_kind(name);
    const std::string form = fmt::format("Write it as in {}.", kind->example);
    if (kind->read == nullptr) {
        if (colon < request.size()) return wrong("it is more than one word", form);
        Value yes;
        yes.kind = Value::Kind::boolean;
        yes.boolean = true;
        Reading reading;
        set(reading.table, name, std::move(yes));
        return reading;
    }
    if (colon == request.size()) return wrong("it does not say what", form);
    return kind->read(request.substr(colon + 1));
}

}  // namespace tenon::host
