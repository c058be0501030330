/* SPDX-License-Identifier: MIT */
/*
 * record.mjs - what yjs answered, as lines for replay.c: words separated by spaces, bytes and texts in hexadecimal, "-"
 * for none.
 */
import { Y, valueJson } from '../yjs.mjs'

export const hex = x => Buffer.from(x).toString('hex') || '-'

/* A type by the name of its root, or by its id. */
export function nameOf (type) {
  if (type._item) return `i:${type._item.id.client}:${type._item.id.clock}`
  return 'r:' + hex(Y.findRootTypeKey(type))
}

/* Index in UTF-16 to [UTF-16, UTF-8, scalars]; a place inside a pair is that of its start, `exact` tells. */
export function inUnits (type, index) {
  let bytes = 0
  let scalars = 0
  let exact = true
  let left = index
  for (let n = type._start; n !== null && left > 0; n = n.right) {
    if (n.deleted || !n.countable) continue
    const take = Math.min(left, n.length)
    if (n.content.str !== undefined && type instanceof Y.Text) {
      let part = n.content.str.slice(0, take)
      if (/[\ud800-\udbff]$/.test(part)) {
        exact = false
        part = part.slice(0, -1)
      }
      bytes += Buffer.byteLength(part)
      scalars += [...part].length
    } else {
      bytes += take
      scalars += take
    }
    left -= take
  }
  return { at: [index, bytes + left, scalars + left], exact } /* left: the place of a map entry */
}

export class Recorder {
  constructor (write) { this.line = (...words) => write(words.join(' ') + '\n') }

  state (doc) { this.line('state', hex(Y.encodeStateAsUpdate(doc))) }

  /* Makes a position, in yjs and, if the place is one in every unit, by the index in each. */
  position (number, type, index, assoc) {
    const position = Y.createRelativePositionFromTypeIndex(type, index, assoc)
    const bytes = hex(Y.encodeRelativePosition(position))
    const json = hex(JSON.stringify(Y.relativePositionToJSON(position)))
    const units = inUnits(type, index)
    const at = units.exact ? units.at : [index, '-', '-']
    this.line('position', number, nameOf(type), ...at, assoc, bytes, json)
    return position
  }

  /* The same from its bytes and from its JSON. */
  decode (number, position) {
    const bytes = Y.encodeRelativePosition(position)
    const again = Y.decodeRelativePosition(bytes)
    this.line('decode', number, hex(bytes), hex(JSON.stringify(Y.relativePositionToJSON(again))))
    return again
  }

  json (number, text) {
    const position = Y.createRelativePositionFromJSON(JSON.parse(text))
    this.line('json', number, hex(text), hex(Y.encodeRelativePosition(position)), hex(JSON.stringify(Y.relativePositionToJSON(position))))
    return position
  }

  equal (a, first, b, second) { this.line('equal', a, b, Y.compareRelativePositions(first, second) ? 1 : 0) }

  resolve (number, position, doc, follow) {
    const found = Y.createAbsolutePositionFromRelativePosition(position, doc, follow)
    if (found) this.line('resolve', number, follow ? 1 : 0, nameOf(found.type), ...inUnits(found.type, found.index).at)
    else this.line('resolve', number, follow ? 1 : 0, 'none')
  }

  /* Takes a snapshot. */
  snap (number, doc) {
    const snapshot = Y.snapshot(doc)
    this.line('snap', number, hex(Y.encodeSnapshot(snapshot)), hex(Y.encodeSnapshotV2(snapshot)))
    return number % 2 ? Y.decodeSnapshot(Y.encodeSnapshot(snapshot)) : snapshot
  }

  same (a, first, b, second) { this.line('same', a, b, Y.equalSnapshots(first, second) ? 1 : 0) }

  contains (number, snapshot, update) {
    this.line('contains', number, hex(update), hex(Y.convertUpdateFormatV1ToV2(update)), Y.snapshotContainsUpdate(snapshot, update) ? 1 : 0)
  }

  /* A text at `snapshot` (undefined: now), marked against `before`; with or without names of users. */
  delta (text, number, snapshot, beforeNumber, before, users) {
    const ops = text.toDelta(snapshot, before, users ? (type, id) => ({ type, user: id.client }) : undefined)
    const words = ops.flatMap(op => [pastWord(op.insert), op.attributes ? hex(valueJson(op.attributes)) : '-'])
    this.line('delta', nameOf(text), number, beforeNumber, users ? 1 : 0, ...words)
  }

  /* Elements as they were. typeListToArraySnapshot looks at the first unit of an item only, so items must be cut when it
   * runs: toDelta does that for the rest of a transaction. */
  list (type, number, snapshot) {
    type.doc.transact(() => {
      type.doc.getText('t').toDelta(snapshot)
      this.line('list', nameOf(type), number, ...Y.typeListToArraySnapshot(type, snapshot).map(pastWord))
    })
    this.line('cut', number) /* the merging afterwards may show in the bytes */
  }

  /* Entries as they were, and what single keys were. What was collected is undefined in yjs, and not there in Yata. */
  map (type, number, snapshot) {
    const all = Y.typeMapGetAllSnapshot(type, snapshot)
    const keys = [...type._map.keys()].filter(key => all[key] !== undefined)
    this.line('map', nameOf(type), number, ...keys.flatMap(key => [hex(key), pastWord(all[key])]))
    for (const key of ['k', 'é', 'none']) {
      const there = all[key] !== undefined
      this.line('entry', nameOf(type), number, hex(key), there ? pastWord(Y.typeMapGetSnapshot(type, key, snapshot)) : 'none')
    }
  }

  /* The document as it was, as the state of a new one; undefined: it is not there. */
  past (number, snapshot, doc, gc) {
    if (doc.gc) {
      this.line('past', number, 'none')
      return
    }
    const made = new Y.Doc({ gc })
    made.clientID = 5000
    Y.createDocFromSnapshot(doc, snapshot, made)
    this.line('past', number, gc ? 0 : 1, hex(Y.encodeStateAsUpdate(made)))
  }

  restore (number) { this.line('restore', number) }
}

/* A type stands for itself: what is in it is asked separately. */
const pastWord = value => value instanceof Y.AbstractType ? nameOf(value) : hex(valueJson(value) ?? 'null')
