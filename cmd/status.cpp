#include "status.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "export/exporter.h"
#include "query/catalog.h"
#include "record/live.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

using model::State;
using ui::Label;

constexpr std::array<State, 5> kStates = {State::running, State::finished, State::failed,
                                          State::killed, State::interrupted};

/// What the store holds at this moment.
struct Overview {
  std::array<std::size_t, kStates.size()> counts{};
  std::size_t total = 0;
  std::vector<model::Run> running;
  std::vector<RunId> unsealed;  ///< ended, but not yet where sealed runs are
};

Overview look(const store::Layout& layout) {
  Overview overview;
  const query::Catalog catalog = query::Catalog::open(layout);
  for (model::Run& run : catalog.runs()) {
    ++overview.counts[static_cast<std::size_t>(run.state)];
    ++overview.total;
    if (run.state == State::running) overview.running.push_back(std::move(run));
  }
  for (const model::Run& run : record::LiveReader(layout).runs()) {
    if (run.state != State::running) overview.unsealed.push_back(run.id);
  }
  return overview;
}

Json to_json(const Overview& overview, const std::string& store, Time now) {
  Json answer;
  answer["store"] = store;
  answer["runs"] = static_cast<std::int64_t>(overview.total);
  Json& counts = answer["states"];
  for (const State state : kStates) {
    counts[model::name_of(state)] =
        static_cast<std::int64_t>(overview.counts[static_cast<std::size_t>(state)]);
  }
  Json running = Json::array();
  for (const model::Run& run : overview.running)
    running.push(exporter::run_to_json(run, now));
  answer["running"] = std::move(running);
  Json unsealed = Json::array();
  for (const RunId id : overview.unsealed)
    unsealed.push(id.hex());
  answer["unsealed"] = std::move(unsealed);
  return answer;
}

std::string counts_text(const Overview& overview) {
  std::string text = ui::counted(overview.total, "run");
  const char* separator = ": ";
  for (const State state : kStates) {
    const std::size_t count = overview.counts[static_cast<std::size_t>(state)];
    if (count == 0) continue;
    text += concat(separator, count, ' ', model::name_of(state));
    separator = ", ";
  }
  return text;
}

void print(ui::Output& out, const Overview& overview, const std::string& store, Time now) {
  out.line(concat("store: ", ui::printable(store)));
  out.line(counts_text(overview));
  if (!overview.running.empty()) out.line();
  ui::Table table({{"", ui::Align::left},
                   {"", ui::Align::left},
                   {"", ui::Align::right},
                   {"", ui::Align::left, true}});
  for (const model::Run& run : overview.running) {
    table.row({{run.id.short_hex(), Label::id},
               {ui::printable(run.name), Label::name},
               {ui::duration_text(run, now), Label::number},
               {ui::command_text(run.argv)}});
  }
  if (!table.empty()) table.print(out);
  if (overview.unsealed.empty()) return;
  out.line();
  out.line(concat(ui::counted(overview.unsealed.size(), "run"),
                  " ended without being sealed; the next command that writes does it"));
}

}  // namespace

void declare_status(Declaration& declaration, StatusOptions&) {
  declaration.description =
      "Shows where the store is, how many runs it has in each state, and which are going on.";
}

int run_status(Session& session, const StatusOptions&) {
  const Overview overview = look(session.layout());
  const std::string& store = session.layout().root.native();
  const Time now = session.clock.now();
  if (session.global.json) {
    session.out.line(dump_json(to_json(overview, store, now), JsonLayout::pretty));
  } else {
    print(session.out, overview, store, now);
  }
  return 0;
}

}  // namespace clew::cmd
