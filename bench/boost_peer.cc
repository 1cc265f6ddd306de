#include <boost/signals2.hpp>

#include "peers.h"

namespace bench {

namespace {
using Signal = boost::signals2::signal<void(const bench_event&)>;
}

Contender boost_signals2() {
    return {
        "boost::signals2",
        [](Functions functions) -> std::shared_ptr<void> {
            auto signal = std::make_shared<Signal>();
            for (const tenon_handler_fn fn : functions)
                signal->connect([fn](const bench_event& event) { keep_value(fn(nullptr, nullptr, &event, nullptr)); });
            return signal;
        },
        [](const std::shared_ptr<void>& object) -> Burst {
            return [signal = static_cast<Signal*>(object.get())](std::size_t times) {
                const bench_event event = {1};
                for (; times != 0; --times) (*signal)(event);
            };
        }};
}

}  // namespace bench
