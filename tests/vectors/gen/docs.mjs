/* SPDX-License-Identifier: MIT */
/*
 * docs.mjs - makes the documents of ../docs with yjs: deterministic, so running it again must change nothing.
 *
 * Each vector is an update, what yjs 13.6.33 answers after loading it into an empty document: the state it encodes (line
 * `encoded`, only when it is not the update itself), the state vector, and every root as JSON read as a given kind.
 * ../README.md describes the lines.
 */
import fs from 'node:fs'
import { Y, kinds, getRoot, typeJson } from '../../differential/yjs.mjs'
import { Random } from '../../differential/random.mjs'

const files = new Map()
const hex = bytes => Buffer.from(bytes).toString('hex')

/* roots: [[name, kind]...] */
function vector (file, name, update, roots, { gc = true } = {}) {
  const doc = new Y.Doc({ gc })
  doc.clientID = 77
  Y.applyUpdate(doc, update)
  const lines = [`name ${name}`, `gc ${gc ? 1 : 0}`, `update ${hex(update)}`]
  const encoded = Y.encodeStateAsUpdate(doc)
  if (hex(encoded) !== hex(update)) lines.push(`encoded ${hex(encoded)}`)
  lines.push(`vector ${hex(Y.encodeStateVector(doc))}`)
  lines.push(`pending ${doc.store.pendingStructs ? 1 : 0} ${doc.store.pendingDs ? 1 : 0}`)
  for (const [root, kind] of roots) lines.push(`json ${kind} ${hex(Buffer.from(root))} ${typeJson(getRoot(doc, root, kind))}`)
  if (!files.has(file)) files.set(file, [])
  files.get(file).push(lines.join('\n') + '\nend\n')
}

const { text: T, array: A, map: M, xmlFragment: X, xmlElement: E, xmlText: XT } = kinds
const all = [['t', T], ['a', A], ['m', M], ['x', X]]

/* One document edited by `edit(doc)`, loaded with gc on. */
function made (file, name, edit, { gc = true, load = true, client = 1, roots } = {}) {
  const doc = new Y.Doc({ gc })
  doc.clientID = client
  edit(doc)
  const used = roots ?? all.filter(([root]) => doc.share.has(root))
  vector(file, name, Y.encodeStateAsUpdate(doc), used, { gc: load })
}

/* ---- text ---- */

