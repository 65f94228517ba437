#include "capture/environment_sources.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/text.h"

namespace clew::capture {
namespace {

constexpr std::uint64_t kMaxSystemFile = 16 << 20;

/// The file's text; empty when it cannot be read.
std::string text_of(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return {};
  try {
    return valid_utf8(read_file(path, kMaxSystemFile).value_or(""));
  } catch (const Error&) {
    return {};
  }
}

/// The value of the first line "NAME: value" or "NAME=value"; empty when there is none.
std::string_view value_in(std::string_view text, std::string_view name, char separator) {
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t at = line.find(separator);
    if (at != std::string_view::npos && trim(line.substr(0, at)) == name) {
      return trim(line.substr(at + 1));
    }
  }
  return {};
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                      (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::vector<fs::path> entries_of(const fs::path& directory) {
  std::vector<fs::path> entries;
  std::error_code failure;
  for (fs::directory_iterator at(directory, failure), end; !failure && at != end;
       at.increment(failure)) {
    entries.push_back(at->path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

void add_nvidia_gpus(const fs::path& root, Json& gpus) {
  for (const fs::path& gpu : entries_of(root / "proc/driver/nvidia/gpus")) {
    const std::string information = text_of(gpu / "information");
    if (const auto model = value_in(information, "Model", ':'); !model.empty()) gpus.push(model);
  }
}

void add_amd_gpus(const fs::path& root, Json& gpus) {
  for (const fs::path& card : entries_of(root / "sys/class/drm")) {
    // "card0-DP-1" is a connector of card0.
    const std::string name = card.filename().string();
    if (!name.starts_with("card") || name.find('-') != std::string::npos) continue;
    if (trim(text_of(card / "device/vendor")) != "0x1002") continue;
    const std::string product = text_of(card / "device/product_name");
    const std::string device = text_of(card / "device/device");
    gpus.push(trim(product).empty() ? concat("AMD GPU ", trim(device))
                                    : std::string(trim(product)));
  }
}

struct Limits {
  std::optional<double> cpus;
  std::optional<std::int64_t> memory;

  void allow(std::optional<double> more_cpus, std::optional<std::int64_t> more_memory) {
    if (more_cpus && *more_cpus > 0) cpus = std::min(cpus.value_or(*more_cpus), *more_cpus);
    if (more_memory && *more_memory > 0) {
      memory = std::min(memory.value_or(*more_memory), *more_memory);
    }
  }
};

std::optional<double> ratio(std::optional<std::int64_t> part, std::optional<std::int64_t> whole) {
  if (!part || !whole || *part <= 0 || *whole <= 0) return std::nullopt;
  return static_cast<double>(*part) / static_cast<double>(*whole);
}

std::optional<std::int64_t> integer_in(const fs::path& path) {
  return parse_int(trim(text_of(path)));
}

/// The limits of this process' control group and of those above it (cgroups(7)). Inside a container
/// the group may be named by a path that only the host has; the root of the mount is looked at in
/// any case.
Limits read_limits(const fs::path& root) {
  Limits limits;
  const fs::path mount = root / "sys/fs/cgroup";
  std::string group(value_in(text_of(root / "proc/self/cgroup"), "0", ':'));
  if (group.starts_with(':')) group.erase(0, 1);
  for (fs::path place = mount / fs::path(group).relative_path();; place = place.parent_path()) {
    const std::string quota = text_of(place / "cpu.max");
    const auto words = split(trim(quota), ' ');
    limits.allow(words.size() == 2 ? ratio(parse_int(words[0]), parse_int(words[1])) : std::nullopt,
                 integer_in(place / "memory.max"));
    if (place == mount || !place.string().starts_with(mount.string())) break;
  }
  limits.allow(ratio(integer_in(mount / "cpu/cpu.cfs_quota_us"),
                     integer_in(mount / "cpu/cpu.cfs_period_us")),
               integer_in(mount / "memory/memory.limit_in_bytes"));
  return limits;
}

std::string container_name(const fs::path& root) {
  std::error_code ignored;
  if (fs::exists(root / "run/.containerenv", ignored)) return "podman";
  if (fs::exists(root / ".singularity.d", ignored)) return "apptainer";
  if (fs::exists(root / "var/run/secrets/kubernetes.io", ignored)) return "kubernetes";
  if (fs::exists(root / ".dockerenv", ignored)) return "docker";
  return {};
}

}  // namespace

Json read_os(const fs::path& root) {
  Json os = Json::object();
  std::string release = text_of(root / "etc/os-release");
  if (release.empty()) release = text_of(root / "usr/lib/os-release");
  if (const auto name = unquoted(value_in(release, "NAME", '=')); !name.empty()) os["name"] = name;
  if (const auto version = unquoted(value_in(release, "VERSION_ID", '=')); !version.empty()) {
    os["version"] = version;
  }
  struct utsname names {};
  if (uname(&names) == 0) {
    os["kernel"] = valid_utf8(names.release);
    os["machine"] = valid_utf8(names.machine);
  }
  return os;
}

Json read_cpu(const fs::path& root) {
  Json cpu = Json::object();
  const std::string text = text_of(root / "proc/cpuinfo");
  std::string_view model = value_in(text, "model name", ':');
  const std::string board = text_of(root / "sys/firmware/devicetree/base/model");
  if (model.empty()) model = std::string_view(board).substr(0, board.find('\0'));
  if (!model.empty()) cpu["model"] = model;
  std::int64_t count = 0;
  for (const std::string_view line : split(text, '\n')) {
    if (trim(line.substr(0, line.find(':'))) == "processor") ++count;
  }
  if (count > 0) cpu["count"] = count;
  return cpu;
}

Json read_memory(const fs::path& root) {
  const std::string text = text_of(root / "proc/meminfo");
  const std::string_view total = value_in(text, "MemTotal", ':');
  const auto kibibytes = parse_int(total.substr(0, total.find(' ')));
  if (!kibibytes || *kibibytes < 0 || *kibibytes > (INT64_MAX >> 10)) return nullptr;
  return *kibibytes * 1024;
}

Json read_gpus(const fs::path& root) {
  Json gpus = Json::array();
  add_nvidia_gpus(root, gpus);
  add_amd_gpus(root, gpus);
  return gpus;
}

Json read_container(const fs::path& root) {
  Json container = Json::object();
  if (const std::string name = container_name(root); !name.empty()) container["name"] = name;
  const Limits limits = read_limits(root);
  if (limits.cpus) container["cpus"] = *limits.cpus;
  // Version 1 says "no limit" with a number above all memory.
  const Json memory = read_memory(root);
  if (limits.memory && (!memory.is_int() || *limits.memory < memory.as_int())) {
    container["memory"] = *limits.memory;
  }
  return container;
}

}  // namespace clew::capture
