#include <minizip/zip.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <utility>

#include "base/error.h"
#include "base/id.h"
#include "base/text.h"
#include "export/package.h"

// The door to minizip.

namespace clew::exporter {
namespace {

/// The time of each file, in UTC: zip knows no time zones, and no time before 1980.
tm_zip zip_time(Time time) {
  const auto seconds = static_cast<std::time_t>(time / 1'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  if (parts.tm_year < 80) return {0, 0, 0, 1, 0, 1980};
  const auto number = [](int value) { return static_cast<uInt>(value); };
  return {number(parts.tm_sec),  number(parts.tm_min), number(parts.tm_hour),
          number(parts.tm_mday), number(parts.tm_mon), number(parts.tm_year + 1900)};
}

class Zip : public Package {
 public:
  Zip(const fs::path& path, Time time)
      : path_(path),
        temporary_(concat(path.string(), '.', random_ids().next().hex())),
        time_(time) {
    file_ = zipOpen64(temporary_.c_str(), APPEND_STATUS_CREATE);
    if (file_ == nullptr) throw system_error(errno == 0 ? EIO : errno, "create", path_.string());
  }
  ~Zip() override {
    if (file_ != nullptr) zipClose(file_, nullptr);
    if (!temporary_.empty()) unlink(temporary_.c_str());
  }

  void add(const std::string& name, std::string_view bytes) override {
    begin(name, bytes.size());
    write(bytes);
    end();
  }

  std::string add_file(const std::string& name, const fs::path& source) override {
    std::error_code unknown;
    const auto size = fs::file_size(source, unknown);
    begin(name, unknown ? UINT64_MAX : size);
    std::string digest = copy_pieces(source, [&](std::string_view piece) { write(piece); });
    end();
    return digest;
  }

  void commit() override {
    const int failure = zipClose(std::exchange(file_, nullptr), nullptr);
    if (failure != ZIP_OK) refuse(failure);
    if (rename(temporary_.c_str(), path_.c_str()) != 0) {
      throw system_error(errno, "write", path_.string());
    }
    temporary_.clear();
  }

 private:
  void begin(const std::string& name, std::uint64_t size) {
    zip_fileinfo info{};
    info.tmz_date = zip_time(time_);
    info.external_fa = 0100644UL << 16U;  // a plain file, as Unix writes it
    constexpr std::uint64_t large = 0xffffffff;
    constexpr uLong made_by_unix = 3UL << 8U | 20;
    constexpr uLong names_are_utf8 = 1UL << 11U;
    const int failure = zipOpenNewFileInZip4_64(
        file_, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED,
        Z_DEFAULT_COMPRESSION, 0, -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr, 0,
        made_by_unix, names_are_utf8, size >= large ? 1 : 0);
    if (failure != ZIP_OK) refuse(failure);
  }

  void write(std::string_view bytes) {
    const int failure =
        zipWriteInFileInZip(file_, bytes.data(), static_cast<unsigned>(bytes.size()));
    if (failure != ZIP_OK) refuse(failure);
  }

  void end() {
    const int failure = zipCloseFileInZip(file_);
    if (failure != ZIP_OK) refuse(failure);
  }

  [[noreturn]] void refuse(int failure) const {
    if (failure == ZIP_ERRNO) throw system_error(errno, "write", path_.string());
    throw Error(ErrorKind::failed,
                concat("cannot write '", path_.string(), "': minizip reports ", failure));
  }

  fs::path path_;
  fs::path temporary_;
  Time time_;
  zipFile file_ = nullptr;
};

}  // namespace

std::unique_ptr<Package> make_zip_package(const fs::path& path, Time time) {
  return std::make_unique<Zip>(path, time);
}

}  // namespace clew::exporter
