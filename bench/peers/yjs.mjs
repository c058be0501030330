// SPDX-License-Identifier: MIT
// yjs.mjs - yjs doing the work of bench/yffi.
import * as Y from 'yjs'
import { Random, bytes, main, measure, patches, text, updates } from './material.mjs'

const N = 6000

const edit = (ytext, { at, deleted, inserted }) => {
  if (deleted) ytext.delete(at, deleted)
  if (inserted) ytext.insert(at, inserted)
}

const document = client => {
  const doc = new Y.Doc()
  doc.clientID = client
  return doc
}

const replay = (history, how) => check => {
  const doc = document(1)
  const ytext = doc.getText('text')
  const all = patches(history)
  let heard = 0
  if (how === 'update observer') doc.on('update', update => { heard += update.length })
  const phase = how === 'one transaction'
    ? () => doc.transact(() => { for (const p of all) edit(ytext, p) })
    : () => { for (const p of all) doc.transact(() => edit(ytext, p)) }
  const measured = measure(all.length, phase)
  check(ytext.toString() === text(`${history}.text`), 'the text at the end is another')
  if (how === 'update observer') check(heard > all.length, 'updates without content')
  return measured
}

const expected = history => history.endsWith('-x100') ? null : text(`${history}.text`)

const load = (history, format) => check => {
  const update = bytes(`${history}.${format}`)
  const doc = document(2)
  const measured = measure(1, () => format === 'v1' ? Y.applyUpdate(doc, update) : Y.applyUpdateV2(doc, update))
  const loaded = doc.getText('text').toString()
  check(expected(history) === null ? loaded.length > 0 : loaded === expected(history), 'another text was loaded')
  return { ...measured, bytes: update.length }
}

const encode = (history, format) => check => {
  const doc = document(2)
  Y.applyUpdate(doc, bytes(`${history}.v1`))
  const { result, ...measured } =
    measure(1, () => format === 'v1' ? Y.encodeStateAsUpdate(doc) : Y.encodeStateAsUpdateV2(doc))
  check(Buffer.compare(result, bytes(`${history}.${format}`)) === 0, 'other bytes than were loaded')
  return { ...measured, bytes: result.length }
}

const keystrokes = history => check => {
  const doc = document(2)
  Y.applyUpdate(doc, bytes(`${history}.v1`))
  const ytext = doc.getText('text')
  const before = ytext.length
  const middle = before >> 1
  const count = 1000
  const random = new Random(1, count)
  ytext.insert(middle, 'x')
  const measured = measure(count, () => {
    for (let i = 0; i < count; i++) ytext.insert(middle - 500 + random.below(1000), 'x')
  })
  check(ytext.length === before + count + 1, 'a keystroke is missing')
  return measured
}

const smallUpdates = (count, order) => check => {
  const all = updates('automerge-paper', count)
  if (order === 'reversed') all.reverse()
  if (order === 'shuffled') {
    const random = new Random(1, count)
    for (let i = all.length; i > 1; i--) {
      const j = random.below(i)
      ;[all[i - 1], all[j]] = [all[j], all[i - 1]]
    }
  }
  const doc = document(2)
  const ytext = doc.getText('text')
  const measured = measure(count, () => { for (const update of all) Y.applyUpdate(doc, update) })
  const again = document(1)
  for (const p of patches('automerge-paper').slice(0, count)) edit(again.getText('text'), p)
  check(ytext.length > 0 && ytext.toString() === again.getText('text').toString(), 'the updates make another text')
  return measured
}

const prepends = count => check => {
  const docs = [document(1), document(2)]
  for (const doc of docs) for (let i = 0; i < count; i++) doc.getText('text').insert(0, doc === docs[0] ? 'a' : 'b')
  const states = docs.map(doc => Y.encodeStateAsUpdate(doc))
  const measured = measure(count, () => {
    Y.applyUpdate(docs[0], states[1])
    Y.applyUpdate(docs[1], states[0])
  })
  const [one, other] = docs.map(doc => doc.getText('text').toString())
  check(one === other && one.length === 2 * count, 'the two differ')
  return measured
}

const together = (type, count) => check => {
  const doc = document(1)
  const ytext = doc.getText('text')
  const yarray = doc.getArray('array')
  const measured = measure(count, () => doc.transact(() => {
    for (let i = 0; i < count; i++) type === 'append' ? ytext.insert(i, 'x') : yarray.insert(i, [7])
  }))
  check(ytext.length + yarray.length === count, 'something is missing')
  return measured
}

// The families B1 to B3 of dmonad's crdt-benchmarks, as in bench/yffi/dmonad.cpp, which draws the same numbers.
const letters = (random, count) => {
  let all = ''
  for (let i = 0; i < count; i++) all += String.fromCharCode(97 + random.below(26))
  return all
}
const word = random => letters(random, 2 + random.below(7))
const insertAnywhere = make => (t, _, random) => {
  const at = random.below(t.length + 1)
  t.insert(at, make(random))
}
const character = random => letters(random, 1)
const insertOrDelete = (t, _, random) => {
  const at = random.below(t.length + 1)
  if (t.length === at || random.below(2) === 0) t.insert(at, word(random))
  else t.delete(at, Math.min(1 + random.below(9), t.length - at))
}

