// Id sets and id maps by Yjs 14, with their algebra: writes to ../ids.txt (README.md has the format).
//
// usage: node ids.mjs FOLDER     the folder into which `npm install @y/y@14.0.0-rc.7` was run
import { existsSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const folder = `${process.argv[2]}/node_modules`
const load = async path => import(pathToFileURL(`${folder}/${path}`).href)
const Y = { ...await load('@y/y/src/index.js') }
for (const file of ['ids', 'meta', 'updates', 'UpdateEncoder']) Object.assign(Y, await load(`@y/y/src/utils/${file}.js`))
const any = await load(existsSync(`${folder}/@y/y/node_modules/lib0`) ? '@y/y/node_modules/lib0/src/encoding.js' : 'lib0/encoding.js')

let state = 7
const random = n => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0
  return (state >>> 8) % n
}
const hex = bytes => Buffer.from(bytes).toString('hex') || '-'
const clients = [0, 1, 9, 127, 128, 300, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1]

const encodeSet = (set, Encoder) => {
  const encoder = new Encoder()
  Y.writeIdSet(encoder, set)
  return hex(encoder.toUint8Array())
}
const randomSet = () => {
  const set = Y.createIdSet()
  for (let i = random(9); i > 0; i--) set.add(clients[random(clients.length)], random(30) * (random(9) ? 1 : 1000), 1 + random(6))
  return set
}
const v2 = set => encodeSet(set, Y.IdSetEncoderV2)

const values = [null, true, 5, -1.5, 'Alice', { b: 1, a: [1, 'x'] }, [], 2 ** 40, 10n, new Uint8Array([1, 2]), undefined]
const names = ['insert', 'insertAt', 'delete', '_hidden', 'é😀']
// One object for each attribute, as a program would have it that uses one map to make others.
const attributes = names.flatMap(name => values.slice(0, 6).map(value => Y.createContentAttribute(name, value)))
  .concat(values.map(value => Y.createContentAttribute('any', value)))
const encodeAttribute = a => {
  const encoder = any.createEncoder()
  any.writeVarString(encoder, a.name)
  any.writeAny(encoder, a.val)
  return hex(any.toUint8Array(encoder))
}
const encodeMap = map => hex(Y.encodeIdMap(map))
const randomMap = (from, to, out) => {
  const map = Y.createIdMap()
  const steps = []
  for (let i = random(8); i > 0; i--) {
    const client = clients[random(clients.length) % 4]
    const clock = random(20)
    const len = 1 + random(8)
    const attrs = []
    for (let k = random(4); k > 0; k--) {
      const a = attributes[from + random(to - from)]
      if (!attrs.includes(a)) attrs.push(a)
    }
    map.add(client, clock, len, attrs)
    map.has(client, clock) // reading brings the ranges in order; how many were added before it shows in the bytes
    steps.push([client, clock, len, ...attrs.map(encodeAttribute)].join(' '))
  }
  if (out) out.push(...steps.map(step => `add ${step}`), `map ${encodeMap(map)}`)
  return map
}

const lines = []
for (let i = 0; i < 150; i++) {
  const a = randomSet(), b = randomSet()
  lines.push(`set ${v2(a)} ${encodeSet(a, Y.IdSetEncoderV1)}`)
  lines.push(`sets ${v2(a)} ${v2(b)} ${v2(Y.mergeIdSets([a, b]))} ${v2(Y.diffIdSet(a, b))} ${v2(Y.intersectSets(a, b))}`)
}
for (let i = 0; i < 150; i++) {
  const a = randomMap(0, attributes.length, lines)
  // Of maps that share attributes the intersection of Yjs names them twice; the others do not.
  const half = attributes.length >> 1
  const b = randomMap(0, half), c = randomMap(half, attributes.length)
  lines.push(`maps ${encodeMap(b)} ${encodeMap(c)} ${encodeMap(Y.mergeIdMaps([b, c]))} ${
    encodeMap(Y.diffIdMap(b, c))} ${encodeMap(Y.intersectMaps(b, c))}`)
  const s = randomSet()
  lines.push(`map-and-set ${encodeMap(a)} ${v2(s)} ${encodeMap(Y.diffIdMap(a, s))} ${encodeMap(Y.intersectMaps(a, s))}`)
}
// Ids of updates and documents.
const doc = new Y.Doc({ gc: false })
for (let i = 0; i < 20; i++) {
  doc.clientID = 1 + random(3)
  let update = null
  doc.once('update', u => { update = u })
  const text = doc.get('t')
  const edit = tr => {
    text.insert(random(text.length + 1), 'abc'.slice(random(3)))
    if (random(2)) text.delete(random(text.length), 1)
    if (random(3) === 0) text.setAttr('k' + random(3), i)
  }
  let ids = null
  doc.once('afterTransaction', tr => { ids = { inserts: tr.insertSet, deletes: tr.deleteSet } })
  doc.transact(edit)
  const seen = Y.createContentIdsFromUpdate(update)
  lines.push(`update ${hex(update)} ${v2(seen.inserts)} ${v2(seen.deletes)}`)
  if (v2(ids.inserts) !== v2(seen.inserts) || v2(ids.deletes) !== v2(seen.deletes)) throw new Error('a transaction and its update differ')
}
const whole = Y.createContentIdsFromDoc(doc)
lines.push(`document ${hex(Y.encodeStateAsUpdate(doc))} ${v2(whole.inserts)} ${v2(whole.deletes)}`)
writeFileSync(new URL('../ids.txt', import.meta.url), lines.join('\n') + '\n')
