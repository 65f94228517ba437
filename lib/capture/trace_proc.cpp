#include "capture/trace_proc.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/fs.h"
#include "base/text.h"

namespace clew::capture {
namespace {

constexpr std::size_t kPage = 4096;  // the smallest page of any machine here

/// Reads through /proc/PID/mem where process_vm_readv is not there or not permitted.
ssize_t read_mem_file(pid_t thread, std::uint64_t address, char* into, std::size_t size) {
  const std::string path = concat("/proc/", thread, "/mem");
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return -1;
  return pread(fd.get(), into, size, static_cast<off_t>(address));
}

ssize_t read_remote(pid_t thread, std::uint64_t address, char* into, std::size_t size) {
  const iovec local{into, size};
  const iovec remote{reinterpret_cast<void*>(address), size};  // NOLINT(performance-no-int-to-ptr)
  const ssize_t got = process_vm_readv(thread, &local, 1, &remote, 1, 0);
  if (got >= 0 || errno == EFAULT || errno == ESRCH) return got;
  return read_mem_file(thread, address, into, size);
}

/// The file's first bytes, in one read: what /proc gives is consistent only so.
std::string read_some(const std::string& path, std::size_t limit) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return {};
  std::string bytes(limit, '\0');
  std::size_t size = 0;
  while (size < limit) {
    const ssize_t got = read(fd.get(), bytes.data() + size, limit - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

std::vector<int> numbers_in(const std::string& directory) {
  std::vector<int> numbers;
  DIR* entries = opendir(directory.c_str());
  if (entries == nullptr) return numbers;
  while (const dirent* entry = readdir(entries)) {
    if (const auto number = parse_int(entry->d_name)) numbers.push_back(static_cast<int>(*number));
  }
  closedir(entries);
  return numbers;
}

/// The flags of an open descriptor: "flags:\t0100001" in octal.
std::optional<int> descriptor_flags(pid_t pid, int fd) {
  const std::string text = read_some(concat("/proc/", pid, "/fdinfo/", fd), 512);
  const std::size_t place = text.find("flags:");
  if (place == std::string::npos) return std::nullopt;
  const std::string_view rest = trim(std::string_view(text).substr(place + 6));
  int flags = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), flags, 8);
  return flags;
}

/// The argument of PIDFD_GET_INFO (include/uapi/linux/pidfd.h of Linux 6.15), whose constants are
/// newer than Debian 12's headers.
struct PidfdInfo {
  std::uint64_t mask;
  std::uint64_t cgroup;
  std::uint32_t ids[11];
  std::int32_t exit_code;
};
constexpr std::uint64_t kPidfdInfoExit = 1 << 3;
constexpr unsigned long kPidfdGetInfo = _IOWR(0xFF, 11, PidfdInfo);

/// How a process ended, which the kernel tells by its pidfd once it has been reaped.
std::optional<int> reaped_status(int pidfd) {
  PidfdInfo info{};
  info.mask = kPidfdInfoExit;
  if (pidfd < 0 || ioctl(pidfd, kPidfdGetInfo, &info) != 0 || (info.mask & kPidfdInfoExit) == 0) {
    return std::nullopt;
  }
  return info.exit_code;
}

}  // namespace

std::optional<std::string> read_remote_string(pid_t thread, std::uint64_t address,
                                              std::size_t limit) {
  std::string text;
  std::array<char, kPage> page;
  while (text.size() <= limit) {
    const std::size_t to_page_end = kPage - (address + text.size()) % kPage;
    const ssize_t got = read_remote(thread, address + text.size(), page.data(), to_page_end);
    if (got <= 0) return std::nullopt;
    const std::string_view part(page.data(), static_cast<std::size_t>(got));
    const std::size_t end = part.find('\0');
    text += part.substr(0, end);
    if (end != std::string_view::npos) {
      return text.size() <= limit ? std::optional(std::move(text)) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<std::string> read_remote_bytes(pid_t thread, std::uint64_t address,
                                             std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = read_remote(thread, address + done, bytes.data() + done, size - done);
    if (got <= 0) return std::nullopt;
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // The name stands in parentheses and may hold any character, parentheses too.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 >= text.size()) return std::nullopt;
  const auto fields = split(trim(text.substr(name_end + 2)), ' ');  // from field 3 on
  const auto number = [&](std::size_t field) -> std::uint64_t {
    const std::size_t place = field - 3;
    std::uint64_t value = 0;
    if (place < fields.size()) {
      std::from_chars(fields[place].data(), fields[place].data() + fields[place].size(), value);
    }
    return value;
  };
  if (fields.size() < 20 || fields[0].empty()) return std::nullopt;
  ProcessStat stat;
  stat.state = fields[0][0];
  stat.parent = static_cast<pid_t>(number(4));
  stat.start_ticks = number(22);
  stat.start_code = number(26);
  stat.start_stack = number(28);
  stat.exit_status = static_cast<int>(number(52));
  return stat;
}

std::optional<ProcessStat> process_stat(pid_t pid) {
  return parse_process_stat(read_some(concat("/proc/", pid, "/stat"), 1024));
}

std::optional<pid_t> process_of_thread(pid_t thread) {
  const std::string text = read_some(concat("/proc/", thread, "/status"), 4096);
  const std::size_t place = text.find("\nTgid:");
  if (place == std::string::npos) return std::nullopt;
  const std::size_t end = text.find('\n', place + 1);
  const auto value = parse_int(trim(std::string_view(text).substr(place + 6, end - place - 6)));
  if (!value) return std::nullopt;
  return static_cast<pid_t>(*value);
}

std::vector<std::string> process_arguments(pid_t pid, std::size_t limit) {
  std::string text = read_some(concat("/proc/", pid, "/cmdline"), limit);
  if (text.empty()) return {};
  if (text.back() == '\0') text.pop_back();
  std::vector<std::string> arguments;
  for (const std::string_view word : split(text, '\0'))
    arguments.emplace_back(word);
  return arguments;
}

std::string process_link(pid_t pid, std::string_view name) {
  const std::string path = concat("/proc/", pid, '/', name);
  std::string target(PATH_MAX, '\0');
  const ssize_t got = readlink(path.c_str(), target.data(), target.size());
  target.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return target;
}

std::vector<pid_t> process_children(pid_t pid) {
  std::vector<pid_t> children;
  for (const int thread : numbers_in(concat("/proc/", pid, "/task"))) {
    const std::string text =
        read_some(concat("/proc/", pid, "/task/", thread, "/children"), 1 << 16);
    for (const std::string_view word : split(text, ' ')) {
      if (const auto child = parse_int(word)) children.push_back(static_cast<pid_t>(*child));
    }
  }
  return children;
}

std::vector<OpenFile> process_files(pid_t pid) {
  std::vector<OpenFile> files;
  for (const int fd : numbers_in(concat("/proc/", pid, "/fd"))) {
    OpenFile file{fd, process_link(pid, concat("fd/", fd)), false, false};
    const std::string& path = file.path;
    if (!path.starts_with('/') || path.ends_with(" (deleted)") || path.starts_with("/memfd:") ||
        path.starts_with("/proc/") ||
        (path.starts_with("/dev/") && !path.starts_with("/dev/shm/"))) {
      continue;
    }
    const auto flags = descriptor_flags(pid, fd);
    if (!flags || (*flags & (O_DIRECTORY | O_PATH)) != 0) continue;
    file.read = (*flags & O_ACCMODE) != O_WRONLY;
    file.written = (*flags & O_ACCMODE) != O_RDONLY;
    files.push_back(std::move(file));
  }
  return files;
}

std::optional<int> ended_process_status(int pidfd, pid_t pid) {
  if (const auto status = reaped_status(pidfd)) return status;
  const auto stat = process_stat(pid);
  if (stat && stat->state == 'Z') return stat->exit_status;
  // It may have been reaped between the two looks.
  return reaped_status(pidfd);
}

}  // namespace clew::capture
