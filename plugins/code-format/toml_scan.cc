#include "plugins/code-format/toml_scan.h"

namespace code_format {
namespace {

constexpr unsigned deepest_key = 32;

constexpr const char* nameless = "a table without a name";

bool is_bare_key(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

enum class In { code, comment, basic, literal, long_basic, long_literal };

class Scanner {
public:
    explicit Scanner(std::string_view toml) : toml_(toml) {}

    TomlScan run() {
        begin_line();
        while (at_ < toml_.size() && !out_.fault) step();
        if (!out_.fault && blank_ && brackets_at_start_ != 0) fail(nameless);
        if (!out_.fault) end_line(toml_.size());
        return std::move(out_);
    }

private:
    bool sees(std::string_view text) const { return toml_.substr(at_).starts_with(text); }

    void begin_line() {
        line_begin_ = at_;
        out_.lines.emplace_back();
        out_.lines.back().begins_statement = state_ == In::code && depth_ == 0;
        blank_ = true;
        last_ = '\n';
        brackets_at_start_ = dots_ = 0;
    }
    void end_line(std::size_t end) { out_.lines.back().text = toml_.substr(line_begin_, end - line_begin_); }
    void fail(const std::string& text) { out_.fault = Fault{out_.lines.size(), text}; }

    void step() {
        const char c = toml_[at_];
        if (c == '\n' && blank_ && brackets_at_start_ != 0) {
            fail(nameless);
        } else if (c == '\n') {
            end_line(at_++);
            if (state_ != In::long_basic && state_ != In::long_literal) state_ = In::code;
            begin_line();
        } else if (state_ == In::code) {
            code(c);
        } else {
            quoted(c);
        }
    }

    void code(char c) {
        if (c == '#') {
            state_ = In::comment;
            out_.comments = true;
        } else if (c == '"' || c == '\'') {
            // Elsewhere the parser sees no string, and what follows stands outside quotes.
            if (std::string_view("\n=[,{.").find(last_) == std::string_view::npos) fail("a quote inside a value");
            open_string(c);
            blank_ = false;
            last_ = c;
            return;
        } else if (static_cast<unsigned char>(c) >= 0x80) {
            fail("a character outside ASCII stands outside quotes");
        } else {
            bracket(c);
        }
        if (c != ' ' && c != '\t') last_ = c;
        ++at_;
    }

    void open_string(char quote) {
        const bool is_long = sees(quote == '"' ? "\"\"\"" : "'''");
        state_ = quote == '"' ? (is_long ? In::long_basic : In::basic) : (is_long ? In::long_literal : In::literal);
        at_ += is_long ? 3 : 1;
    }

    void bracket(char c) {
        if (c == '[' || c == '{') ++depth_;
        if ((c == ']' || c == '}') && depth_ != 0) --depth_;
        if (c == '=' && depth_ == 0 && out_.lines.back().equals == std::string_view::npos)
            out_.lines.back().equals = at_ - line_begin_;
        if (c == '.') ++dots_;
        if (c == ',' || c == '=' || c == '[' || c == '{') dots_ = 0;
        header(c);
        if (depth_ > deepest_key) fail("more than " + std::to_string(deepest_key) + " levels of brackets");
        if (dots_ > deepest_key) fail("a key of more than " + std::to_string(deepest_key) + " parts");
    }

    // "[a]" and "[[a]]": one or two brackets, then a name.
    void header(char c) {
        const bool space = c == ' ' || c == '\t';
        if (!blank_ || space || !out_.lines.back().begins_statement) return;
        if (c == '[' && (brackets_at_start_ == 0 || toml_[at_ - 1] == '[')) {
            if (++brackets_at_start_ > 2) fail("more than two brackets in front of a table's name");
            return;
        }
        blank_ = false;
        if (brackets_at_start_ != 0 && !is_bare_key(c)) fail(nameless);
    }

    void quoted(char c) {
        const bool basic = state_ == In::basic || state_ == In::long_basic;
        if (basic && c == '\\' && at_ + 1 < toml_.size() && toml_[at_ + 1] != '\n') {
            at_ += 2;
        } else if ((state_ == In::basic && c == '"') || (state_ == In::literal && c == '\'')) {
            state_ = In::code;
            ++at_;
        } else if ((state_ == In::long_basic && sees("\"\"\"")) || (state_ == In::long_literal && sees("'''"))) {
            state_ = In::code;
            at_ += 3;
            // Up to two more quotes belong to the string.
            for (int more = 0; more < 2 && at_ < toml_.size() && toml_[at_] == c; ++more) ++at_;
        } else {
            ++at_;
        }
    }

    std::string_view toml_;
    TomlScan out_;
    std::size_t at_ = 0;
    std::size_t line_begin_ = 0;
    In state_ = In::code;
    unsigned depth_ = 0;
    unsigned dots_ = 0;
    unsigned brackets_at_start_ = 0;
    char last_ = '\n';   // the last character of the line that is code and not space
    bool blank_ = true;  // so far the line has only space and the brackets of a table's name
};

}  // namespace

TomlScan scan_toml(std::string_view toml) {
    return Scanner(toml).run();
}

}  // namespace code_format
