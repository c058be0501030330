/* SPDX-License-Identifier: MIT */
/*
 * random_doc.mjs - writers that edit at random, and the reader that follows them: what the programs on positions and
 * snapshots are about. Writers know of each other by chance; the reader gets every update in the order it was made.
 */
import { Y } from '../yjs.mjs'

const texts = ['a', 'hello', 'x y', 'é', '😀', 'a😀b', '日本', '\n', 'ÿ😀😀']
const kindsInside = [() => new Y.Text(), () => new Y.Array(), () => new Y.Map()]
const xmlInside = [() => new Y.XmlElement('p'), () => new Y.XmlText(), () => new Y.XmlElement('Div')]

export const rootNames = { t: 'getText', u: 'getText', a: 'getArray', m: 'getMap', x: 'getXmlFragment', é: 'getArray' }

/* All live types of a document, roots first. */
export function typesOf (doc) {
  const found = Object.entries(rootNames).map(([name, get]) => doc[get](name))
  for (let i = 0; i < found.length; i++) {
    for (let n = found[i]._start; n !== null; n = n.right) if (!n.deleted && n.content.type) found.push(n.content.type)
    found[i]._map.forEach(n => { if (!n.deleted && n.content.type) found.push(n.content.type) })
  }
  return found
}

const plain = random => random.pick([() => random.below(100), () => random.pick(texts), () => null, () => random.one(2),
  () => ({ k: random.below(9), l: [1, 'é'] }), () => new Uint8Array([1, random.below(256)]), () => [random.below(5)]])()

function editText (random, text) {
  const at = random.below(text.length + 1)
  const len = random.below(Math.min(6, text.length - at) + 1)
  switch (random.below(7)) {
    case 0: case 1: return text.insert(at, random.pick(texts))
    case 2: return text.insert(at, random.pick(texts), { [random.pick(['b', 'i'])]: random.pick([true, null, { c: 1 }]) })
    case 3: return text.insertEmbed(at, random.one(3) ? random.pick(kindsInside)() : { image: random.below(9) })
    case 4: return len && text.format(at, len, { [random.pick(['b', 'i'])]: random.pick([true, null, 7]) })
    case 5: return len && text.delete(at, len)
    default: return text.insert(text.length, random.pick(texts))
  }
}

function editArray (random, array, inside) {
  const at = random.below(array.length + 1)
  const len = random.below(Math.min(3, array.length - at) + 1)
  const xml = array instanceof Y.XmlFragment
  switch (random.below(4)) {
    case 0: return len && array.delete(at, len)
    case 1: return array.insert(at, [random.pick(inside)()])
    default: return xml
      ? array.insert(at, [random.pick(inside)()])
      : array.insert(at, Array.from({ length: 1 + random.below(3) }, () => plain(random)))
  }
}

function editMap (random, map, inside) {
  const key = random.pick(['k', 'l', 'é', '7'])
  if (random.one(4)) return map.delete(key)
  map.set(key, random.one(3) ? random.pick(inside)() : plain(random))
}

export function edit (random, doc) {
  const type = random.pick(typesOf(doc))
  if (type instanceof Y.XmlElement && random.one(3)) return type.setAttribute(random.pick(['k', 'Z']), random.pick(texts))
  if (type instanceof Y.Text) return editText(random, type)
  if (type instanceof Y.XmlFragment) return editArray(random, type, xmlInside)
  if (type instanceof Y.Map) return editMap(random, type, kindsInside)
  return editArray(random, type, kindsInside)
}

/* Writers and reader. `told` is called with each update before the reader gets it. */
export class Circle {
  constructor (random, gc, told) {
    this.random = random
    this.reader = new Y.Doc({ gc })
    this.reader.clientID = 1000
    this.writers = Array.from({ length: 2 + random.below(2) }, (_, i) => {
      const doc = new Y.Doc({ gc })
      doc.clientID = [3, 700, 4294967297][i]
      doc.on('update', (update, origin) => {
        if (origin === 'net') return
        told(update)
        Y.applyUpdate(this.reader, update, 'net')
      })
      return doc
    })
  }

  step () {
    const doc = this.random.pick(this.writers)
    const edits = this.random.one(4) ? 1 + this.random.below(4) : 1
    doc.transact(() => { for (let i = 0; i < edits; i++) edit(this.random, doc) })
    if (this.random.one(3)) {
      const other = this.random.pick(this.writers)
      if (other !== doc) Y.applyUpdate(other, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other)), 'net')
    }
  }
}
