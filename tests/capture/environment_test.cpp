#include "capture/environment.h"

#include <catch2/catch.hpp>
#include <string>

#include "base/text.h"
#include "capture/environment_sources.h"
#include "support/temporary_directory.h"

namespace clew::capture {
namespace {

/// A directory that stands for the root of a system.
class Root {
 public:
  [[nodiscard]] const fs::path& path() const { return directory_.path(); }
  void file(const fs::path& name, std::string_view content, int mode = 0644) const {
    const fs::path path = directory_.path() / name;
    fs::create_directories(path.parent_path());
    replace_file(path, content, Sync::no, mode);
  }
  void link(const fs::path& target, const fs::path& name) const {
    fs::create_directories((path() / name).parent_path());
    fs::create_symlink(target, path() / name);
  }

 private:
  TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("a system that tells nothing") {
  const Root root;
  const Json os = read_os(root.path());
  CHECK(os.find("name") == nullptr);
  CHECK(os.find("kernel") != nullptr);
  CHECK(read_cpu(root.path()) == Json::object());
  CHECK(read_memory(root.path()).is_null());
  CHECK(read_gpus(root.path()) == Json::array());
  CHECK(read_container(root.path()) == Json::object());
}

TEST_CASE("operating system, processor and memory") {
  const Root root;
  root.file("usr/lib/os-release",
            "PRETTY_NAME=\"Other\"\nNAME=\"Debian GNU/Linux\"\n"
            "VERSION_ID='12'\n");
  root.file("proc/cpuinfo",
            "processor\t: 0\nmodel name\t: Fast CPU @ 2: x\n\nprocessor\t: 1\nmodel name\t: Y\n");
  root.file("proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB\n");
  const Json os = read_os(root.path());
  CHECK(*os.find("name") == Json("Debian GNU/Linux"));
  CHECK(*os.find("version") == Json("12"));
  CHECK(dump_json(read_cpu(root.path())) == R"({"model":"Fast CPU @ 2: x","count":2})");
  CHECK(read_memory(root.path()) == Json(16 * 1024 * 1024));

  root.file("proc/meminfo", "MemTotal: many kB\n");
  CHECK(read_memory(root.path()).is_null());
}

TEST_CASE("a processor without a model name is named by its board") {
  const Root root;
  root.file("proc/cpuinfo", "processor\t: 0\nCPU part\t: 0xd0c\n");
  root.file("sys/firmware/devicetree/base/model", std::string("Board 4\0", 8));
  CHECK(dump_json(read_cpu(root.path())) == R"({"model":"Board 4","count":1})");
}

TEST_CASE("GPUs of both makers") {
  const Root root;
  root.file("proc/driver/nvidia/gpus/0000:02:00.0/information", "Model: \t\t NVIDIA B\nIRQ: 1\n");
  root.file("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA A\nIRQ: 1\n");
  root.file("proc/driver/nvidia/gpus/0000:03:00.0/power", "Model: none\n");
  root.file("sys/class/drm/card0/device/vendor", "0x1002\n");
  root.file("sys/class/drm/card0/device/product_name", "AMD X\n");
  root.file("sys/class/drm/card0-DP-1/device/vendor", "0x1002\n");
  root.file("sys/class/drm/card1/device/vendor", "0x1002\n");
  root.file("sys/class/drm/card1/device/device", "0x73bf\n");
  root.file("sys/class/drm/card2/device/vendor", "0x8086\n");
  CHECK(dump_json(read_gpus(root.path())) == R"(["NVIDIA A","NVIDIA B","AMD X","AMD GPU 0x73bf"])");
}

TEST_CASE("limits of control groups") {
  const Root root;
  root.file("proc/meminfo", "MemTotal: 1048576 kB\n");
  SECTION("version 2, the smallest on the way up") {
    root.file("proc/self/cgroup", "0::/job/step\n");
    root.file("sys/fs/cgroup/job/step/cpu.max", "max 100000\n");
    root.file("sys/fs/cgroup/job/step/memory.max", "1000000\n");
    root.file("sys/fs/cgroup/job/cpu.max", "150000 100000\n");
    root.file("sys/fs/cgroup/job/memory.max", "500000\n");
    root.file("sys/fs/cgroup/memory.max", "max\n");
    CHECK(dump_json(read_container(root.path())) == R"({"cpus":1.5,"memory":500000})");
  }
  SECTION("version 2 in a namespace") {
    root.file("proc/self/cgroup", "0::/../..\n");
    root.file("sys/fs/cgroup/cpu.max", "200000 100000\n");
    root.file(".dockerenv", "");
    CHECK(dump_json(read_container(root.path())) == R"({"name":"docker","cpus":2.0})");
  }
  SECTION("version 1 without a limit of memory") {
    root.file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    root.file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    root.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    CHECK(dump_json(read_container(root.path())) == "{}");
  }
  SECTION("version 1") {
    root.file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
    root.file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    root.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "4096\n");
    CHECK(dump_json(read_container(root.path())) == R"({"cpus":0.5,"memory":4096})");
  }
}

TEST_CASE("programs are found as execvp finds them") {
  const Root root;
  root.file("bin/tool", "", 0755);
  root.file("other/tool", "", 0755);
  root.file("other/plain", "", 0644);
  root.file("here", "", 0755);
  fs::create_directories(root.path() / "bin/folder");
  const std::string top = root.path().string();
  const auto find = [&](std::string_view name, const std::string& path) {
    return find_program(name, root.path(), {{"PATH", path}}).lexically_normal().string();
  };
  CHECK(find("tool", concat(top, "/none:", top, "/other:", top, "/bin")) == top + "/other/tool");
  CHECK(find("tool", "bin") == top + "/bin/tool");
  CHECK(find("plain", concat(top, "/other")) == "");
  CHECK(find("folder", concat(top, "/bin")) == "");
  CHECK(find("here", "") == top + "/here");
  CHECK(find("here", concat(top, "/bin")) == "");
  CHECK(find("bin/tool", "") == top + "/bin/tool");
  CHECK(find(top + "/bin/tool", "") == top + "/bin/tool");
  CHECK(find("./none", "") == "");
  CHECK(find("", top) == "");
  CHECK(find_program("sh", root.path(), {}) == fs::path("/bin/sh"));
}

TEST_CASE("the interpreter of a command") {
  const Root root;
  root.file("usr/python3.11",
            "\x7f"
            "ELF",
            0755);
  root.link("python3.11", "usr/python3");
  root.link("../../usr/python3.11", "venv/bin/python");
  root.file("venv/pyvenv.cfg", "home = /usr\nversion = 3.12.4\n");
  root.file("usr/bash",
            "\x7f"
            "ELF",
            0755);
  root.file("usr/prog",
            "\x7f"
            "ELF",
            0755);
  const std::string top = root.path().string();
  root.file("usr/torchrun", concat("#! ", top, "/venv/bin/python -E\nimport x\n"), 0755);
  root.file("train.py", "#!/usr/bin/env -S python3 -u\n", 0755);
  root.file("empty", "", 0755);
  root.file("odd", "#!", 0755);
  root.file("usr/env", "", 0755);
  const auto find = [&](std::vector<std::string> argv) {
    return dump_json(find_interpreter(argv, root.path(), {{"PATH", top + "/usr"}}));
  };
  const std::string python3 = concat("{\"path\":\"", top, "/usr/python3\",\"version\":\"3.11\"}");
  const std::string venv =
      concat("{\"path\":\"", top, "/venv/bin/python\",\"version\":\"3.12.4\"}");
  CHECK(find({"python3", "train.py"}) == python3);
  CHECK(find({"env", "A=1", "nice", "python3", "-m", "m"}) == python3);
  CHECK(find({"venv/bin/python", "t.py"}) == venv);
  CHECK(find({"torchrun", "t.py"}) == venv);
  CHECK(find({"./train.py"}) == python3);
  CHECK(find({"bash", "x.sh"}) == concat("{\"path\":\"", top, "/usr/bash\"}"));
  CHECK(find({"prog"}) == "null");
  CHECK(find({"./empty"}) == "null");
  CHECK(find({"./odd"}) == "null");
  CHECK(find({"none"}) == "null");
  CHECK(find({"uv", "run", "python3", "t.py"}) == "null");
  CHECK(find({}) == "null");
}

TEST_CASE("the environment as one object") {
  const Json environment = basic_environment({"none"}, "/some/where",
                                             {{"CUDA_VISIBLE_DEVICES", "0"},
                                              {"HF_TOKEN", "x"},
                                              {"HF_HOME", "/h"},
                                              {"HTTP_PROXY", "http://u:p@h"},
                                              {"TORCH_URL", "http://u:p@h"},
                                              {"PATH", "/opt/token:/usr/bin"},
                                              {"OTHER", "1"}},
                                             default_variable_patterns());
  CHECK(*environment.find("cwd") == Json("/some/where"));
  CHECK(environment.find("host")->is_string());
  CHECK_FALSE(environment.find("user")->as_string().empty());
  CHECK(environment.find("interpreter") == nullptr);
  CHECK(dump_json(*environment.find("variables")) ==
        R"({"CUDA_VISIBLE_DEVICES":"0","HF_HOME":"/h","HF_TOKEN":"***",)"
        R"("PATH":"/opt/token:/usr/bin","TORCH_URL":"http://***@h"})");
}

}  // namespace clew::capture
