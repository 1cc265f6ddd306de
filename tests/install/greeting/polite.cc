// A plugin that makes letters polite.
#include <greeting.h>

#include <tenon/plugin.hpp>

class Polite {
public:
    bool before_sending(tenon::Call& call, greeting_letter& letter) {
        letter.text = call.copy("Dear reader, " + std::string(tenon::view(letter.text)));
        return true;
    }
};
TENON_PLUGIN(Polite, TENON_USES(GREETING_CONTRACT), tenon::on<greeting_before_sending_hook, &Polite::before_sending>())
