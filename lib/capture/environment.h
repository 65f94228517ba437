#pragma once

#include <string>
#include <vector>

#include "base/fs.h"
#include "base/json.h"

namespace clew::capture {

/// What is known of the machine and the settings at once: one JSON object with the members
///   host, os {name, version, kernel, machine}, cpu {model, count}, memory (bytes), gpus [name],
///   container {name?, cpus?, memory?} when there is one or control groups set limits,
///   user, cwd, interpreter {path, version?} of the command if it is a script or interpreter,
///   variables {NAME: value} as selected by `patterns` (glob), secrets masked as "***".
/// What cannot be found out is left out. Starts no program; reads /proc, /sys and /etc, and of the
/// interpreter its first line, its links and its pyvenv.cfg.
[[nodiscard]] Json basic_environment(const std::vector<std::string>& argv,
                                     const fs::path& directory, const EnvironmentMap& variables,
                                     const std::vector<std::string>& patterns);

/// The variables that are recorded by default: CUDA_*, PYTHON*, OMP_*, SLURM_*, CONDA_*, …
[[nodiscard]] const std::vector<std::string>& default_variable_patterns();

/// Where a command name leads along PATH of `variables` from `directory`; empty when nowhere.
[[nodiscard]] fs::path find_program(std::string_view name, const fs::path& directory,
                                    const EnvironmentMap& variables);

[[nodiscard]] std::string user_name();
[[nodiscard]] std::string host_name();

}  // namespace clew::capture
