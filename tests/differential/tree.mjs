/* SPDX-License-Identifier: MIT */
/*
 * tree.mjs - XML and subdocuments in the programs, replayed by tree.c.
 *
 * One program in three has them: two more roots (a fragment, an element), children that come and go, attributes of
 * every kind of value, and documents in arrays, maps and attributes. What yjs prints of XML and what its walks find is
 * compared, the subdocuments that are live, and each event about them, which stands in the log of calls:
 *   s+g1 g2*-g3 ~g2       added, removed, loaded; a star behind those that should be loaded
 */
import { Y, encoding, kinds, kindOf, makeType, typeJson, valueJson } from './yjs.mjs'

const xmlRoots = [['x', kinds.xmlFragment], ['e', kinds.xmlElement]]
const childKinds = [kinds.xmlElement, kinds.xmlElement, kinds.xmlElement, kinds.xmlText, kinds.xmlText, kinds.xmlHook, kinds.xmlFragment]
const names = ['p', 'P', 'div', 'H1', 'ÉTÉ', 'straße', 'STRASSE', 'ΟΔΟΣ', 'ǅ', '', '😀']
const keys = ['id', 'class', 'a', 'B', '10', '9', 'ä', '😀', '\uffee', '']
const nodeName = type => type instanceof Y.XmlElement ? type.nodeName : type instanceof Y.XmlHook ? type.hookName : ''
const isParent = type => type instanceof Y.XmlFragment

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
    const root = rnd.pick(xmlRoots)
    let type = peer.root(root[0], root[1])
    const path = []
    while (rnd.below(4) > 0) {
      const below = []
      if (isParent(type)) type.toArray().forEach((v, i) => below.push([v, i]))
      type._map.forEach((item, key) => {
        if (!item.deleted && item.content.type) below.push([item.content.type, key])
      })
      if (below.length === 0) break
      const [child, step] = rnd.pick(below)
      type = child
      path.push(step)
    }
    return { type, root, path }
  }

  /* True if it did something: else the program goes on as without trees. */
  op (rnd, peer, values) {
    if (rnd.one(3)) return false
    if (rnd.one(3)) return this.docOp(rnd, peer)
    const target = this.target(rnd, peer)
    const { type } = target
    if (type instanceof Y.Text) { this.program.textOp(rnd, peer, target); return true }
    if (isParent(type) && (!(type instanceof Y.XmlElement) || rnd.below(3) > 0)) { this.childOp(rnd, target); return true }
    if (type instanceof Y.XmlElement) { this.attributeOp(rnd, target, values); return true }
    return false
  }

  childOp (rnd, target) {
    const { out } = this
    const { type } = target
    const op = type.length === 0 ? rnd.pick([0, 2]) : rnd.pick([0, 0, 1, 1, 2, 3, 3])
    this.program.head('<', target); out.uint(op)
    if (op === 3) {
      const from = rnd.below(type.length)
      const len = 1 + rnd.below(Math.min(type.length - from, 3))
      out.uint(from); out.uint(len)
      type.delete(from, len)
      return
    }
    const at = rnd.below(type.length + 1)
    if (op < 2) out.uint(at)
    const kind = rnd.pick(childKinds)
    const name = rnd.pick(names)
    out.uint(kind); out.string(name)
    const child = makeType(kind, name)
    if (op === 0) type.insert(at, [child])
    else if (op === 1) type.insertAfter(at === 0 ? null : type.get(at - 1), [child])
    else type.push([child])
  }

  attributeOp (rnd, target, values) {
    const { out, program } = this
    const { type } = target
    const key = rnd.pick(keys)
    switch (rnd.below(5)) {
      case 0: case 1: {
        const value = values(rnd)
        program.head('s', target); out.string(key); out.bytes(anyBytes([value]))
        return type.setAttribute(key, value)
      }
      case 2: {
        const kind = rnd.pick([...childKinds, kinds.map, kinds.array, kinds.text])
        const name = rnd.pick(names)
        program.head('t', target); out.string(key); out.uint(kind); out.string(name)
        return type.setAttribute(key, makeType(kind, name))
      }
      default:
        program.head('u', target); out.string(key); out.uint(type.hasAttribute(key) ? 1 : 0)
        return type.removeAttribute(key)
    }
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
      const key = rnd.pick(keys)
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
