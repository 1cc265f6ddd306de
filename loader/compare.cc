#include "loader/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace tenon::loader {

namespace {

// Walks two types at once. Pairs that were seen are not walked again: spans may lead back to where they came from.
class Comparison {
public:
    Comparison(const Contract& user, const Contract& offered, const CompareOptions& options)
        : user_(user), offered_(offered), options_(options) {}

    // `of`: whose request or reply, or which field; for messages.
    void types(std::uint32_t user, std::uint32_t offered, const std::string& of);
    void add(std::string_view id, std::string text);
    base::Problems take() { return std::move(problems_); }

    std::string user_with(std::string_view fact) const { return fmt::format("{} has {}", options_.user, fact); }
    std::string offerer_with(std::string_view fact) const { return fmt::format("{} has {}", options_.offerer, fact); }

private:
    void walk();
    void enums(const Type& user, const Type& offered);
    void structs(const Type& user, const Type& offered);
    void tail(const Type& user, const Type& offered);
    bool field(const Type& type, const Field& user, const Field& offered);
    std::string layout(const Type& type) const;
    std::string place(const Contract& contract, const Field& field, bool named) const;
    std::string of_version() const;
    bool newer() const;

    const Contract& user_;
    const Contract& offered_;
    const CompareOptions& options_;
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> waiting_;
    base::Problems problems_;
};

void Comparison::add(std::string_view id, std::string text) {
    const bool same = user_.version() == offered_.version();
    problems_.push_back({std::string(id), std::move(text),
                         same ? fmt::format("Two headers of {} both say version {}: build {} and {} from one of them.",
                                            offered_.id, offered_.version(), options_.user, options_.offerer)
                              : fmt::format("Build {} against {} {}, or let {} offer {}.", options_.user, offered_.id,
                                            offered_.version(), options_.offerer, user_.version())});
}

void Comparison::types(std::uint32_t user, std::uint32_t offered, const std::string& of) {
    if (user == no_type && offered == no_type) return;
    const auto name = [](const Contract& contract, std::uint32_t index) {
        return index == no_type ? std::string_view("none") : std::string_view(contract.types[index].name);
    };
    if (user == no_type || offered == no_type) {
        add("contract.type-missing",
            fmt::format("{}: {}, {}", of, user_with(name(user_, user)), offerer_with(name(offered_, offered))));
        return;
    }
    if (user_.types[user].name != offered_.types[offered].name) {
        add("contract.type-name",
            fmt::format("{}: {}, {}", of, user_with(name(user_, user)), offerer_with(name(offered_, offered))));
        return;
    }
    waiting_.emplace_back(user, offered);
    walk();
}

// Not recursive: a hostile contract may chain thousands of types.
void Comparison::walk() {
    while (!waiting_.empty()) {
        const auto pair = waiting_.back();
        waiting_.pop_back();
        if (!seen_.insert(pair).second) continue;
        const Type& user = user_.types[pair.first];
        const Type& offered = offered_.types[pair.second];
        if (user.form != offered.form)
            add("contract.layout",
                fmt::format("{}: {}, {}", user.name, user_with(layout(user)), offerer_with(layout(offered))));
        else if (user.form == Type::Form::enumeration)
            enums(user, offered);
        else
            structs(user, offered);
    }
}

std::string Comparison::layout(const Type& type) const {
    switch (type.form) {
        case Type::Form::enumeration:
            return fmt::format("an enum of {} bytes", type.size);
        case Type::Form::frozen:
            return fmt::format("a FROZEN struct of {} bytes", type.size);
        case Type::Form::appendable:
            return fmt::format("an APPENDABLE struct of at least {} bytes", type.minimum_size);
    }
    return {};
}

void Comparison::enums(const Type& user, const Type& offered) {
    const auto integer = [](const Type& type) {
        return fmt::format("{}{}", type.underlying >= Code::i8 ? 'i' : 'u', type.size * 8);
    };
    if (user.underlying != offered.underlying)
        return add("contract.enum-type",
                   fmt::format("enum {}: {}, {}", user.name, user_with(integer(user)), offerer_with(integer(offered))));
    for (const Value& value : user.values) {
        const auto twin = std::find_if(offered.values.begin(), offered.values.end(),
                                       [&](const Value& other) { return other.name == value.name; });
        if (twin == offered.values.end() || twin->number == value.number) continue;
        const auto number = [&](std::uint64_t bits) {
            return user.underlying >= Code::i8 ? fmt::format("{}", static_cast<std::int64_t>(bits))
                                               : fmt::format("{}", bits);
        };
        add("contract.enum-value", fmt::format("{}.{}: {}, {}", user.name, value.name, user_with(number(value.number)),
                                               offerer_with(number(twin->number))));
    }
}

void Comparison::structs(const Type& user, const Type& offered) {
    const std::size_t common = std::min(user.fields.size(), offered.fields.size());
    for (std::size_t i = 0; i < common; ++i)
        if (!field(user, user.fields[i], offered.fields[i])) return;
    const bool grows = user.form == Type::Form::appendable;
    const bool same_base = grows ? user.minimum_size == offered.minimum_size
                                 : user.fields.size() == offered.fields.size() && user.alignment == offered.alignment;
    if (!same_base) {
        const auto fact = [&](const Type& type) {
            return grows ? layout(type)
                         : fmt::format("{} with {} fields, aligned to {}", layout(type), type.fields.size(),
                                       type.alignment);
        };
        return add("contract.layout",
                   fmt::format("{}: {}, {}", user.name, user_with(fact(user)), offerer_with(fact(offered))));
    }
    if (!options_.optional_tail) tail(user, offered);
}

bool Comparison::newer() const {
    return std::tie(user_.major, user_.minor, user_.patch) > std::tie(offered_.major, offered_.minor, offered_.patch);
}

std::string Comparison::of_version() const {
    return newer() ? fmt::format("a newer contract ({})", user_.version())
                   : fmt::format("another contract of version {}", user_.version());
}

void Comparison::tail(const Type& user, const Type& offered) {
    for (std::size_t i = offered.fields.size(); i < user.fields.size(); ++i)
        add("contract.field-missing",
            fmt::format("{}.{}: {} was built against {} that has this field; {} offers {}, whose {} ends after {} "
                        "bytes",
                        user.name, user.fields[i].name, options_.user, of_version(), options_.offerer,
                        offered_.version(), offered.name, offered.size));
}

std::string Comparison::place(const Contract& contract, const Field& field, bool named) const {
    return fmt::format("{}{} at byte {} ({} bytes)", named ? field.name + ", " : "", kind_name(contract, field),
                       field.offset, field.size);
}

bool Comparison::field(const Type& type, const Field& user, const Field& offered) {
    const bool typed = user.code == Code::enumerated || user.code == Code::span || user.code == Code::nested;
    const bool same_kind =
        user.code == offered.code && user.count == offered.count &&
        (typed ? user_.types[user.of].name == offered_.types[offered.of].name : user.of == offered.of);
    const bool same_name = user.name == offered.name;
    if (!same_name || !same_kind || user.offset != offered.offset || user.size != offered.size) {
        add("contract.field-differs",
            fmt::format("{}.{}: {}, {}", type.name, user.name, user_with(place(user_, user, !same_name)),
                        offerer_with(place(offered_, offered, !same_name))));
        return false;
    }
    if (typed) waiting_.emplace_back(user.of, offered.of);
    return true;
}

}  // namespace

