"""Tracing when something breaks: kill -9 of those who trace, very many opens, tracers in the run."""

import os
import shutil
import subprocess
import unittest

from harness import CLEW, PYTHON, Case, gone, kill9

# The recorder is told of each open, also of those that tell it nothing new.
EACH_OPEN = "run.trace-mechanism=unotify"

# Opens the files of data/ again and again, and says what went wrong. Prints all the time.
HAMMER = r"""
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static int hammer(int rounds, int files) {
  int failures = 0;
  for (int round = 0; round < rounds || access("go", F_OK) != 0; ++round) {
    for (int i = 0; i < files; ++i) {
      char name[32];
      snprintf(name, sizeof name, "data/%d", i);
      const int fd = open(name, O_RDONLY | O_CLOEXEC);
      if (fd < 0) ++failures;
      else close(fd);
    }
    if (write(1, "line\n", 5) != 5) ++failures;
  }
  return failures;
}
int main(void) {
  int failures = 0;
  for (int i = 0; i < 3; ++i)
    if (fork() == 0) _exit(hammer(20, 50) != 0);
  failures += hammer(20, 50);
  for (int status; wait(&status) > 0;) failures += status != 0;
  const pid_t child = fork();
  if (child == 0) execlp("true", "true", NULL);
  int status = -1;
  waitpid(child, &status, 0);
  failures += status != 0;
  FILE* done = fopen("done", "w");
  fprintf(done, "%d failures", failures);
  fclose(done);
  return failures == 0 ? 5 : 6;
}
"""

MANY = """
import os
for process in range(8):
    if os.fork() == 0:
        for again in range(5):
            for i in range(2500):
                os.close(os.open(f"data/{i}", os.O_RDONLY))
        os._exit(0)
for process in range(8):
    os.wait()
"""


