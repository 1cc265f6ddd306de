// Prometheus' text format 0.0.4, read strictly: what the format does not allow throws std::runtime_error.
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::test {

using Labels = std::map<std::string, std::string>;

struct Sample {
    std::string name;
    Labels labels;
    std::string value;
};

class Exposition {
public:
    explicit Exposition(std::string_view text) : rest_(text) {
        while (!rest_.empty()) read_line();
    }

    const std::vector<Sample>& samples() const { return samples_; }
    const std::map<std::string, std::string>& types() const { return types_; }

    // The only sample of that name with at least these labels; "none" or "several" if it is not the only one.
    std::string value(const std::string& name, const Labels& labels) const {
        std::string found = "none";
        for (const Sample& sample : samples_)
            if (sample.name == name && has(sample.labels, labels)) found = found == "none" ? sample.value : "several";
        return found;
    }

private:
    static bool has(const Labels& all, const Labels& some) {
        for (const auto& [name, value] : some)
            if (const auto at = all.find(name); at == all.end() || at->second != value) return false;
        return true;
    }
    [[noreturn]] void fail(const char* what) const {
        throw std::runtime_error(std::string(what) + " before: " + std::string(rest_.substr(0, 60)));
    }
    bool accept(std::string_view text) {
        const bool there = rest_.starts_with(text);
        if (there) rest_.remove_prefix(text.size());
        return there;
    }
    void expect(std::string_view text) {
        if (!accept(text)) fail("something else is wanted");
    }
    std::string take_until(std::string_view ends) {
        const std::size_t size = rest_.find_first_of(ends);
        if (size == std::string_view::npos || size == 0) fail("a word is wanted");
        std::string out(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return out;
    }
    std::string take_name() {
        std::string name = take_until(" {=");
        for (const char c : name)
            if (!(c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) fail("no name of ours");
        return name;
    }
    std::string take_value() {
        std::string out;
        for (expect("\""); !accept("\"");) {
            if (rest_.empty() || rest_[0] == '\n' || rest_[0] == '\0') fail("a label's value does not end");
            if (accept("\\n"))
                out += '\n';
            else if (accept("\\\"") || accept("\\\\"))
                out += *(rest_.data() - 1);
            else if (rest_[0] == '\\')
                fail("an unknown escape");
            else {
                out += rest_[0];
                rest_.remove_prefix(1);
            }
        }
        return out;
    }

    void read_line() {
        if (accept("# HELP ")) {
            family_ = take_name();
            if (!families_.insert(family_).second) fail("a metric begins twice");
            expect(" ");
            take_until("\n");
        } else if (accept("# TYPE ")) {
            if (take_name() != family_ || types_.contains(family_)) fail("a type has no help before it");
            expect(" ");
            types_[family_] = take_until("\n");
        } else {
            read_sample();
        }
        expect("\n");
    }
    void read_sample() {
        Sample sample{take_name(), {}, ""};
        if (accept("{")) do {
                std::string label = take_name();
                expect("=");
                if (!sample.labels.emplace(label, take_value()).second) fail("a label twice");
            } while (accept(","));
        if (!sample.labels.empty()) expect("}");
        expect(" ");
        sample.value = take_until("\n");
        if (sample.value.find_first_not_of("0123456789.") != std::string::npos) fail("no number of ours");
        const std::string part = sample.name.substr(std::min(family_.size(), sample.name.size()));
        const bool histogram = types_[family_] == "histogram";
        if (!sample.name.starts_with(family_) ||
            (histogram ? part != "_bucket" && part != "_sum" && part != "_count" : !part.empty()))
            fail("a sample stands with another metric");
        if (!taken_.emplace(sample.name, sample.labels).second) fail("a sample twice");
        samples_.push_back(std::move(sample));
    }

    std::string_view rest_;
    std::string family_;
    std::set<std::string> families_;
    std::map<std::string, std::string> types_;
    std::set<std::pair<std::string, Labels>> taken_;
    std::vector<Sample> samples_;
};

}  // namespace tenon::test
