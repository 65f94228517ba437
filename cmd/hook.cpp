#include "hook.h"

#include "base/json.h"
#include "base/text.h"
#include "record/hook.h"
#include "ui/table.h"
#include "ui/values.h"

namespace clew::cmd {

namespace {

std::string_view state_of(const store::Layout& layout, std::string_view name) {
  if (record::find_hook(layout, name)) return "active";
  std::error_code ignored;
  return fs::exists(layout.hooks() / name, ignored) ? "not executable" : "none";
}

}  // namespace

void declare_hook(Declaration& declaration, HookOptions&) {
  declaration.description =
      "Lists the hooks of this store: programs that clew runs at certain moments. A hook is an "
      "executable file of that name in the directory hooks of the store; 'clew init' puts samples "
      "beside it. It gets a JSON object on standard input and variables such as CLEW_RUN, and is "
      "killed after a minute. A project file cannot name programs, so that a repository from "
      "elsewhere runs nothing.";
  declaration.examples = {{"clew hook", "which hooks there are, and where"}};
}

int run_hook(Session& session, const HookOptions&) {
  const store::Layout& layout = session.layout();
  if (session.global.json) {
    Json list = Json::array();
    for (const record::HookSpec& spec : record::hook_specs()) {
      Json one;
      one["name"] = spec.name;
      one["path"] = (layout.hooks() / spec.name).native();
      one["active"] = record::find_hook(layout, spec.name).has_value();
      list.push(std::move(one));
    }
    session.out.line(dump_json(list));
    return 0;
  }
  session.out.line(concat("directory: ", ui::printable(layout.hooks().native())));
  session.out.line();
  ui::Table table({{"hook"}, {"state"}, {"runs", ui::Align::left, true}});
  for (const record::HookSpec& spec : record::hook_specs()) {
    const std::string_view state = state_of(layout, spec.name);
    table.row({{std::string(spec.name), ui::Label::name},
               {std::string(state), state == "active" ? ui::Label::good : ui::Label::faint},
               {std::string(spec.moment)}});
  }
  table.print(session.out);
  return 0;
}

}  // namespace clew::cmd