base::Problems compare_types(const Contract& user, std::uint32_t user_type, const Contract& offered,
                             std::uint32_t offered_type, const CompareOptions& options) {
    Comparison comparison(user, offered, options);
    comparison.types(user_type, offered_type, user.id);
    return comparison.take();
}

base::Problems compare_hook(const Contract& user, const Hook& user_hook, const Contract& offered,
                            const CompareOptions& options) {
    Comparison comparison(user, offered, options);
    const Hook* const hook = offered.hook(user_hook.name);
    if (hook == nullptr) {
        comparison.add("contract.no-hook", fmt::format("hook {}/{}: {} was built against {} {}, which has it; {} "
                                                       "offers {}, which does not",
                                                       user.id, user_hook.name, options.user, user.id, user.version(),
                                                       options.offerer, offered.version()));
        return comparison.take();
    }
    const std::string name = fmt::format("hook {}/{}", user.id, hook->name);
    if (user_hook.kind != hook->kind)
        comparison.add("contract.hook-kind",
                       fmt::format("{}: {}, {}", name, comparison.user_with(hook_kind_name(user_hook.kind)),
                                   comparison.offerer_with(hook_kind_name(hook->kind))));
    comparison.types(user_hook.request, hook->request, name + ", request");
    comparison.types(user_hook.reply, hook->reply, name + ", reply");
    return comparison.take();
}

base::Problems compare_service(const Contract& user, const Service& user_service, const Contract& offered,
                               const CompareOptions& options) {
    Comparison comparison(user, offered, options);
    const Service* const service = offered.service(user_service.id);
    if (service == nullptr) {
        comparison.add("contract.no-service", fmt::format("service {}: {} was built against {} {}, which has it; {} "
                                                          "offers {}, which does not",
                                                          user_service.id, options.user, user.id, user.version(),
                                                          options.offerer, offered.version()));
        return comparison.take();
    }
    for (const Method& method : user_service.methods) {
        const auto twin = std::find_if(service->methods.begin(), service->methods.end(),
                                       [&](const Method& other) { return other.name == method.name; });
        if (twin == service->methods.end()) continue;  // not implemented: that is allowed
        const std::string name = fmt::format("method {}.{}", service->id, method.name);
        comparison.types(method.request, twin->request, name + ", request");
        comparison.types(method.reply, twin->reply, name + ", reply");
    }
    return comparison.take();
}

}  // namespace tenon::loader
