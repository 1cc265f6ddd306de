// Answers that come later (TENON_ASYNC): tokens that handlers hold, and the scope that waits for them.
//
// A token belongs to two: to whoever is to answer, until it has, and to the scope, until it has taken the answer or has
// given up. Neither waits for the other's end.
#pragma once

#include <tenon/hook.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/dispatch.h"

namespace tenon::host {

class Plugin;

// What a scope and its tokens meet at; outlives both. All of a token but its arena is under this lock.
struct Meeting {
    std::mutex lock;
    std::condition_variable came;
};

struct Token : tenon_pending {
    Token(std::shared_ptr<Meeting> at, std::uint64_t arena_limit);

    const std::shared_ptr<Meeting> meeting;
    std::unique_ptr<base::Arena> arena;  // what the reply points at; the answerer's until it has answered
    std::shared_ptr<Token> self;         // while the answer is still to come
    std::atomic<bool> given_up{false};
    bool answered = false;
    std::int32_t status = 0;
    std::int32_t why_given_up = 0;
    std::vector<std::byte> reply;
    std::string text;
    ReplyLayout layout;
    tenon_error where = TENON_ERROR_INIT;  // the error it would become
    Plugin* plugin = nullptr;              // null: the application's own
};

// On the dispatcher's side of tenon_call_defer: the token of the running call, while it runs.
struct Deferred {
    std::shared_ptr<Token> token;
};

// What a scope waits for. For the scope's thread.
class Answers {
public:
    Answers() : meeting_(std::make_shared<Meeting>()) {}
    ~Answers();
    Answers(const Answers&) = delete;
    Answers& operator=(const Answers&) = delete;

    std::shared_ptr<Token> make(std::uint64_t arena_limit);
    // `until_ns`: when this one is given up.
    void expect(std::shared_ptr<Token> token, void* target, std::uint64_t until_ns);
    std::uint64_t pending() const noexcept;
    std::uint64_t expected() const noexcept { return expected_.size(); }
    // Those after the first `kept` bring no reply: nobody is there to read it.
    void forget_targets(std::uint64_t kept) noexcept;
    // Until all have come, or `until_ns`, or the scope is to stop. Then takes what came and gives up the rest.
    std::int32_t wait(tenon_scope& scope, std::uint64_t until_ns);

private:
    struct One {
        std::shared_ptr<Token> token;
        void* target;  // where the dispatch's caller wants the reply; null: nowhere
        std::uint64_t until_ns;
    };
    bool all_came(std::unique_lock<std::mutex>& guard, const tenon_scope& scope, std::uint64_t until_ns);
    std::int32_t take(tenon_scope& scope, One& one, std::int32_t otherwise);

    std::shared_ptr<Meeting> meeting_;
    std::vector<One> expected_;
};

// One dispatch of an ASYNC hook: whether it left answers to come.
class AnswersOf {
public:
    AnswersOf(tenon_scope& scope, void* reply) noexcept;
    ~AnswersOf();
    AnswersOf(const AnswersOf&) = delete;
    AnswersOf& operator=(const AnswersOf&) = delete;
    std::int32_t verdict(std::int32_t of_walk) const noexcept;

private:
    Shared& shared_;
    void* const target_before_;
    const std::uint64_t before_;
};

// tenon_call_defer.
std::int32_t defer(Level& level, tenon_pending** out) noexcept;
// After the handler has returned: keeps the token if it answered PENDING, forgets it if not. The status to go on with.
std::int32_t deferred(Walk& walk, Deferred& call, std::int32_t status) noexcept;

// Answers all that a plugin that has stopped still owes, with TENON_E_GONE.
class Owed {
public:
    void add(const std::shared_ptr<Token>& token);
    void give_up() noexcept;

private:
    std::mutex lock_;
    std::vector<std::weak_ptr<Token>> tokens_;
};

}  // namespace tenon::host
