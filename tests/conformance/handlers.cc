#include "tests/conformance/handlers.h"

#include <array>
#include <cstring>

namespace tenon::conformance {

namespace {

// Which handler runs on the dispatching thread is the executor's choice.
bool is_parallel(const Point& point) {
    return (point.hook->attributes & TENON_PARALLEL) != 0;
}

void note(const Point& point, const char* who, const std::string& what) {
    const std::string text = "  " + point.name() + ", " + who + ": " + what;
    if (listening() == Listening::silent || point.is_race()) return;
    if (listening() == Listening::aside || is_parallel(point))
        point.application->book.aside(text);
    else
        point.application->book.line(text);
}

std::string seen(const Point& point, const void* request, const void* reply) {
    if (listening() == Listening::silent || point.is_race()) return {};
    const Given& given = point.application->given;
    std::string out = "request " + show(*point.contract, point.hook->request, request, given);
    if (point.hook->kind == TENON_FILTER || point.hook->kind == TENON_AROUND)
        out += ", reply " + show(*point.contract, point.hook->reply, reply, given);
    return out;
}

const Recipe small{"small", Filling::small, "", ""};
const Recipe empty{"empty", Filling::empty, "", ""};

// Every other hook of the contract.
void dispatch_others(Point& point, tenon_call* call) {
    for (const auto& other : point.application->points) {
        if (other->contract != point.contract || other->takes_for_ever) continue;
        Values values(point.application->given);
        tenon_collection collection{};
        void* const reply = make_reply(*other, values, small, collection);
        const std::int32_t status =
            tenon_call_hook(call, other->raw, values.make(*other->contract, other->hook->request, small), reply);
        tenon_error why = TENON_ERROR_INIT;
        const bool failed = tenon_call_nested_error(call, &why) == TENON_OK;
        note(*other, "nested",
             status_name(status) + ", " + show_reply(*other, reply) + (failed ? ", " + std::string(why.text) : ""));
    }
}

template <std::size_t number>
std::int32_t desk_method(void* self, tenon_call*, const void* request, void* reply) {
    Desk& desk = *static_cast<Desk*>(self);
    const loader::Method& method = desk.service->methods[number];
    const std::string asked = show(*desk.contract, method.request, request, desk.application->given);
    if (method.reply == loader::no_type) return TENON_OK;
    const std::lock_guard guard(desk.lock);
    const void* const made =
        desk.values.make(*desk.contract, method.reply, {"", Filling::words, method.name + " was asked", asked});
    std::memcpy(reply, made, desk.contract->types[method.reply].size);
    return TENON_OK;
}

template <std::size_t... numbers>
constexpr std::array<tenon_handler_fn, sizeof...(numbers)> methods_of(std::index_sequence<numbers...>) {
    return {desk_method<numbers>...};
}
constexpr auto all_methods = methods_of(std::make_index_sequence<most_methods>());

}  // namespace

Listening& listening() noexcept {
    thread_local Listening now = Listening::aside;
    return now;
}

const Point*& outermost() noexcept {
    thread_local const Point* now = nullptr;
    return now;
}

const tenon_handler_fn* desk_methods() {
    return all_methods.data();
}

std::string show_reply(const Point& point, const void* reply) {
    const Given& given = point.application->given;
    if (point.hook->kind == TENON_COLLECT)
        return show_all(*point.contract, point.hook->reply, static_cast<const tenon_collection*>(reply)->items, given);
    return show(*point.contract, point.hook->reply, reply, given);
}

void* make_reply(const Point& point, Values& values, const Recipe& recipe, tenon_collection& collection) {
    if (point.hook->kind == TENON_COLLECT) {
        collection.struct_size = sizeof collection;
        collection.limit = recipe.filling == Filling::extreme ? 1 : 0;
        return &collection;
    }
    return values.make(*point.contract, point.hook->reply, point.hook->kind == TENON_FILTER ? recipe : empty);
}

std::int32_t first_handler(void* self, tenon_call* call, const void* request, void* reply) {
    Point& point = *static_cast<Point*>(self);
    note(point, "first", seen(point, request, reply));
    if (listening() == Listening::nested && !is_parallel(point)) {
        listening() = Listening::lines;
        dispatch_others(point, call);
        listening() = Listening::nested;
    }
    return point.hook->kind == TENON_AROUND ? tenon_call_next(call) : std::int32_t{TENON_CONTINUE};
}

std::int32_t last_handler(void* self, tenon_call* call, const void* request, void* reply) {
    Point& point = *static_cast<Point*>(self);
    note(point, "last", seen(point, request, reply));
    if (point.hook->kind == TENON_COLLECT) tenon_call_emit(call, point.element);
    if (point.hook->kind == TENON_AROUND) {
        const std::int32_t status = tenon_call_next(call);
        note(point, "last", "next gave " + status_name(status));
        return status;
    }
    // A plugin that asks by a dispatch whether it may go on is told so.
    const bool asked = point.hook->kind == TENON_FILTER && outermost() != &point;
    return asked ? std::int32_t{TENON_CHANGED} : std::int32_t{TENON_CONTINUE};
}

std::int32_t around_body(void* self, tenon_call* call, const void* request, void* reply) {
    Point& point = *static_cast<Point*>(self);
    note(point, "body", seen(point, request, reply));
    const auto type = point.hook->reply;
    if (type == loader::no_type) return TENON_CONTINUE;
    // A reply whose texts live as long as the scope.
    const Given& given = point.application->given;
    Values values(given);
    const tenon_str text = tenon_call_copy(call, tenon_str_from("the body was here"));
    char* const made = static_cast<char*>(values.make(*point.contract, type, empty));
    for (const auto& field : point.contract->types[type].fields)
        if (field.code == loader::Code::str) std::memcpy(made + field.offset, &text, sizeof text);
    std::memcpy(reply, made, point.contract->types[type].size);
    return TENON_HANDLED;
}

}  // namespace tenon::conformance
