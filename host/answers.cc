#include "host/answers.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/problem.h"
#include "host/plugin.h"

namespace tenon::host {

namespace {

Token& of(tenon_pending* pending) noexcept {
    return *static_cast<Token*>(pending);
}

void* token_alloc(tenon_pending* pending, std::uint64_t size, std::uint64_t alignment) noexcept {
    const std::unique_ptr<base::Arena>& arena = of(pending).arena;
    return arena ? arena->alloc(size, alignment) : nullptr;
}

std::uint32_t token_cancelled(const tenon_pending* pending) noexcept {
    return static_cast<const Token*>(pending)->given_up.load(std::memory_order_relaxed) ? 1 : 0;
}

std::uint64_t size_of(const ReplyLayout& layout, const void* reply) noexcept {
    if (reply == nullptr || layout.size == 0) return 0;
    std::uint32_t own = 0;
    std::memcpy(&own, reply, sizeof own);
    return layout.appendable ? std::min<std::uint64_t>(own, layout.full) : layout.size;
}

std::int32_t token_complete(tenon_pending* pending, std::int32_t status, const void* reply, tenon_str text) noexcept {
    Token& token = of(pending);
    if (status == TENON_PENDING) return TENON_E_INVALID;
    std::shared_ptr<Token> last;  // freed without the lock
    const std::lock_guard guard(token.meeting->lock);
    last = std::move(token.self);
    token.answered = true;
    if (token.given_up) return token.why_given_up;
    try {
        const auto* const bytes = static_cast<const std::byte*>(reply);
        token.reply.assign(bytes, bytes + size_of(token.layout, reply));
        token.text.assign(text.data == nullptr ? "" : text.data, text.size);
        token.status = status;
    } catch (const std::bad_alloc&) {
        token.status = TENON_E_NO_MEMORY;
    }
    token.meeting->came.notify_all();
    return TENON_OK;
}

constinit const tenon_pending_ops token_operations = {sizeof(tenon_pending_ops), 0, token_alloc, token_cancelled,
                                                      token_complete};

// Under the meeting's lock.
void give_up(Token& token, std::int32_t why) noexcept {
    if (token.answered) return;
    token.why_given_up = why;
    token.given_up = true;
}

}  // namespace

Token::Token(std::shared_ptr<Meeting> at, std::uint64_t arena_limit)
    : meeting(std::move(at)), arena(std::make_unique<base::Arena>(arena_limit)) {
    ops = &token_operations;
}

Answers::~Answers() {
    const std::lock_guard guard(meeting_->lock);
    for (const One& one : expected_) give_up(*one.token, TENON_E_CANCELLED);
}

std::shared_ptr<Token> Answers::make(std::uint64_t arena_limit) {
    return std::make_shared<Token>(meeting_, arena_limit);
}

void Answers::expect(std::shared_ptr<Token> token, void* target, std::uint64_t until_ns) {
    expected_.push_back({std::move(token), target, until_ns});
}

void Answers::forget_targets(std::uint64_t kept) noexcept {
    for (std::uint64_t i = kept; i < expected_.size(); ++i) expected_[i].target = nullptr;
}

std::uint64_t Answers::pending() const noexcept {
    const std::lock_guard guard(meeting_->lock);
    return static_cast<std::uint64_t>(
        std::count_if(expected_.begin(), expected_.end(), [](const One& one) { return !one.token->answered; }));
}

// The cancel word wakes nobody: it is looked at every few milliseconds.
bool Answers::all_came(std::unique_lock<std::mutex>& guard, const tenon_scope& scope, std::uint64_t until_ns) {
    const auto is_over = [](const One& one) { return one.token->answered || one.token->given_up; };
    for (;;) {
        const std::uint64_t now = now_ns();
        for (const One& one : expected_)
            if (now >= one.until_ns) give_up(*one.token, TENON_E_DEADLINE);
        if (std::all_of(expected_.begin(), expected_.end(), is_over)) return true;
        if (why_stop(*scope.shared) < 0 || now_ns() >= until_ns) return false;
        meeting_->came.wait_for(guard, std::chrono::milliseconds(2));
    }
}

std::int32_t Answers::wait(tenon_scope& scope, std::uint64_t until_ns) {
    std::int32_t otherwise = TENON_OK;
    {
        std::unique_lock guard(meeting_->lock);
        if (!all_came(guard, scope, until_ns)) {
            otherwise = why_stop(*scope.shared) < 0 ? why_stop(*scope.shared) : std::int32_t{TENON_E_DEADLINE};
            for (const One& one : expected_) give_up(*one.token, otherwise);
        }
    }
    std::int32_t verdict = TENON_CONTINUE;
    for (One& one : expected_) {
        if (one.token->given_up && otherwise == TENON_OK) otherwise = one.token->why_given_up;
        verdict = take(scope, one, verdict);
    }
    expected_.clear();
    return otherwise < 0 ? otherwise : verdict;
}

// Nobody writes to the token any more: it has answered, or it has been given up.
std::int32_t Answers::take(tenon_scope& scope, One& one, std::int32_t otherwise) {
    Token& token = *one.token;
    const std::int32_t status = token.given_up ? token.why_given_up : token.status;
    if (status < 0) {
        token.where.code = status;
        base::copy_text(token.where.text, sizeof token.where.text,
                        token.given_up ? std::string_view("the answer did not come in time") : token.text);
        scope.errors.add(token.where);
        return one.target == nullptr ? otherwise : std::int32_t{TENON_DECLINED};
    }
    if (one.target != nullptr && !token.reply.empty()) {
        std::uint64_t room = token.layout.size;
        if (token.layout.appendable) std::memcpy(&(room = 0), one.target, sizeof(std::uint32_t));
        const auto kept = static_cast<std::uint32_t>(room);
        std::memcpy(one.target, token.reply.data(), std::min<std::uint64_t>(room, token.reply.size()));
        if (token.layout.appendable) std::memcpy(one.target, &kept, sizeof kept);
    }
    scope.shared->adopted.push_back(std::move(token.arena));
    return one.target == nullptr ? otherwise : status;
}

AnswersOf::AnswersOf(tenon_scope& scope, void* reply) noexcept
    : shared_(*scope.shared),
      target_before_(shared_.target),
      before_(shared_.answers ? shared_.answers->expected() : 0) {
    shared_.target = reply;
}

AnswersOf::~AnswersOf() {
    shared_.target = target_before_;
}

std::int32_t AnswersOf::verdict(std::int32_t of_walk) const noexcept {
    if (of_walk < 0) return of_walk;
    return shared_.answers && shared_.answers->expected() > before_ ? std::int32_t{TENON_PENDING} : of_walk;
}

std::int32_t defer(Level& level, tenon_pending** out) noexcept {
    if (out == nullptr) return TENON_E_INVALID;
    if (level.deferred == nullptr || level.deferred->token) return TENON_E_STATE;
    Shared& shared = *level.scope->shared;
    try {
        if (!shared.answers) shared.answers = std::make_unique<Answers>();
        std::shared_ptr<Token> token = shared.answers->make(shared.arena_limit);
        const tenon_registration& handler = level.handler();
        token->layout = handler.point->reply;
        token->plugin = handler.plugin;
        base::copy_text(token->where.domain, sizeof token->where.domain, "plugin");
        base::copy_text(token->where.plugin, sizeof token->where.plugin, handler.place.owner);
        base::copy_text(token->where.hook, sizeof token->where.hook, handler.point->name);
        if (handler.plugin != nullptr) {
            handler.plugin->locate(token->where);
            handler.plugin->owed.add(token);
        }
        token->self = token;
        level.deferred->token = token;
        *out = token.get();
        return TENON_OK;
    } catch (const std::bad_alloc&) {
        return TENON_E_NO_MEMORY;
    }
}

std::int32_t deferred(Walk& walk, Deferred& call, std::int32_t status) noexcept {
    if (status == TENON_PENDING && !call.token) return TENON_E_INVALID;
    if (!call.token) return status;
    Shared& shared = *walk.scope.shared;
    if (status == TENON_PENDING) {
        try {
            shared.answers->expect(call.token, walk.point.kind == TENON_FIRST ? shared.target : nullptr,
                                   shared.deadline_ns.load(std::memory_order_relaxed));
            return status;
        } catch (const std::bad_alloc&) {
            status = TENON_E_NO_MEMORY;
        }
    }
    const std::lock_guard guard(call.token->meeting->lock);
    give_up(*call.token, TENON_E_CANCELLED);
    return status;
}

void Owed::add(const std::shared_ptr<Token>& token) {
    const std::lock_guard guard(lock_);
    std::erase_if(tokens_, [](const std::weak_ptr<Token>& other) { return other.expired(); });
    tokens_.push_back(token);
}

void Owed::give_up() noexcept {
    const std::lock_guard guard(lock_);
    for (const std::weak_ptr<Token>& weak : tokens_)
        if (const std::shared_ptr<Token> token = weak.lock()) {
            std::shared_ptr<Token> last;
            const std::lock_guard meeting(token->meeting->lock);
            if (token->answered) continue;
            token->status = TENON_E_GONE;
            token->text = "its plugin has stopped";
            token->answered = true;
            last = std::move(token->self);
            token->meeting->came.notify_all();
        }
    tokens_.clear();
}

}  // namespace tenon::host