const text = (name, edit, options) => made('text', name, doc => edit(doc.getText('t'), doc), options)
text('empty document', () => {})
text('ascii', t => t.insert(0, 'abc'))
text('two insertions in the middle', t => { t.insert(0, 'abc'); t.insert(1, 'X') })
text('typed forwards, merged', t => { for (const c of 'typing') t.insert(t.length, c) })
text('typed backwards', t => { for (const c of 'gnipyt') t.insert(0, c) })
text('two- and three-byte characters', t => t.insert(0, 'äöü 日本語 ¡ߋ'))
text('emoji', t => t.insert(0, 'a😀b👩‍👩‍👧🇨🇭'))
text('insertion inside a surrogate pair', t => { t.insert(0, 'a😀b'); t.insert(2, 'X') })
text('deletion of half a surrogate pair', t => { t.insert(0, 'a😀b'); t.delete(2, 1) })
text('deletion of the first half', t => { t.insert(0, '😀😀'); t.delete(0, 1) })
text('deletion across two pairs', t => { t.insert(0, '😀😀'); t.delete(1, 2) })
text('deleted, collected', t => { t.insert(0, 'abc'); t.delete(1, 1) })
text('deleted, kept', t => { t.insert(0, 'abc'); t.delete(1, 1) }, { gc: false, load: false })
text('deleted and kept, collected by the reader', t => { t.insert(0, 'abc'); t.delete(1, 1) }, { gc: false })
text('all deleted', t => { t.insert(0, 'abc'); t.delete(0, 3) })
text('inserted and deleted in one transaction', (t, doc) => doc.transact(() => { t.insert(0, 'abc'); t.delete(1, 2) }))
text('insertion among tombstones', t => { t.insert(0, 'abcdef'); t.delete(1, 4); t.insert(1, 'X'); t.delete(1, 1); t.insert(1, 'Y') })
text('control characters and quotes', t => t.insert(0, '\u0000\u0001\b\t\n\f\r"\\/\u007f\u2028\ufeff'))
text('U+FFFD and the last code points', t => t.insert(0, '\ufffd\uffff\u{10ffff}\u{10000}'))
text('long text', t => { t.insert(0, 'lorem ipsum dolor '.repeat(60)); t.delete(100, 500); t.insert(300, '日本語'.repeat(40)) })
text('root name beyond ASCII', (t, doc) => doc.getText('größe 🗺').insert(0, 'x'), { roots: [['größe 🗺', T]] })
text('empty root name', (t, doc) => doc.getText('').insert(0, 'x'), { roots: [['', T]] })
for (const client of [0, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
  text(`client ${client}`, t => { t.insert(0, 'ab'); t.insert(1, 'c'); t.delete(0, 1) }, { client })
}

/* ---- formats and embeds ---- */

const rich = (name, edit, options) => made('rich_text', name, doc => edit(doc.getText('t'), doc), options)
rich('bold', t => { t.insert(0, 'abc'); t.format(0, 3, { bold: true }) })
rich('overlapping formats', t => { t.insert(0, 'hello world'); t.format(0, 5, { bold: true }); t.format(3, 6, { color: 'red', bold: null }) })
rich('format with an object', t => t.insert(0, 'link', { link: { href: 'https://example.org', n: [1, 2.5, null] } }))
rich('format with unicode', t => t.insert(0, 'x', { 'ключ': 'значение 😀', '': '' }))
rich('format removed', t => { t.insert(0, 'abc', { bold: true }); t.format(1, 1, { bold: null }) })
rich('deletion across formats', t => { t.insert(0, 'abcdef'); t.format(1, 2, { bold: true }); t.format(4, 1, { italic: true }); t.delete(0, 5) })
rich('embed', t => { t.insert(0, 'ab'); t.insertEmbed(1, { image: 'a.png' }) })
rich('embeds of every kind', t => { for (const v of [true, 1, -1.5, 1e21, [1, [2]], { a: { b: null } }]) t.insertEmbed(t.length, v) })
rich('formatted embed', t => t.insertEmbed(0, { image: 'a' }, { width: 100 }))
rich('embedded type', t => { const m = new Y.Map(); t.insertEmbed(0, m); m.set('k', 1) })
rich('deleted embed', t => { t.insert(0, 'ab'); t.insertEmbed(1, { image: 'a.png' }); t.delete(1, 1) })
rich('delta', t => t.applyDelta([{ insert: 'Gandalf', attributes: { bold: true } }, { insert: ' the ' }, { insert: 'Grey', attributes: { color: '#ccc' } }]))
rich('attributes of a text', t => { t.insert(0, 'x'); t.setAttribute('dir', 'rtl') })

/* ---- arrays ---- */

const array = (name, edit, options) => made('array', name, doc => edit(doc.getArray('a'), doc), options)
array('plain values', a => a.push([1, 'x', null, true, false, 1.5, -3]))
array('appended one by one, merged', a => { for (let i = 0; i < 10; i++) a.push([i]) })
array('prepended one by one', a => { for (let i = 0; i < 5; i++) a.insert(0, [i]) })
array('insertion splits a run', a => { a.push([1, 2, 3, 4]); a.insert(2, ['x']) })
array('deleted in the middle', a => { a.push([1, 2, 3, 4, 5]); a.delete(1, 3) })
array('deleted in the middle, kept', a => { a.push([1, 2, 3, 4, 5]); a.delete(1, 3) }, { gc: false, load: false })
array('binary among values', a => a.push([1, new Uint8Array([9, 8, 255]), 2, new Uint8Array(0)]))
array('nested types', a => { a.push([new Y.Map(), Y.Array.from([1, 2]), new Y.Text('hi')]); a.get(0).set('z', 5); a.get(1).push([new Y.Array()]) })
array('nested type deleted', a => { const m = new Y.Map(); a.push([0, m, 1]); m.set('k', 'v'); m.set('n', new Y.Text('deep')); a.delete(1, 1) })
array('nested type deleted, kept', a => { const m = new Y.Map(); a.push([m]); m.set('k', 'v'); a.delete(0, 1) }, { gc: false, load: false })
array('deleted and pushed', a => { a.push([1, 2]); a.delete(0, 2); a.push([3]); a.insert(0, [4]) })
array('deep nesting of types', a => { let at = a; for (let i = 0; i < 30; i++) { const next = new Y.Array(); at.push([next]); at = next } at.push(['bottom']) })

/* ---- plain values ---- */

const value = (name, v) => made('values', name, doc => doc.getMap('m').set('k', v))
const numbers = [0, -0, 1, -1, 63, 64, -64, 8191, 8192, 2 ** 31 - 1, -(2 ** 31 - 1), 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, 2 ** 53, 0.1, -0.1, 0.5, 1e21, 1e-7, 5e-324, 1.7976931348623157e308,
  3.4028234663852886e38, NaN, Infinity, -Infinity, 123456789.123]
value('numbers', numbers)
for (const n of [-0, 2 ** 31, 0.1, NaN, Infinity]) value(`number ${Object.is(n, -0) ? '-0' : n}`, n)
value('big integers', [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)])
value('big integer', 123456789012345678n)
value('undefined', undefined)
value('null', null)
value('strings', ['', 'a', 'ä', '日', '😀', '\u0000', '"', 'x'.repeat(200)])
value('binary', new Uint8Array([0, 1, 127, 128, 255]))
value('empty array and object', [[], {}])
value('integer-like keys', { 2: 'two', 1: 'one', b: 0, a: { 10: 1, 9: 2 } })
value('members that JSON lacks', { u: undefined, n: null, b: 5n, y: new Uint8Array([1]), f: NaN, l: [undefined, 7n] })
value('unicode keys', { 'ключ': 1, '😀': 2, '': 3, 'a b"c': 4 })
value('deep', JSON.parse('['.repeat(100) + ']'.repeat(100)))

