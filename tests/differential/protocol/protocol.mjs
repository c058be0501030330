/* SPDX-License-Identifier: MIT */
/*
 * protocol.mjs START COUNT - random programs of awareness and sync messages, executed by y-protocols, written as a stream
 * for protocol.c, which does the same with Yata and compares every byte and every event.
 *
 * Time is ours: Date.now and setInterval are replaced before y-protocols is loaded, so timers run when the program says.
 * Events are compared after applying what spec/quirks.md Q80-Q82 say of them; states avoid Q84, Q85 and Q86.
 */
import { Random } from '../random.mjs'

let now = 0
let timers = []
Date.now = () => now
globalThis.setInterval = f => timers.push(f)
globalThis.clearInterval = () => {}
const Y = await import('yjs')
const awarenessProtocol = await import('y-protocols/awareness')
const syncProtocol = await import('y-protocols/sync')
const authProtocol = await import('y-protocols/auth')
const encoding = await import('lib0/encoding')
const decoding = await import('lib0/decoding')

let out = encoding.createEncoder()
const letter = c => encoding.writeUint8(out, c.charCodeAt(0))
const uint = n => encoding.writeVarUint(out, n)
const bytes = b => encoding.writeVarUint8Array(out, b)
const text = s => encoding.writeVarString(out, s)

/* A message with its type in front. */
const message = (type, write) => {
  const e = encoding.createEncoder()
  encoding.writeVarUint(e, type)
  write(e)
  return encoding.toUint8Array(e)
}

/* ---- states ---- */
const anyString = rnd => rnd.pick(['', 'a', 'name', 'é', '😀', '"quoted"\n', '\u0000', '7', '日本', 'x'.repeat(rnd.below(200))])
function anyValue (rnd, depth) {
  switch (rnd.below(depth > 2 ? 5 : 8)) {
    case 0: return rnd.pick([0, 1, -1, 1.5, 1e21, 1e-7, 123456789012, -0, 2 ** 53, 0.1])
    case 1: return anyString(rnd)
    case 2: return rnd.one(2)
    case 3: return null
    case 4: return rnd.below(1000)
    case 5: return Array.from({ length: rnd.below(4) }, () => anyValue(rnd, depth + 1))
    default: return anyObject(rnd, depth + 1)
  }
}
const anyObject = (rnd, depth) => Object.fromEntries(Array.from({ length: rnd.below(4) }, () => [anyString(rnd), anyValue(rnd, depth)]))
/* JSON as somebody else may write it: other spaces, members in another order. */
const otherJson = (rnd, state) => {
  if (state !== null && typeof state === 'object' && !Array.isArray(state) && rnd.one(3)) {
    state = Object.fromEntries(Object.entries(state).reverse())
  }
  return JSON.stringify(state, null, rnd.pick([0, 0, 0, 1, '\t']))
}
const anyState = rnd => rnd.one(8) ? rnd.pick([[1], 'text', 5, true]) : anyObject(rnd, 0)

class Peer {
  constructor (client) {
    this.doc = new Y.Doc()
    this.doc.clientID = client
    timers = []
    this.a = new awarenessProtocol.Awareness(this.doc)
    this.tick = timers[0]
    this.whole = new awarenessProtocol.Awareness(this.doc) // takes updates as they are
    this.wholeTick = timers[1]
    this.log = []
    this.raw = []
    this.updates = []
    this.a.on('change', (e, origin) => this.raw.push(['change', e, origin]))
    this.a.on('update', (e, origin) => this.raw.push(['update', e, origin]))
    this.doc.on('update', u => this.updates.push(message(0, e => syncProtocol.writeUpdate(e, u))))
  }

  /* Events of something done to one client, or to several that are apart, as Yata tells them. `had`: states before. */
  tell (f, had, parts, kept) {
    this.raw = []
    f()
    for (const [name, e, origin] of this.raw) {
      const added = [...e.added]; const updated = []; const removed = []
      for (const c of e.updated) (had.has(c) ? updated : added).push(c)
      for (const c of e.removed) {
        if (kept && c === this.doc.clientID) {
          if (name === 'update') updated.push(c)
        } else if (name === 'update' || had.has(c)) {
          removed.push(c)
        }
      }
      const part = (parts[name] ??= { added: [], updated: [], removed: [], origin })
      part.added.push(...added); part.updated.push(...updated); part.removed.push(...removed)
    }
  }

  flush (parts) {
    for (const name of ['change', 'update']) {
      const part = parts[name]
      if (!part || part.added.length + part.updated.length + part.removed.length === 0) continue
      this.log.push([name, part.origin, ...part.added.map(c => '+' + c), ...part.updated.map(c => '~' + c), ...part.removed.map(c => '-' + c)].join(' ') + '\n')
    }
  }

  do (f) {
    const parts = {}
    this.tell(f, new Set(this.a.states.keys()), parts, false)
    this.flush(parts)
  }

