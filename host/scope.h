// A scope: what the calls of one thread share, and what went wrong in them.
#pragma once

#include <tenon/host.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/arena.h"

namespace tenon::host {

// Bits of Shared::attention; the hot path asks only whether any is set.
enum : std::uint32_t { attention_cancelled = 1, attention_deadline = 2 };

class Answers;

// What a scope and its child scopes have in common. `attention` is used by any thread that works for the scope
// (parallel.cc), the rest belongs to the scope's thread.
struct Shared {
    explicit Shared(std::uint64_t limit);
    // For a task that works for another scope: with memory of its own, that one's cancel word, and its deadline, which
    // the task's own dispatches may bring nearer for themselves.
    explicit Shared(Shared& of);
    ~Shared();

    base::Arena arena;
    const std::uint64_t arena_limit;
    Shared* const root;  // the one whose `attention` counts; itself, but for tasks
    std::atomic<std::uint32_t> attention{0};
    std::atomic<std::uint64_t> deadline_ns{UINT64_MAX};  // CLOCK_MONOTONIC
    std::unique_ptr<tenon_error> nested_error;           // of the last nested call that failed
    std::vector<std::unique_ptr<base::Arena>> adopted;   // what tasks and late answers have made for it
    std::unique_ptr<Answers> answers;                    // that are still to come; made with the first
    void* target = nullptr;                              // where the running ASYNC dispatch's caller wants the reply
};

// Errors of one scope; allocates only when there is one.
class ErrorLog {
public:
    static constexpr std::size_t kept = 8;
    void add(const tenon_error& error) noexcept;
    void clear() noexcept;
    std::uint64_t count() const noexcept { return count_; }
    const tenon_error* at(std::uint64_t index) const noexcept;  // nullptr beyond those that were kept
    const tenon_error* last() const noexcept { return count_ == 0 ? nullptr : at(count_ - 1); }

private:
    std::uint64_t count_ = 0;
    std::unique_ptr<std::vector<tenon_error>> errors_;
};

std::uint64_t now_ns() noexcept;

// TENON_OK, TENON_E_CANCELLED or TENON_E_DEADLINE. Called when attention is not 0.
std::int32_t why_stop(const Shared& shared) noexcept;

// The deadline from now on, UINT64_MAX for none; what it was before.
std::uint64_t set_deadline(Shared& shared, std::uint64_t deadline_ns) noexcept;

}  // namespace tenon::host

// The root owns what is shared; a child borrows it and keeps only its own errors.
struct tenon_scope {
    explicit tenon_scope(tenon::host::Shared* of) noexcept : shared(of), attention(&of->root->attention) {}
    tenon::host::Shared* shared;
    std::atomic<std::uint32_t>* attention;  // not 0: why_stop is to be asked
    tenon::host::ErrorLog errors;
};
