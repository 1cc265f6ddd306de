#include "sandbox/broker/http_module.h"

namespace tenon::sandbox::broker {

namespace {

class Service final : public HttpService {
public:
    Service(std::vector<NetworkRule> rules, const HttpLimits& limits, LookUp look_up)
        : broker_(library_, std::move(rules), limits, {std::move(look_up), {}}) {}
    base::Result<Fetched> fetch(const Fetch& request, const Patience& patience) override {
        return broker_.fetch(request, patience);
    }

private:
    const HttpLibrary library_;
    HttpBroker broker_;
};

std::unique_ptr<HttpService> make(std::vector<NetworkRule> rules, const HttpLimits& limits, LookUp look_up) {
    return std::make_unique<Service>(std::move(rules), limits, std::move(look_up));
}

}  // namespace

}  // namespace tenon::sandbox::broker

extern "C" {
__attribute__((visibility("default"))) extern const tenon::sandbox::broker::HttpModule tenon_http_module;
const tenon::sandbox::broker::HttpModule tenon_http_module = {tenon::sandbox::broker::http_module_mark,
                                                              tenon::sandbox::broker::make};
}
