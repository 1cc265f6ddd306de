// The transcript: lines of text without anything that differs from run to run.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tenon::conformance {

// Any thread.
class Book {
public:
    // Lines go to the descriptor at once, so that they are there when the process ends early.
    explicit Book(int descriptor) : descriptor_(descriptor) {}

    // What stands for a text that differs from run to run, in all that is written.
    void replace(std::string text, std::string word) { replaced_.emplace_back(std::move(text), std::move(word)); }

    void line(const std::string& text);
    // Once per text, in no order: written by end_aside().
    void aside(const std::string& text);
    void end_aside(const std::string& title);
    // Lines are kept until end_sorted(), which writes them sorted.
    void begin_sorted();
    void end_sorted();
    // As the transcript writes it: addresses, numbers of threads, times and random names are words in capitals.
    std::string plain(std::string text) const;
    // Also all other numbers are "#".
    std::string without_numbers(const std::string& text) const;

private:
    void write(const std::string& text);

    int descriptor_;
    std::mutex lock_;
    bool sorting_ = false;
    std::multiset<std::string> sorted_;
    std::set<std::string> aside_;
    std::vector<std::pair<std::string, std::string>> replaced_;
};

}  // namespace tenon::conformance
