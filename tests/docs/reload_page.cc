// Calls what docs/reload.md shows.
#include <cstdio>

#include "by_hand.h"

int main() {
    tenon::Host host;
    watch(host);
    std::puts(tenon_host_watch(host.raw(), nullptr, nullptr) == TENON_E_STATE ? "watching" : "not watching");
    try {
        std::puts(reload_tax(host).c_str());
    } catch (const tenon::Error& error) {
        std::puts(error.what());
    }
}
