#include <unistd.h>

#include "app/program.h"

int main(int argc, char** argv) {
  using namespace clew;
  std::error_code code;
  const cmd::Services services{.environment = cmd::environment_map(environ),
                               .clock = system_clock(),
                               .ids = random_ids(),
                               .directory = fs::current_path(code),
                               .program = cmd::program_file()};
  return cmd::run_program({argv + (argc > 0 ? 1 : 0), argv + argc}, services);
}
