/* Preloaded into PostgreSQL: every fsync of a memory disk takes FSYNC_MICROSECONDS. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static struct timespec delay;

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("FSYNC_MICROSECONDS");
  long microseconds = text ? atol(text) : 0;
  delay.tv_sec = microseconds / 1000000;
  delay.tv_nsec = microseconds % 1000000 * 1000;
}

static int wait_for_the_disk(void) {
  prctl(PR_SET_TIMERSLACK, 1); /* or the kernel adds 50 microseconds */
  if (delay.tv_sec || delay.tv_nsec) nanosleep(&delay, NULL);
  return 0;
}

int fsync(int file) { (void)file; return wait_for_the_disk(); }
int fdatasync(int file) { (void)file; return wait_for_the_disk(); }
