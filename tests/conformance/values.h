// Values of described types, made and shown from the descriptors alone.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "loader/contract.h"

namespace tenon::conformance {

// What a value is filled with.
enum class Filling {
    empty,    // zeros, no text, no elements
    small,    // small numbers, short texts, two elements
    many,     // a long text, hundreds of elements
    extreme,  // the limits of numbers, text with a NUL and with characters of several bytes
    words     // small; the first text of each struct is Recipe::first, the others are Recipe::word
};
struct Recipe {
    std::string name;
    Filling filling = Filling::empty;
    std::string first;
    std::string word;
};

// Numbers that fields always have, by "struct.field": addresses, which are shown as "(given)".
using Given = std::map<std::string, std::uint64_t>;

// Makes values; owns all of their memory. One thread at a time.
class Values {
public:
    explicit Values(const Given& given) : given_(given) {}

    // A value of a struct of the contract, aligned to 16; nullptr for loader::no_type.
    void* make(const loader::Contract& contract, std::uint32_t type, const Recipe& recipe);

private:
    struct Place;
    char* room(std::uint64_t size);
    void fill(const Place& place, std::uint32_t type, char* at);
    void fill_field(const Place& place, const loader::Type& type, std::size_t index, char* at);
    void fill_plain(const Place& place, loader::Code code, std::uint64_t salt, bool first_text, char* at);
    tenon_str text(const Place& place, std::uint64_t salt, bool first_text);
    tenon_span list(const Place& place, const loader::Field& field, std::uint64_t salt);
    tenon_span span(const Place& place, const loader::Field& field);

    const Given& given_;
    std::deque<std::vector<char>> memory_;
};

// As one line, much like JSON; long texts and lists are cut, with their size and a hash of all. A field for which an
// APPENDABLE struct says that it is too short is "absent". `value` may be nullptr: "none".
std::string show(const loader::Contract& contract, std::uint32_t type, const void* value, const Given& given);
// The same of the elements of a span.
std::string show_all(const loader::Contract& contract, std::uint32_t type, const tenon_span& span, const Given& given);

}  // namespace tenon::conformance
