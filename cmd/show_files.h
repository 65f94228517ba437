#pragma once

#include <functional>
#include <string_view>

#include "base/clock.h"
#include "model/parts.h"
#include "ui/output.h"

// What a run did on its machine: its processes, and the files that they read and wrote.

namespace clew::cmd {

/// The processes as a tree, each with its number, duration and exit. `now` ends what goes on.
void print_processes(ui::Output& out, const model::RunParts& parts, Time now);

/// The files by role, each with what was done to it, size, digest, and by which processes.
void print_run_files(ui::Output& out, const model::RunParts& parts);

/// Both in a few lines: how they were captured, how many there are, and what was not seen. Nothing
/// for a run of which neither was recorded.
void print_capture(ui::Output& out, const model::RunParts& parts);

/// The tables as comma-separated values (RFC 4180) with a line of headings.
using WriteText = std::function<void(std::string_view text)>;
void write_processes_csv(const std::vector<model::Process>& processes, const WriteText& write);
void write_files_csv(const std::vector<model::File>& files, const WriteText& write);

}  // namespace clew::cmd
