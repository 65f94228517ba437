/* The part of clew that is loaded into the programs of a run where the kernel does not tell clew
 * which files they use, or where that was asked for: it stands before some functions of the C
 * library, calls them, and appends what succeeded to the log that CLEW_TRACE_LOG names, in the form
 * of lib/capture/trace_preload.h.
 *
 * It must never change what a program does: errno, signals, descriptors and memory are left as
 * they are. So the log is opened anew for each record (a program may close descriptors that it did
 * not open, and use their numbers for files of its own), nothing is allocated, and all of its own
 * system calls are made directly. */

#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier): it is the C library's own */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "../told.h"

#define MAX_PROGRAM 65536 /* bytes of its name, directory and arguments */
#define MAX_ENVIRONMENT 4096 /* variables of an environment that can be completed */

extern char** environ;

static char log_path[PATH_MAX];
static char preload[PATH_MAX * 2];    /* "LD_PRELOAD=…" as this process found it */
static char log_variable[PATH_MAX];   /* "CLEW_TRACE_LOG=…" */

/* What was told already, by hash: a program that opens one file a thousand times tells it once. */
#define SETS 512
static set_of_hashes told[SETS];

/* The function of the C library that ours stands before. Looking it up takes as long as opening a
 * file, so that `known` keeps it. */
static void* next(void** known, const char* name) {
  void* found = __atomic_load_n(known, __ATOMIC_RELAXED);
  if (found == NULL) {
    found = dlsym(RTLD_NEXT, name);
    __atomic_store_n(known, found, __ATOMIC_RELAXED);
  }
  return found;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME_COARSE, &time);
  return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* A path in at most three pieces: what it is relative to, a slash, and itself. Programs may call
 * with little stack, so that nothing is copied that need not be. */
struct place {
  char base[PATH_MAX];
  struct iovec pieces[3];
  int count;
};

static void add(struct place* place, const char* bytes, size_t size) {
  place->pieces[place->count].iov_base = (void*)bytes;
  place->pieces[place->count++].iov_len = size;
}

/* The directory that a path is relative to, in place->base; returns its length, 0 for failure. */
static size_t find_base(struct place* place, int directory) {
  char link[32];
  long got;
  if (directory == AT_FDCWD) {
    got = syscall(SYS_getcwd, place->base, sizeof place->base); /* with the NUL */
    return got > 1 && place->base[0] == '/' ? (size_t)got - 1 : 0;
  }
  snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
  got = syscall(SYS_readlinkat, AT_FDCWD, link, place->base, sizeof place->base);
  return got > 0 ? (size_t)got : 0;
}

static int locate(struct place* place, int directory, const char* path) {
  size_t got;
  place->count = 0;
  if (path == NULL) return 0;
  if (path[0] != '/') {
    got = find_base(place, directory);
    if (got == 0) return 0;
    add(place, place->base, got);
    if (path[0] != '\0' && place->base[got - 1] != '/') add(place, "/", 1);
  }
  add(place, path, strlen(path));
  return 1;
}

/* Appends one record. */
static void append(char kind, int64_t time, long number, const struct iovec* pieces, int count) {
  struct iovec record[10];
  char head[96];
  size_t size = 0;
  long fd;
  if (log_path[0] == '\0') return;
  for (int i = 0; i < count; ++i) {
    record[i + 1] = pieces[i];
    size += pieces[i].iov_len;
  }
  record[0].iov_base = head;
  record[0].iov_len =
      (size_t)snprintf(head, sizeof head, "%c %d %d %lld %ld %zu\n", kind, (int)getpid(),
                       (int)getppid(), (long long)time, number, size);
  record[count + 1].iov_base = (void*)"\n";
  record[count + 1].iov_len = 1;
  fd = syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
  if (fd < 0) return;
  if (syscall(SYS_writev, fd, record, count + 2) < 0) { /* the record is lost */
  }
  syscall(SYS_close, fd);
}

static uint64_t hash_of(const char* bytes, size_t size, uint64_t hash) {
  for (size_t i = 0; i < size; ++i)
    hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u; /* FNV-1a */
  return hash;
}

static void tell_open(int64_t time, int directory, const char* path, int flags) {
  struct place place;
  const int saved = errno;
  if ((flags & (O_DIRECTORY | O_PATH)) == 0 && strncmp(path, "/proc/", 6) != 0 &&
      locate(&place, directory, path)) {
    uint64_t hash = (uint64_t)flags * 31 + 14695981039346656037u;
    for (int i = 0; i < place.count; ++i)
      hash = hash_of(place.pieces[i].iov_base, place.pieces[i].iov_len, hash);
    if (is_news(told, SETS, hash)) append('o', time, flags, place.pieces, place.count);
  }
  errno = saved;
}

