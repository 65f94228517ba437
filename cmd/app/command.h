#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/declaration.h"
#include "app/session.h"

namespace clew::cmd {

/// What a command needs before it runs; the dispatcher sees to it.
enum class Access {
  nothing,     ///< runs anywhere
  repository,  ///< a place for a store, which need not exist
  read,        ///< a store
  write,       ///< a store; runs left behind by a dead recorder are sealed first
};

/// One parsed command, ready to run.
class Invocation {
 public:
  virtual ~Invocation() = default;
  [[nodiscard]] virtual const Declaration& declaration() const = 0;
  [[nodiscard]] virtual Declaration& declaration() = 0;
  /// Runs the command; the exit code.
  virtual int run(Session& session) = 0;
};

/// A row of THE table of commands.
struct Command {
  std::string_view name;
  std::string_view summary;  ///< imperative, no full stop
  Access access;
  std::unique_ptr<Invocation> (*make)();
  bool paged = false;   ///< a terminal's worth of answer and more: shown in a pager
  bool hidden = false;  ///< for programs, not people: left out of help
};

/// An invocation over an options struct: `declare` binds its fields, `run` acts on them. Tests
/// parse into `options` and run nothing.
template <typename Options>
class InvocationOf final : public Invocation {
 public:
  using Declare = void (*)(Declaration&, Options&);
  using Run = int (*)(Session&, const Options&);
  InvocationOf(Declare declare, Run act) : run_(act) { declare(declaration_, options); }
  [[nodiscard]] const Declaration& declaration() const override { return declaration_; }
  [[nodiscard]] Declaration& declaration() override { return declaration_; }
  int run(Session& session) override { return run_(session, options); }

  Options options;

 private:
  Declaration declaration_;
  Run run_;
};

/// Makes a Command's `make` from an options struct with its two functions:
/// `make<LogOptions, declare_log, run_log>`.
template <typename Options, auto declare, auto act>
std::unique_ptr<Invocation> make() {
  return std::make_unique<InvocationOf<Options>>(declare, act);
}

/// THE table: all commands in the order of help.
[[nodiscard]] const std::vector<Command>& commands();
/// nullptr when there is none of this name.
[[nodiscard]] const Command* find_command(std::string_view name);
/// Throws Error(usage), with suggestions, when there is none of this name.
[[nodiscard]] const Command& command_named(std::string_view name);

}  // namespace clew::cmd
