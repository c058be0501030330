/* SPDX-License-Identifier: MIT */
/*
 * quill.mjs - makes ../quill.txt: documents as the editor Quill keeps them in a Y.Text (headers, lists, links, images, code),
 * written by one client or by two at the same time, and what yjs makes of their deltas. Running it again must change
 * nothing. ../README.md describes the lines.
 */
import fs from 'node:fs'
import { Y } from '../../differential/yjs.mjs'
import { Random } from '../../differential/random.mjs'

const hex = bytes => Buffer.from(bytes).toString('hex')
const lines = []

function opened (client, ...updates) {
  const doc = new Y.Doc()
  doc.clientID = client
  const text = doc.getText('quill')
  for (const update of updates) Y.applyUpdate(doc, update)
  return { doc, text }
}

/* Parsed anew for each use: yjs compares objects by identity in places. */
function applied (base, json) {
  const { doc, text } = opened(5, ...base)
  text.applyDelta(JSON.parse(json))
  return { state: hex(Y.encodeStateAsUpdate(doc)), delta: JSON.stringify(text.toDelta()) }
}

const notes = opened(3)
notes.text.applyDelta([{ insert: 'Old ' }, { insert: 'notes', attributes: { italic: true, color: '#06c' } }, { insert: '\nwith a ' },
  { insert: { image: 'old.png' } }, { insert: '\n', attributes: { list: 'bullet' } }])
const existing = Y.encodeStateAsUpdate(notes.doc)

/* changes: deltas that an editor would send for edits of the document. */
function vector (name, doc, changes) {
  const state = Y.encodeStateAsUpdate(doc)
  const { text } = opened(4, state)
  const delta = JSON.stringify(text.toDelta())
  lines.push(`name ${name}`, `update ${hex(state)}`, `delta ${delta}`)
  const fresh = applied([], delta)
  lines.push(`fresh ${fresh.state}`, `reads ${fresh.delta}`) // the order of attributes may be another one
  lines.push(`base ${hex(existing)}`)
  const onto = applied([existing], delta)
  lines.push(`change ${delta}`, `state ${onto.state}`, `reads ${onto.delta}`)
  lines.push(`base ${hex(state)}`)
  for (const change of changes) {
    const json = JSON.stringify(change)
    const after = applied([state], json)
    lines.push(`change ${json}`, `state ${after.state}`, `reads ${after.delta}`)
  }
  lines.push('end', '')
}

/* ---- by hand ---- */

const page = opened(1)
page.text.applyDelta([
  { insert: 'Release notes' }, { insert: '\n', attributes: { header: 1 } },
  { insert: 'All of it is ' }, { insert: 'new', attributes: { bold: true } }, { insert: ' and ' },
  { insert: 'faster', attributes: { bold: true, italic: true } }, { insert: ', see ' },
  { insert: 'the site', attributes: { link: 'https://example.org/?a=1&b="2"' } }, { insert: '.\n' },
  { insert: 'First' }, { insert: '\n', attributes: { list: 'ordered' } },
  { insert: 'Second, ' }, { insert: 'coloured', attributes: { color: '#c00', background: 'rgba(0,0,0,.1)' } },
  { insert: '\n', attributes: { list: 'ordered' } },
  { insert: 'Below' }, { insert: '\n', attributes: { list: 'bullet', indent: 1 } },
  { insert: 'Done' }, { insert: '\n', attributes: { list: 'checked' } },
  { insert: { image: 'data:image/png;base64,iVBORw0KGgo=' }, attributes: { width: '120', alt: 'Käse 🧀' } }, { insert: '\n', attributes: { align: 'center' } },
  { insert: { mention: { id: 7, name: 'Zoë 👩‍🚀', tags: ['a', null, 1.5] } } }, { insert: ' wrote ' },
  { insert: { formula: 'e=mc^2' } }, { insert: '\n', attributes: { blockquote: true } },
  { insert: 'let a = "\\\\";' }, { insert: '\n', attributes: { 'code-block': 'javascript' } },
  { insert: { video: 'https://example.org/v' }, attributes: { height: 200 } }, { insert: '\n' }
])
vector('a page', page.doc, [
  [{ retain: 13 }, { retain: 1, attributes: { header: 2 } }],
  [{ retain: 14 }, { delete: 20 }, { insert: 'Everything', attributes: { bold: true } }],
  [{ retain: 30, attributes: { bold: null, underline: true } }, { insert: { image: 'b.png' }, attributes: { link: 'x' } }],
  [{ retain: 70 }, { retain: 6, attributes: { list: null, indent: null } }, { insert: '\n', attributes: { list: 'bullet' } }, { delete: 3 }],
  [{ insert: '🇨🇭', attributes: { script: 'super' } }, { delete: 1 }, { retain: 400, attributes: { size: 'large' } }]
])