/* ---- maps ---- */

const map = (name, edit, options) => made('map', name, doc => edit(doc.getMap('m'), doc), options)
map('one key', m => m.set('k', 1))
map('replaced', m => { m.set('k', 1); m.set('k', 2) })
map('replaced, kept', m => { m.set('k', 1); m.set('k', 2) }, { gc: false, load: false })
map('replaced five times', m => { for (let i = 0; i < 5; i++) m.set('k', i) })
map('two keys in turn', m => { for (let i = 0; i < 6; i++) m.set('k' + i % 2, i) })
map('deleted', m => { m.set('k', 1); m.delete('k') })
map('deleted and set again', m => { m.set('a', 1); m.set('b', 2); m.delete('a'); m.set('c', 3); m.set('a', 4) })
map('cleared', m => { m.set('a', 1); m.set('b', new Y.Map()); m.clear() })
map('integer-like keys', m => { m.set('b', 1); m.set('2', 2); m.set('10', 3); m.set('1', 4) })
map('keys beyond ASCII', m => { m.set('ключ', 1); m.set('😀', 2); m.set('', 3) })
map('nested types', m => { m.set('m', new Y.Map([['q', 1]])); m.set('a', Y.Array.from([1])); m.set('t', new Y.Text('t👍')); m.get('m').set('d', new Y.Map()) })
map('nested type replaced', m => { const n = new Y.Map(); m.set('n', n); n.set('x', 1); m.set('n', 2) })
map('subdocument', m => m.set('d', new Y.Doc({ guid: 'g1' })))
map('subdocument with options', m => m.set('d', new Y.Doc({ guid: 'g2', autoLoad: true, gc: false, meta: { a: 1, 2: [null] } })))
map('subdocument deleted', m => { m.set('d', new Y.Doc({ guid: 'g3' })); m.delete('d') })
map('date', m => m.set('d', new Date(0)))

/* ---- XML ---- */

const xml = (name, edit, options) => made('xml', name, doc => edit(doc.getXmlFragment('x'), doc), options)
const element = (tag, attributes = {}, children = []) => {
  const e = new Y.XmlElement(tag)
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v)
  if (children.length) e.insert(0, children)
  return e
}
xml('element with attribute and text', x => x.insert(0, [element('p', { id: 'q' }, [new Y.XmlText('hi')])]))
xml('upper case tag', x => x.insert(0, [element('DIV')]))
xml('nested elements', x => x.insert(0, [element('ul', { class: 'l', id: '1' }, [element('li', {}, [new Y.XmlText('a')]), element('li'), new Y.XmlText('b')])]))
xml('attributes are sorted', x => x.insert(0, [element('p', { z: '1', a: '2', m: '3' })]))
xml('attribute removed', x => { const e = element('p', { a: '1', b: '2' }); x.insert(0, [e]); e.removeAttribute('a') })
xml('text in a fragment', x => x.insert(0, [new Y.XmlText('plain <not escaped>')]))
xml('formatted text', x => { const t = new Y.XmlText('hello'); x.insert(0, [t]); t.format(1, 3, { bold: {} }) })
xml('formats with attributes', x => { const t = new Y.XmlText('hello'); x.insert(0, [t]); t.format(0, 4, { a: { href: 'u', class: 'c' }, b: { z: '1' } }) })
xml('child deleted', x => { x.insert(0, [element('a'), element('b', {}, [new Y.XmlText('gone')]), element('c')]); x.delete(1, 1) })
xml('element root', (x, doc) => { const e = doc.getXmlElement('e'); e.setAttribute('k', 'v') }, { roots: [['e', E]] })
xml('text root', (x, doc) => doc.get('xt', Y.XmlText).insert(0, 'text'), { roots: [['xt', XT]] })
made('xml', 'hook', doc => { const h = new Y.XmlHook('hooked'); doc.getArray('a').push([h]); h.set('k', 'v') })

