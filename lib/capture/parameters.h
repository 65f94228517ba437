#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "model/run.h"

namespace clew::capture {

/// The parameters that a command line sets, after the script or module of known interpreters and
/// launchers (python -u -m pkg, torchrun, accelerate launch, mpirun, srun, uv run, …), else after
/// the program. Sorted by name; of a repeated one the last value counts.
///
///   --lr 0.1  --lr=0.1  -b 32  -b32    a value; -0.5 is one, other words with a dash are not
///   --layers 64 64 32                  several numbers after an option are a list
///   --fast  --no-fast                  true; "fast" is false
///   lr=0.1  +a.b=1  ++a.b=1            a value, also right after an option: that is a flag then
///   ~x  FILE  -- …                     nothing; "--" ends
///
/// Names are kept as written, without the leading dashes. Values are typed like JSON scalars, and
/// ".5", "5.", True, False and None are read as what they mean; 1_000, 0x10, 01 and integers
/// outside int64 stay strings. Nothing is masked.
[[nodiscard]] std::vector<model::Parameter> parameters_from_argv(
    const std::vector<std::string>& argv);

/// What a parameter file says, flattened, sorted by name: YAML, JSON, TOML, .ini, or lines
/// "name = value", told apart by the extension. `name` is how the file was named and becomes
/// Parameter::file. Throws Error(failed), with line and column where they are known, for more than
/// 256 KiB or 1,000 values (those in lists counted) and for what does not parse.
[[nodiscard]] std::vector<model::Parameter> parameters_from_file(std::string_view name,
                                                                 std::string_view content);

/// The words of argv that name existing parameter files (extension .yaml .yml .json .toml .ini
/// .cfg, up to 256 KiB), also as "--config=FILE", in order, relative ones against `directory`.
/// Values of options that name an output (--out, --save-to, --log_file, …) are left out.
[[nodiscard]] std::vector<std::string> parameter_files_in_argv(const std::vector<std::string>& argv,
                                                               const fs::path& directory);

/// NAME=VALUE of an option -p. Throws Error(usage) without '=' or with an empty name.
[[nodiscard]] model::Parameter parameter_from_option(std::string_view text);

/// All of these in one sorted list by the rule of precedence. Of two files a later one counts, and
/// those found in argv come last.
struct ParameterRequest {
  std::vector<std::string> argv;  ///< as given, not masked: secrets are masked in the result
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
/// information in URLs) replaced by "***". Also within words that are command lines or headers
/// themselves. As many words as before.
[[nodiscard]] std::vector<std::string> mask_argv(const std::vector<std::string>& argv);

/// Does the name of an option or variable tell that its value is a secret (TOKEN, SECRET, PASSWORD,
/// API_KEY, …)? "max_tokens" and "pad_token" do not, nor does "token_file".
[[nodiscard]] bool is_secret_name(std::string_view name);

}  // namespace clew::capture
