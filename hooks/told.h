/* What both libraries for programs share: which hashes were told already. */

#pragma once

#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

/* The mode of an open that has one, behind its `flags`. */
#define MODE_OF(flags)                            \
  mode_t mode = 0;                                \
  if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) { \
    va_list arguments;                            \
    va_start(arguments, flags);                   \
    mode = va_arg(arguments, mode_t);             \
    va_end(arguments);                            \
  }

/* A hash has its place in one set of a table. */
#define PLACES 8
typedef uint64_t set_of_hashes[PLACES];

/* Is the hash not in the table yet, or no longer? It is from now on. Threads may call at once. */
static inline int is_news(set_of_hashes* table, uint64_t sets, uint64_t hash) {
  uint64_t* set = table[hash % sets];
  for (int i = 0; i < PLACES; ++i) {
    const uint64_t known = __atomic_load_n(&set[i], __ATOMIC_RELAXED);
    if (known == hash) return 0;
    if (known != 0) continue;
    __atomic_store_n(&set[i], hash, __ATOMIC_RELAXED);
    return 1;
  }
  __atomic_store_n(&set[hash / sets % PLACES], hash, __ATOMIC_RELAXED);
  return 1;
}
