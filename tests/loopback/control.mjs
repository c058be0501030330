/* SPDX-License-Identifier: MIT */
/*
 * control.mjs PACKAGES [SEEDS [EDITS]] - two documents of yjs in the place of those of client.c and peer.mjs: what can be
 * asked of the two ends at all.
 *
 * The same kind of edits of a text with emoji, lost connections, and a question and an answer when they meet again. Prints
 * in how many sessions both ended with the same bytes, as they are and loaded anew, and with the same text: once with
 * edits that keep surrogate pairs whole, once with edits anywhere.
 */
import { createRequire } from 'node:module'
import path from 'node:path'

const [packages, seeds, edits] = [process.argv[2], Number(process.argv[3] ?? 20), Number(process.argv[4] ?? 1000)]
const Y = createRequire(path.join(path.resolve(packages), 'package.json'))('yjs')

function session (seed, anywhere) {
  let state = (seed * 2654435761 + 1) >>> 0 || 1
  const below = n => {
    state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0
    return state % n
  }
  const docs = [1, 2].map(id => { const d = new Y.Doc(); d.clientID = id; return d })
  const texts = docs.map(d => d.getText('t'))
  const to = [[], []] // what is on its way
  let connected = false
  docs.forEach((d, i) => d.on('update', (u, origin) => { if (connected && origin !== 'net') to[1 - i].push(u) }))
  const words = ['a', 'words ', 'é', '日本', '\n', '😀', 'x👩‍👧', '🇩🇪']

  function edit (i) {
    const t = texts[i]; const n = t.length; const s = t.toString()
    const place = x => !anywhere && /^[\udc00-\udfff]/.test(s.slice(x)) && /[\ud800-\udbff]$/.test(s.slice(0, x)) ? x - 1 : x
    const from = place(below(n + 1)); const len = place(Math.min(n, from + 1 + below(5))) - from
    const kind = below(5)
    if (kind === 0) t.delete(from, len)
    else if (kind === 1) t.format(from, len, { bold: below(2) ? true : null })
    else t.insert(from, words[below(words.length)])
  }
  function receive (i) {
    const m = to[i].shift()
    if (m?.vector) to[1 - i].push(Y.encodeStateAsUpdate(docs[i], m.vector))
    else if (m) Y.applyUpdate(docs[i], m, 'net')
  }
  function connect () {
    connected = true
    for (const i of [0, 1]) to[i] = [{ vector: Y.encodeStateVector(docs[1 - i]) }]
  }
  for (let e = 0; e < edits; e++) {
    if (!connected) { if (below(6) === 0) connect() } else if (below(60) === 0) connected = false
    edit(below(2))
    if (connected) for (let k = below(4); k > 0; k--) receive(below(2))
  }
  connect()
  while (to[0].length + to[1].length) { receive(0); receive(1) }

  const same = of => { const [a, b] = docs.map(d => of(d)); return Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0 ? 1 : 0 }
  const anew = d => { const x = new Y.Doc(); Y.applyUpdate(x, Y.encodeStateAsUpdate(d)); return Y.encodeStateAsUpdate(x) }
  return [same(Y.encodeStateAsUpdate), same(anew), same(d => d.getText('t').toString())]
}

for (const anywhere of [false, true]) {
  const sums = [0, 0, 0]
  for (let seed = 1; seed <= seeds; seed++) session(seed, anywhere).forEach((same, i) => { sums[i] += same })
  console.log(`${anywhere ? 'edits anywhere' : 'pairs whole   '}: of ${seeds} sessions of ${edits} edits ${sums[0]} with the same bytes, ${sums[1]} loaded anew, ${sums[2]} with the same text`)
}
