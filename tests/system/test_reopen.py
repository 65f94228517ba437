"""Files that a command opens again and again are not told of each time; all else stays as it is."""

import errno
import os
import pathlib
import unittest

from harness import Case, kill9

# Uses files in each way, some of them over and over.
USER = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static int read_one(const char* path) {
  char byte = 0;
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  if (read(fd, &byte, 1) != 1) byte = 0;
  close(fd);
  return byte;
}
static void write_one(const char* path, const char* text) {
  FILE* file = fopen(path, "w");
  fputs(text, file);
  fclose(file);
}
static void* in_thread(void* path) {
  for (int i = 0; i < 100; ++i) read_one(path);
  return NULL;
}
int main(void) {
  char name[32];
  pthread_t thread;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 20; ++i) {
      snprintf(name, sizeof name, "data/%d", i);
      if (read_one(name) != 'x') return 1;
    }
    FILE* file = fopen("data/stream", "r");
    if (file == NULL || fgetc(file) != 'y' || fclose(file) != 0) return 2;
  }
  pthread_create(&thread, NULL, in_thread, "data/thread");
  pthread_join(thread, NULL);
  errno = 0;
  if (read_one("data/none") != -1 || errno != ENOENT || fopen("data/none", "rb") != NULL) return 3;
  errno = EXDEV;
  if (read_one("data/0") != 'x' || errno != EXDEV) return 4;
  if (fork() == 0) _exit(read_one("data/0") != 'x' || read_one("data/child") != 'x');
  int status = 0;
  wait(&status);
  if (status != 0) return 5;
  write_one("made", "one");
  if (read_one("made") != 'o') return 6;
  write_one("made", "two");
  if (read_one("made") != 't') return 7;
  rename("made", "moved");
  if (read_one("made") != -1 || read_one("moved") != 't') return 8;
  unlink("moved");
  write_one("both", "one");
  FILE* both = fopen("both", "r+");
  fputs("two", both);
  fclose(both);
  const int data = open("data", O_RDONLY | O_DIRECTORY);
  const int at = openat(data, "at", O_RDONLY);
  return data < 0 || at < 0 ? 9 : 0;
}
"""

# Waits until the recorder and all others of clew are gone, and goes on reading.
ALONE = r"""
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
  const int known = open("data/0", O_RDONLY);
  const int report = open("report", O_WRONLY | O_CREAT, 0600);
  while (access("go", F_OK) != 0) usleep(10000);
  dprintf(report, "%d %d ", known >= 0, open("data/0", O_RDONLY) >= 0);
  dprintf(report, "%d\n", open("other", O_WRONLY | O_CREAT, 0600) < 0 ? errno : 0);
  return 0;
}
"""

# Has the kernel kill it for any other system call than those that it makes itself.
CONFINED = r"""
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#define ALLOW(name) {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_##name}, {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}
int main(void) {
  struct sock_filter code[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr)},
                               ALLOW(openat), ALLOW(newfstatat), ALLOW(read), ALLOW(close), ALLOW(exit_group),
                               {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS}};
  struct sock_fprog program = {sizeof code / sizeof code[0], code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 1;
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return 2;
  struct stat found;
  for (int i = 0; i < 3; ++i) {
    const int fd = open("data/0", O_RDONLY);
    if (fd < 0 || fstat(fd, &found) != 0 || close(fd) != 0) return 3;
  }
  return open("data/at", O_RDONLY) < 0;
}
"""

CANCELLED = r"""
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>
static void* wait_for_writer(void* path) { return open(path, O_RDONLY) < 0 ? path : NULL; }
int main(void) {
  pthread_t thread;
  void* result = NULL;
  pthread_create(&thread, NULL, wait_for_writer, "fifo");
  usleep(100000);
  pthread_cancel(thread);
  pthread_join(thread, &result);
  return result != PTHREAD_CANCELED;
}
"""


class Reopen(Case):
    def setUp(self):
        super().setUp()
        self.clew("init")
        for name in [*map(str, range(20)), "thread", "child", "at"]:
            self.write(f"data/{name}", "x")
        self.write("data/stream", "y")

    def build(self, name, source, *options):
        self.write(f"{name}.c", source)
        self.run_command("gcc", "-O1", "-pthread", *options, "-o", name, f"{name}.c")

    def recorded(self, mechanism, *command):
        self.clew("-c", f"run.trace-mechanism={mechanism}", "run", "-q", "--", *command)
        self.wait_sealed()
        run = self.newest()
        self.assertEqual(run["capture"]["mechanism"], "unotify")
        self.assertTrue(run["capture"]["complete"], run["capture"])
        used = {}
        for file in run["files"]:
            facts = {key: file[key] for key in ("role", "read", "written", "created", "deleted", "renamed_from")}
            used[file["path"]] = (facts, sorted(file["processes"]))
        return used

    def test_the_record_is_the_same(self):
        self.build("user", USER)
        each = self.recorded("unotify", "./user")
        self.assertEqual(each["data/0"][1], [0, 1])
        self.assertTrue(each["made"][0]["read"])
        self.assertEqual(each["data/child"][1], [1])
        for name in ("data/19", "data/stream", "data/thread", "data/at"):
            self.assertEqual((each[name][0]["read"], each[name][0]["written"]), (True, False), name)
        self.assertNotIn("data/none", each)
        (self.work / "both").unlink()
        self.assertEqual(self.recorded("auto", "./user"), each)

    def test_files_that_are_read_need_nobody(self):
        self.build("alone", ALONE)
        process = self.start("run", "-q", "--", "./alone")
        self.wait_until((self.work / "report").exists, "the command")
        recorder, command = self.processes(process.pid)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for pid in [*map(int, children), process.pid]:
            kill9(pid)
        self.assertIn(str(recorder), children)
        (self.work / "go").touch()
        self.wait_until(lambda: (self.work / "report").read_text().endswith("\n"), "the report")
        # What is told of cannot be done any more when all are killed; what was known can.
        self.assertEqual((self.work / "report").read_text(), f"1 1 {errno.ENOSYS}\n")

    def test_the_environment_is_the_users(self):
        script = 'env | grep -E "PRELOAD|CLEW_TRACE_"; sh -c "env" | grep -E "PRELOAD|CLEW_TRACE_"; echo end'
        self.assertEqual(self.clew("run", "-q", "--", "bash", "-c", script).out, "end\n")
        library = next(pathlib.Path("/usr/lib").glob("*/libz.so.1"))
        out = self.clew("run", "-q", "--", "bash", "-c", script, env={"LD_PRELOAD": str(library)}).out
        self.assertEqual(out, f"LD_PRELOAD={library}\n" * 2 + "end\n")

    def test_programs_with_a_sanitizer_start(self):
        self.build("checked", "#include <stdio.h>\nint main(void) { return fopen(\"data/0\", \"r\") == NULL; }\n",
                   "-fsanitize=address", "-Wno-unused-result")
        for options in ("detect_leaks=0", "verify_asan_link_order=1:detect_leaks=0"):
            with self.subTest(options):
                result = self.clew("run", "-q", "--", "./checked", env={"ASAN_OPTIONS": options})
                self.assertEqual(result.err, "")
        self.wait_sealed()
        self.assertIn("data/0", {file["path"] for file in self.newest()["files"]})

    def test_a_script_and_a_static_program(self):
        script = self.write("script", "#!/bin/cat\n")
        script.chmod(0o755)
        self.assertEqual(self.clew("run", "-q", "--", "./script").out, "#!/bin/cat\n")
        self.build("static", "#include <stdio.h>\nint main(void) { return fopen(\"data/0\", \"r\") == NULL; }\n",
                   "-static")
        self.assertEqual(set(self.recorded("auto", "./static")) & {"data/0"}, {"data/0"})

    def test_a_program_that_confines_itself(self):
        self.build("confined", CONFINED)
        self.assertEqual(set(self.recorded("auto", "./confined")) & {"data/0", "data/at"}, {"data/0", "data/at"})

    def test_a_thread_that_waits_can_be_cancelled(self):
        self.build("cancelled", CANCELLED)
        os.mkfifo(self.work / "fifo")
        self.clew("run", "-q", "--", "./cancelled")


if __name__ == "__main__":
    unittest.main()
