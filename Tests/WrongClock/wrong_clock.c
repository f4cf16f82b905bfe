// Preloaded into a program, this sets its time of day from outside while it runs, as when somebody
// sets a machine's clock: HAWSER_WRONG_CLOCK names a file of eight bytes, the nanoseconds that the
// clock is ahead. What measures durations goes on undisturbed.
#define _GNU_SOURCE
#include "wrong_clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead;

__attribute__((constructor)) static void open_clock(void) {
    const char *path = getenv(WRONG_CLOCK_VARIABLE);
    if (path == NULL) return;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) abort();
    void *page = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (page == MAP_FAILED) abort();
    ahead = page;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    // Not through the library's own, which this one stands in for.
    int result = (int)syscall(SYS_clock_gettime, clock, time);
    if (result != 0 || ahead == NULL || clock != CLOCK_REALTIME) return result;
    int64_t moment = time->tv_sec * INT64_C(1000000000) + time->tv_nsec + *ahead;
    time->tv_sec = moment / INT64_C(1000000000);
    time->tv_nsec = moment % INT64_C(1000000000);
    return 0;
}

int gettimeofday(struct timeval *restrict moment, void *restrict zone) {
    (void)zone;
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    moment->tv_sec = now.tv_sec;
    moment->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t *moment) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (moment != NULL) *moment = now.tv_sec;
    return now.tv_sec;
}
