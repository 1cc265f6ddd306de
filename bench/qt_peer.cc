#include <QObject>

#include "peers.h"

namespace {

class Sender : public QObject {
    Q_OBJECT
Q_SIGNALS:
    void event(const bench_event& event);
};

}  // namespace

namespace bench {

Contender qt() {
    return {"Qt 6 signal",
            [](Functions functions) -> std::shared_ptr<void> {
                auto sender = std::make_shared<Sender>();
                for (const tenon_handler_fn fn : functions)
                    QObject::connect(
                        sender.get(), &Sender::event, sender.get(),
                        [fn](const bench_event& event) { keep_value(fn(nullptr, nullptr, &event, nullptr)); },
                        Qt::DirectConnection);
                return sender;
            },
            [](const std::shared_ptr<void>& object) -> Burst {
                return [sender = static_cast<Sender*>(object.get())](std::size_t times) {
                    const bench_event event = {1};
                    for (; times != 0; --times) Q_EMIT sender->event(event);
                };
            }};
}

}  // namespace bench

#include "qt_peer.moc"
