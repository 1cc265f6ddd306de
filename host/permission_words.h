// What a manifest asks to be allowed, as words that can be compared.
#pragma once

#include <string>
#include <vector>

#include "manifest/permissions.h"

namespace tenon::host {

// "read $data/**", "network api.example.org", "process /usr/bin/git". The same words ask for the same.
std::vector<std::string> words_of(const manifest::Permissions& permissions);

}  // namespace tenon::host
