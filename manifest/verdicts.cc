#include "manifest/verdicts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tenon::manifest {
namespace {

// Lists in texts name at most this many.
constexpr std::size_t most_named = 4;
// A longer reason is not repeated by those who suffer from it: each link of a chain would double it.
constexpr std::size_t longest_reason = 1000;

}  // namespace

Verdicts::Verdicts(Sorted candidates)
    : candidates_(candidates), problems_(candidates.size()), refused_(candidates.size()) {
    for (std::size_t position = 0; position < candidates.size(); ++position) {
        if (candidates[position]->faults.empty()) continue;
        refused_[position] = true;
        fresh_.push_back(position);
    }
}

void Verdicts::tell(std::size_t position, base::Problem problem) {
    problems_[position].push_back(std::move(problem));
    if (refused_[position]) return;
    refused_[position] = true;
    fresh_.push_back(position);
}

std::vector<bool> Verdicts::unrefused() const {
    std::vector<bool> left = refused_;
    left.flip();
    return left;
}

std::string Verdicts::reason(std::size_t position) const {
    const std::string& text = first(position).text;
    return text.size() > longest_reason ? fmt::format("see {}", title(*candidates_[position])) : text;
}

const base::Problem& Verdicts::first(std::size_t position) const {
    const base::Problems& faults = candidates_[position]->faults;
    return faults.empty() ? problems_[position].front() : faults.front();
}

std::vector<std::size_t> Verdicts::take_fresh() {
    std::vector<std::size_t> fresh = std::exchange(fresh_, {});
    std::sort(fresh.begin(), fresh.end());
    return fresh;
}

std::string title(const Candidate& candidate) {
    return fmt::format("{} {} ({})", candidate.manifest->id, to_string(candidate.manifest->version), candidate.path);
}

bool List::full() const {
    return count_ > most_named;
}

void List::add(std::string_view item) {
    if (count_ < most_named) text_.append(count_ == 0 ? "" : ", ").append(item);
    if (count_ == most_named) text_ += ", ...";
    ++count_;
}

}  // namespace tenon::manifest
