#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fs.h"
#include "model/parts.h"
#include "record/recorder.h"
#include "store/layout.h"

// Running a recorded run again: what it needs, where that is, and the request that repeats it.
// Nothing here touches the user's work tree.

namespace clew::record {

/// A file that the run found there, and whether it can be had as it was.
struct ReplayInput {
  enum class State {
    same,     ///< `source` holds it, byte for byte
    changed,  ///< the file is there with other content
    missing,
    unknown,  ///< the run did not record its digest; `source` is what is there now, if anything
  };
  std::string path;    ///< as in model::FileState
  std::string sha256;  ///< hex, as the run found it; empty when not known
  std::uint64_t size = 0;
  State state = State::missing;
  fs::path source;  ///< empty when it cannot be had
};

/// Where the files of a run are looked for.
struct ReplayPlaces {
  fs::path origin;       ///< the work tree that the run saw, or what stands for it; may not exist
  store::Layout layout;  ///< its objects are asked first
};

/// The files that a run read but did not make, code of its snapshot left out (`in_snapshot`, sorted
/// paths): its inputs and what the snapshot only names. Reads every file that is there, to compare
/// digests.
[[nodiscard]] std::vector<ReplayInput> find_inputs(const model::RunParts& parts,
                                                   const ReplayPlaces& places,
                                                   const std::vector<std::string>& in_snapshot);

/// Copies the inputs that can be had and belong below the top of the work tree to their places
/// under `tree`, and makes the directories that the run wrote into. Copies share blocks where the
/// file system can (FICLONE). Throws Error(failed).
void place_inputs(const model::RunParts& parts, const std::vector<ReplayInput>& inputs,
                  const fs::path& tree);

/// What the user gives anew, and where it runs.
struct ReplayChanges {
  fs::path tree;                     ///< the top of the work tree to run in
  std::vector<std::string> more;     ///< words after the recorded command
  EnvironmentMap environment;        ///< present environment, under the recorded variables
  EnvironmentMap given;              ///< variables that the user sets, above the recorded ones
  std::vector<std::string> secrets;  ///< values for the masked words of the command, in their order
};

/// The part of the request that repeats the command: argv, directory, environment, parameters, the
/// run that it repeats. Name and tags are not: they name the old run. Words and variables that name
/// places below the old top name the same below the new one. Variables of places (PATH,
/// LD_LIBRARY_PATH, …) are kept from the present environment when the run was on another host.
/// Throws Error(usage) when a masked value was not given again, naming each.
[[nodiscard]] Request replay_request(const model::RunParts& parts, const ReplayChanges& changes);

/// The top of the work tree that a run saw; empty when it is not known.
[[nodiscard]] fs::path root_of(const model::RunParts& parts);

}  // namespace clew::record
