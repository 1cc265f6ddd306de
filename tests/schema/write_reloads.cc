// write_reloads: a record of each kind of reload, with everything that can be in one, a line each on standard output.
#include <tenon/reload.h>

#include <cstdint>
#include <cstdio>
#include <initializer_list>

namespace {

tenon_str text(const char* from) {
    return tenon_str_from(from);
}

tenon_reload_record some_record(std::uint32_t verdict) {
    tenon_reload_record record{};
    record.struct_size = sizeof record;
    record.verdict = verdict;
    record.number = verdict;
    record.began_unix = 1'760'000'000'123'456'789;
    record.plugin = text("org.acme.tax");
    record.trigger = text("file changed");
    record.from_generation = 1;
    record.from_version = text("1.2.3-beta.1+7");
    record.from_build = text("00c0ffee00c0ffee");
    for (std::uint64_t& phase : record.phase_ns) phase = 1234567;
    return record;
}

void with_next(tenon_reload_record& record) {
    record.to_generation = 2;
    record.to_version = text("2.0.0");
    record.to_build = text("ffffffffffffffff");
}

void with_problem(tenon_reload_record& record) {
    record.reason = text("reload.state-restore");
    record.text = text("org.acme.tax 2.0.0: restore_state failed: \"\x1b\n\xff\"");
    record.fix = text("");
}

std::uint32_t print(void*, tenon_str line) {
    return std::fwrite(line.data, 1, line.size, stdout) == line.size ? 1 : 0;
}

bool write(const tenon_reload_record& record) {
    return tenon_reload_write(&record, print, nullptr) == TENON_OK;
}

}  // namespace

int main() {
    bool written = write(some_record(TENON_UNCHANGED));
    tenon_reload_record refused = some_record(TENON_REFUSED);
    with_problem(refused);
    written = write(refused) && written;
    with_next(refused);
    written = write(refused) && written;
    for (const std::uint32_t verdict : {TENON_RELOADED, TENON_ON_PROBATION, TENON_ROLLED_BACK}) {
        tenon_reload_record record = some_record(verdict);
        with_next(record);
        if (verdict == TENON_ROLLED_BACK) with_problem(record);
        record.state_bytes = UINT64_MAX;
        record.calls_waited = 3;
        written = write(record) && written;
        if (verdict == TENON_ON_PROBATION) continue;
        record.unmapped_reason = text("unload.busy");
        record.unmapped_text = text("thread 4711 in org.acme.shop/price");
        written = write(record) && written;
        record.unmapped = 1;
        record.unmapped_reason = record.unmapped_text = text("");
        written = write(record) && written;
    }
    return written ? 0 : 1;
}