  apply (update, origin) {
    const decoder = decoding.createDecoder(update)
    const parts = {}
    for (let n = decoding.readVarUint(decoder); n > 0; n--) {
      const client = decoding.readVarUint(decoder); const clock = decoding.readVarUint(decoder); const json = decoding.readVarString(decoder)
      const e = encoding.createEncoder()
      encoding.writeVarUint(e, 1); encoding.writeVarUint(e, client); encoding.writeVarUint(e, clock); encoding.writeVarString(e, json)
      const had = new Set(this.a.states.keys())
      const kept = client === this.doc.clientID && had.has(client) && JSON.parse(json) === null
      this.tell(() => awarenessProtocol.applyAwarenessUpdate(this.a, encoding.toUint8Array(e), origin), had, parts, kept)
    }
    this.flush(parts)
    awarenessProtocol.applyAwarenessUpdate(this.whole, update, origin)
    const one = encodeAll(this.a); const other = encodeAll(this.whole)
    if (Buffer.compare(one, other) !== 0) throw new Error('an update is not the sum of its entries')
  }
}

const encodeAll = a => awarenessProtocol.encodeAwarenessUpdate(a, Array.from(a.states.keys()))

function inventedUpdate (rnd, peers) {
  const e = encoding.createEncoder()
  const n = rnd.pick([0, 1, 1, 1, 2, 3, 8])
  encoding.writeVarUint(e, n)
  for (let i = 0; i < n; i++) {
    const client = rnd.one(2) ? rnd.pick(peers).doc.clientID : 100 + rnd.below(6)
    const clock = rnd.pick([0, 1, 2, 3, rnd.below(8), rnd.below(30), rnd.below(200), rnd.one(40) ? 2 ** 40 : 5])
    encoding.writeVarUint(e, client)
    encoding.writeVarUint(e, clock)
    encoding.writeVarString(e, rnd.one(3) ? 'null' : otherJson(rnd, anyState(rnd)))
  }
  return encoding.toUint8Array(e)
}

/* ---- awareness ---- */
function awarenessStep (rnd, peers, log) {
  const i = rnd.below(peers.length); const p = peers[i]
  switch (rnd.below(9)) {
    case 0: case 1: {
      const state = rnd.one(5) ? null : anyState(rnd)
      const json = otherJson(rnd, state)
      letter('L'); uint(i); text(json)
      p.do(() => p.a.setLocalState(JSON.parse(json)))
      p.whole.setLocalState(JSON.parse(json))
      break
    }
    case 2: {
      const own = p.a.getLocalState()
      if (own === null || typeof own !== 'object' || Array.isArray(own)) return
      const name = anyString(rnd); const value = anyValue(rnd, 0)
      letter('F'); uint(i); text(name); text(JSON.stringify(value))
      p.do(() => p.a.setLocalStateField(name, value))
      p.whole.setLocalStateField(name, value)
      break
    }
    case 3: case 4: case 5: {
      const update = log.length && rnd.one(2) ? rnd.pick(log) : rnd.one(3) ? inventedUpdate(rnd, peers) : encodeAll(rnd.pick(peers).a)
      letter('A'); uint(i); bytes(update)
      p.apply(update, 'net')
      break
    }
    case 6: {
      const clients = Array.from({ length: rnd.below(4) }, () => rnd.one(2) ? rnd.pick(peers).doc.clientID : 100 + rnd.below(6))
      letter('R'); uint(i); uint(clients.length)
      clients.forEach(uint)
      p.do(() => awarenessProtocol.removeAwarenessStates(p.a, clients, 'gone'))
      awarenessProtocol.removeAwarenessStates(p.whole, clients, 'gone')
      break
    }
    case 7: {
      now += rnd.pick([100, 3000, 9000, 15000, 31000])
      letter('T'); uint(now)
      for (const q of peers) { /* the two halves of a tick, renewal and timeouts, tell apart */
        q.raw = []
        const had = new Set(q.a.states.keys())
        q.tick()
        const raw = q.raw
        for (let k = 0; k < raw.length;) {
          const group = raw[k][2] === 'local' ? 1 : 2
          const parts = {}
          q.tell(() => q.raw.push(...raw.slice(k, k + group)), had, parts, false)
          q.flush(parts)
          k += group
        }
        q.wholeTick()
      }
      break
    }
    default: {
      const update = rnd.one(2) ? inventedUpdate(rnd, peers) : encodeAll(p.a)
      letter('M'); bytes(update)
      bytes(awarenessProtocol.modifyAwarenessUpdate(update, state => ({ was: state, by: 'server' })))
      return
    }
  }
  const known = Array.from(p.a.meta.keys()).filter(() => !rnd.one(3))
  letter('C'); uint(i)
  bytes(message(1, e => encoding.writeVarUint8Array(e, encodeAll(p.a))))
  uint(known.length); known.forEach(uint)
  const some = awarenessProtocol.encodeAwarenessUpdate(p.a, known)
  bytes(some)
  log.push(some)
  for (const [k, q] of peers.entries()) {
    letter('l'); uint(k); text(q.log.join(''))
    q.log = []
  }
}

