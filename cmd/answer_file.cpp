#include "answer_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "base/id.h"

namespace clew::cmd {

AnswerFile::AnswerFile(const fs::path& path) : path_(path) {
  std::error_code failure;
  const fs::path resolved = fs::weakly_canonical(path, failure);
  if (!failure) path_ = resolved;
  struct stat there {};
  const bool exists = stat(path_.c_str(), &there) == 0;
  if (exists && !S_ISREG(there.st_mode)) {
    fd_ = Fd(open(path_.c_str(), O_WRONLY | O_CLOEXEC));
    if (!fd_) throw system_error(errno, "write", path.string());
    return;
  }
  temporary_ = path_.string() + "." + random_ids().next().hex();
  fd_ = Fd(open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd_) throw system_error(errno, "create", path.string());
  // A file that is replaced keeps its permissions, as if it had been written over.
  if (exists && fchmod(fd_.get(), there.st_mode & 07777) != 0) {
    const int code = errno;
    unlink(temporary_.c_str());
    throw system_error(code, "write", path.string());
  }
}

AnswerFile::~AnswerFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void AnswerFile::write(std::string_view bytes) {
  const int failure = write_all(fd_.get(), bytes);
  if (failure != 0) throw system_error(failure, "write", path_.string());
}

void AnswerFile::commit() {
  // Some file systems report only now that there was no room.
  if (close(fd_.release()) != 0) throw system_error(errno, "write", path_.string());
  if (temporary_.empty()) return;
  if (rename(temporary_.c_str(), path_.c_str()) != 0) {
    throw system_error(errno, "write", path_.string());
  }
  temporary_.clear();
}

}  // namespace clew::cmd
