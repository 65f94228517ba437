#include "capture/trace_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "base/text.h"

namespace clew::capture {
namespace {

template <typename Address>
bool take(std::string_view bytes, Address& address) {
  if (bytes.size() < sizeof address) return false;
  std::memcpy(&address, bytes.data(), sizeof address);
  return true;
}

std::string format_unix(std::string_view bytes) {
  std::string_view name = bytes.substr(offsetof(sockaddr_un, sun_path));
  if (name.empty()) return {};
  if (name.front() == '\0') return name.size() == 1 ? "" : concat("unix:@", name.substr(1));
  name = name.substr(0, name.find('\0'));
  return concat("unix:", name);
}

}  // namespace

std::string format_address(std::string_view bytes) {
  sa_family_t family = AF_UNSPEC;
  if (!take(bytes, family)) return {};
  char text[INET6_ADDRSTRLEN] = "";
  if (sockaddr_in v4{}; family == AF_INET && take(bytes, v4)) {
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return concat(text, ':', ntohs(v4.sin_port));
  }
  if (sockaddr_in6 v6{}; family == AF_INET6 && take(bytes, v6)) {
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return concat('[', text, "]:", ntohs(v6.sin6_port));
  }
  if (family == AF_UNIX) return format_unix(bytes);
  return {};
}

}  // namespace clew::capture
