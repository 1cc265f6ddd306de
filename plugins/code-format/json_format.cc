// The text is printed straight from the parser's events. A tree in between would lose keys that come twice and the
// digits of numbers, and would need a stack as deep as the document.
#include "plugins/code-format/json_format.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace code_format {
namespace {

using nlohmann::json;

constexpr std::size_t deepest = 64;
constexpr std::size_t widest = 80;

std::string written(const std::string& text) {
    return json(text).dump();
}

std::uint64_t line_at(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    return 1 + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
}

// What the library says, without its own name in front.
std::string words_of(const std::exception& e) {
    const std::string_view what = e.what();
    const std::size_t colon = what.find(": ");
    return std::string(colon == std::string_view::npos ? what : what.substr(colon + 2));
}

class Printer final : public nlohmann::json_sax<json> {
public:
    explicit Printer(std::string_view source) : source_(source) {}

    std::string result;
    Fault fault{1, "the text is empty"};

    bool null() override { return add("null"); }
    bool boolean(bool value) override { return add(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return add(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return add(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& digits) override { return add(digits); }
    bool string(string_t& value) override { return add(written(value)); }
    bool binary(binary_t&) override { return false; }
    bool key(string_t& name) override {
        open_.back().key = written(name) + ": ";
        return true;
    }
    bool start_object(std::size_t) override { return begin('{'); }
    bool start_array(std::size_t) override { return begin('['); }
    bool end_object() override { return end('}'); }
    bool end_array() override { return end(']'); }
    bool parse_error(std::size_t position, const std::string&, const json::exception& e) override {
        fault = {line_at(source_, position == 0 ? 0 : position - 1), words_of(e)};
        return false;
    }

private:
    // A container whose end has not come.
    struct Open {
        char bracket;
        bool plain = true;  // holds no container
        std::size_t width = 0;
        std::string key;  // of the member to come
        std::vector<std::string> items;
    };

    bool begin(char bracket) {
        fault = {1, "more than " + std::to_string(deepest) + " levels of brackets"};
        if (open_.size() == deepest) return false;
        if (!open_.empty()) open_.back().plain = false;
        open_.push_back({bracket, true, 0, {}, {}});
        return true;
    }
    bool add(std::string item) {
        if (open_.empty()) {
            result = std::move(item);
            return true;
        }
        Open& in = open_.back();
        in.width += item.size() + 2;
        in.items.push_back(std::exchange(in.key, {}) + item);
        return true;
    }
    bool end(char bracket) {
        const Open done = std::move(open_.back());
        open_.pop_back();
        return add(print(done, bracket, 2 * open_.size()));
    }
    static std::string print(const Open& done, char closing, std::size_t indent) {
        const bool one_line =
            done.items.empty() || (done.bracket == '[' && done.plain && indent + done.width <= widest);
        const std::string before = one_line ? "" : "\n" + std::string(indent + 2, ' ');
        std::string out(1, done.bracket);
        for (std::size_t i = 0; i < done.items.size(); ++i) {
            if (i != 0) out += one_line ? ", " : ",";
            out.append(before).append(done.items[i]);
        }
        if (!one_line) out += "\n" + std::string(indent, ' ');
        return out + closing;
    }

    std::string_view source_;
    std::vector<Open> open_;
};

}  // namespace

Formatted format_json(std::string_view source) {
    Printer printer(source);
    if (!json::sax_parse(source.begin(), source.end(), &printer)) return {{}, printer.fault};
    return {printer.result + "\n", std::nullopt};
}

}  // namespace code_format
