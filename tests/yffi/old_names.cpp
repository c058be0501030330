/* SPDX-License-Identifier: MIT */
/* old_names.cpp - old_names.c, as C++. */
#include "old_names.c"
