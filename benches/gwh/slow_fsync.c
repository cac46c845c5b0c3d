/* Loaded before the C library: makes every fsync take longer by GWH_BENCH_FSYNC_MS milliseconds, as a disk does
   that has no fast cache. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int slowed(const char *name, int descriptor) {
    const char *text = getenv("GWH_BENCH_FSYNC_MS");
    struct timespec pause = {0, (text ? atol(text) : 0) * 1000000L};
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    nanosleep(&pause, 0);
    return real(descriptor);
}

int fsync(int descriptor) { return slowed("fsync", descriptor); }
int fdatasync(int descriptor) { return slowed("fdatasync", descriptor); }