class Faults(Case):
    def setUp(self):
        super().setUp()
        (self.work / "data").mkdir()

    def make_files(self, count):
        for i in range(count):
            (self.work / "data" / str(i)).write_text("x")

    def begin(self):
        self.make_files(50)
        self.write("hammer.c", HAMMER)
        self.run_command("gcc", "-O1", "-o", "hammer", "hammer.c")
        log = open(self.work / "log", "wb")
        self.addCleanup(log.close)
        process = self.start("-c", EACH_OPEN, "run", "-n", "victim", "--", "./hammer", stdout=log, stderr=log)
        recorder, command = self.processes(process.pid)
        self.wait_until(lambda: b"line" in self.log(), "the hammer to swing")
        self.wait_until(lambda: self.all_files <= self.files_read(), "the files in the record")
        return process, recorder, command

    @property
    def all_files(self):
        return {f"data/{i}" for i in range(50)}

    def files_read(self):
        return {file["path"] for file in self.newest()["files"] if file["read"]}

    def log(self):
        return (self.work / "log").read_bytes()

    def assert_unharmed(self, command):
        (self.work / "go").touch()
        self.wait_until(lambda: gone(command), "the command to end")
        self.assertEqual((self.work / "done").read_text(), "0 failures")

    def assert_recorded_until_the_kill(self):
        run = self.newest()
        self.assertEqual(run["state"], "interrupted")
        self.assertFalse(run["capture"]["complete"])
        self.assertTrue(any("recorder" in text for text in run["capture"]["blind"]), run["capture"])
        self.assertLessEqual(self.all_files, self.files_read())
        self.assertGreaterEqual(len(run["processes"]), 1)
        self.clew("tag", "victim", "seen")  # a command that writes seals what is left
        self.assertEqual(self.live(), [])
        sealed = self.newest()
        self.assertEqual((sealed["files"], sealed["capture"]), (run["files"], run["capture"]))

    def test_kill_the_recorder(self):
        process, recorder, command = self.begin()
        kill9(recorder)
        self.assert_unharmed(command)
        self.assertEqual(process.wait(), 5)
        self.assert_recorded_until_the_kill()

    def test_kill_the_front(self):
        process, recorder, command = self.begin()
        process.kill()
        process.wait()
        self.assert_unharmed(command)
        self.wait_sealed()
        run = self.newest()
        self.assertEqual((run["state"], run["exit_code"]), ("failed", 5))
        self.assertTrue(run["capture"]["complete"], run["capture"])
        self.assertTrue([file for file in run["files"] if file["path"] == "done"])

    def test_kill_both(self):
        process, recorder, command = self.begin()
        process.kill()
        kill9(recorder)
        process.wait()
        lines = self.log().count(b"line")
        self.assert_unharmed(command)
        # What it prints still goes where the shell had sent it.
        self.wait_until(lambda: self.log().count(b"line") > lines, "more output")
        self.assert_recorded_until_the_kill()

    def test_kill_all_guards_but_the_front(self):
        process, recorder, command = self.begin()
        guardians = [pid for pid in self.children(process.pid) if pid != recorder]
        self.assertEqual(len(guardians), 1)
        kill9(guardians[0])
        kill9(recorder)
        self.assert_unharmed(command)
        self.assertEqual(process.wait(), 5)

    @staticmethod
    def children(pid):
        result = subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE)
        return list(map(int, result.stdout.split()))

    def guardians(self):
        """Those at work in this test's place."""
        found = subprocess.run(["pgrep", "-x", "clew-guardian"], stdout=subprocess.PIPE)
        here = lambda pid: not gone(pid) and os.readlink(f"/proc/{pid}/cwd") == str(self.work)
        return [pid for pid in map(int, found.stdout.split()) if here(pid)]

    def test_nothing_of_clew_stays(self):
        process = self.start("run", "-q", "--", "sh", "-c", "while [ ! -e go ]; do sleep 0.02; done")
        self.wait_until(self.guardians, "a guardian")
        (self.work / "go").touch()
        process.communicate()
        self.wait_sealed()
        self.wait_until(lambda: not self.guardians(), "the guardian to end")

    def test_a_daemon_that_outlives_its_run(self):
        self.write("data/in.txt", "x")
        self.clew("run", "-q", "--", "sh", "-c", "(while [ ! -e go ]; do sleep 0.02; done;"
                                                 " cat data/in.txt > late.txt) >/dev/null 2>&1 &")
        self.wait_sealed()
        capture = self.newest()["capture"]
        self.assertTrue(any("went on" in text for text in capture["blind"]), capture)
        # Its calls are answered though nobody records any more.
        (self.work / "go").touch()
        self.wait_until(lambda: (self.work / "late.txt").exists(), "the daemon's work")
        self.wait_until(lambda: not self.guardians(), "the guardian to end")

    def test_a_substitution_does_not_wait_for_the_guardian(self):
        result = self.run_command("sh", "-c", f'x=$("{CLEW}" run -q -- echo hi); echo "$x!"')
        self.assertEqual(result.out, "hi!\n")

    def test_a_broken_pipe_reaches_the_command(self):
        program = CLEW
        self.run_command("bash", "-c", f'"{program}" run -q -- yes | head -1')

    def test_100000_opens_from_8_processes(self):
        self.make_files(2500)
        self.write("many.py", MANY)
        self.clew("-c", EACH_OPEN, "run", "-q", "--", PYTHON, "many.py")
        self.wait_sealed()
        run = self.newest()
        self.assertEqual(run["capture"]["blind"], [])
        self.assertEqual(len(run["processes"]), 9)
        data = [file for file in run["files"] if file["path"].startswith("data/")]
        self.assertEqual(len(data), 2500)
        for file in data:
            self.assertEqual(file["processes"], list(range(1, 9)))

    def as_nobody(self, *argv):
        """Runs a command without privileges in a place that belongs to nobody."""
        if os.geteuid() != 0:
            return self.run_command(*argv)
        self.place.chmod(0o755)
        for path in (self.home, self.work):
            os.chown(path, 65534, 65534)
        return self.run_command("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                "--inh-caps=-all", *argv)

    def test_setuid_program_without_privileges(self):
        tool = self.work / "tool"
        shutil.copy("/usr/bin/true", tool)
        tool.chmod(0o4755)
        result = self.as_nobody(CLEW, "run", "--", "./tool")
        self.assertIn("--trace=off", result.err)
        run = self.newest()
        self.assertEqual(run["capture"]["mechanism"], "unotify")
        self.assertTrue(any("privileges" in gap for gap in run["gaps"]), run["gaps"])
        result = self.as_nobody(CLEW, "run", "--trace=off", "--", "grep", "NoNewPrivs",
                                "/proc/self/status")
        self.assertRegex(result.out, r"NoNewPrivs:\s+0")

    def test_memory_that_cannot_be_read(self):
        self.as_nobody(CLEW, "run", "-q", "--", PYTHON, "-c", """if True:
            import ctypes
            ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
            open("hidden.txt", "w").write("x")""")
        self.assertTrue((self.work / "hidden.txt").exists())
        self.wait_sealed()
        capture = self.newest()["capture"]
        self.assertFalse(capture["complete"])
        self.assertTrue(any("memory" in text or "cannot be seen" in text for text in capture["blind"]), capture)

    def test_io_uring(self):
        self.clew("run", "-q", "--", PYTHON, "-c", """if True:
            import ctypes
            ctypes.CDLL(None).syscall(425, 1, ctypes.create_string_buffer(120))""")
        self.wait_sealed()
        capture = self.newest()["capture"]
        self.assertFalse(capture["complete"])
        self.assertTrue(any("io_uring" in text for text in capture["blind"]), capture)

    def test_privileged_runs_keep_privileges(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        result = self.clew("run", "-q", "--", "grep", "NoNewPrivs", "/proc/self/status")
        self.assertRegex(result.out, r"NoNewPrivs:\s+0")

    def test_strace_and_gdb_in_a_run(self):
        self.write("data/in.txt", "x")
        self.clew("run", "-q", "--", "strace", "-f", "-o", "trace.log", "cat", "data/in.txt")
        self.assertIn("data/in.txt", (self.work / "trace.log").read_text())
        self.wait_sealed()
        self.assertIn("data/in.txt", {file["path"] for file in self.newest()["files"]})
        self.write("x.c", 'int main(void) { return 3; }\n')
        self.run_command("gcc", "-g", "-o", "x", "x.c")
        result = self.clew("run", "-q", "--", "gdb", "-q", "-nx", "-batch", "-ex", "break main",
                           "-ex", "run", "-ex", "continue", "./x")
        self.assertIn("Breakpoint 1, main", result.out)
        self.assertIn("exited with code 03", result.out)

    def test_clew_in_clew(self):
        self.write("data/in.txt", "x")
        self.write("inner.sh", f'cat data/in.txt > inner.txt; (cat inner.txt > inner2.txt)\n')
        program = CLEW
        self.write("outer.sh", f'echo a > outer.txt\n"{program}" run -q -n inner -- sh inner.sh\n'
                               f'cat inner2.txt > outer2.txt\n')
        self.clew("run", "-q", "-n", "outer", "--", "sh", "outer.sh")
        self.wait_sealed()
        inner = self.json("show", "inner")
        outer = self.json("show", "outer")
        self.assertEqual(inner["parent"], outer["id"])
        self.assertEqual(inner["capture"]["mechanism"], "outer")
        self.assertTrue(inner["capture"]["complete"], inner["capture"])
        paths = lambda run: {file["path"] for file in run["files"] if file["written"]}
        self.assertEqual(paths(inner), {"inner.txt", "inner2.txt"})
        # The thread sanitizer writes a file of its own.
        self.assertEqual({p for p in paths(outer) if not p.startswith((".", "/tmp/tsan."))},
                         {"outer.txt", "outer2.txt"})
        self.assertEqual(inner["processes"][0]["argv"][0], "sh")
        self.assertEqual(inner["processes"][0]["exit_code"], 0)
        self.assertFalse([p for p in outer["processes"] if "inner.sh" in p["argv"][:2]])

    def test_clew_in_clew_in_clew(self):
        program = CLEW
        self.clew("run", "-q", "-n", "one", "--", program, "run", "-q", "-n", "two", "--",
                  program, "run", "-q", "-n", "three", "--", "sh", "-c", "echo x > deep.txt")
        self.wait_sealed()
        for name in ("one", "two", "three"):
            run = self.json("show", name)
            written = {file["path"] for file in run["files"] if file["written"]}
            self.assertEqual("deep.txt" in written, name == "three", name)
            self.assertEqual(run["capture"]["mechanism"], "unotify" if name == "one" else "outer")

    def test_an_outer_run_that_is_killed(self):
        program = CLEW
        self.write("inner.sh", "touch begun; while [ ! -e go ]; do sleep 0.05; done; echo x > end.txt")
        process = self.start("run", "-q", "-n", "outer", "--", program, "run", "-q", "-n", "inner",
                             "--", "sh", "inner.sh")
        self.wait_until((self.work / "begun").exists, "the inner command")
        recorder, command = self.processes(process.pid)
        kill9(recorder)
        (self.work / "go").touch()
        process.communicate()
        self.assertEqual(process.returncode, 0)
        self.assertTrue((self.work / "end.txt").exists())
        run = self.json("show", "inner")
        self.assertEqual(run["state"], "finished")
        self.assertFalse(run["capture"]["complete"])


class Ladder(Case):
    """What is done where the kernel does not tell."""

    COPY = "import os\nopen('out.tmp', 'w').write(open('data/in.txt').read())\nos.rename('out.tmp', 'out.txt')\n"

    def run_with(self, mechanism, *command):
        self.write("data/in.txt", "x")
        self.write("copy.py", self.COPY)
        self.clew("-c", f"run.trace-mechanism={mechanism}", "run", "-q", "--", *command)
        self.wait_sealed()
        run = self.newest()
        self.assertEqual(run["capture"]["mechanism"], mechanism)
        self.assertFalse(run["capture"]["complete"])
        self.assertTrue(run["capture"]["blind"])
        return run, {file["path"]: file for file in run["files"]}

    def test_preload(self):
        run, files = self.run_with("preload", "sh", "-c", f"{PYTHON} copy.py; cat out.txt > copy.txt; exit 3 & wait")
        self.assertTrue(files["data/in.txt"]["read"])
        self.assertTrue(files["out.tmp"]["deleted"])
        self.assertEqual(files["out.txt"]["renamed_from"], "out.tmp")
        python = [p for p in run["processes"] if p["argv"][:2] == [PYTHON, "copy.py"]]
        self.assertEqual(len(python), 1)
        self.assertEqual((python[0]["parent"], python[0]["exit_code"]), (0, 0))
        self.assertEqual(run["processes"][0]["exit_code"], 0)

    def test_preload_is_not_for_static_programs(self):
        self.write("static.c", 'int main(void) { return 0; }\n')
        self.run_command("gcc", "-static", "-o", "static", "static.c")
        self.clew("-c", "run.trace-mechanism=preload", "run", "-q", "--", "./static")
        self.wait_sealed()
        self.assertEqual(self.newest()["capture"]["mechanism"], "scan")

    def test_scan(self):
        run, files = self.run_with("scan", PYTHON, "copy.py")
        self.assertTrue(files["out.txt"]["created"])
        self.assertNotIn("data/in.txt", files)
        self.assertEqual(len(run["processes"]), 1)
        self.assertEqual(run["processes"][0]["argv"], [PYTHON, "copy.py"])

    def test_what_is_declared_is_recorded_without_tracing(self):
        place = self.home / "models"
        place.mkdir()
        (place / "old.bin").write_text("old")
        self.write("data/in.txt", "x")
        self.write("data/other.log", "y")
        for words in (("--trace", "off"), ("-c", "run.trace-mechanism=scan")):
            with self.subTest(words):
                options = words if words[0] == "--trace" else ()
                settings = () if options else words
                self.clew(*settings, "run", "-q", *options, "--input", "data/*.txt", "--output",
                          "~/models/**", "--", "sh", "-c", 'cat data/in.txt > "$HOME/models/new.bin"')
                self.wait_sealed()
                run = self.newest()
                files = {file["path"]: file for file in run["files"]}
                new = str(place / "new.bin")
                self.assertEqual(set(files), {"data/in.txt", new})
                self.assertEqual((files["data/in.txt"]["role"], files[new]["role"]), ("input", "output"))
                self.assertEqual(files["data/in.txt"]["sha256"], files[new]["sha256"])
                self.assertEqual(len(files[new]["sha256"]), 64)
                self.assertEqual(run["capture"]["mechanism"], "scan")
                self.assertFalse(run["capture"]["complete"])
                (place / "new.bin").unlink()

    def test_a_second_listener_is_not_allowed(self):
        # Within a container whose runtime has a listener of its own, the next way is taken.
        program = CLEW
        self.clew("run", "-q", "-n", "outer", "--", "env", "-u", "CLEW_TRACER", program, "run", "-q",
                  "-n", "inner", "--", "sh", "-c", "cat /dev/null > x.txt")
        self.wait_sealed()
        self.assertEqual(self.json("show", "inner")["capture"]["mechanism"], "preload")


if __name__ == "__main__":
    unittest.main()