static void tell_path(char kind, int64_t time, int directory, const char* path) {
  struct place place;
  const int saved = errno;
  memset(told, 0, sizeof told); /* names have changed: what was told may be news again */
  if (locate(&place, directory, path)) append(kind, time, 0, place.pieces, place.count);
  errno = saved;
}

static void tell_paths(char kind, int64_t time, int directory, const char* path, int to_directory,
                       const char* to) {
  struct place place;
  struct place to_place;
  const int saved = errno;
  memset(told, 0, sizeof told);
  if (locate(&place, directory, path) && locate(&to_place, to_directory, to)) {
    struct iovec pieces[7];
    int count = place.count;
    memcpy(pieces, place.pieces, sizeof place.pieces);
    pieces[count].iov_base = (void*)"";
    pieces[count++].iov_len = 1; /* a NUL between the two */
    memcpy(pieces + count, to_place.pieces, sizeof to_place.pieces);
    append(kind, time, 0, pieces, count + to_place.count);
  }
  errno = saved;
}

/* --- processes --- */

static void tell_exit(int status, void* unused) {
  (void)unused;
  append('q', now(), status, NULL, 0);
}

static void tell_fork(void) {
  append('f', now(), 0, NULL, 0);
}

static void tell_program(void) {
  static char bytes[MAX_PROGRAM];
  struct iovec piece;
  size_t size = 0;
  long got = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", bytes, PATH_MAX);
  long fd;
  if (got <= 0) return;
  size = (size_t)got;
  bytes[size++] = '\0';
  got = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/cwd", bytes + size, PATH_MAX);
  size += got > 0 ? (size_t)got : 0;
  bytes[size++] = '\0';
  fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC, 0);
  if (fd >= 0) {
    got = syscall(SYS_read, fd, bytes + size, sizeof bytes - size - 1);
    syscall(SYS_close, fd);
    if (got > 1) size += (size_t)got - 1; /* without the last NUL */
  }
  piece.iov_base = bytes;
  piece.iov_len = size;
  append('x', now(), 0, &piece, 1);
}

__attribute__((constructor)) static void begin(void) {
  const int saved = errno;
  const char* path = getenv("CLEW_TRACE_LOG");
  const char* libraries = getenv("LD_PRELOAD");
  if (path != NULL && strlen(path) + 16 < sizeof log_variable) {
    strcpy(log_path, path);
    snprintf(log_variable, sizeof log_variable, "CLEW_TRACE_LOG=%s", path);
    if (libraries != NULL && strlen(libraries) + 12 < sizeof preload) {
      snprintf(preload, sizeof preload, "LD_PRELOAD=%s", libraries);
    }
    tell_program();
    pthread_atfork(NULL, NULL, tell_fork);
    on_exit(tell_exit, NULL);
  }
  errno = saved;
}

/* A program that makes an environment of its own still is part of the run. */
static char* const* complete(char* const* variables, char** room) {
  size_t count = 0;
  int has_preload = 0;
  int has_log = 0;
  if (variables == NULL || log_path[0] == '\0' || preload[0] == '\0') return variables;
  for (; variables[count] != NULL; ++count) {
    if (count + 3 >= MAX_ENVIRONMENT) return variables;
    has_preload |= strncmp(variables[count], "LD_PRELOAD=", 11) == 0;
    has_log |= strncmp(variables[count], "CLEW_TRACE_LOG=", 15) == 0;
    room[count] = variables[count];
  }
  if (has_preload && has_log) return variables;
  if (!has_preload) room[count++] = preload;
  if (!has_log) room[count++] = log_variable;
  room[count] = NULL;
  return room;
}

EXPORT int execve(const char* path, char* const arguments[], char* const variables[]) {
  char* room[MAX_ENVIRONMENT];
  static void* known;
  int (*real)(const char*, char* const*, char* const*) = next(&known, "execve");
  return real(path, arguments, complete(variables, room));
}

EXPORT int execvpe(const char* file, char* const arguments[], char* const variables[]) {
  char* room[MAX_ENVIRONMENT];
  static void* known;
  int (*real)(const char*, char* const*, char* const*) = next(&known, "execvpe");
  return real(file, arguments, complete(variables, room));
}

EXPORT int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                       const posix_spawnattr_t* attributes, char* const arguments[],
                       char* const variables[]) {
  char* room[MAX_ENVIRONMENT];
  static void* known;
  int (*real)(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
              char* const*, char* const*) = next(&known, "posix_spawn");
  return real(pid, path, actions, attributes, arguments, complete(variables, room));
}

