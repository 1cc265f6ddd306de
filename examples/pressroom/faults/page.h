// Which page such a plugin fails on: one line in page.txt in its data folder; without the file, one without a path.
#pragma once

#include <fstream>
#include <string>
#include <tenon/plugin.hpp>

inline std::string fatal_page(const tenon::Init& init) {
    std::string page;
    std::ifstream file(std::string(init.data_folder()) + "/page.txt");
    std::getline(file, page);
    return page;
}
