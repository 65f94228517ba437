#include "capture/trace_preload.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "capture/elf.h"
#include "capture/environment.h"

namespace clew::capture {
namespace {

constexpr std::size_t kReadSize = 1 << 16;
constexpr std::size_t kMaxRecord = 1 << 20;
constexpr const char* kLogVariable = "CLEW_TRACE_LOG";

}  // namespace

struct PreloadLog::Record {
  char kind = 0;
  pid_t pid = 0;
  pid_t parent = 0;
  Time time = 0;
  std::int64_t number = 0;
  std::vector<std::string_view> texts;
};

PreloadLog::PreloadLog(fs::path path, TraceLevel level)
    : path_(std::move(path)),
      level_(level),
      fd_(open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (!fd_) throw system_error(errno, "create", path_.string());
}

void PreloadLog::equip(EnvironmentMap& environment, const fs::path& library) const {
  environment[kLogVariable] = path_.string();
  std::string& preload = environment["LD_PRELOAD"];
  preload = preload.empty() ? library.string() : concat(library.string(), ':', preload);
}

void PreloadLog::know(pid_t command) {
  processes_[command] = next_++;
}

void PreloadLog::read_into(TraceQueue& queue) {
  char piece[kReadSize];
  while (true) {
    const ssize_t got = read(fd_.get(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    rest_.append(piece, static_cast<std::size_t>(got));
  }
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = rest_.find('\n', begin);
    if (end == std::string::npos) break;
    const auto words = split(std::string_view(rest_).substr(begin, end - begin), ' ');
    const auto size = words.size() == 6 ? parse_int(words[5]) : std::nullopt;
    if (!size || *size < 0 || static_cast<std::size_t>(*size) > kMaxRecord || words[0].empty()) {
      begin = end + 1;  // nothing of the library's
      continue;
    }
    const auto bytes = static_cast<std::size_t>(*size);
    if (rest_.size() < end + 1 + bytes + 1) break;
    Record record;
    record.kind = words[0][0];
    record.pid = static_cast<pid_t>(parse_int(words[1]).value_or(0));
    record.parent = static_cast<pid_t>(parse_int(words[2]).value_or(0));
    record.time = parse_int(words[3]).value_or(0);
    record.number = parse_int(words[4]).value_or(0);
    record.texts = split(std::string_view(rest_).substr(end + 1, bytes), '\0');
    take(record, queue);
    begin = end + 1 + bytes + 1;
  }
  rest_.erase(0, begin);
}

TraceProcess PreloadLog::meet(const Record& record, TraceQueue& queue) {
  TraceItem item;
  item.kind = TraceItem::Kind::began;
  item.process = next_++;
  item.time = record.time;
  item.facts = std::make_unique<ProcessFacts>();
  item.facts->pid = record.pid;
  item.facts->parent_pid = record.parent;
  item.facts->started = record.time;
  const auto parent = processes_.find(record.parent);
  if (parent != processes_.end()) item.facts->parent = parent->second;
  queue.push(std::move(item));
  return processes_[record.pid] = next_ - 1;
}

TraceProcess PreloadLog::process(const Record& record, TraceQueue& queue) {
  const auto known = processes_.find(record.pid);
  return known != processes_.end() ? known->second : meet(record, queue);
}

void PreloadLog::take(const Record& record, TraceQueue& queue) {
  using Kind = TraceItem::Kind;
  TraceItem item;
  item.time = record.time;
  item.process = record.kind == 'f' ? meet(record, queue) : process(record, queue);
  item.path = record.texts[0];
  item.sure = item.source_exists = true;
  const auto flags = static_cast<std::uint32_t>(record.number);
  switch (record.kind) {
    case 'x':
      item.kind = Kind::executed;
      item.path.clear();
      item.facts = std::make_unique<ProcessFacts>();
      item.facts->pid = record.pid;
      item.facts->executable = record.texts[0];
      if (record.texts.size() > 1) item.facts->cwd = record.texts[1];
      for (std::size_t i = 2; i < record.texts.size(); ++i)
        item.facts->argv.emplace_back(record.texts[i]);
      break;
    case 'o':
      item.kind = Kind::opened;
      item.wish.read = (flags & kAccessMode) != O_WRONLY;
      item.wish.write = (flags & kAccessMode) != O_RDONLY || (flags & kTruncate) != 0;
      item.wish.create = (flags & kCreate) != 0;
      item.sure = false;  // whether it was created is still to be seen
      if (is_pseudo_file(item.path)) return;
      if (level_ == TraceLevel::outputs && !item.wish.write) return;
      break;
    case 'r':
    case 'l':
      item.kind = record.kind == 'r' ? Kind::renamed : Kind::linked;
      if (record.texts.size() > 1) item.to = record.texts[1];
      item.directory = fs::is_directory(item.to);
      break;
    case 's':
      item.kind = Kind::made_link;
      item.source_exists = false;
      break;
    case 'u':
      item.kind = Kind::removed;
      break;
    case 'q':
      item.kind = Kind::exits;
      item.code = static_cast<int>(record.number) & 0xff;
      processes_.erase(record.pid);
      break;
    default:
      return;
  }
  queue.push(std::move(item));
}

bool can_be_preloaded(const fs::path& library) {
  return !library.empty() && library.native().find_first_of(" :$") == std::string::npos;
}

bool takes_preload(const std::string& program, const fs::path& directory,
                   const EnvironmentMap& environment) {
  const fs::path file = find_program(program, directory, environment);
  struct stat found {};
  if (file.empty() || stat(file.c_str(), &found) != 0) return false;
  if ((found.st_mode & (S_ISUID | S_ISGID)) != 0) return false;
  const auto facts = read_elf(program_of(file));
  // What is no such program a shell reads.
  return !facts || (facts->native && !facts->interpreter.empty());
}

}  // namespace clew::capture
