// Names and addresses of the net, as formats of texts.
#pragma once

#include <string_view>

namespace tenon::manifest {

bool is_hostname(std::string_view text);  // RFC 1123: labels of letters, digits and inner hyphens
bool is_ipv4(std::string_view text);      // four numbers, without leading zeros
bool is_ipv6(std::string_view text);      // RFC 4291, without a zone
bool is_email(std::string_view text);     // "Mailbox" of RFC 5321
bool is_uri(std::string_view text);       // RFC 3986, with a scheme

}  // namespace tenon::manifest
