/* SPDX-License-Identifier: MIT */
/*
 * program.mjs - one seeded random program: executed by yjs here, recorded for run.c together with what yjs answered.
 *
 * A program is a list of steps (a local transaction, a delivery, a check). Every step draws from its own generator,
 * made of seed and step number, so that shrink.mjs can leave steps out and the rest stays what it was.
 *
 * What is compared with yjs: the update event of every transaction, the whole state after it, differences against real
 * and invented state vectors, the state vector, whether something is pending, the JSON of every root, deltas and
 * attributes, and every call of an observer. Where yjs has a defect (spec/quirks.md), it is put right before it is asked,
 * or the runner recognises exactly what the defect does; how often is counted for each.
 */
import { Y, encoding, flat, kinds, kindOf, getRoot, makeType, typesIn, typeJson, entriesJson, deltaJson } from './yjs.mjs'
import { Observers } from './observe.mjs'
import { applyInTime } from './waiting.mjs'
import { without } from './without.mjs'
import { Random } from './random.mjs'
import { Trees, attributes, names } from './tree.mjs'

const roots = [['t', kinds.text], ['a', kinds.array], ['m', kinds.map], ['größe 🗺', kinds.map], ['', kinds.text]]
const units = { utf16: 0, utf8: 1, scalar: 2 }
const words = ['a', 'b', 'c', 'xy', 'hello ', 'é', 'wör', '日本', '語', '😀', '👍🏽', '🇨🇭', 'a😀b', '\n', '"\\', '\u0000', '\u2028',
  'lorem ipsum dolor sit amet ', '👩‍👩‍👧', '\u0001\u001f\u007f', '\ufffd', '😀😀😀']
const keys = ['k', 'a', 'b', 'c', '0', '10', '2', 'schlüssel', '🔑', '', 'longer key with spaces']
const childKinds = [kinds.xmlElement, kinds.xmlElement, kinds.xmlElement, kinds.xmlText, kinds.xmlText, kinds.xmlHook, kinds.xmlFragment]
/* Copied for each use: yjs compares objects by identity in places, and it writes into attributes that it is given. */
const formats = [{ mark: { id: 1 } }, { mark: { id: 1 } }, { mark: { id: 2, of: { a: [] } } }, { mark: [1, 'x'], bold: true }, { mark: null }, { n: 0, mark: {} }, { bold: true }, { bold: true }, { bold: null }, { italic: true, color: 'red' }, { color: 'blue' }, { color: null, bold: null }, { link: 'x' }, { 'ключ': 1.5 }, { a: '', b: 'ä語', 1: false }, {}]
/* The scalars come last: yjs leaves them out of the deltas of events. */
const embeds = [{ image: 'a.png' }, [1, { a: null }], { n: 1e21, 2: 'b', 1: 'a' }, 5, true]

function clientIds (rnd, n) {
  const base = rnd.pick([1, 1, 1, 100, 127, 16383, 0x7ffffffe, 0xfffffff0, 0xfffffff0, 2 ** 40, 2 ** 53 - 8])
  const ids = Array.from({ length: n }, (_, i) => rnd.one(4) ? 1 + rnd.below(2 ** 31) : base + i)
  return new Set(ids).size === n ? ids : ids.map((_, i) => base + i)
}

function plain (rnd, depth) {
  switch (rnd.below(depth > 0 ? 22 : 17)) {
    case 0: return null
    case 1: return true
    case 2: return false
    case 3: return rnd.below(10)
    case 4: return -rnd.below(200)
    case 5: return rnd.pick([0, -0, 63, 64, -64, 8191, 8192, 2 ** 31 - 1, -(2 ** 31 - 1), 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 53, 2 ** 60])
    case 6: return rnd.pick([0.5, 1.5, -0.1, 0.1, 1e300, 5e-324, 1.7976931348623157e308, 1e21, 1e-7, 123456789.125, NaN, Infinity, -Infinity, 3.4028234663852886e38, 1e-45])
    case 7: return rnd.next() / 4096
    case 8: return rnd.below(1000)
    case 9: case 10: case 11: return rnd.pick(words)
    case 12: return 'x'.repeat(rnd.below(40))
    case 13: return Uint8Array.from({ length: rnd.below(6) }, () => rnd.below(256))
    case 14: case 15: case 16: return rnd.below(5)
    case 17: case 18: return Array.from({ length: rnd.below(4) }, () => inner(rnd, depth - 1))
    default: {
      const object = {}
      for (let n = rnd.below(4); n > 0; n--) object[rnd.pick(keys)] = inner(rnd, depth - 1)
      return object
    }
  }
}
/* Values that only the inside of objects, arrays and maps may hold. */
const inner = (rnd, depth) => rnd.one(12) ? rnd.pick([undefined, 0n, -1n, 2n ** 62n, -(2n ** 63n), 12345678901234567890n % 2n ** 63n]) : plain(rnd, depth)

