#include "capture/environment.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"
#include "capture/environment_sources.h"
#include "capture/secrets.h"

namespace clew::capture {
namespace {

Json select_variables(const EnvironmentMap& variables, const std::vector<std::string>& patterns) {
  Json::Object selected;
  for (const auto& [name, value] : variables) {
    const bool wanted =
        std::any_of(patterns.begin(), patterns.end(),
                    [&name = name](const auto& pattern) { return glob_match(pattern, name); });
    if (wanted) selected.emplace_back(valid_utf8(name), mask_value(name, valid_utf8(value)));
  }
  return selected;
}

}  // namespace

Json basic_environment(const std::vector<std::string>& argv, const fs::path& directory,
                       const EnvironmentMap& variables, const std::vector<std::string>& patterns) {
  const fs::path root = "/";
  Json environment = Json::object();
  environment["host"] = host_name();
  environment["os"] = read_os(root);
  environment["cpu"] = read_cpu(root);
  if (Json memory = read_memory(root); !memory.is_null()) {
    environment["memory"] = std::move(memory);
  }
  environment["gpus"] = read_gpus(root);
  if (Json container = read_container(root); !container.as_object().empty()) {
    environment["container"] = std::move(container);
  }
  environment["user"] = user_name();
  environment["cwd"] = valid_utf8(directory.string());
  if (Json interpreter = find_interpreter(argv, directory, variables); !interpreter.is_null()) {
    environment["interpreter"] = std::move(interpreter);
  }
  environment["variables"] = select_variables(variables, patterns);
  return environment;
}

const std::vector<std::string>& default_variable_patterns() {
  static const std::vector<std::string> patterns{"CUDA_*",
                                                 "CUBLAS_*",
                                                 "CUDNN_*",
                                                 "NVIDIA_*",
                                                 "NCCL_*",
                                                 "HIP_*",
                                                 "ROCR_*",
                                                 "HSA_*",
                                                 "PYTHON*",
                                                 "VIRTUAL_ENV",
                                                 "CONDA_*",
                                                 "OMP_*",
                                                 "GOMP_*",
                                                 "KMP_*",
                                                 "MKL_*",
                                                 "OPENBLAS_*",
                                                 "NUMEXPR_*",
                                                 "TORCH*",
                                                 "PYTORCH_*",
                                                 "TF_*",
                                                 "XLA_*",
                                                 "JAX_*",
                                                 "KERAS_*",
                                                 "HF_*",
                                                 "TRANSFORMERS_*",
                                                 "TOKENIZERS_*",
                                                 "ACCELERATE_*",
                                                 "SLURM_*",
                                                 "PBS_*",
                                                 "LSB_*",
                                                 "SGE_*",
                                                 "OMPI_COMM_*",
                                                 "PMI_*",
                                                 "MASTER_ADDR",
                                                 "MASTER_PORT",
                                                 "RANK",
                                                 "LOCAL_RANK",
                                                 "GROUP_RANK",
                                                 "WORLD_SIZE",
                                                 "LOCAL_WORLD_SIZE",
                                                 "PATH",
                                                 "LD_LIBRARY_PATH",
                                                 "LD_PRELOAD",
                                                 "MALLOC_*",
                                                 "LANG",
                                                 "LC_*",
                                                 "TZ"};
  return patterns;
}

std::string user_name() {
  char buffer[4096];
  struct passwd entry {};
  struct passwd* found = nullptr;
  const uid_t uid = geteuid();
  if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr) {
    return valid_utf8(found->pw_name);
  }
  return std::to_string(uid);
}

std::string host_name() {
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) != 0) return {};
  return valid_utf8(name);
}

}  // namespace clew::capture
