/*
 * waiting.mjs - blocks that yjs lets wait although all they need is there (spec/quirks.md, Q146).
 */
import { Y } from './yjs.mjs'

const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i])

/* The state vector after `update`, in a copy of `doc` that tries what waits if one of `missing` has come. */
function stateAfter (doc, structs, missing, apply) {
  const copy = new Y.Doc({ gc: doc.gc })
  const { pendingDs } = doc.store
  doc.store.pendingStructs = doc.store.pendingDs = null
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  doc.store.pendingStructs = structs
  doc.store.pendingDs = pendingDs
  copy.store.pendingStructs = { missing: new Map(missing), update: structs.update }
  apply(copy)
  const state = Y.encodeStateVector(copy)
  copy.destroy()
  return state
}

const always = [[0, -1]]

/* What was collected has lost its place, and yjs may throw at the copy: then the document is left as it is. */
function isLate (doc, structs, apply) {
  try {
    return !same(stateAfter(doc, structs, structs.missing, apply), stateAfter(doc, structs, always, apply))
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/* Applies an update. Where yjs would let blocks wait that can come in, it is made to try them. True if so. */
export function applyInTime (doc, apply) {
  const { pendingStructs } = doc.store
  const late = pendingStructs !== null && isLate(doc, pendingStructs, apply)
  if (late) pendingStructs.missing = new Map(always)
  apply(doc)
  return late
}
