#pragma once

#include <stdint.h>

/// Names the file that says how far the clock is ahead.
#define WRONG_CLOCK_VARIABLE "HAWSER_WRONG_CLOCK"
