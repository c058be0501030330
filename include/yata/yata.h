/* SPDX-License-Identifier: MIT */
/*
 * yata.h - everything, in reading order.
 *
 *   base    status, memory, views, identifiers
 *   value   plain values
 *   doc     documents, transactions, roots
 *   text array map xml  the shared types
 *   delta event         what changed
 *   weak    links to what stands elsewhere
 *   subdoc  documents in documents
 *   position            places that stay where they are
 *   snapshot past states
 *   json_path           queries
 *   update  apply, encode, observe; updates without a document
 *   undo    undo and redo
 *   awareness           who is there: names, cursors
 *   id_set  ids made and deleted, and their algebra; id_map  attributes of ids
 *   protocol sync       messages between peers; keeping documents in step
 */
#ifndef YATA_H
#define YATA_H

#include <yata/base.h>
#include <yata/value.h>
#include <yata/doc.h>
#include <yata/text.h>
#include <yata/array.h>
#include <yata/map.h>
#include <yata/xml.h>
#include <yata/delta.h>
#include <yata/event.h>
#include <yata/weak.h>
#include <yata/update.h>
#include <yata/id_set.h>
#include <yata/id_map.h>
#include <yata/subdoc.h>
#include <yata/undo.h>
#include <yata/position.h>
#include <yata/snapshot.h>
#include <yata/json_path.h>
#include <yata/awareness.h>
#include <yata/protocol.h>
#include <yata/sync.h>

#endif
