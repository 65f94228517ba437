#include "import.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "import/jsonl.h"
#include "import_receiver.h"
#include "query/catalog.h"
#include "store/store.h"
#include "ui/progress.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

constexpr std::size_t kLongestLine = 64 << 20;

/// Yields the lines of a descriptor.
class LineSource {
 public:
  LineSource(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  /// The next line, without its end; false when there is none.
  bool next(std::string& line) {
    line.clear();
    for (;;) {
      const std::size_t end = std::string_view(block_.data(), filled_).find('\n', at_);
      const std::size_t stop = end == std::string_view::npos ? filled_ : end;
      line.append(block_.data() + at_, stop - at_);
      if (line.size() > kLongestLine) {
        throw Error(ErrorKind::failed,
                    concat("a line of '", name_, "' is longer than ", format_size(kLongestLine)));
      }
      at_ = stop;
      if (end != std::string_view::npos) {
        ++at_;
        return true;
      }
      if (!fill()) return !line.empty();
    }
  }
  [[nodiscard]] std::uint64_t taken() const { return read_; }

 private:
  bool fill() {
    for (;;) {
      const ssize_t count = read(fd_, block_.data(), block_.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw system_error(errno, "read", name_);
      at_ = 0;
      filled_ = static_cast<std::size_t>(count);
      read_ += filled_;
      return filled_ > 0;
    }
  }

  int fd_;
  std::string name_;
  std::array<char, 64 * 1024> block_{};
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::uint64_t read_ = 0;
};

void read_all(Session& session, const ImportOptions& options, ImportReceiver& receiver) {
  const bool from_input = options.file == "-";
  Fd file;
  if (!from_input) {
    file.reset(open((session.directory / options.file).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
      Error error = system_error(errno, "read", options.file);
      throw Error(errno == ENOENT ? ErrorKind::usage : ErrorKind::failed, error.message());
    }
  }
  const int fd = from_input ? session.input : file.get();
  const std::string name = from_input ? "standard input" : options.file;
  struct stat information {};
  const bool sized = fstat(fd, &information) == 0 && S_ISREG(information.st_mode);
  ui::Progress progress(session.err, concat("reading ", ui::printable(name)),
                        sized ? static_cast<std::uint64_t>(information.st_size) : 0);
  LineSource source(fd, name);
  const auto next = [&](std::string& line) {
    progress.update(source.taken());
    return source.next(line);
  };
  try {
    importer::read_jsonl(next, receiver);
  } catch (const Error& error) {
    throw Error(error.kind(), concat("cannot import '", name, "': ", error.message()),
                error.hints());
  }
}

void answer(Session& session, const ImportReceiver& receiver) {
  if (session.global.json) {
    Json runs = Json::array();
    for (const model::Run& run : receiver.runs()) {
      Json item;
      item["id"] = run.id.hex();
      item["name"] = run.name.empty() ? Json() : Json(run.name);
      runs.push(std::move(item));
    }
    Json all;
    all["runs"] = std::move(runs);
    all["points"] = receiver.points();
    session.out.line(dump_json(all));
    return;
  }
  ui::Table table({{"", ui::Align::left}, {"", ui::Align::left, true}, {"", ui::Align::left}});
  for (const model::Run& run : receiver.runs()) {
    table.row({{run.id.short_hex(), ui::Label::id},
               {ui::printable(run.name), ui::Label::name},
               ui::state_cell(run.state)});
  }
  table.print(session.out);
  session.err.line(concat("imported ", ui::counted(receiver.runs().size(), "run"), " with ",
                          ui::counted(receiver.points(), "point")));
}

}  // namespace

void declare_import(Declaration& declaration, ImportOptions& options) {
  Argument& file = declaration.positional("FILE", options.file,
                                          "A file of interchange lines; '-' is standard input");
  file.completes = Completes::file;
  file.required = true;
  declaration.flag("--again", options.again, "Import runs anew that have been imported before");
  declaration.description =
      "Reads runs from interchange lines, the format that 'clew export --format jsonl' writes: "
      "runs, parameters with their changes, points, tags and notes. Runs of clew keep their ids; "
      "others get one, and their own becomes the name. When any line is wrong, nothing of the file "
      "is kept.";
  declaration.examples = {{"clew import runs.jsonl", "take over all runs of a file"}};
}

int run_import(Session& session, const ImportOptions& options) {
  constexpr auto kPatience = std::chrono::seconds(10);
  store::Store store = store::Store::open_for_writing(session.layout(), kPatience);
  ImportReceiver receiver(store, session.ids, query::Catalog::open(session.layout()).runs(),
                          options.again ? Again::yes : Again::no);
  read_all(session, options, receiver);
  receiver.commit();
  answer(session, receiver);
  return 0;
}

}  // namespace clew::cmd