/* ---- legacy JSON contents ---- */

function legacy (name, values, edit = () => {}) {
  made('legacy', name, doc => {
    const a = doc.getArray('a')
    doc.transact(tr => new Y.Item(Y.createID(1, 0), null, null, null, null, a, null, new Y.ContentJSON(values)).integrate(tr, 0))
    edit(a)
  })
}
legacy('values', [1, 'x', null, true, { a: [1, 2.5], 2: 0 }, [], ''])
legacy('undefined', [undefined, 1, undefined])
legacy('split', [1, 2, 3, 4], a => a.insert(2, ['new']))
legacy('deleted in part', [1, 2, 3, 4], a => a.delete(1, 2))

/* ---- several clients ---- */

function session (seed, steps, { gc = true, ids } = {}) {
  const rnd = new Random(seed, 4242)
  const docs = ids.map(id => { const doc = new Y.Doc({ gc }); doc.clientID = id; return doc })
  const updates = []
  docs.forEach(doc => doc.on('update', (update, origin) => { if (origin !== 'remote') updates.push(update) }))
  for (let i = 0; i < steps; i++) {
    edit(rnd, rnd.pick(docs))
    if (rnd.one(4)) {
      const [a, b] = [rnd.pick(docs), rnd.pick(docs)]
      if (a !== b) Y.applyUpdate(b, Y.encodeStateAsUpdate(a, Y.encodeStateVector(b)), 'remote')
    }
  }
  return { docs, updates, rnd }
}

const words = ['hello ', 'wörld ', '日本語', '👍🏽', '🇨🇭', 'a', 'bc', '\n', 'lorem ipsum ', '👨‍👩', 'x'.repeat(30)]
const plain = rnd => rnd.pick([null, true, false, 0, -1, 1.5, 2 ** 31, 2 ** 53 - 1, -0.1, 'str', '👍', [1, [2, { a: 'b' }]], { k: 'v', n: { m: [null] } }, new Uint8Array([1, 2, 255])])

function edit (rnd, doc) {
  const [t, a, m, x] = [doc.getText('t'), doc.getArray('a'), doc.getMap('m'), doc.getXmlFragment('x')]
  const range = (type, most) => { const at = rnd.below(type.length); return [at, 1 + rnd.below(Math.min(most, type.length - at))] }
  const actions = [
    () => t.insert(rnd.below(t.length + 1), rnd.pick(words)),
    () => t.insert(rnd.below(t.length + 1), rnd.pick(words)),
    () => t.insert(rnd.below(t.length + 1), rnd.pick(words), rnd.pick([{ bold: true }, { bold: null }, { color: 'red', italic: true }])),
    () => t.length && t.format(...range(t, 8), rnd.pick([{ bold: true }, { bold: null }, { color: rnd.pick(['red', 'blue']) }])),
    () => t.insertEmbed(rnd.below(t.length + 1), rnd.pick([{ img: 'a.png' }, { k: [1, 2] }])),
    () => t.length && t.delete(...range(t, 12)),
    () => t.length && t.delete(...range(t, 4)),
    () => a.insert(rnd.below(a.length + 1), Array.from({ length: 1 + rnd.below(4) }, () => plain(rnd))),
    () => a.length && a.delete(...range(a, 3)),
    () => a.insert(rnd.below(a.length + 1), [rnd.pick([() => new Y.Map([['q', 1]]), () => new Y.Array(), () => new Y.Text('nested')])()]),
    () => m.set('k' + rnd.below(6), plain(rnd)),
    () => m.set('k' + rnd.below(6), plain(rnd)),
    () => m.delete('k' + rnd.below(6)),
    () => m.set('n' + rnd.below(3), rnd.pick([() => new Y.Map(), () => Y.Array.from([1, 2, 3]), () => new Y.Text('t👍')])()),
    () => { const v = m.get('n' + rnd.below(3)); if (v instanceof Y.Map) v.set('z', plain(rnd)); else if (v instanceof Y.Text) v.insert(0, rnd.pick(words)) },
    () => x.insert(rnd.below(x.length + 1), [element(rnd.pick(['p', 'div']), { id: 'v' + rnd.below(9) }, [new Y.XmlText(rnd.pick(words))])]),
    () => x.length > 1 && x.delete(rnd.below(x.length - 1), 1),
    () => m.set('sub' + rnd.below(2), new Y.Doc({ guid: 'g' + rnd.below(4), autoLoad: rnd.one(2) }))
  ]
  doc.transact(() => { for (let n = 1 + rnd.below(3); n > 0; n--) rnd.pick(actions)() })
}

