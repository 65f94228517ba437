#include "snapshot/git2.h"

#include <dlfcn.h>

#include <array>

#include "base/error.h"
#include "base/text.h"

namespace clew::snapshot {
namespace {

template <typename Function>
void find_function(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) {
    throw Error(ErrorKind::failed,
                concat("cannot use '", CLEW_LIBGIT2, "': it has no function '", name, "'"));
  }
}

// Extensions of the repository format that change nothing about reading and writing objects, refs
// and the index, but that libgit2 would refuse as unknown.
constexpr std::array<const char*, 4> kHarmlessExtensions = {"worktreeconfig", "partialclone",
                                                            "preciousobjects", "relativeworktrees"};

Git2 load() {
  void* library = dlopen(CLEW_LIBGIT2, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = dlerror();
    throw Error(ErrorKind::failed,
                concat("cannot load '", CLEW_LIBGIT2, "', which reads and writes git repositories",
                       reason == nullptr ? "" : ": ", reason == nullptr ? "" : reason),
                {"install libgit2, on Debian with 'apt-get install libgit2-1.5'"});
  }
  Git2 git;
#define CLEW_GIT2_FIND(name) find_function(library, "git_" #name, git.name);
  CLEW_GIT2_FUNCTIONS(CLEW_GIT2_FIND)
#undef CLEW_GIT2_FIND
  if (git.libgit2_init() < 0 || git.libgit2_opts(GIT_OPT_SET_EXTENSIONS, kHarmlessExtensions.data(),
                                                 kHarmlessExtensions.size()) < 0) {
    throw Error(ErrorKind::failed, "cannot initialise libgit2");
  }
  return git;
}

}  // namespace

const Git2& git2() {
  static const Git2 loaded = load();
  return loaded;
}

std::string last_git_error() {
  const git_error* error = git2().error_last();
  if (error == nullptr || error->message == nullptr) return "no reason given";
  return error->message;
}

void throw_git_error(std::string_view what) {
  throw Error(ErrorKind::failed, concat(what, ": ", last_git_error()));
}

std::string hex_of(const git_oid& id) {
  std::array<char, GIT_OID_HEXSZ + 1> text{};
  git2().oid_tostr(text.data(), text.size(), &id);
  return text.data();
}

void set_config_paths(const std::string& home, const std::string& config_home) {
  const auto set = [](int level, const std::string& path) {
    check(git2().libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path.c_str()),
          "cannot set where git's configuration lies");
  };
  set(GIT_CONFIG_LEVEL_GLOBAL, home);
  set(GIT_CONFIG_LEVEL_XDG, config_home);
}

}  // namespace clew::snapshot
