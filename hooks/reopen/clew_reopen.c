/* The part of clew that is loaded into a traced command so that files which it opens again and
 * again, as a training does in each epoch, cost nothing: the kernel stops a call of a traced
 * command until the recorder has looked at it, but lets openat(2) pass at once where it has the
 * run's token as its fifth argument, which openat does not use (lib/capture/trace_filter.h).
 *
 * Here files that are only read are opened with the token, and then told of if that is news: by an
 * openat that the kernel stops like any other and then refuses, since its flags make no sense. What
 * is news is decided by path and by the file's own identity and times, so that a file that was
 * replaced or written to is told of again. All else a program does is left as it is: errno,
 * signals, cancellation, descriptors, memory. It makes no system calls but those that a program
 * which opens files makes anyway: one that confines itself (seccomp) may be killed for others. */

#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier): it is the C library's own */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../told.h"

extern char** environ;

/* The bit of O_TMPFILE that has no sense without that of O_DIRECTORY: the kernel refuses such an
 * open before it looks at the path. */
#define REFUSED 020000000

/* Not 0 once the library is in use. */
static uint64_t token;

/* What was told already, by hash. The kernel empties this memory in a forked child, which tells for
 * itself. */
#define SETS 1024
static set_of_hashes* told;

/* The register of the fifth argument is cleared at once: a later call of the C library, which does
 * not set it, must not pass for one of ours. */
static long marked_openat(int directory, const char* path, int flags, mode_t mode, uint64_t mark) {
#if defined(__x86_64__)
  long result = SYS_openat;
  register long fourth __asm__("r10") = (long)mode;
  register uint64_t fifth __asm__("r8") = mark;
  __asm__ volatile("syscall\n\txorl %%r8d, %%r8d"
                   : "+a"(result), "+r"(fifth)
                   : "D"((long)directory), "S"(path), "d"((long)flags), "r"(fourth)
                   : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long number __asm__("x8") = SYS_openat;
  register long result __asm__("x0") = directory;
  register const char* second __asm__("x1") = path;
  register long third __asm__("x2") = flags;
  register long fourth __asm__("x3") = (long)mode;
  register uint64_t fifth __asm__("x4") = mark;
  __asm__ volatile("svc #0\n\tmov x4, xzr"
                   : "+r"(result), "+r"(fifth)
                   : "r"(number), "r"(second), "r"(third), "r"(fourth)
                   : "memory");
  return result;
#else
#error "no system call for this machine"
#endif
}

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ (hash >> 32);
}

static uint64_t nanoseconds_of(const struct timespec* time) {
  return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
}

static void tell(int directory, const char* path, int flags, int fd) {
  struct stat found;
  struct timespec now;
  uint64_t hash = 14695981039346656037u; /* FNV-1a of the path */
  if (strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/sys/", 5) == 0) return;
  if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) return;
  for (const char* at = path; *at != '\0'; ++at)
    hash = (hash ^ (unsigned char)*at) * 1099511628211u;
  hash = mix(hash, found.st_dev);
  hash = mix(hash, found.st_ino);
  hash = mix(hash, (uint64_t)found.st_size);
  hash = mix(hash, nanoseconds_of(&found.st_mtim));
  hash = mix(hash, nanoseconds_of(&found.st_ctim));
  /* Once a minute, so that the record knows until when a file was in use. */
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  hash = mix(hash, (uint64_t)now.tv_sec / 60);
  if (is_news(told, SETS, hash)) marked_openat(directory, path, flags | REFUSED, 0, 0);
}

static int open_file(int directory, const char* path, int flags, mode_t mode) {
  const int only_reads =
      (flags & (O_ACCMODE | O_CREAT | O_TRUNC | O_PATH | O_DIRECTORY | __O_TMPFILE)) == O_RDONLY;
  const uint64_t mark = only_reads ? token : 0;
  const int saved = errno;
  int type = 0;
  long fd;
  /* As in the C library: a thread that waits here for a fifo's writer can be cancelled. */
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
  fd = marked_openat(directory, path, flags, mode, mark);
  pthread_setcanceltype(type, NULL);
  if (fd < 0) {
    errno = (int)-fd;
    return -1;
  }
  if (mark != 0) tell(directory, path, flags, (int)fd);
  errno = saved;
  return (int)fd;
}

/* Finds a variable of the environment itself: programs such as bash have functions of their own by
 * the names of getenv and unsetenv. `name` ends with '='. */
static char** find_variable(const char* name) {
  for (char** at = environ; at != NULL && *at != NULL; ++at) {
    if (strncmp(*at, name, strlen(name)) == 0) return at;
  }
  return NULL;
}

static void remove_variable(char** at) {
  do
    at[0] = at[1];
  while (*at++ != NULL);
}

/* The variables were for this library alone: what the command starts is not to load it, as that
 * cannot be known to do no harm there. Ours is the last of LD_PRELOAD's libraries. */
__attribute__((constructor)) static void begin(void) {
  char** variable = find_variable("CLEW_TRACE_TOKEN=");
  char* colon;
  if (variable == NULL) return;
  told =
      mmap(NULL, SETS * sizeof *told, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (told != MAP_FAILED && madvise(told, SETS * sizeof *told, MADV_WIPEONFORK) == 0) {
    token = strtoull(strchr(*variable, '=') + 1, NULL, 10);
  }
  remove_variable(variable);
  variable = find_variable("LD_PRELOAD=");
  if (variable == NULL) return;
  colon = strrchr(*variable, ':');
  if (colon != NULL) {
    *colon = '\0';
  } else {
    remove_variable(variable);
  }
}

#define OPEN(name)                                    \
  EXPORT int name(const char* path, int flags, ...) { \
    MODE_OF(flags)                                    \
    return open_file(AT_FDCWD, path, flags, mode);    \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                 \
  EXPORT int name(int directory, const char* path, int flags, ...) { \
    MODE_OF(flags)                                                   \
    return open_file(directory, path, flags, mode);                  \
  }
OPENAT(openat)
OPENAT(openat64)

/* fopen for reading, as std::ifstream does it; with other modes and words it is the C library's. */
static FILE* open_stream(const char* path, const char* mode, void** known, const char* name) {
  FILE* (*real)(const char*, const char*);
  if (token != 0 && (strcmp(mode, "r") == 0 || strcmp(mode, "rb") == 0)) {
    const int fd = open_file(AT_FDCWD, path, O_RDONLY, 0);
    FILE* file = fd < 0 ? NULL : fdopen(fd, mode);
    if (fd >= 0 && file == NULL) close(fd);
    return file;
  }
  *(void**)&real = __atomic_load_n(known, __ATOMIC_RELAXED);
  if (real == NULL) {
    *(void**)&real = dlsym(RTLD_NEXT, name);
    __atomic_store_n(known, *(void**)&real, __ATOMIC_RELAXED);
  }
  return real(path, mode);
}

#define FOPEN(name)                                       \
  EXPORT FILE* name(const char* path, const char* mode) { \
    static void* known;                                   \
    return open_stream(path, mode, &known, #name);        \
  }
FOPEN(fopen)
FOPEN(fopen64)
