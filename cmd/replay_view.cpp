#include "replay_view.h"

#include <algorithm>
#include <system_error>

#include "app/report.h"
#include "base/text.h"
#include "capture/file_policy.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using State = record::ReplayInput::State;

bool is_lost(const record::ReplayInput& input) {
  return input.state == State::changed || input.state == State::missing;
}

}  // namespace

record::ReplayPlaces replay_places(const Session& session, const model::RunParts& parts) {
  std::error_code ignored;
  const fs::path root = record::root_of(parts);
  const bool there = !root.empty() && fs::is_directory(root, ignored);
  return {there ? root : capture::top_of_tree(session.directory), session.location->layout};
}

std::string_view name_of(State state) {
  switch (state) {
    case State::same:
      return "same";
    case State::changed:
      return "changed";
    case State::missing:
      return "missing";
    case State::unknown:
      break;
  }
  return "unknown";
}

Json inputs_to_json(const std::vector<record::ReplayInput>& inputs) {
  Json::Array list;
  for (const auto& input : inputs) {
    list.emplace_back(Json::Object{{"path", input.path},
                                   {"state", name_of(input.state)},
                                   {"sha256", input.sha256.empty() ? Json() : Json(input.sha256)},
                                   {"size", input.size}});
  }
  return list;
}

void warn_of_inputs(Session& session, const std::vector<record::ReplayInput>& inputs) {
  for (const auto& input : inputs) {
    if (!is_lost(input)) continue;
    const std::string digest =
        input.sha256.empty() ? "" : concat("; its SHA-256 was ", input.sha256);
    warn(session.err, concat("the input '", ui::printable(input.path), "' ",
                             input.state == State::changed ? "has changed" : "is missing", digest));
  }
}

bool all_there(const std::vector<record::ReplayInput>& inputs) {
  return std::none_of(inputs.begin(), inputs.end(), is_lost);
}

}  // namespace clew::cmd
