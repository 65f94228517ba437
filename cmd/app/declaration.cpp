#include "app/declaration.h"

#include "base/text.h"

namespace clew::cmd {

namespace {

Argument& add(std::deque<Declaration::Entry>& entries, std::string names, std::string placeholder,
              Declaration::Binding target, std::string help) {
  Argument argument;
  argument.repeated = std::holds_alternative<std::vector<std::string>*>(target);
  argument.names = std::move(names);
  argument.placeholder = std::move(placeholder);
  argument.help = std::move(help);
  entries.push_back({std::move(argument), target});
  return entries.back().argument;
}

Argument& add_positional(std::deque<Declaration::Entry>& entries, std::string placeholder,
                         Declaration::Binding target, std::string help) {
  std::string names = placeholder;
  Argument& argument =
      add(entries, std::move(names), std::move(placeholder), target, std::move(help));
  argument.positional = true;
  return argument;
}

}  // namespace

std::vector<std::string_view> Argument::spellings() const {
  return split(names, ',');
}

Argument& Declaration::flag(std::string names, bool& target, std::string help) {
  return add(entries_, std::move(names), {}, &target, std::move(help));
}

Argument& Declaration::option(std::string names, std::string placeholder, std::string& target,
                              std::string help) {
  return add(entries_, std::move(names), std::move(placeholder), &target, std::move(help));
}

Argument& Declaration::option(std::string names, std::string placeholder,
                              std::optional<std::string>& target, std::string help) {
  return add(entries_, std::move(names), std::move(placeholder), &target, std::move(help));
}

Argument& Declaration::option(std::string names, std::string placeholder,
                              std::optional<std::int64_t>& target, std::string help) {
  return add(entries_, std::move(names), std::move(placeholder), &target, std::move(help));
}

Argument& Declaration::option(std::string names, std::string placeholder,
                              std::vector<std::string>& target, std::string help) {
  return add(entries_, std::move(names), std::move(placeholder), &target, std::move(help));
}

Argument& Declaration::positional(std::string placeholder, std::string& target, std::string help) {
  return add_positional(entries_, std::move(placeholder), &target, std::move(help));
}

Argument& Declaration::positional(std::string placeholder, std::optional<std::string>& target,
                                  std::string help) {
  return add_positional(entries_, std::move(placeholder), &target, std::move(help));
}

Argument& Declaration::positional(std::string placeholder, std::vector<std::string>& target,
                                  std::string help) {
  return add_positional(entries_, std::move(placeholder), &target, std::move(help));
}

Declaration::Tail& Declaration::after_separator(std::string placeholder,
                                                std::vector<std::string>& target,
                                                std::string help) {
  return tail_.emplace(Tail{std::move(placeholder), std::move(help), &target});
}

}  // namespace clew::cmd
