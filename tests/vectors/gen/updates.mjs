/* SPDX-License-Identifier: MIT */
/*
 * updates.mjs - makes ../updates.txt with yjs: the updates of ../docs in format v2, and what becomes of them without a
 * document. Also lib0's columns. What yjs cannot convert is left out.
 */
import fs from 'node:fs'
import { Y, encoding } from '../../differential/yjs.mjs'

const hex = bytes => Buffer.from(bytes).toString('hex') || '-'
const lines = []

/* ---- columns ---- */

const columns = {
  u8: () => new encoding.RleEncoder(encoding.writeUint8),
  uint: () => new encoding.UintOptRleEncoder(),
  diff: () => new encoding.IntDiffOptRleEncoder(),
  text: () => new encoding.StringEncoder()
}
function column (kind, values) {
  const encoder = columns[kind]()
  for (const v of values) encoder.write(v)
  const bytes = kind === 'u8' ? encoding.toUint8Array(encoder) : encoder.toUint8Array()
  const words = values.map(v => kind === 'text' ? hex(Buffer.from(v)) : v)
  lines.push(`column ${kind} ${hex(bytes)} ${values.length} ${words.join(' ')}`.trimEnd())
}
const big = 2 ** 32 - 1
for (const kind of ['u8', 'uint', 'diff']) {
  for (const values of [[], [0], [0, 0], [0, 0, 0], [1], [1, 1, 1, 7], [1, 2, 3, 3, 3], [5, 5], [7, 0, 0, 1], [255, 254, 253, 0]]) column(kind, values)
}
for (const values of [[big, big], [2 ** 53 - 1], [2 ** 53 - 1, 2 ** 53 - 1, 0], [64, 63, 8191, 8192]]) column('uint', values)
for (const values of [[1, 2, 3, 2], [1, 1, 1], [5, 4, 3], [10, 9, 8, 0], [2 ** 31, 0], [big, 0, big, 0], [0, big], [3, 6, 9, 12, 11, 10]]) column('diff', values)
for (const values of [[], ['ab', 'c'], ['a', 'b'], ['😀', 'é'], ['', '', ''], ['x'.repeat(100), '日本', '', 'y'], ['\u0000', '\ufeff']]) column('text', values)

/* ---- updates ---- */

const updates = []
for (const file of ['text', 'rich_text', 'array', 'values', 'map', 'xml', 'legacy', 'sessions', 'pending']) {
  let name
  for (const line of fs.readFileSync(new URL(`../docs/${file}.txt`, import.meta.url), 'utf8').split('\n')) {
    if (line.startsWith('name ')) name = `${file}: ${line.slice(5)}`
    if (line.startsWith('update ') && line.length < 3000) updates.push([name, Uint8Array.from(Buffer.from(line.slice(7), 'hex'))])
  }
}
const log = console.error
console.error = () => {} // "This document was already integrated"
for (const [name, update] of updates) {
  let v2, back
  try {
    v2 = Y.convertUpdateFormatV1ToV2(update)
    back = Y.convertUpdateFormatV2ToV1(v2)
  } catch (e) {
    continue
  }
  lines.push('', `name ${name}`, `update ${hex(update)}`, `v2 ${hex(v2)}`, `back ${hex(back)}`)
  lines.push(`vector ${hex(Y.encodeStateVectorFromUpdate(update))}`)
  lines.push(`obfuscated ${hex(Y.obfuscateUpdate(update))} ${hex(Y.obfuscateUpdateV2(v2))}`)
  for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVectorFromUpdate(update))) {
    const sv = Y.encodeStateVector(new Map([[client, clock >> 1]]))
    lines.push(`diff ${hex(sv)} ${hex(Y.diffUpdate(update, sv))} ${hex(Y.diffUpdateV2(v2, sv))}`)
    break
  }
}

/* ---- merging ---- */

function merge (name, parts) {
  lines.push('', `name ${name}`)
  const v2 = parts.map(Y.convertUpdateFormatV1ToV2)
  for (const part of parts) lines.push(`part ${hex(part)}`)
  lines.push(`merged ${hex(Y.mergeUpdates(parts))} ${hex(Y.mergeUpdatesV2(v2))}`)
}
function edits (edit) {
  const doc = new Y.Doc()
  doc.clientID = 1
  const parts = []
  doc.on('update', u => parts.push(u))
  edit(doc)
  return { parts, state: Y.encodeStateAsUpdate(doc) }
}
const letters = edits(doc => { for (const c of 'abcde') doc.getText('t').insert(doc.getText('t').length, c) })
merge('none', [])
merge('one', letters.parts.slice(0, 1))
merge('letters', letters.parts)
merge('letters, backwards', letters.parts.slice().reverse())
merge('a letter is missing', [letters.parts[0], letters.parts[2], letters.parts[4]])
merge('the whole, then a beginning', [letters.state, letters.parts[0]])
merge('a beginning, then the whole', [letters.parts[0], letters.state])
merge('twice the same', [letters.state, letters.state])
merge('a block and its rest', [letters.state, Y.diffUpdate(letters.state, Y.encodeStateVector(new Map([[1, 2]])))])
const deleted = edits(doc => {
  doc.getArray('a').insert(0, [new Y.Map([['k', 1]]), 2])
  doc.getArray('a').delete(0, 1)
  doc.getArray('a').push([3])
})
merge('deleted later', deleted.parts)
merge('deleted later, the state first', [deleted.state, ...deleted.parts])
merge('deleted later, the state last', [...deleted.parts, deleted.state])
merge('deleted later, the state in the middle', [deleted.parts[2], deleted.state, deleted.parts[0], deleted.state, deleted.parts[1]])
const rich = edits(doc => {
  doc.getText('t').insert(0, 'a😀b')
  doc.getText('t').format(1, 2, { bold: true, size: 1.5 })
  doc.getText('t').insertEmbed(2, { image: 'x' })
  doc.getMap('m').set('k', new Y.XmlElement('p'))
  doc.getMap('m').set('k', 2)
})
for (let i = 0; i < rich.parts.length; i++) merge(`rich, without ${i}`, rich.parts.filter((_, j) => j !== i).concat([rich.state]))
console.error = log
fs.writeFileSync(new URL('../updates.txt', import.meta.url), lines.join('\n') + '\n')
