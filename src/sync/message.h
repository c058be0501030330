/* SPDX-License-Identifier: MIT */
/* message.h - numbers of the sync protocol on the wire (spec/sync.md, "Messages"). */
#ifndef YT_SYNC_MESSAGE_H
#define YT_SYNC_MESSAGE_H

#include "wire/reader.h"
#include "wire/writer.h"

#include <yata/protocol.h>

enum { YT_WIRE_SYNC = 0, YT_WIRE_AWARENESS = 1, YT_WIRE_AUTH = 2, YT_WIRE_QUERY = 3, YT_WIRE_CUSTOM = 4 };
enum { YT_SYNC_STEP1 = 0, YT_SYNC_STEP2 = 1, YT_SYNC_UPDATE = 2 };
enum { YT_AUTH_DENIED = 0, YT_AUTH_GRANTED = 1 };

#define YT_MESSAGE_HEAD 12 /* bytes in front of a payload, at most: two numbers of a message and a length */

/* Writes the head of a message with a payload of `len` bytes to `out`; returns its length. KIND: STEP1 to AWARENESS. */
size_t yt_message_head(yata_message_kind kind, size_t len, uint8_t out[YT_MESSAGE_HEAD]);

#endif
