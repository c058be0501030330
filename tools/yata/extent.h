/* SPDX-License-Identifier: MIT */
/* extent.h - where an update ends. */
#ifndef YATA_TOOL_EXTENT_H
#define YATA_TOOL_EXTENT_H

#include "format.h"

/* How many bytes of `update` belong to it, if it is valid; what follows is looked at by no reader, here or in Yjs. */
size_t extent_of_update(const update_format *f, yata_bytes update);

#endif
