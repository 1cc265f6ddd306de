// URLs, as libcurl reads them: what is judged here is what is dialled later, by the same parser and from one reading.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sandbox/broker/origin.h"

struct Curl_URL;

namespace tenon::sandbox::broker {

inline constexpr std::size_t most_url_bytes = 8192;

// A value; the parsed URL is shared, and nobody changes it.
struct Url : Origin {
    std::string text;  // in the usual form, without a fragment
    std::shared_ptr<Curl_URL> parsed;
};

// Refuses what is written to be read in two ways: a user, a name that ends in a dot, names that are not of a-z, 0-9
// and hyphens (write others as "xn--..."), a backslash. Problem: "broker.bad-url".
base::Result<Url> parse_url(std::string_view text);

// What `location`, of a redirect, means at `from`. Problem: "broker.bad-url".
base::Result<Url> follow(const Url& from, std::string_view location);

}  // namespace tenon::sandbox::broker
