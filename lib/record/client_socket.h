#pragma once

#include <poll.h>

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fs.h"
#include "record/journal.h"

namespace clew::record {

/// The Unix stream socket through which programs of a run report to it (clew-protocol(7)). Only
/// processes of the same user get through: a directory of mode 0700, a socket of mode 0600, and a
/// check of the peer. Never blocks; not thread-safe.
class ClientSocket {
 public:
  /// Makes a directory under `parent` and listens in it. Throws Error(failed).
  ClientSocket(const fs::path& parent, Clock& clock);
  ~ClientSocket();
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  void await(std::vector<pollfd>& waiting) const;
  /// Accepts and reads what poll() found, tells the journal, and answers what can be answered.
  void act(const std::vector<pollfd>& ready, Journal& journal);
  /// Takes all that has been sent so far.
  void drain(Journal& journal);
  /// Lines that could not be read, over all clients.
  [[nodiscard]] std::uint64_t bad_lines() const { return bad_lines_; }
  [[nodiscard]] const std::string& first_error() const { return first_error_; }
  /// Takes back its files, whoever still has them open.
  void remove();

 private:
  struct Client {
    Fd fd;
    std::string input;  // a line without its end yet
    std::string output;
    std::uint64_t lines = 0;
    std::uint64_t error_line = 0;
    std::string error;
    bool at_end = false;  // it has sent all that it will
  };

  void accept_all();
  bool read_from(Client& client, Journal& journal);
  void read_lines(Client& client, Journal& journal);
  void read_one(Client& client, std::string_view line, Journal& journal);
  void fail(Client& client, const std::string& message);
  void answer(Client& client, Journal& journal);

  fs::path path_;
  Clock& clock_;
  Fd listener_;
  std::list<Client> clients_;
  std::uint64_t bad_lines_ = 0;
  std::string first_error_;
};

}  // namespace clew::record
