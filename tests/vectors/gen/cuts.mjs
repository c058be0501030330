/* SPDX-License-Identifier: MIT */
/*
 * cuts.mjs - makes ../cuts.txt with yjs: updates of one client, and what is left of each from every clock on.
 *
 * Where a block is cut in its middle the first block of the answer has a new origin and the rest of the content; that
 * is all the cutting an encoder has to know.
 */
import fs from 'node:fs'
import { Y } from '../../differential/yjs.mjs'

const hex = bytes => Buffer.from(bytes).toString('hex')
const lines = []

function cuts (name, edit, { gc = true } = {}) {
  const doc = new Y.Doc({ gc })
  doc.clientID = 300
  edit(doc)
  const end = Y.getState(doc.store, 300)
  lines.push(`name ${name}`, `update ${hex(Y.encodeStateAsUpdate(doc))}`)
  for (let clock = 1; clock < end; clock++) {
    lines.push(`from ${clock} ${hex(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(new Map([[300, clock]]))))}`)
  }
  lines.push('end', '')
}

const legacy = values => doc => doc.transact(tr =>
  new Y.Item(Y.createID(300, 0), null, null, null, null, doc.getArray('a'), null, new Y.ContentJSON(values)).integrate(tr, 0))

cuts('ascii', doc => doc.getText('t').insert(0, 'abcdefghijkl'))
cuts('two- and three-byte characters', doc => doc.getText('t').insert(0, 'aäöü日本語b'))
cuts('surrogate pairs', doc => doc.getText('t').insert(0, '😀a😀😀b👩‍👩‍👧'))
cuts('pairs behind a word of ASCII', doc => doc.getText('t').insert(0, 'abcdefgh😀ijklmno😀pqrstuvwxyz€😀'))
cuts('replacement characters', doc => { const t = doc.getText('t'); t.insert(0, 'a😀b'); t.insert(2, 'X') })
cuts('between neighbours', doc => { const t = doc.getText('t'); t.insert(0, 'ad'); t.insert(1, 'bbbb') })
cuts('plain values', doc => doc.getArray('a').push([1, 'x', null, { a: [1, { b: 2 }] }, [], 2.5, -0, true]))
cuts('legacy values', legacy([1, 'x', undefined, null, { a: 'ä', b: [1.5] }, [], undefined]))
cuts('deleted', doc => { const t = doc.getText('t'); t.insert(0, 'abcdefg'); t.delete(1, 5) })
cuts('deleted, kept', doc => { const t = doc.getText('t'); t.insert(0, 'abcdefg'); t.delete(1, 5) }, { gc: false })
cuts('collected', doc => { const m = new Y.Map(); doc.getArray('a').push([m]); for (let i = 0; i < 6; i++) m.set('k' + i, i); doc.getArray('a').delete(0, 1) })
cuts('in a nested type', doc => { const m = new Y.Map(); doc.getArray('a').push([m]); const a = new Y.Array(); m.set('list', a); a.push([1, 2, 3]) })
cuts('map entries', doc => { const m = doc.getMap('m'); for (let i = 0; i < 4; i++) m.set('k', i); m.set('größe', 'x') })
cuts('formats and embeds', doc => { const t = doc.getText('t'); t.insert(0, 'abcd'); t.format(1, 2, { bold: true, n: 1.5 }); t.insertEmbed(2, { image: [1, null] }) })
cuts('single units', doc => { const a = doc.getArray('a'); a.push([new Uint8Array([1, 2]), new Y.Text('hi'), new Y.Doc({ guid: 'g' }), new Y.XmlElement('p'), new Y.XmlHook('h')]) })

fs.writeFileSync(new URL('../cuts.txt', import.meta.url), lines.join('\n'))
