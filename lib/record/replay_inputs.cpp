#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>

#include "base/error.h"
#include "base/file_hash.h"
#include "base/text.h"
#include "record/replay.h"
#include "store/objects.h"

namespace clew::record {
namespace {

using State = ReplayInput::State;

/// The content as the run found it: what it overwrote later counts as it was before.
ReplayInput as_found(const model::File& file) {
  const model::FileState& state = file.state;
  ReplayInput input;
  input.path = state.path;
  input.size = state.size;
  if (file.written()) {
    input.sha256 = state.before_sha256;
    input.size = state.before_size;
  } else if (state.digest == model::DigestKind::whole) {
    input.sha256 = state.sha256;
  }
  return input;
}

bool was_found(const model::File& file) {
  if (!file.state.before_sha256.empty()) return true;
  const bool read = (file.modes() & (model::kRead | model::kExecuted)) != 0;
  const bool made = file.state.role == model::Role::output ||
                    file.state.role == model::Role::temporary || file.written();
  return read && !made;
}

/// Everything to look for, one entry per path.
std::map<std::string, ReplayInput> wanted(const model::RunParts& parts,
                                          const std::vector<std::string>& in_snapshot) {
  std::map<std::string, ReplayInput> inputs;
  for (const model::UnstoredFile& file : parts.run.code.unstored) {
    ReplayInput input;
    input.path = file.path;
    input.sha256 = file.sha256;
    input.size = file.size;
    inputs.emplace(file.path, std::move(input));
  }
  for (const model::File& file : parts.files) {
    if (std::binary_search(in_snapshot.begin(), in_snapshot.end(), file.state.path)) continue;
    if (was_found(file)) inputs.insert_or_assign(file.state.path, as_found(file));
  }
  return inputs;
}

void look_for(ReplayInput& input, const ReplayPlaces& places) {
  if (input.sha256.size() > 2) {
    const fs::path object = store::Objects(places.layout.objects()).path(input.sha256);
    const auto kept = sha256_of_file(object);
    if (kept && to_hex(*kept) == input.sha256) {
      input.state = State::same;
      input.source = object;
      return;
    }
  }
  const fs::path place = places.origin / input.path;  // an absolute path stays one
  if (places.origin.empty() && place.is_relative()) return;
  std::optional<Digest> digest;
  try {
    digest = sha256_of_file(place);
  } catch (const Error&) {
    return;  // what cannot be read is not there
  }
  if (!digest) return;
  input.source = place;
  if (input.sha256.empty()) {
    input.state = State::unknown;
  } else if (to_hex(*digest) == input.sha256) {
    input.state = State::same;
  } else {
    input.state = State::changed;
    input.source.clear();
  }
}

void copy_content(const fs::path& from, const fs::path& to) {
  const Fd source(open(from.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (!source || fstat(source.get(), &info) != 0) throw system_error(errno, "read", from.string());
  make_directories(to.parent_path());
  // Objects are kept read-only; the copy is the run's own.
  const Fd target(
      open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (info.st_mode & 0777) | 0600));
  if (!target) throw system_error(errno, "write", to.string());
  if (ioctl(target.get(), FICLONE, source.get()) == 0) return;
  for (off_t left = info.st_size; left > 0;) {
    const ssize_t copied = copy_file_range(source.get(), nullptr, target.get(), nullptr,
                                           static_cast<std::size_t>(left), 0);
    if (copied > 0) {
      left -= copied;
      continue;
    }
    if (copied < 0 && errno == EINTR) continue;
    std::error_code failure;
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, failure);
    if (failure) throw system_error(failure.value(), "write", to.string());
    return;
  }
}

}  // namespace

std::vector<ReplayInput> find_inputs(const model::RunParts& parts, const ReplayPlaces& places,
                                     const std::vector<std::string>& in_snapshot) {
  std::vector<ReplayInput> inputs;
  for (auto& [path, input] : wanted(parts, in_snapshot)) {
    look_for(input, places);
    inputs.push_back(std::move(input));
  }
  return inputs;
}

void place_inputs(const model::RunParts& parts, const std::vector<ReplayInput>& inputs,
                  const fs::path& tree) {
  for (const ReplayInput& input : inputs) {
    if (input.source.empty() || fs::path(input.path).is_absolute()) continue;
    const fs::path place = tree / input.path;
    std::error_code ignored;
    if (!fs::equivalent(input.source, place, ignored)) copy_content(input.source, place);
  }
  for (const model::File& file : parts.files) {
    const fs::path path(file.state.path);
    if (path.is_relative() && file.written()) make_directories((tree / path).parent_path());
  }
}

}  // namespace clew::record
