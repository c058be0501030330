/* SPDX-License-Identifier: MIT */
/*
 * notes.mjs - writes notes.bin, the document of tools/demo: a text, a map, an array and a nested map, edited by two
 * clients at the same time. Client ids are fixed, so the bytes are.
 */
import fs from 'node:fs'
import { Y } from '../../differential/yjs.mjs'

const peer = client => {
  const doc = new Y.Doc()
  doc.clientID = client
  return doc
}
const anna = peer(101)
const ben = peer(202)
const sync = (from, to) => Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)))

anna.getText('notes').insert(0, 'Bring bread, cheese and grapes 🍇.')
anna.getMap('meta').set('title', 'Picnic')
anna.getMap('meta').set('people', 4)
anna.getArray('todo').insert(0, ['blanket', 'knife', { buy: 'water', litres: 6 }])
sync(anna, ben)

/* Concurrently: */
anna.getText('notes').insert(11, ', olives')
ben.getText('notes').delete(13, 6)
ben.getText('notes').insert(13, 'ham')
const place = new Y.Map()
ben.getMap('meta').set('place', place)
place.set('name', 'Lake')
place.set('lat', 46.2)
ben.getArray('todo').delete(1, 1)
anna.getMap('meta').set('title', 'Picnic at the lake')
sync(anna, ben)
sync(ben, anna)

fs.writeFileSync(new URL('../notes.bin', import.meta.url), Y.encodeStateAsUpdate(anna))