function anyBytes (values) {
  const e = encoding.createEncoder()
  encoding.writeAny(e, values)
  return encoding.toUint8Array(e)
}

const pickFormats = rnd => structuredClone(rnd.pick(formats))

/* The length of a string in a unit. */
const measure = (string, unit) => unit === units.utf16 ? string.length : unit === units.utf8 ? Buffer.byteLength(string) : [...string].length

/* yjs threw: the program ends here. */
export class Failure extends Error {}

class Peer {
  constructor (number, client, keepDeleted, unit) {
    this.number = number
    this.unit = unit
    this.doc = new Y.Doc({ gc: !keepDeleted })
    this.doc.clientID = client
    this.cursor = 0
    this.key = 'type'
    this.events = []
    this.eventsV2 = []
    this.vectors = [] // older state vectors of this peer
    this.observers = new Observers(this.doc, string => measure(string, unit))
    this.doc.on('update', update => { this.events.push(update); this.observers.log += 'u' })
    this.doc.on('updateV2', update => this.eventsV2.push(update))
  }

  /* Making an array root opens an empty transaction in yjs, which is not compared. */
  root (name, kind) {
    const { log } = this.observers
    const type = getRoot(this.doc, name, kind)
    this.observers.log = log
    return type
  }
}

export class Program {
  constructor (seed, out, skip = new Set(), maxSteps = Infinity) {
    this.seed = seed
    this.out = out
    this.log = [] // every update event
    const rnd = new Random(seed)
    const n = 2 + rnd.below(3)
    const ids = clientIds(rnd, n)
    const unitful = rnd.one(4)
    this.peers = ids.map((id, i) => new Peer(i, id, rnd.one(3), unitful ? rnd.below(3) : units.utf16))
    this.textful = rnd.below(4) // which kind of type this program likes
    this.big = rnd.one(40)
    this.rich = rnd.one(2)
    this.watching = rnd.one(2)
    this.stages = this.watching && rnd.one(2)
    this.nesting = this.watching && rnd.one(4) // makes transactions inside observers
    /* Somebody types: key strokes one behind the other, taken back and deleted forward, in plain texts that nobody observes. */
    this.typist = new Random(seed, -3).one(4)
    if (this.typist) {
      this.rich = this.watching = this.stages = this.nesting = false
      this.textful = 0
    }
    this.watches = 0
    this.trees = new Random(seed, -2).one(3) ? new Trees(this) : null
    out.letter('P')
    out.uint(seed)
    out.uint((this.stages ? 1 : 0) + (this.nesting ? 2 : 0) + (this.trees ? 4 : 0))
    out.uint(n)
    for (const p of this.peers) {
      out.uint(p.doc.clientID)
      out.uint(p.doc.gc ? 0 : 1)
      out.uint(p.unit)
    }
    for (const p of this.peers) {
      if (this.stages) p.observers.observeStages()
      if (!this.nesting) continue
      p.observers.exactEnds()
      p.observers.inside = () => this.inside(p)
      p.observers.compares = yes => { out.letter('~'); out.uint(yes ? 0 : 1) }
    }
    /* yjs forgets that a root has formats when it learns its kind after they arrived: then it cleans none and inherits by
     * chance. So all know the kinds before. */
    if (this.rich) for (const p of this.peers) this.json(p)
    const steps = Math.min(maxSteps, 4 + rnd.below(this.big || this.typist ? 200 : 40))
    for (let i = 0; i < steps; i++) {
      if (skip.has(i)) continue
      out.letter('#')
      out.uint(i)
      this.step(new Random(seed, i + 1))
    }
    this.finish(new Random(seed, -1))
    for (const p of this.peers) p.doc.destroy()
    out.flushIfFull()
  }

