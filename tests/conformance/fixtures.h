// The plugins that are looked at: libraries that the build has made, as their files describe themselves.
#pragma once

#include <string>
#include <vector>

#include "loader/contract.h"
#include "manifest/manifest.h"

namespace tenon::conformance {

struct Fixture {
    std::string name;  // the path in the build folder, without ".so"
    std::string path;
    std::string id;
    manifest::Manifest manifest;
    // Of its note; and those that only its manifest uses, without anything in them.
    std::vector<loader::Contract> contracts;
};

// The plugins in the list that the build has written, sorted by name. Throws std::runtime_error where one cannot be
// read.
std::vector<Fixture> read_fixtures(const std::string& list);

// What is loaded with a fixture: the plugins that it depends on and those that offer a contract that it uses, which
// applications do not; in the end the fixture itself.
std::vector<const Fixture*> with_company(const Fixture& fixture, const std::vector<Fixture>& all);

// Whether both are builds of one plugin, in one folder.
bool are_builds_of_one(const Fixture& one, const Fixture& other);

// A contract that an application offers, without the budgets of its hooks: how fast the machine is changes nothing.
struct Offer {
    std::vector<tenon_record> records;
    loader::Contract contract;
};

// All that applications may offer: contracts/contracts.h.
std::vector<Offer> catalogue();

// What applications may offer to these plugins: one list for each release of a contract that shares a struct with what
// their notes say of it.
std::vector<std::vector<Offer>> settings_of(const std::vector<const Fixture*>& company);

}  // namespace tenon::conformance
