#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/file_policy.h"
#include "capture/output_metrics.h"
#include "capture/package_census.h"
#include "capture/process.h"
#include "record/actions.h"
#include "record/background.h"
#include "record/channel.h"
#include "record/client_socket.h"
#include "record/file_collector.h"
#include "record/front.h"
#include "record/journal.h"
#include "record/recorder.h"
#include "record/stage.h"
#include "record/tracer.h"

namespace clew::record {

/// The process that is the command's parent and the only writer of its run. It goes on when the
/// front dies, then moving the command's output itself. Not thread-safe.
class RecorderProcess {
 public:
  RecorderProcess(const Request& request, const Seams& seams, model::Run run, Stage stage,
                  Channel front, SignalState signals, Watch watch);

  /// Records the command from before its start until it is sealed. What breaks is reported to the
  /// front; nothing is thrown.
  void run();

 private:
  void begin();
  void take_snapshot();
  bool start();
  void watch();
  void turn(int timeout_ms);
  void hear_front();
  void front_died();
  void open_relays(const StreamTap& tap);
  void take_output(model::Stream stream, std::string_view bytes);
  void begin_trace();
  void record_traced();
  void record_declared(Time until);
  void record_capture(bool at_end);
  void finish_trace(const capture::ExitStatus& status, Time time);
  void record_traced_use(model::FileUse use);
  void record_source_use(const model::FileUse& use);
  void reap();
  void check_disk();
  void keep_time();
  void wait_for_output();
  void end(const model::EndEvent& event);
  void tell_end();
  void let_go();
  void begin_files();
  void record_use(const model::FileUseEvent& event);
  void record_readings();
  void finish_files();
  void pass_on_until(int fd);
  void seal_run();
  void gap(const std::string& text);
  void warn(const std::string& text);

  const Request& request_;
  Seams seams_;
  model::Run run_;
  Stage stage_;
  Channel front_;
  SignalState signals_;
  Journal journal_;
  Actions actions_;
  std::unique_ptr<ClientSocket> clients_;
  std::unique_ptr<Tracer> tracer_;
  capture::TracePage* shared_;  // with front and guardian; none when the run is not traced
  Watch watch_;                 // until the tracer has it
  Fd child_signal_;             // readable when a child has died
  std::vector<int> inherited_;  // descriptors for the command alone
  std::vector<std::string> connections_;
  std::unique_ptr<Syncer> syncer_;
  std::unique_ptr<Hasher> hasher_;
  std::optional<capture::FilePolicy> policy_;
  std::unique_ptr<InputHasher> inputs_;  // since the first file was read
  std::shared_ptr<capture::PackageCensus> census_ = std::make_shared<capture::PackageCensus>();
  std::vector<std::pair<model::Stream, capture::OutputScanner>> scanners_;
  std::vector<StreamRelay> relays_;  // only after the front's death
  Fd command_fd_;                    // readable when the command has ended
  pid_t command_ = -1;
  bool command_ended_ = false;
  bool drained_ = false;
  bool took_over_ = false;
  bool disk_failed_ = false;
  Time next_head_ = 0;
};

/// The environment that the command gets: the user's own, and where to report to. The directory of
/// the Python client comes last in PYTHONPATH, behind all of the user's.
[[nodiscard]] EnvironmentMap command_environment(const Request& request, RunId id,
                                                 const fs::path& socket);

}  // namespace clew::record