const typed = opened(1)
for (const c of 'A list\none\ntwo\nthree\n') typed.text.insert(typed.text.length, c)
for (const at of [10, 14, 20]) typed.text.format(at, 1, { list: 'ordered' })
typed.text.format(0, 6, { bold: true })
typed.text.format(2, 4, { link: 'https://example.org' })
typed.text.delete(7, 4)
typed.text.insertEmbed(7, { image: 'a.png' }, { width: 10 })
vector('a list, typed', typed.doc, [
  [{ retain: 2, attributes: { bold: null } }],
  [{ retain: 6 }, { delete: 3 }, { insert: 'x\n', attributes: { list: 'bullet' } }]
])

/* ---- by two clients at the same time ---- */

const words = ['word ', 'Straße ', '日本 ', '👍🏽', 'a', 'link']
const inline = [{ bold: true }, { bold: null }, { italic: true }, { italic: null, bold: null }, { link: 'https://example.org' }, { link: null }, { color: '#c00' }, { color: '#06c' }, { color: null }]
const block = [{ list: 'ordered' }, { list: 'bullet' }, { list: null }, { header: 1 }, { header: null, list: 'bullet' }, { indent: 1 }, { 'code-block': true }]
const embeds = [{ image: 'a.png' }, { mention: { id: 1, of: [1, { a: null }] } }, { video: 'v' }]

function edit (rnd, text) {
  const at = rnd.below(text.length + 1)
  const len = Math.min(text.length - at, 1 + rnd.below(12))
  switch (rnd.below(8)) {
    case 0: case 1: return text.insert(at, rnd.pick(words))
    case 2: return text.insert(at, rnd.pick(words), structuredClone(rnd.pick(inline)))
    case 3: return text.insert(at, '\n', structuredClone(rnd.pick(block)))
    case 4: return text.insertEmbed(at, structuredClone(rnd.pick(embeds)), rnd.one(2) ? { width: 10 * rnd.below(9) } : {})
    case 5: return len && text.delete(at, len)
    default: return len && text.format(at, len, structuredClone(rnd.pick(rnd.one(3) ? block : inline)))
  }
}

for (let seed = 1; seed <= 8; seed++) {
  const rnd = new Random(seed, 777)
  const peers = [opened(1), opened(2)]
  peers[0].text.insert(0, 'A heading\nSome text, and more of it.\nan item\nanother item\n')
  for (let round = 0; round < 6; round++) {
    const [a, b] = rnd.one(2) ? peers : [...peers].reverse()
    Y.applyUpdate(b.doc, Y.encodeStateAsUpdate(a.doc, Y.encodeStateVector(b.doc)))
    for (const { doc, text } of peers) doc.transact(() => { for (let i = 0; i < 4; i++) edit(rnd, text) })
  }
  for (const [a, b] of [peers, [...peers].reverse(), peers]) Y.applyUpdate(b.doc, Y.encodeStateAsUpdate(a.doc))
  vector(`two clients, ${seed}`, peers[1].doc, [
    [{ retain: 5, attributes: { bold: true } }, { insert: 'new', attributes: { link: 'x' } }, { delete: 4 }],
    [{ delete: 9 }, { insert: { image: 'c.png' } }, { insert: '\n', attributes: { list: 'ordered' } }, { retain: 12, attributes: { color: null, list: 'bullet' } }]
  ])
}

fs.writeFileSync(new URL('../quill.txt', import.meta.url), lines.join('\n'))
console.log('lines', lines.length)
