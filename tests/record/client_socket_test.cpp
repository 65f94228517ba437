#include "record/client_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <string>

#include "base/clock.h"
#include "record/journal.h"
#include "support/temporary_directory.h"

using namespace clew;
using namespace clew::record;

namespace {

Fd connect_to(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path.c_str());
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

std::string all_from(const Fd& fd) {
  std::string text;
  char buffer[256];
  for (ssize_t got = 0; (got = recv(fd.get(), buffer, sizeof buffer, 0)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

void say(const Fd& fd, const std::string& text) {
  REQUIRE(send(fd.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
}

}  // namespace

TEST_CASE("in the end a client learns what became of its lines, though it might say more") {
  const TemporaryDirectory directory;
  Journal journal;
  auto socket = std::make_unique<ClientSocket>(directory.path(), system_clock());
  const Fd whole = connect_to(socket->path());
  const Fd wrong = connect_to(socket->path());
  const Fd half = connect_to(socket->path());
  const Fd silent = connect_to(socket->path());
  say(whole, "{\"kind\":\"stop\",\"by\":\"somebody\"}\n");
  say(wrong, "no JSON\n");
  say(half, "{\"kind\":\"stop\"");
  socket->drain(journal);
  CHECK(journal.take_stop());
  socket.reset();
  CHECK(all_from(whole) == "{\"ok\":1}\n");
  CHECK(all_from(wrong).find("\"error\"") != std::string::npos);
  // Neither has said anything that could be taken for done.
  CHECK(all_from(half).empty());
  CHECK(all_from(silent).empty());
}
