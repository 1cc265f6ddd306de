#include <glib-object.h>

#include "peers.h"

namespace bench {

namespace {

// A class of objects with one signal; the type system registers it once in a process.
guint signal_of_class() {
    static const guint signal = [] {
        const GTypeInfo info = {sizeof(GObjectClass), nullptr, nullptr, nullptr, nullptr, nullptr,
                                sizeof(GObject),      0,       nullptr, nullptr};
        const GType type = g_type_register_static(G_TYPE_OBJECT, "BenchSender", &info, GTypeFlags{});
        return g_signal_new("event", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, g_cclosure_marshal_VOID__POINTER,
                            G_TYPE_NONE, 1, G_TYPE_POINTER);
    }();
    return signal;
}

void on_event(GObject*, gpointer event, gpointer data) {
    keep_value(reinterpret_cast<tenon_handler_fn>(data)(nullptr, nullptr, event, nullptr));
}

}  // namespace

Contender gobject() {
    return {"GObject signal",
            [](Functions functions) -> std::shared_ptr<void> {
                signal_of_class();
                void* const object = g_object_new(g_type_from_name("BenchSender"), nullptr);
                for (const tenon_handler_fn fn : functions)
                    g_signal_connect(object, "event", G_CALLBACK(on_event), reinterpret_cast<gpointer>(fn));
                return {object, [](void* made) { g_object_unref(made); }};
            },
            [](const std::shared_ptr<void>& object) -> Burst {
                return [sender = object.get(), signal = signal_of_class()](std::size_t times) {
                    bench_event event = {1};
                    for (; times != 0; --times) g_signal_emit(sender, signal, 0, &event);
                };
            }};
}

}  // namespace bench
