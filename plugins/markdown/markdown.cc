// CommonMark to HTML. Raw HTML and dangerous links of the document are left out (CMARK_OPT_UNSAFE is off).
#include <cmark.h>

#include <pressroom/contract.h>
#include <cstdlib>
#include <memory>
#include <tenon/plugin.hpp>

namespace {

struct Free {
    void operator()(char* text) const noexcept { std::free(text); }
};

// Has no state: any thread.
class Markdown {
public:
    bool render(tenon::Call& call, const pressroom_source& page, pressroom_html& html) {
        if (!tenon::view(page.path).ends_with(".md")) return false;
        const std::string_view source = tenon::view(page.text);
        const std::unique_ptr<char, Free> rendered(
            cmark_markdown_to_html(source.data(), source.size(), CMARK_OPT_VALIDATE_UTF8));
        if (rendered == nullptr) throw std::bad_alloc();
        html.text = call.copy(rendered.get());
        return true;
    }
};

}  // namespace

TENON_PLUGIN(Markdown, TENON_USES(PRESSROOM_CONTRACT), tenon::on<pressroom_render_hook, &Markdown::render>())
