// Checks and pretty-prints the JSON and TOML blocks of a document.
#include <pressroom/contract.h>
#include <tenon/plugin.hpp>

#include "plugins/code-format/blocks.h"

namespace {

// Has no state: any thread.
class CodeFormat {
public:
    bool before_render(tenon::Call& call, pressroom_page& page) {
        const code_format::Checked checked = code_format::check_blocks(tenon::view(page.source));
        for (const code_format::Remark& remark : checked.remarks) {
            auto finding = tenon::sized<pressroom_finding>();
            finding.severity = remark.warning ? PRESSROOM_WARNING : PRESSROOM_NOTE;
            finding.source = call.copy("code-format");
            finding.text = call.copy(remark.text);
            finding.line = remark.line;
            call.append(page.findings, finding);
        }
        if (checked.changed) page.source = call.copy(checked.source);
        return checked.changed || !checked.remarks.empty();
    }
};

}  // namespace

TENON_PLUGIN(CodeFormat, TENON_USES(PRESSROOM_CONTRACT),
             tenon::on<pressroom_before_render_hook, &CodeFormat::before_render>())
