/* SPDX-License-Identifier: MIT */
/*
 * without.mjs - updates without a document: random subsets of all that a program made, merged, compared with a state
 * vector, converted and obfuscated by yjs, in one format or the other.
 *
 * Draws of its own (seed and number of the look), so that these checks can change without changing the program.
 */
import { Y } from './yjs.mjs'
import { Random } from './random.mjs'

const formats = [
  { merge: Y.mergeUpdates, diff: Y.diffUpdate, vector: Y.encodeStateVectorFromUpdate, convert: Y.convertUpdateFormatV1ToV2, obfuscate: Y.obfuscateUpdate },
  { merge: Y.mergeUpdatesV2, diff: Y.diffUpdateV2, vector: Y.encodeStateVectorFromUpdateV2, convert: Y.convertUpdateFormatV2ToV1, obfuscate: Y.obfuscateUpdateV2 }
]

function anyUpdate (rnd, program) {
  const invented = () => program.invented(rnd, rnd.pick(program.peers))
  switch (rnd.below(6)) {
    case 0: return Y.encodeStateAsUpdate(rnd.pick(program.peers).doc)
    case 1: return Y.encodeStateAsUpdate(rnd.pick(program.peers).doc, invented())
    case 2: return Y.diffUpdate(rnd.pick(program.log), invented())
    default: return rnd.pick(program.log)
  }
}

export function without (program) {
  const { out } = program
  program.looks = (program.looks ?? 0) + 1
  const rnd = new Random(program.seed, 1e6 + program.looks)
  if (!program.log.length || !rnd.one(4)) return
  const v2 = rnd.below(2)
  const yjs = formats[v2]
  let updates = Array.from({ length: rnd.pick([0, 1, 2, 2, 3, 3, 5, 9]) }, () => anyUpdate(rnd, program))
  if (v2) updates = updates.map(Y.convertUpdateFormatV1ToV2)
  out.letter('m'); out.uint(v2); out.uint(updates.length)
  for (const u of updates) out.bytes(u)
  const merged = yjs.merge(updates)
  out.bytes(merged)
  const sv = rnd.one(2) ? Y.encodeStateVector(rnd.pick(program.peers).doc) : program.invented(rnd, rnd.pick(program.peers))
  out.letter('q'); out.uint(v2); out.bytes(merged); out.bytes(sv); out.bytes(yjs.diff(merged, sv))
  out.letter('v'); out.uint(v2); out.bytes(merged); out.bytes(yjs.vector(merged))
  out.letter('k'); out.uint(v2); out.bytes(merged); out.bytes(yjs.convert(merged))
  const { from, to } = (v2 ? Y.parseUpdateMetaV2 : Y.parseUpdateMeta)(merged)
  out.letter('N'); out.uint(v2); out.bytes(merged)
  out.string([...from].map(([client, clock]) => `${client}:${clock}-${to.get(client)};`).join(''))
  if (rnd.one(4)) {
    const options = { formatting: !rnd.one(2), subdocs: !rnd.one(2), yxml: !rnd.one(2) }
    out.letter('O'); out.uint(v2); out.uint((options.formatting ? 0 : 1) + (options.subdocs ? 0 : 2) + (options.yxml ? 0 : 4))
    out.bytes(merged); out.bytes(yjs.obfuscate(merged, options))
  }
}
