#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "base/id.h"
#include "base/text.h"
#include "export/package.h"

namespace clew::exporter {
namespace {

/// Grows beside the place where it belongs, and is renamed in the end.
class Directory : public Package {
 public:
  Directory(fs::path path, Time time) : path_(std::move(path)), time_(time) {
    while (path_.filename().empty() && path_.has_parent_path())
      path_ = path_.parent_path();
    std::error_code failure;
    if (fs::exists(path_, failure) && !(fs::is_directory(path_, failure) && fs::is_empty(path_))) {
      throw Error(ErrorKind::usage, concat("'", path_.string(), "' exists already"),
                  {"name a directory that is new or empty"});
    }
    temporary_ = concat(path_.string(), '.', random_ids().next().hex());
    make_directories(temporary_);
  }
  ~Directory() override {
    std::error_code ignored;
    if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
  }

  void add(const std::string& name, std::string_view bytes) override {
    const Fd out = create(name);
    write(out, bytes, name);
    finish(out);
  }

  std::string add_file(const std::string& name, const fs::path& source) override {
    const Fd out = create(name);
    std::string digest =
        copy_pieces(source, [&](std::string_view piece) { write(out, piece, name); });
    finish(out);
    return digest;
  }

  void commit() override {
    // An empty directory makes room for another one.
    if (rename(temporary_.c_str(), path_.c_str()) != 0) {
      throw system_error(errno, "write", path_.string());
    }
    temporary_.clear();
  }

 private:
  [[nodiscard]] Fd create(const std::string& name) const {
    const fs::path path = temporary_ / name;
    make_directories(path.parent_path());
    Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file) throw system_error(errno, "create", (path_ / name).string());
    return file;
  }

  void write(const Fd& file, std::string_view bytes, const std::string& name) const {
    const int failure = write_all(file.get(), bytes);
    if (failure != 0) throw system_error(failure, "write", (path_ / name).string());
  }

  void finish(const Fd& file) const {
    timespec at{};
    at.tv_sec = time_ / 1'000'000;
    at.tv_nsec = time_ % 1'000'000 * 1000;
    const timespec times[2] = {at, at};
    // A file system without times is no reason to fail.
    (void)futimens(file.get(), times);
  }

  fs::path path_;
  fs::path temporary_;
  Time time_;
};

}  // namespace

std::unique_ptr<Package> make_directory_package(const fs::path& path, Time time) {
  return std::make_unique<Directory>(path, time);
}

}  // namespace clew::exporter
