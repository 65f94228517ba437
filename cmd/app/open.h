#pragma once

#include "app/command.h"
#include "app/program.h"
#include "app/session.h"

namespace clew::cmd {

/// Does what -C says: the session's directory, absolute. Throws Error(usage) where there is none.
[[nodiscard]] fs::path directory_of(const Services& services, const GlobalOptions& global);

/// Gives the session what its command needs: nothing; else settings and the location of the store;
/// for reading and writing a store that this program understands; for writing also seals the runs
/// that a dead recorder left. Throws what stands in the way.
void open(Session& session, Access access);

}  // namespace clew::cmd
