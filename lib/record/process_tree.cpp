#include "record/process_tree.h"

#include <dirent.h>

#include <charconv>
#include <map>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/fs.h"
#include "base/text.h"

namespace clew::record {
namespace {

struct Status {
  pid_t parent = 0;
  std::uint64_t start = 0;
  bool ended = false;
};

std::optional<std::string> read_proc(pid_t pid, const char* file) {
  try {
    return read_file(concat("/proc/", pid, '/', file), 1 << 20);
  } catch (const Error&) {
    return std::nullopt;  // it has just gone
  }
}

/// Fields 3, 4 and 22 of /proc/PID/stat, counted behind the name in parentheses, which may hold
/// anything.
std::optional<Status> status_of(pid_t pid) {
  const auto text = read_proc(pid, "stat");
  if (!text) return std::nullopt;
  const std::size_t name_end = text->rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  const auto fields = split(std::string_view(*text).substr(name_end + 1), ' ');
  constexpr std::size_t kState = 1;
  constexpr std::size_t kParent = 2;
  constexpr std::size_t kStart = 20;
  if (fields.size() <= kStart) return std::nullopt;
  Status status;
  status.ended = fields[kState] == "Z" || fields[kState] == "X";
  status.parent = static_cast<pid_t>(parse_int(fields[kParent]).value_or(0));
  status.start = static_cast<std::uint64_t>(parse_int(fields[kStart]).value_or(0));
  return status;
}

}  // namespace

ProcessTree ProcessTree::below(pid_t root) {
  std::multimap<pid_t, ProcessMark> children;
  std::optional<Status> top;
  DIR* directory = opendir("/proc");
  if (directory == nullptr) return {};
  while (const dirent* entry = readdir(directory)) {
    const auto number = parse_int(entry->d_name);
    if (!number) continue;
    const auto pid = static_cast<pid_t>(*number);
    const auto status = status_of(pid);
    if (!status || status->ended) continue;
    if (pid == root) top = status;
    children.emplace(status->parent, ProcessMark{pid, status->start});
  }
  closedir(directory);
  ProcessTree tree;
  if (!top) return tree;
  tree.nodes_.push_back({{root, top->start}, {}});
  for (std::size_t place = 0; place < tree.nodes_.size(); ++place) {
    const auto [begin, end] = children.equal_range(tree.nodes_[place].mark.pid);
    for (auto child = begin; child != end; ++child) {
      tree.nodes_[place].children.push_back(tree.nodes_.size());
      tree.nodes_.push_back({child->second, {}});
    }
  }
  return tree;
}

std::vector<ProcessMark> ProcessTree::handling(int signal) const {
  std::vector<ProcessMark> found;
  std::vector<std::size_t> open;
  if (!nodes_.empty()) open.push_back(0);
  while (!open.empty()) {
    const Node& node = nodes_[open.back()];
    open.pop_back();
    if (handles(node.mark.pid, signal)) {
      found.push_back(node.mark);
    } else {
      open.insert(open.end(), node.children.begin(), node.children.end());
    }
  }
  return found;
}

bool is_alive(const ProcessMark& mark) {
  const auto status = status_of(mark.pid);
  return status && !status->ended && status->start == mark.start;
}

bool handles(pid_t pid, int signal) {
  const auto text = read_proc(pid, "status");
  if (!text) return false;
  constexpr std::string_view kCaught = "\nSigCgt:\t";
  const std::size_t line = text->find(kCaught);
  if (line == std::string::npos) return false;
  std::uint64_t mask = 0;
  const char* digits = text->data() + line + kCaught.size();
  std::from_chars(digits, text->data() + text->size(), mask, 16);
  return (mask >> (signal - 1) & 1) != 0;
}

}  // namespace clew::record
