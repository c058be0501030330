/* SPDX-License-Identifier: MIT */
/*
 * tree.mjs - XML and subdocuments in the programs, replayed by tree.c.
 *
 * One program in three has them: two more roots (a fragment, an element), and documents in arrays, maps and attributes.
 * What yjs prints of XML and what its walks find is compared, the subdocuments that are live, and each event about them,
 * which stands in the log of calls:
 *   s+g1 g2*-g3 ~g2       added, removed, loaded; a star behind those that should be loaded
 */
import { Y, encoding, kinds, kindOf, typeJson, valueJson } from './yjs.mjs'

const xmlRoots = [['x', kinds.xmlFragment], ['e', kinds.xmlElement]]
export const names = ['p', 'P', 'div', 'H1', 'ÉTÉ', 'straße', 'STRASSE', 'ΟΔΟΣ', 'ǅ', '', '😀']
export const attributes = ['id', 'class', 'a', 'B', '10', '9', 'ä', '😀', '\uffee', '']
const nodeName = type => type instanceof Y.XmlElement ? type.nodeName : type instanceof Y.XmlHook ? type.hookName : ''

function anyBytes (value) {
  const e = encoding.createEncoder()
  encoding.writeAny(e, value)
  return encoding.toUint8Array(e)
}

export class Trees {
  constructor (program) {
    this.program = program
    this.out = program.out
    this.guids = 0
    for (const peer of program.peers) {
      const { observers } = peer
      const list = docs => [...docs].map(doc => doc.guid + (doc.shouldLoad ? '*' : '')).join(' ')
      peer.doc.on('subdocs', ({ added, removed, loaded }) => {
        observers.log += `s+${list(added)}-${list(removed)}~${list(loaded)}`
      })
    }
  }

  /* ---- edits ---- */

  target (rnd, peer) {
    return this.program.descend(rnd, peer, rnd.pick(xmlRoots), 4)
  }

  /* True if it did something: else the program goes on as without trees. */
  op (rnd, peer) {
    if (rnd.one(3)) return false
    if (rnd.one(3)) return this.docOp(rnd, peer)
    this.program.typeOp(rnd, peer, this.target(rnd, peer))
    return true
  }

  /* ---- subdocuments ---- */

  newDoc (rnd) {
    const { out } = this
    const options = { guid: 'g' + ++this.guids }
    if (rnd.one(4)) options.gc = false
    if (rnd.one(3)) options.autoLoad = true
    if (rnd.one(3)) options.shouldLoad = false
    if (rnd.one(3)) options.meta = rnd.pick([{ a: 1, b: [null] }, 'text', 5, 0, false, null, new Uint8Array([1, 2]), { meta: undefined }])
    out.string(options.guid)
    out.uint((options.gc === false ? 1 : 0) + (options.autoLoad ? 2 : 0) + (options.shouldLoad === false ? 4 : 0))
    out.bytes(anyBytes([options.meta]))
    return new Y.Doc(options)
  }

  /* One that is in this type, by index or key. */
  pickDoc (rnd, type) {
    const all = []
    if (type instanceof Y.Array) type.toArray().forEach((v, i) => { if (v instanceof Y.Doc) all.push([v, i]) })
    type._map.forEach((item, key) => { if (!item.deleted && item.content.doc) all.push([item.content.doc, key]) })
    return all.length === 0 ? null : rnd.pick(all)
  }

  docOp (rnd, peer) {
    const { out, program } = this
    const target = rnd.one(4) ? this.target(rnd, peer) : program.target(rnd, peer)
    const { type } = target
    const kind = kindOf(type)
    const found = rnd.one(2) ? this.pickDoc(rnd, type) : null
    if (found) {
      const [doc, step] = found
      const load = rnd.one(2)
      program.head('@', target); out.uint(load ? 3 : 4)
      if (typeof step === 'number') { out.uint(0); out.uint(step) } else { out.uint(1); out.string(step) }
      if (load) doc.load()
      else doc.destroy()
      return true
    }
    if (kind === kinds.array) {
      const push = rnd.one(3)
      const at = rnd.below(type.length + 1)
      program.head('@', target); out.uint(push ? 1 : 0)
      if (!push) out.uint(at)
      const doc = this.newDoc(rnd)
      if (push) type.push([doc])
      else type.insert(at, [doc])
    } else if (kind === kinds.map || kind === kinds.xmlHook || kind === kinds.xmlElement) {
      const key = rnd.pick(attributes)
      program.head('@', target); out.uint(2); out.string(key)
      const doc = this.newDoc(rnd)
      if (kind === kinds.xmlElement) type.setAttribute(key, doc)
      else type.set(key, doc)
    } else {
      return false
    }
    return true
  }

  /* ---- checks ---- */

  check (peer) {
    const { out } = this
    for (const [name, kind] of xmlRoots) {
      const type = peer.root(name, kind)
      out.letter('J'); out.uint(peer.number); out.string(name); out.uint(kind); out.string(typeJson(type))
      out.letter('>'); out.uint(peer.number); out.string(name); out.uint(kind)
      out.string(this.walked(type))
    }
    out.letter('%'); out.uint(peer.number)
    out.string([...peer.doc.subdocs].map(doc =>
      `${doc.guid} ${doc.shouldLoad ? 1 : 0}${doc.autoLoad ? 1 : 0}${doc.gc ? 1 : 0} ${valueJson(doc.meta ?? null)}`).join(';'))
  }

  /* Every node of the tree with its neighbours, then what queries find. */
  walked (root) {
    const short = type => type ? kindOf(type) + nodeName(type) : '-'
    let text = short(root.firstChild) + ';'
    for (const node of root.createTreeWalker(() => true)) {
      text += `${short(node)},${short(node.parent._item ? node.parent : null)},${node.parent instanceof Y.XmlFragment ? node.parent.toArray().indexOf(node) : ''}`
      if (node instanceof Y.XmlElement || node instanceof Y.XmlText) text += `,${short(node.prevSibling)},${short(node.nextSibling)}`
      text += ';'
    }
    for (const name of names) text += root.querySelectorAll(name).map(short).join(' ') + '|' + short(root.querySelector(name)) + ';'
    return text
  }
}
