// tenon doctor: what is wrong with plugins, what follows from it, and how to mend it; from the files and this system.
#pragma once

#include <string>
#include <vector>

#include "loader/lint.h"
#include "tools/cli/facts.h"
#include "tools/cli/screen.h"

namespace tenon::cli {

struct DoctorOptions {
    std::vector<std::string> files;
    bool system = false;  // this machine instead of files
    bool json = false;
    bool no_color = false;
};

struct Diagnosis {
    Facts facts;
    std::vector<loader::Finding> findings;  // the severe ones first, problems of the file before those of the linking

    std::size_t count(loader::Severity severity) const;
};

// Prints what was found to standard output. Returns an ExitCode: fine with warnings and notes, refused with errors.
int doctor(const DoctorOptions& options);

// The two ways to print; docs/cli.md describes them.
void print_diagnosis(const Screen& screen, const Diagnosis& diagnosis);
void print_diagnoses_json(const std::vector<Diagnosis>& diagnoses);

}  // namespace tenon::cli
