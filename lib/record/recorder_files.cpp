#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <system_error>
#include <thread>
#include <unordered_set>

#include "base/error.h"
#include "record/recorder_process.h"
#include "snapshot/snapshot.h"

// The part of the recorder that deals with the files of a run.

namespace clew::record {
namespace {

fs::path variable(const EnvironmentMap& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? fs::path() : fs::path(found->second);
}

/// The names of the files that a snapshot holds, looked up when first asked.
class SnapshotNames {
 public:
  SnapshotNames(const Request& request, const model::Code& code) : request_(request), code_(code) {}
  bool holds(const std::string& name) {
    if (!looked_) look();
    return names_.contains(name);
  }

 private:
  void look() {
    looked_ = true;
    if (code_.commit.empty()) return;
    try {
      const auto repository = snapshot::Repository::open(request_.directory, request_.layout.code(),
                                                         variable(request_.environment, "HOME"));
      if (!repository) return;
      for (auto& name : repository->files(code_.commit))
        names_.insert(std::move(name));
    } catch (const Error&) {
      // Then no file counts as code, and each is an input with a digest.
    }
  }

  const Request& request_;
  const model::Code& code_;
  bool looked_ = false;
  std::unordered_set<std::string> names_;
};

}  // namespace

/// The names of files are those of the snapshot where there is one.
void RecorderProcess::begin_files() {
  const std::string& top = journal_.fold().header().code.root;
  capture::FilePlaces places;
  places.root = top.empty() ? capture::top_of_tree(request_.directory) : fs::path(top);
  places.home = variable(request_.environment, "HOME");
  places.cache = variable(request_.environment, "XDG_CACHE_HOME");
  places.temporary = variable(request_.environment, "TMPDIR");
  places.store = request_.layout.root;
  places.client = request_.python_client;
  policy_.emplace(places, request_.files.patterns);
  journal_.name_artifacts([this](const std::string& path) {
    return policy_->name((request_.directory / path).lexically_normal().native());
  });
}

void RecorderProcess::record_use(const model::FileUseEvent& event) {
  journal_.record(event);
  if (!journal_.is_open()) return;
  try {
    if (!inputs_) {
      inputs_ = std::make_unique<InputHasher>(*policy_, request_.files.hash_limit,
                                              digest_cache(request_.layout));
    }
    inputs_->used(event.use);
  } catch (const std::system_error&) {
    // Without a thread the files are hashed in the end.
  }
}

void RecorderProcess::record_readings() {
  if (!inputs_) return;
  for (auto& state : inputs_->take())
    journal_.record(model::FileStateEvent{std::move(state)});
}

/// Looks at the files that the run has left, while what still comes from other processes goes on to
/// where it belongs.
void RecorderProcess::finish_files() {
  if (!journal_.is_open() || !policy_) return;
  const model::RunParts parts = journal_.fold().parts();
  SnapshotNames names(request_, parts.run.code);
  FileTask task{request_.files, request_.layout, *policy_, {}, [&names](const std::string& name) {
                  return names.holds(name);
                }};
  if (inputs_) task.readings = inputs_->stop();
  std::vector<model::Event> found;
  Json environment;
  const Fd done(eventfd(0, EFD_CLOEXEC));
  const auto work = [&] {
    // Others may want the processor now, but what the next run overwrites cannot be hashed later.
    constexpr int kNice = 10;
    setpriority(PRIO_PROCESS, 0, kNice);  // of this thread only
    try {
      found = collect_files(std::move(task), parts);
      environment = census_->summary();
    } catch (const std::exception&) {
      // What was found until then is lost; the run is sealed all the same.
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t told = write(done.get(), &one, sizeof one);
  };
  try {
    std::thread worker(work);
    pass_on_until(done.get());
    worker.join();
  } catch (const std::system_error&) {
    work();  // the system allows no thread
  }
  for (const auto& event : found)
    journal_.record(event);
  const bool seen = environment.is_object() && !environment.as_object().empty();
  if (seen || (!found.empty() && parts.capture.root.empty())) {
    model::Capture capture = parts.capture;
    if (capture.root.empty()) capture.root = policy_->root().string();
    if (seen) capture.environment = std::move(environment);
    journal_.record(model::CaptureEvent{std::move(capture)});
  }
  journal_.flush();
}

/// Others than the command may still write to its streams: they must not get a broken pipe, and
/// what they write goes where it would have gone. Goes on until `fd` is readable, or, where there
/// is none, until nobody writes any more.
void RecorderProcess::pass_on_until(int fd) {
  while (fd >= 0 || !relays_.empty()) {
    std::vector<pollfd> waiting;
    if (fd >= 0) waiting.push_back({fd, POLLIN, 0});
    for (const auto& [stream, relay] : relays_)
      relay.await(waiting);
    if (poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
    for (auto& [stream, relay] : relays_)
      relay.act(waiting);
    std::erase_if(relays_, [](const StreamRelay& entry) { return entry.relay.finished(); });
    if (fd >= 0 && (waiting.front().revents & POLLIN) != 0) return;
  }
}

}  // namespace clew::record
