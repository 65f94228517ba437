#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "model/run.h"

namespace clew::capture {

/// The parameters that a command line sets, after the script or module of known interpreters and
/// launchers (python -u -m pkg, torchrun, accelerate launch, mpirun, srun, uv run, …): "--lr 0.1",
/// "--lr=0.1", "-b 32", "lr=0.1", flags ("--fast" is true, "--no-fast" sets fast to false).
/// Sorted by name; of a repeated one the last value counts. Values are typed like JSON scalars.
[[nodiscard]] std::vector<model::Parameter> parameters_from_argv(
    const std::vector<std::string>& argv);

/// What a parameter file says, flattened, sorted by name: YAML, JSON, TOML, .ini, or lines
/// "name = value", told apart by the extension. More than 1,000 leaves or nesting that does not
/// parse throws Error(failed). `name` is how the file was named and becomes Parameter::file.
[[nodiscard]] std::vector<model::Parameter> parameters_from_file(std::string_view name,
                                                                 std::string_view content);

/// The words of argv that name existing parameter files (extension .yaml .yml .json .toml .ini
/// .cfg, up to 256 KiB), also as "--config=FILE", in order, relative ones against `directory`.
[[nodiscard]] std::vector<std::string> parameter_files_in_argv(
    const std::vector<std::string>& argv, const fs::path& directory);

/// NAME=VALUE of an option -p. Throws Error(usage) without '=' or with an empty name.
[[nodiscard]] model::Parameter parameter_from_option(std::string_view text);

/// All of these in one sorted list by the rule of precedence.
struct ParameterRequest {
  std::vector<std::string> argv;
  fs::path directory;
  std::vector<std::string> options;  ///< NAME=VALUE
  std::vector<std::string> files;    ///< named by --params or clew.yaml
};
struct Parameters {
  std::vector<model::Parameter> params;
  std::vector<std::string> warnings;  ///< files found in argv that could not be read as parameters
};
/// A file that the user named (`files`) and that cannot be read throws Error(usage); one that was
/// only found in argv is a warning.
[[nodiscard]] Parameters collect_parameters(const ParameterRequest& request);

/// The command line with the values of secrets ("--api-key X", "--token=X", "password=X", user
/// information in URLs) replaced by "***".
[[nodiscard]] std::vector<std::string> mask_argv(const std::vector<std::string>& argv);

/// Does the name of an option or variable tell that its value is a secret (TOKEN, SECRET, PASSWORD,
/// API_KEY, …)?
[[nodiscard]] bool is_secret_name(std::string_view name);

}  // namespace clew::capture
