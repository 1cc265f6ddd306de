// objdump is the oracle: what it says of the libraries that come with the compiler, our reader must say.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>

#include "loader/pe.h"
#include "tests/windows/library.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"),
                                                     [](FILE* f) { return ::pclose(f); });
    REQUIRE(pipe);
    std::string text;
    char chunk[4096];
    while (const std::size_t got = std::fread(chunk, 1, sizeof chunk, pipe.get())) text.append(chunk, got);
    return text;
}

struct Facts {
    std::uint64_t base = 0;
    std::vector<std::string> imports;
    std::map<std::string, std::uint64_t> exports;  // by name
    std::string build_id;
};

// "[   7] +base[   8] 124d0 Export RVA": the number in the first brackets, and what follows the last ones.
bool bracketed(const std::string& line, unsigned& number, std::string& rest) {
    if (!line.starts_with("\t[") || std::sscanf(line.c_str(), "\t[%u]", &number) != 1) return false;
    rest = line.substr(line.rfind(']') + 1);
    rest.erase(0, rest.find_first_not_of(' '));
    return true;
}

Facts ask_objdump(const std::string& path) {
    Facts facts;
    std::map<unsigned, std::uint64_t> addresses;
    bool names = false;
    std::istringstream lines(output_of(fmt::format("'{}' -p '{}' 2>&1", MINGW_OBJDUMP, path)));
    for (std::string line; std::getline(lines, line);) {
        unsigned number = 0;
        std::string rest;
        if (line.starts_with("ImageBase")) facts.base = std::stoull(line.substr(9), nullptr, 16);
        if (line.starts_with("\tDLL Name: ")) facts.imports.push_back(line.substr(11));
        if (line.starts_with("(format RSDS signature ")) facts.build_id = line.substr(23, 32);
        if (line.starts_with("[Ordinal/Name Pointer] Table")) names = true;
        if (line.starts_with("The Function Table")) names = false;
        if (!bracketed(line, number, rest)) continue;
        if (!names && rest.ends_with("Export RVA")) addresses[number] = std::stoull(rest, nullptr, 16);
        if (names) facts.exports[rest.substr(rest.rfind(' ') + 1)] = addresses.at(number);
    }
    return facts;
}

std::vector<std::string> libraries_of_the_compiler() {
    std::string runtime = output_of(std::string("'") + MINGW_GCC + "' -print-libgcc-file-name");
    std::vector<std::string> paths = {windows_path("shop"), windows_path("class"), windows_path("contract"),
                                      windows_path("shop_stripped")};
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(runtime).parent_path()))
        if (entry.path().extension() == ".dll") paths.push_back(entry.path());
    return paths;
}

}  // namespace

TEST_CASE("the reader and objdump agree about Windows libraries") {
    std::size_t libraries = 0, symbols = 0;
    for (const std::string& path : libraries_of_the_compiler()) {
        INFO(path);
        auto source = FileSource::open(path);
        REQUIRE(source);
        const auto pe = Pe::open(source.value(), path);
        REQUIRE(pe);
        const Facts facts = ask_objdump(path);
        CHECK(pe.value().base() == facts.base);
        CHECK(pe.value().imports().value() == facts.imports);
        CHECK(pe.value().build_id() == facts.build_id);
        for (const auto& [name, address] : facts.exports) {
            const auto symbol = pe.value().exported(name);
            REQUIRE(symbol);
            REQUIRE(symbol.value());
            CHECK(symbol.value()->address == address);
            ++symbols;
        }
        CHECK_FALSE(pe.value().exported("no_library_has_this_symbol").value());
        ++libraries;
    }
    CHECK(libraries >= 8);
    CHECK(symbols >= 4000);
}