  step (rnd) {
    this.calls = 0
    this.inner = new Random(this.seed, rnd.next())
    if (this.watching && rnd.one(3)) this.watch(rnd, rnd.pick(this.peers))
    if (this.log.length === 0 || rnd.below(5) < 3) return this.edit(rnd, rnd.pick(this.peers))
    const to = rnd.pick(this.peers)
    const from = rnd.pick(this.peers)
    switch (rnd.below(8)) {
      case 0: case 1: case 2: // any update that ever was: out of order, doubled, or never
        return this.apply(rnd, to, rnd.one(2) ? this.log[this.log.length - 1 - rnd.below(Math.min(4, this.log.length))] : rnd.pick(this.log))
      case 3:
        return this.apply(rnd, to, Y.encodeStateAsUpdate(from.doc))
      case 4: case 5:
        return this.apply(rnd, to, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)))
      case 6: // against what the peer knew some time ago: overlaps
        return this.apply(rnd, to, Y.encodeStateAsUpdate(from.doc, to.vectors.length ? rnd.pick(to.vectors) : undefined))
      case 7: // a merge with holes
        return this.apply(rnd, to, Y.mergeUpdates(this.log.filter(() => rnd.below(3) > 0).concat([this.log[0]])))
    }
  }

  /* ---- checks ---- */

  /* The update events since the last time, and the calls of observers. */
  take (peer) {
    const { out } = this
    const { observers } = peer
    for (const quirk of observers.excused) { out.letter('!'); out.uint(quirk) }
    observers.excused = []
    out.letter('L'); out.string(observers.log)
    observers.log = ''
    observers.nested = false
    out.uint(peer.events.length)
    for (const update of peer.events) {
      out.bytes(update)
      this.log.push(update)
    }
    out.uint(peer.eventsV2.length)
    for (const update of peer.eventsV2) out.bytes(update)
    peer.events = []
    peer.eventsV2 = []
  }

  /* ---- observers ---- */

  watch (rnd, peer) {
    const { out } = this
    const { observers } = peer
    if (observers.watches.length > 12 || (observers.watches.length > 0 && rnd.one(4))) {
      const number = observers.unobserve(rnd)
      out.letter('r'); out.uint(peer.number); out.uint(number)
    } else {
      const target = this.trees && rnd.one(2) ? this.trees.target(rnd, peer) : this.target(rnd, peer)
      const [deep, delta] = [rnd.one(2), rnd.one(2) && peer.unit === units.utf16]
      out.letter('o'); out.uint(peer.number)
      this.path(target); out.uint(++this.watches); out.uint((deep ? 1 : 0) + (delta ? 2 : 0))
      observers.observe(target.type, this.watches, deep, delta)
    }
  }

  /* Inside a call of an observer. */
  inside (peer) {
    const { out, inner } = this
    if (++this.calls > 8 || inner.below(4) > 0) { out.letter('K'); return }
    peer.observers.nested = true
    out.letter('X')
    peer.doc.transact(() => {
      this.op(inner, peer)
      out.letter('Y')
    })
  }

  check (rnd, peer) {
    const { out } = this
    out.letter('S'); out.uint(peer.number); out.bytes(Y.encodeStateAsUpdate(peer.doc)); out.bytes(Y.encodeStateAsUpdateV2(peer.doc))
    without(this)
    if (rnd.one(2)) {
      const sv = Y.encodeStateVector(peer.doc)
      out.letter('V'); out.uint(peer.number); out.bytes(sv)
      out.letter('W'); out.uint(peer.number)
      out.uint(peer.doc.store.pendingStructs ? 1 : 0); out.uint(peer.doc.store.pendingDs ? 1 : 0)
      if (rnd.one(3)) peer.vectors.push(sv)
    }
    if (rnd.one(2)) this.diff(peer, Y.encodeStateVector(rnd.pick(this.peers).doc))
    if (rnd.one(4)) this.diff(peer, this.invented(rnd, peer))
    if (rnd.one(3)) this.json(peer)
    if (rnd.one(3)) this.inspect(peer, this.trees && rnd.one(2) ? this.trees.target(rnd, peer) : this.target(rnd, peer))
  }

  diff (peer, sv) {
    const { out } = this
    out.letter('D'); out.uint(peer.number); out.bytes(sv)
    out.bytes(Y.encodeStateAsUpdate(peer.doc, sv)); out.bytes(Y.encodeStateAsUpdateV2(peer.doc, sv))
  }

  /* A state vector that nobody has: clocks in the middle of blocks, too large ones, unknown clients. */
  invented (rnd, peer) {
    const sv = new Map()
    for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(peer.doc))) {
      if (rnd.below(4) > 0) sv.set(client, rnd.one(5) ? clock + rnd.below(3) : rnd.below(clock + 1))
    }
    if (rnd.one(4)) sv.set(4711, 12)
    return Y.encodeStateVector(sv)
  }

  json (peer) {
    const { out } = this
    if (this.trees) this.trees.check(peer)
    for (const root of roots) {
      const [name, kind] = root
      const type = peer.root(name, kind)
      out.letter('J'); out.uint(peer.number); out.string(name); out.uint(kind)
      out.string(typeJson(type))
      this.inspect(peer, { type, root, path: [] })
    }
  }

  /* What the JSON of a type does not tell: formats, and attributes. */
  inspect (peer, target) {
    const { out } = this
    const { type } = target
    if (!(type instanceof Y.Text) && !(type instanceof Y.XmlElement)) return
    if (type instanceof Y.Text) {
      out.letter('Q'); out.uint(peer.number); this.path(target)
      out.string(deltaJson(type.toDelta()))
    }
    out.letter('='); out.uint(peer.number); this.path(target)
    out.string(entriesJson(type))
  }

  apply (rnd, peer, update, quiet = false) {
    const { out } = this
    this.applied = (this.applied ?? 0) + 1
    const v2 = this.applied % 3 === 0
    if (v2) update = Y.convertUpdateFormatV1ToV2(update)
    const origin = this.origin(rnd)
    out.letter('A'); out.uint(peer.number); out.string(origin ?? ''); out.uint(v2 ? 1 : 0); out.bytes(update)
    try {
      const late = applyInTime(peer.doc, doc => v2 ? Y.applyUpdateV2(doc, update, origin) : Y.applyUpdate(doc, update, origin))
      if (late) peer.observers.excuse(146)
    } catch (e) {
      if (!(e instanceof TypeError)) throw e
      out.letter('F') // what yjs has done of it is compared no more
      this.take(peer)
      throw new Failure(e.message)
    }
    this.take(peer)
    if (!quiet) this.check(rnd, peer)
  }

  origin (rnd) { return this.stages ? rnd.pick([null, 'me', 'ö']) : null }

  finish (rnd) {
    for (const p of this.peers) this.apply(rnd, p, Y.mergeUpdates(this.log.length ? this.log : [new Uint8Array([0, 0])]), true)
    for (const a of this.peers) {
      for (const b of this.peers) {
        if (a !== b) this.apply(rnd, a, Y.encodeStateAsUpdate(b.doc, Y.encodeStateVector(a.doc)), true)
      }
    }
    for (const p of this.peers) {
      this.check(rnd, p)
      this.json(p)
    }
  }

  /* ---- local transactions ---- */

  edit (rnd, peer) {
    const { out } = this
    const origin = this.origin(rnd)
    out.letter('B'); out.uint(peer.number); out.string(origin ?? '')
    const n = this.typist ? rnd.pick([1, 1, 2, 5, 30]) : rnd.pick([1, 1, 1, 2, 3, 8])
    const edits = !this.log.length || !rnd.one(20)
    peer.doc.transact(() => {
      for (let i = 0; i < n; i++) edits ? this.op(rnd, peer) : this.applyInside(rnd, peer)
      out.letter('E')
    }, origin)
    this.take(peer)
    this.check(rnd, peer)
  }

  /* An update that is applied in an open transaction becomes part of it. It would also make the edits before it look like
   * those of somebody else to yjs, which then takes a random client id: so there are none. */
  applyInside (rnd, peer) {
    const { out } = this
    const update = rnd.pick(this.log)
    out.letter('j'); out.bytes(update)
    if (applyInTime(peer.doc, doc => Y.applyUpdate(doc, update))) peer.observers.excuse(146)
  }

  /* A living type: a root, or something below one. */
  target (rnd, peer) {
    const liked = [0, 1, 2, rnd.below(roots.length)][this.textful]
    const root = roots[rnd.one(4) ? rnd.below(roots.length) : liked]
    return this.descend(rnd, peer, root, 3)
  }

  /* One step deeper in all but one of `stops` cases. */
  descend (rnd, peer, root, stops) {
    let type = peer.root(root[0], root[1])
    const path = []
    while (rnd.below(stops) > 0) {
      const below = typesIn(type)
      if (below.length === 0) break
      const [child, step] = rnd.pick(below)
      type = child
      path.push(step)
    }
    return { type, root, path, observers: peer.observers }
  }

  /* What begins every edit. */
  head (code, target) {
    if (this.nesting) target.observers.forgetPlaces(target.type)
    this.out.letter(code)
    this.path(target)
  }

  path ({ root, path }) {
    const { out } = this
    out.string(root[0]); out.uint(root[1]); out.uint(path.length)
    for (const { index, key, embedded } of path) {
      if (key !== undefined) { out.uint(1); out.string(key) } else { out.uint(index === undefined ? 2 : 0); out.uint(index ?? embedded) }
    }
  }

  op (rnd, peer) {
    if (!this.trees || !this.trees.op(rnd, peer)) this.typeOp(rnd, peer, this.target(rnd, peer))
  }

  typeOp (rnd, peer, target) {
    switch (kindOf(target.type)) {
      case kinds.text: case kinds.xmlText: return this.textOp(rnd, peer, target)
      case kinds.array: return this.arrayOp(rnd, target)
      case kinds.map: case kinds.xmlHook: return this.mapOp(rnd, target)
      case kinds.xmlElement: return rnd.one(2) ? this.childOp(rnd, target) : this.attributeOp(rnd, target)
      case kinds.xmlFragment: return this.childOp(rnd, target)
    }
  }

  textOp (rnd, peer, target) {
    const { out } = this
    const text = target.type
    const string = peer.unit === units.utf16 ? '' : flat(text)
    const inside = i => i > 0 && i < string.length && (string.charCodeAt(i) & 0xfc00) === 0xdc00 && (string.charCodeAt(i - 1) & 0xfc00) === 0xd800
    const boundary = i => inside(i) ? i - 1 : i
    const convert = i => peer.unit === units.utf16 ? i : measure(string.slice(0, i), peer.unit)
    const near = Math.min(peer.cursor, text.length)
    if (this.typist) return this.keyStroke(rnd, peer, target, boundary(rnd.one(15) ? rnd.below(text.length + 1) : near), boundary, convert)
    const rich = this.rich ? rnd.below(8) : 8
    if (this.rich && rnd.one(6)) return this.applyDelta(rnd, peer, target)
    if (this.rich && rnd.one(8)) return this.attributeOp(rnd, target)
    if (text.length === 0 || rnd.below(5) < 3) {
      const at = boundary(rnd.one(2) ? near : rnd.below(text.length + 1))
      if (rich < 2) return this.insertRich(rnd, target, at, convert(at))
      const word = this.big && rnd.one(4) ? rnd.pick(words).repeat(1 + rnd.below(60)) : rnd.pick(words)
      if (rich < 4) {
        const attributes = pickFormats(rnd)
        this.head('I', target); out.uint(convert(at)); out.string(word); out.bytes(anyBytes(attributes))
        text.insert(at, word, attributes)
      } else {
        this.head('i', target); out.uint(convert(at)); out.string(word)
        text.insert(at, word)
      }
      peer.cursor = at + word.length
    } else {
      const from = boundary(Math.min(rnd.one(2) ? Math.max(0, near - 1) : rnd.below(text.length), text.length - 1))
      const most = text.length - from
      const to = Math.max(from + 1, boundary(from + 1 + rnd.below(rnd.one(5) ? most : Math.min(most, 4))))
      const end = inside(to) ? to + 1 : to
      if (rich < 5) {
        const attributes = pickFormats(rnd)
        const beyond = rnd.one(12) ? rnd.below(3) : 0
        this.head('f', target); out.uint(convert(from)); out.uint(convert(end) - convert(from) + (end === text.length ? beyond : 0))
        out.bytes(anyBytes(attributes))
        text.format(from, end - from + (end === text.length ? beyond : 0), attributes)
      } else {
        this.head('d', target); out.uint(convert(from)); out.uint(convert(end) - convert(from))
        text.delete(from, end - from)
      }
      peer.cursor = from
    }
  }

  /* At the cursor: a letter, one or more characters before it, or behind it. */
  keyStroke (rnd, peer, target, at, boundary, convert) {
    const { out } = this
    const text = target.type
    if (rnd.one(4)) peer.key = rnd.pick(['type', 'type', 'back', 'forward']) // and then again and again
    const many = rnd.one(4) ? 1 + rnd.below(4) : 1
    if (peer.key === 'type' || text.length === 0) {
      const letters = rnd.one(12) ? rnd.pick(words) : 'abcdefgh'[rnd.below(8)]
      this.head('i', target); out.uint(convert(at)); out.string(letters)
      text.insert(at, letters)
      peer.cursor = at + letters.length
    } else {
      const back = peer.key === 'back'
      const from = back ? boundary(Math.max(0, at - many)) : at
      let to = back ? at : Math.min(text.length, at + many)
      if (boundary(to) !== to) to++
      this.head('d', target); out.uint(convert(from)); out.uint(convert(to) - convert(from))
      text.delete(from, to - from)
      peer.cursor = from
    }
  }

  embed (rnd) { return structuredClone(embeds[rnd.below(this.watching ? 3 : embeds.length)]) }

  /* A delta with several operations. Lengths are counted on what the operations before have left. */
  applyDelta (rnd, peer, target) {
    const { out } = this
    let string = flat(target.type)
    let at = 0
    const ops = []
    const converted = []
    const count = part => measure(part, peer.unit)
    const stretch = () => {
      let end = Math.min(string.length, at + 1 + rnd.below(rnd.one(5) ? string.length - at : 5))
      while (peer.unit !== units.utf16 && end < string.length && (string.charCodeAt(end) & 0xfc00) === 0xdc00) end++
      return end
    }
    for (let n = 1 + rnd.below(5); n > 0; n--) {
      const attributes = rnd.one(2) ? { attributes: pickFormats(rnd) } : {}
      const beyond = rnd.one(20) ? 1 + rnd.below(3) : 0
      switch (rnd.below(4)) {
        case 0: {
          const insert = rnd.one(3) ? this.embed(rnd) : rnd.pick(words)
          const visible = typeof insert === 'string' ? insert : '\u0001'
          ops.push({ insert, ...attributes })
          converted.push({ insert, ...attributes })
          string = string.slice(0, at) + visible + string.slice(at)
          at += visible.length
          break
        }
        case 1: {
          if (string.length === 0) break // yjs throws where there is nothing at all
          const end = stretch()
          const more = end === string.length ? beyond : 0
          ops.push({ delete: end - at + more })
          converted.push({ delete: count(string.slice(at, end)) + more })
          string = string.slice(0, at) + string.slice(end)
          break
        }
        default: {
          const end = stretch()
          const more = end === string.length ? beyond : 0
          ops.push({ retain: end - at + more, ...attributes })
          converted.push({ retain: count(string.slice(at, end)) + more, ...attributes })
          string = string.slice(0, end) + '\n'.repeat(more) + string.slice(end)
          at = end + more
        }
      }
    }
    this.head('+', target); out.string(JSON.stringify(converted))
    target.type.applyDelta(ops)
  }

  /* An embedded value or type, with formats or without. */
  insertRich (rnd, target, at, converted) {
    const { out } = this
    const attributes = rnd.one(2) ? pickFormats(rnd) : {}
    if (rnd.one(3)) {
      const kind = this.typeKind(rnd)
      const name = rnd.pick(names)
      this.head('M', target); out.uint(converted); out.uint(kind); out.string(name); out.bytes(anyBytes(attributes))
      target.type.insertEmbed(at, makeType(kind, name), attributes)
    } else {
      const embed = this.embed(rnd)
      this.head('e', target); out.uint(converted); out.bytes(anyBytes([embed])); out.bytes(anyBytes(attributes))
      target.type.insertEmbed(at, embed, attributes)
    }
  }

  typeKind (rnd) {
    return rnd.pick([kinds.array, kinds.map, kinds.text, kinds.array, kinds.map, kinds.text, kinds.xmlElement, kinds.xmlFragment, kinds.xmlHook, kinds.xmlText])
  }

  arrayOp (rnd, target) {
    const { out } = this
    const array = target.type
    const at = rnd.one(3) ? array.length : rnd.below(array.length + 1)
    switch (rnd.below(8)) {
      case 0: case 1: case 2: {
        const values = Array.from({ length: 1 + rnd.below(3) }, () => plain(rnd, 2))
        this.head('a', target); out.uint(at); out.bytes(anyBytes(values))
        return array.insert(at, values)
      }
      case 3: {
        const values = Array.from({ length: 1 + rnd.below(3) }, () => plain(rnd, 2))
        this.head('p', target); out.bytes(anyBytes(values))
        return array.push(values)
      }
      case 4: {
        const kind = this.typeKind(rnd)
        const name = rnd.pick(names)
        const push = rnd.one(2)
        this.head(push ? 'T' : 'n', target)
        if (!push) out.uint(at)
        out.uint(kind); out.string(name)
        return push ? array.push([makeType(kind, name)]) : array.insert(at, [makeType(kind, name)])
      }
      default: {
        if (array.length === 0) return
        const from = rnd.below(array.length)
        const len = 1 + rnd.below(Math.min(array.length - from, rnd.one(6) ? 100 : 3))
        this.head('x', target); out.uint(from); out.uint(len)
        return array.delete(from, len)
      }
    }
  }

  mapOp (rnd, target) {
    const { out } = this
    const map = target.type
    const key = rnd.one(3) ? rnd.pick(keys) : keys[rnd.below(3)]
    switch (rnd.below(10)) {
      case 0: case 1: case 2: case 3: case 4: {
        const value = inner(rnd, 2)
        this.head('s', target); out.string(key); out.bytes(anyBytes([value]))
        return map.set(key, value)
      }
      case 5: case 6: {
        const kind = this.typeKind(rnd)
        const name = rnd.pick(names)
        this.head('t', target); out.string(key); out.uint(kind); out.string(name)
        return map.set(key, makeType(kind, name))
      }
      case 7: case 8:
        this.head('u', target); out.string(key); out.uint(map.has(key) ? 1 : 0)
        return map.delete(key)
      case 9:
        if (rnd.below(3) > 0) return
        this.head('c', target)
        return map.clear()
    }
  }

  /* Attributes of a text or an element: values, types, nothing. */
  attributeOp (rnd, target) {
    const { out } = this
    const { type } = target
    const key = rnd.pick(attributes)
    switch (rnd.below(5)) {
      case 0: case 1: {
        const value = inner(rnd, 2)
        this.head('s', target); out.string(key); out.bytes(anyBytes([value]))
        return type.setAttribute(key, value)
      }
      case 2: {
        const kind = this.typeKind(rnd)
        const name = rnd.pick(names)
        this.head('t', target); out.string(key); out.uint(kind); out.string(name)
        return type.setAttribute(key, makeType(kind, name))
      }
      default: {
        const entry = type._map.get(key)
        this.head('u', target); out.string(key); out.uint(entry && !entry.deleted ? 1 : 0)
        return type.removeAttribute(key)
      }
    }
  }

  /* Children of an element or a fragment. */
  childOp (rnd, target) {
    const { out } = this
    const { type } = target
    const op = type.length === 0 ? rnd.pick([0, 2]) : rnd.pick([0, 0, 1, 1, 2, 3, 3])
    this.head('<', target); out.uint(op)
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
}
