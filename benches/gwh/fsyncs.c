/* Loaded before the C library: counts the fsyncs of a process in the file GWH_BENCH_FSYNCS, and makes each take longer
   by GWH_BENCH_FSYNC_MS milliseconds, as a disk does that has no fast cache. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static _Atomic uint64_t *count;
static struct timespec delay;

__attribute__((constructor)) static void start(void) {
    int file = open(getenv("GWH_BENCH_FSYNCS"), O_RDWR);
    count = mmap(0, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (count == MAP_FAILED) abort();
    close(file);
    delay.tv_nsec = atol(getenv("GWH_BENCH_FSYNC_MS")) * 1000000L;
}

static int counted(const char *name, int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    nanosleep(&delay, 0);
    int result = real(descriptor);
    atomic_fetch_add(count, 1);
    return result;
}

int fsync(int descriptor) { return counted("fsync", descriptor); }
int fdatasync(int descriptor) { return counted("fdatasync", descriptor); }