/* ---- documents ---- */
function edit (rnd, i, p) {
  const t = p.doc.getText('t'); const m = p.doc.getMap('m')
  switch (rnd.below(3)) {
    case 0: {
      if (!t.length) return
      const at = rnd.below(t.length); const len = Math.min(1 + rnd.below(4), t.length - at)
      letter('d'); uint(i); uint(at); uint(len)
      t.delete(at, len)
      break
    }
    case 1: {
      const key = rnd.pick(['a', 'b', 'c']); const value = rnd.below(1000)
      letter('m'); uint(i); text(key); uint(value)
      m.set(key, value)
      break
    }
    default: {
      const at = rnd.below(t.length + 1); const s = rnd.pick(['a', 'words ', 'é', '日本', 'long '.repeat(rnd.below(20) + 1)])
      letter('i'); uint(i); uint(at); text(s)
      t.insert(at, s)
    }
  }
  told(i, p)
}

/* The messages that went out since. */
function told (i, p) {
  letter('u'); uint(i); uint(p.updates.length)
  p.updates.forEach(bytes)
  p.updates = []
}

function syncStep (rnd, peers, log) {
  const i = rnd.below(peers.length); const p = peers[i]
  if (rnd.one(2)) {
    const before = p.updates
    edit(rnd, i, p)
    log.push(...before)
    return
  }
  if (rnd.one(4)) {
    letter('s'); uint(i); bytes(message(0, e => syncProtocol.writeSyncStep1(e, p.doc)))
    return
  }
  if (rnd.one(6)) {
    const reason = anyString(rnd)
    letter('x'); text(reason); bytes(message(2, e => authProtocol.writePermissionDenied(e, reason)))
    return
  }
  const q = rnd.pick(peers)
  const m = log.length && rnd.one(3) ? rnd.pick(log) : rnd.one(2) ? message(0, e => syncProtocol.writeSyncStep1(e, q.doc)) : message(0, e => syncProtocol.writeSyncStep2(e, q.doc, Y.encodeStateVector(rnd.pick(peers).doc)))
  if (rnd.one(3)) log.push(m)
  const d = decoding.createDecoder(m)
  decoding.readVarUint(d)
  const reply = encoding.createEncoder()
  encoding.writeVarUint(reply, 0)
  syncProtocol.readSyncMessage(d, reply, p.doc, 'net')
  letter('g'); uint(i); bytes(m)
  bytes(encoding.length(reply) > 1 ? encoding.toUint8Array(reply) : new Uint8Array())
  told(i, p)
  letter('e'); uint(i); bytes(Y.encodeStateAsUpdate(p.doc)); bytes(Y.encodeStateVector(p.doc))
}

function program (seed) {
  const rnd = new Random(seed, 77)
  now = 1000
  const peers = Array.from({ length: 2 + rnd.below(2) }, (_, i) => new Peer(rnd.one(3) ? 2 ** 40 + i : i + 1))
  letter('P'); uint(seed); uint(now); uint(peers.length)
  for (const p of peers) uint(p.doc.clientID)
  const awareness = []; const sync = []
  for (let n = 10 + rnd.below(40); n > 0; n--) rnd.one(2) ? awarenessStep(rnd, peers, awareness) : syncStep(rnd, peers, sync)
  /* In the end everybody asks everybody, twice. */
  for (let round = 0; round < 2; round++) {
    for (const [i, p] of peers.entries()) {
      for (const q of peers) {
        const m = message(0, e => syncProtocol.writeSyncStep2(e, q.doc, Y.encodeStateVector(p.doc)))
        const d = decoding.createDecoder(m)
        decoding.readVarUint(d)
        syncProtocol.readSyncMessage(d, encoding.createEncoder(), p.doc, 'net')
        letter('g'); uint(i); bytes(m); bytes(new Uint8Array())
        told(i, p)
      }
      letter('e'); uint(i); bytes(Y.encodeStateAsUpdate(p.doc)); bytes(Y.encodeStateVector(p.doc))
    }
  }
}

const start = Number(process.argv[2] ?? 1); const count = Number(process.argv[3] ?? 100)
const fs = await import('fs')
function write (chunk) {
  for (let at = 0; at < chunk.length;) {
    try {
      at += fs.writeSync(1, chunk, at)
    } catch (e) {
      if (e.code === 'EPIPE') process.exit(0) // the other side has seen enough
      if (e.code !== 'EAGAIN') throw e
    }
  }
}
for (let seed = start; seed < start + count; seed++) {
  out = encoding.createEncoder()
  program(seed)
  write(encoding.toUint8Array(out))
}
write(new Uint8Array(['Z'.charCodeAt(0)]))
process.exit(0)