const root = kind => doc => kind === 'text' ? doc.getText('text') : kind === 'array' ? doc.getArray('array') : doc.getMap('map')

const oneClient = (kind, edits, change) => check => {
  const [a, b] = [document(1), document(2)]
  const [here, there] = [a, b].map(root(kind))
  a.on('update', update => Y.applyUpdate(b, update))
  const random = new Random(42, 20 * N)
  const measured = measure(edits, () => {
    for (let i = 0; i < edits; i++) a.transact(() => change(here, i, random))
  })
  check(here.toJSON().length >= 0 && JSON.stringify(here.toJSON()) === JSON.stringify(there.toJSON()), 'the two differ')
  return measured
}

const twoClients = (edits, change) => check => {
  const docs = [document(1), document(2)]
  const random = new Random(42, 40 * N)
  const [one, other] = docs.map(root('text'))
  one.insert(0, letters(random, 100))
  Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0]))
  const made = [[], []]
  const measured = measure(edits, () => {
    docs.forEach((doc, i) => doc.on('update', (update, origin) => { if (origin !== 'far') made[i].push(update) }))
    for (let i = 0; i < edits; i++) {
      docs[0].transact(() => change(one, i, random))
      docs[1].transact(() => change(other, i, random))
    }
    for (const update of made[0]) Y.applyUpdate(docs[1], update, 'far')
    for (const update of made[1]) Y.applyUpdate(docs[0], update, 'far')
  })
  check(one.length > 0 && one.toString() === other.toString(), 'the two differ')
  return measured
}

const manyClients = (kind, change) => check => {
  const clients = Math.floor(20 * Math.sqrt(N))
  const docs = []
  for (let i = 0; i < clients; i++) docs.push(document(1 + i))
  const random = new Random(42, 100 * clients)
  const made = []
  docs.forEach((doc, i) => doc.on('update', (update, origin) => { if (origin !== 'far') made[i] = update }))
  const measured = measure(clients, () => {
    docs.forEach((doc, i) => doc.transact(() => change(root(kind)(doc), i, random)))
    for (let i = 1; i < clients; i++) Y.applyUpdate(docs[0], made[i], 'far')
  })
  check(Y.decodeStateVector(Y.encodeStateVector(docs[0])).size === clients, 'clients are missing')
  return measured
}

const dmonad = {
  'B1.1 append characters': oneClient('text', N, (t, i, r) => t.insert(i, letters(r, 1))),
  'B1.2 insert one string': oneClient('text', 1, (t, _, r) => t.insert(0, letters(r, N))),
  'B1.3 prepend characters': oneClient('text', N, (t, _, r) => t.insert(0, letters(r, 1))),
  'B1.4 insert characters anywhere': oneClient('text', N, insertAnywhere(character)),
  'B1.5 insert words anywhere': oneClient('text', N, insertAnywhere(word)),
  'B1.6 insert one string, delete it': oneClient('text', 2, (t, i, r) => i === 0 ? t.insert(0, letters(r, N)) : t.delete(0, N)),
  'B1.7 insert and delete words anywhere': oneClient('text', N, insertOrDelete),
  'B1.8 append numbers': oneClient('array', N, (a, i) => a.insert(i, [i])),
  'B1.9 insert one range of numbers': oneClient('array', 1, a => a.insert(0, Array.from({ length: N }, (_, i) => i))),
  'B1.10 prepend numbers': oneClient('array', N, (a, i) => a.insert(0, [i])),
  'B1.11 insert numbers anywhere': oneClient('array', N, (a, i, r) => a.insert(r.below(i + 1), [i])),
  'B2.1 both insert one string': twoClients(1, (t, _, r) => t.insert(0, letters(r, N))),
  'B2.2 both insert characters anywhere': twoClients(N, insertAnywhere(character)),
  'B2.3 both insert words anywhere': twoClients(N, insertAnywhere(word)),
  'B2.4 both insert and delete words': twoClients(N, insertOrDelete),
  'B3.1 many set a number': manyClients('map', (m, i) => m.set('v', i)),
  'B3.2 many set an object': manyClients('map', (m, i) => m.set('v', { name: `${i}`, address: 'here' })),
  'B3.3 many set a string': manyClients('map', (m, _, r) => m.set('v', letters(r, Math.floor(Math.sqrt(N))))),
  'B3.4 many insert a text': manyClients('array', (a, _, r) => a.insert(0, [new Y.Text(letters(r, 10))])),
  'B3.5 many insert a string': manyClients('array', (a, _, r) => a.insert(0, [letters(r, Math.floor(Math.sqrt(N)))]))
}

await main(row => {
  if (dmonad[row]) return dmonad[row]
  const [what, which, how] = row.split('/')
  switch (what) {
    case 'replay': return ['a transaction each', 'one transaction', 'update observer'].includes(how) && replay(which, how)
    case 'load': return load(which, how)
    case 'encode': return encode(which, how)
    case 'keystroke in the middle': return keystrokes(which)
    case 'small updates': return smallUpdates(Number(which))
    case 'updates reversed': return smallUpdates(Number(which), 'reversed')
    case 'updates shuffled': return smallUpdates(Number(which), 'shuffled')
    case 'concurrent prepends': return prepends(Number(which))
    case 'append, one transaction': return together('append', Number(which))
    case 'push, one transaction': return together('push', Number(which))
  }
})