EXPORT int posix_spawnp(pid_t* pid, const char* file, const posix_spawn_file_actions_t* actions,
                        const posix_spawnattr_t* attributes, char* const arguments[],
                        char* const variables[]) {
  char* room[MAX_ENVIRONMENT];
  static void* known;
  int (*real)(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
              char* const*, char* const*) = next(&known, "posix_spawnp");
  return real(pid, file, actions, attributes, arguments, complete(variables, room));
}

EXPORT void _exit(int status) {
  tell_exit(status, NULL);
  syscall(SYS_exit_group, status);
  __builtin_unreachable();
}

EXPORT void _Exit(int status) {
  _exit(status);
}

/* --- opening --- */

#define OPEN(name)                                            \
  EXPORT int name(const char* path, int flags, ...) {         \
    static void* known;                                       \
    int (*real)(const char*, int, ...) = next(&known, #name); \
    const int64_t time = now();                               \
    int fd;                                                   \
    MODE_OF(flags)                                     \
    fd = real(path, flags, mode);                             \
    if (fd >= 0) tell_open(time, AT_FDCWD, path, flags);      \
    return fd;                                                \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                   \
  EXPORT int name(int directory, const char* path, int flags, ...) {   \
    static void* known;                                                \
    int (*real)(int, const char*, int, ...) = next(&known, #name);     \
    const int64_t time = now();                                        \
    int fd;                                                            \
    MODE_OF(flags)                                              \
    fd = real(directory, path, flags, mode);                           \
    if (fd >= 0) tell_open(time, directory, path, flags);              \
    return fd;                                                         \
  }
OPENAT(openat)
OPENAT(openat64)

/* What glibc's fortified headers make of open. */
#define OPEN_2(name)                                      \
  EXPORT int name(const char* path, int flags);           \
  EXPORT int name(const char* path, int flags) {          \
    static void* known;                                   \
    int (*real)(const char*, int) = next(&known, #name);  \
    const int64_t time = now();                           \
    const int fd = real(path, flags);                     \
    if (fd >= 0) tell_open(time, AT_FDCWD, path, flags);  \
    return fd;                                            \
  }
OPEN_2(__open_2)
OPEN_2(__open64_2)

#define OPENAT_2(name)                                           \
  EXPORT int name(int directory, const char* path, int flags);   \
  EXPORT int name(int directory, const char* path, int flags) {  \
    static void* known;                                          \
    int (*real)(int, const char*, int) = next(&known, #name);    \
    const int64_t time = now();                                  \
    const int fd = real(directory, path, flags);                 \
    if (fd >= 0) tell_open(time, directory, path, flags);        \
    return fd;                                                   \
  }
OPENAT_2(__openat_2)
OPENAT_2(__openat64_2)

#define CREAT(name)                                                                    \
  EXPORT int name(const char* path, mode_t mode) {                                     \
    static void* known;                                                                \
    int (*real)(const char*, mode_t) = next(&known, #name);                            \
    const int64_t time = now();                                                        \
    const int fd = real(path, mode);                                                   \
    if (fd >= 0) tell_open(time, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC);        \
    return fd;                                                                         \
  }
CREAT(creat)
CREAT(creat64)

static int flags_of(const char* mode) {
  const int both = strchr(mode, '+') != NULL;
  if (mode[0] == 'r') return both ? O_RDWR : O_RDONLY;
  return (both ? O_RDWR : O_WRONLY) | O_CREAT | (mode[0] == 'w' ? O_TRUNC : O_APPEND);
}

#define FOPEN(name)                                                            \
  EXPORT FILE* name(const char* path, const char* mode) {                      \
    static void* known;                                                        \
    FILE* (*real)(const char*, const char*) = next(&known, #name);             \
    const int64_t time = now();                                                \
    FILE* file = real(path, mode);                                             \
    if (file != NULL) tell_open(time, AT_FDCWD, path, flags_of(mode));         \
    return file;                                                               \
  }
FOPEN(fopen)
FOPEN(fopen64)

#define FREOPEN(name)                                                                   \
  EXPORT FILE* name(const char* path, const char* mode, FILE* stream) {                 \
    static void* known;                                                                 \
    FILE* (*real)(const char*, const char*, FILE*) = next(&known, #name);               \
    const int64_t time = now();                                                         \
    FILE* file = real(path, mode, stream);                                              \
    if (file != NULL && path != NULL) tell_open(time, AT_FDCWD, path, flags_of(mode));  \
    return file;                                                                        \
  }
FREOPEN(freopen)
FREOPEN(freopen64)

/* These fill in a name, which only then is known. */
#define MKSTEMP(name)                                                                     \
  EXPORT int name(char* path) {                                                           \
    static void* known;                                                                   \
    int (*real)(char*) = next(&known, #name);                                             \
    const int64_t time = now();                                                           \
    const int fd = real(path);                                                            \
    if (fd >= 0) tell_open(time, AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL);              \
    return fd;                                                                            \
  }
MKSTEMP(mkstemp)
MKSTEMP(mkstemp64)

#define MKOSTEMP(name)                                                                    \
  EXPORT int name(char* path, int flags) {                                                \
    static void* known;                                                                   \
    int (*real)(char*, int) = next(&known, #name);                                        \
    const int64_t time = now();                                                           \
    const int fd = real(path, flags);                                                     \
    if (fd >= 0) tell_open(time, AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL);              \
    return fd;                                                                            \
  }
MKOSTEMP(mkostemp)
MKOSTEMP(mkostemp64)

/* --- names --- */

EXPORT int rename(const char* path, const char* to) {
  static void* known;
  int (*real)(const char*, const char*) = next(&known, "rename");
  const int64_t time = now();
  const int result = real(path, to);
  if (result == 0) tell_paths('r', time, AT_FDCWD, path, AT_FDCWD, to);
  return result;
}

EXPORT int renameat(int directory, const char* path, int to_directory, const char* to) {
  static void* known;
  int (*real)(int, const char*, int, const char*) = next(&known, "renameat");
  const int64_t time = now();
  const int result = real(directory, path, to_directory, to);
  if (result == 0) tell_paths('r', time, directory, path, to_directory, to);
  return result;
}

EXPORT int renameat2(int directory, const char* path, int to_directory, const char* to,
                     unsigned int flags) {
  static void* known;
  int (*real)(int, const char*, int, const char*, unsigned int) = next(&known, "renameat2");
  const int64_t time = now();
  const int result = real(directory, path, to_directory, to, flags);
  if (result == 0) tell_paths('r', time, directory, path, to_directory, to);
  return result;
}

EXPORT int link(const char* path, const char* to) {
  static void* known;
  int (*real)(const char*, const char*) = next(&known, "link");
  const int64_t time = now();
  const int result = real(path, to);
  if (result == 0) tell_paths('l', time, AT_FDCWD, path, AT_FDCWD, to);
  return result;
}

EXPORT int linkat(int directory, const char* path, int to_directory, const char* to, int flags) {
  static void* known;
  int (*real)(int, const char*, int, const char*, int) = next(&known, "linkat");
  const int64_t time = now();
  const int result = real(directory, path, to_directory, to, flags);
  if (result == 0) tell_paths('l', time, directory, path, to_directory, to);
  return result;
}

EXPORT int symlink(const char* target, const char* path) {
  static void* known;
  int (*real)(const char*, const char*) = next(&known, "symlink");
  const int64_t time = now();
  const int result = real(target, path);
  if (result == 0) tell_path('s', time, AT_FDCWD, path);
  return result;
}

EXPORT int symlinkat(const char* target, int directory, const char* path) {
  static void* known;
  int (*real)(const char*, int, const char*) = next(&known, "symlinkat");
  const int64_t time = now();
  const int result = real(target, directory, path);
  if (result == 0) tell_path('s', time, directory, path);
  return result;
}

EXPORT int unlink(const char* path) {
  static void* known;
  int (*real)(const char*) = next(&known, "unlink");
  const int64_t time = now();
  const int result = real(path);
  if (result == 0) tell_path('u', time, AT_FDCWD, path);
  return result;
}

EXPORT int unlinkat(int directory, const char* path, int flags) {
  static void* known;
  int (*real)(int, const char*, int) = next(&known, "unlinkat");
  const int64_t time = now();
  const int result = real(directory, path, flags);
  if (result == 0 && (flags & AT_REMOVEDIR) == 0) {
    tell_path('u', time, directory, path);
  }
  return result;
}

EXPORT int remove(const char* path) {
  static void* known;
  int (*real)(const char*) = next(&known, "remove");
  const int64_t time = now();
  const int result = real(path);
  if (result == 0) tell_path('u', time, AT_FDCWD, path);
  return result;
}

EXPORT int truncate(const char* path, off_t size) {
  static void* known;
  int (*real)(const char*, off_t) = next(&known, "truncate");
  const int64_t time = now();
  const int result = real(path, size);
  if (result == 0) tell_open(time, AT_FDCWD, path, O_WRONLY);
  return result;
}

EXPORT int truncate64(const char* path, off64_t size) {
  static void* known;
  int (*real)(const char*, off64_t) = next(&known, "truncate64");
  const int64_t time = now();
  const int result = real(path, size);
  if (result == 0) tell_open(time, AT_FDCWD, path, O_WRONLY);
  return result;
}