const idSets = [[1, 2, 3], [300, 5, 70000], [2 ** 32 - 1, 2 ** 31, 9], [1, 2 ** 53 - 1]]
for (let seed = 1; seed <= 24; seed++) {
  const gc = seed % 3 !== 0
  const { docs, updates, rnd } = session(seed, 6 + seed * 2, { gc, ids: idSets[seed % idSets.length] })
  const merged = new Y.Doc({ gc })
  merged.clientID = 99
  docs.forEach(doc => Y.applyUpdate(merged, Y.encodeStateAsUpdate(doc)))
  vector('sessions', `session ${seed}, state`, Y.encodeStateAsUpdate(merged), all, { gc })
  if (seed % 2) vector('sessions', `session ${seed}, merged updates`, Y.mergeUpdates(updates), all, { gc })
  if (seed % 2 === 0) vector('pending', `session ${seed}, merged with holes`, Y.mergeUpdates(updates.filter(() => rnd.below(4) > 0)), all, { gc })
}

/* ---- what waits for missing updates ---- */

const waiting = (name, take) => {
  const doc = new Y.Doc()
  doc.clientID = 1
  const updates = []
  doc.on('update', update => updates.push(update))
  const t = doc.getText('t')
  for (const c of 'abcdef') t.insert(t.length, c)
  t.delete(1, 3)
  doc.getMap('m').set('k', new Y.Array())
  doc.getMap('m').get('k').push([1, 2])
  vector('pending', name, Y.mergeUpdates(take(updates)), all)
}
waiting('first update missing', u => u.slice(1))
waiting('one in the middle missing', u => u.filter((_, i) => i !== 2))
waiting('only the deletion', u => [u[6]])
waiting('deletion and part of what it deletes', u => [u[0], u[1], u[6]])
waiting('parent type missing', u => u.filter((_, i) => i !== 7))

/* ---- bytes that nobody writes but everybody must read ---- */

const raw = (name, bytes, options) => vector('bytes', name, Buffer.from(bytes.replace(/[ |]/g, ''), 'hex'), all, options)
raw('empty update', '0000')
raw('client without structs', '01 00 01 00 00')
raw('trailing bytes', '01010100 04010174 03616263 00 ffff')
raw('numbers longer than needed', '8100 8100 8100 8000 04 8100 8100 74 8300 616263 8000')
raw('delete set with an empty range', '01010100 04010174 03616263 01 01 01 0100')
raw('delete set with a client without ranges', '01010100 04010174 03616263 01 01 00')
raw('ranges of deletions that overlap', '01010100 04010174 0461626364 01 01 02 0002 0102')
raw('clients in ascending order', '02 01 01 00 04010174 0161 01 02 00 04010174 0162 00')
raw('client in the middle of a word', '01 02 01 00 04010174 03616263 84 01 01 01 58 00')
raw('skip between structs', '01 03 01 00 | 040101740161 | 0a 01 | 840101 0163 | 00')
raw('skip in front', '01 02 01 00 | 0a 01 | 840100 0163 | 00')
raw('parent is not a type', '01 02 01 00 | 04010174 0161 | 04 00 0100 0162 | 00')
raw('parent was collected', '01 02 01 00 | 00 01 | 04 00 0100 0162 | 00')
raw('origin was collected', '01 02 01 00 | 00 02 | 84 0101 0162 | 00')
raw('collected range', '01 01 05 00 | 00 0a | 00')
raw('collected ranges that touch', '01 02 05 00 | 00 03 | 00 04 | 00')
raw('deletions of nobody', '00 01 09 01 00 05')
raw('root of unknown kind', '01010100 08 010161 02 7d01 7d02 00')

for (const [file, vectors] of files) fs.writeFileSync(new URL(`../docs/${file}.txt`, import.meta.url), vectors.join('\n'))
let count = 0
for (const [file, vectors] of files) { count += vectors.length; console.log(file, vectors.length) }
console.log('vectors', count)
