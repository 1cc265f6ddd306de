// judge_manifests FILE...: what the parser says of each, a line per verdict: FILE<tab>good, or FILE<tab>ID<tab>TEXT.
#include <fmt/format.h>

#include <cstdio>

#include "base/file.h"
#include "manifest/manifest.h"

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const auto text = tenon::base::read_file(argv[i], 1 << 20);
        if (!text.ok()) {
            fmt::print(stderr, "{}\n", text.problem().text);
            return 1;
        }
        const auto parsed = tenon::manifest::parse_manifest(text.value(), "plugin.toml");
        if (parsed.manifest) fmt::print("{}\tgood\n", argv[i]);
        for (const auto& problem : parsed.problems) fmt::print("{}\t{}\t{}\n", argv[i], problem.id, problem.text);
    }
    return 0;
}
