// The parts of a transcript.
#pragma once

#include "tests/conformance/application.h"

namespace tenon::conformance {

// What values are made of for a plugin: each filling, and words to which fixtures listen.
std::vector<Recipe> recipes_for(const Fixture& fixture);
// Those without the words.
std::vector<Recipe> plain_ones(const std::vector<Recipe>& recipes);

// Loads the libraries and writes the rows. `meanwhile` is a point that a thread dispatches until that is done; empty:
// none.
void load(Application& application, const std::vector<const Fixture*>& company, const std::string& meanwhile);
// Every hook and every method of a service, with each recipe, and then with the plain ones once more.
void ask_all(Application& application, const std::vector<Recipe>& recipes);
// Dispatches inside dispatches; in a cancelled scope; after the deadline; on two threads at once.
void ask_in_other_ways(Application& application);
// The plugin's next build takes its place.
void reload(Application& application, const Fixture& fixture, const Fixture& next);
// But of the point that a thread dispatched as often as it could.
void tell_stats(Application& application, const std::string& meanwhile);
// As the name of a point: what rows say after unloading.
inline constexpr char unloading[] = "unloading";
// Likewise: what is noted aside.
inline constexpr char asides[] = "aside";
// Unloads all plugins, the last one first, and writes the rows. In the end, files "go" appear in the data folders, for
// which some threads wait.
void unload(Application& application, const std::string& data_folder);

}  // namespace tenon::conformance
