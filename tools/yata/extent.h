/* SPDX-License-Identifier: MIT */
/* extent.h - where an update ends. */
#ifndef YATA_TOOL_EXTENT_H
#define YATA_TOOL_EXTENT_H

#include <yata/base.h>

/* How many bytes of a valid `update` belong to it; what follows is looked at by no reader, here or in Yjs. */
size_t extent_of_update(yata_bytes update);

#endif
