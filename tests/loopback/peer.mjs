/* SPDX-License-Identifier: MIT */
/*
 * peer.mjs PACKAGES SEED EDITS - the other end of client.c: yjs and y-protocols behind a TCP socket.
 *
 * Listens on a free port of the loopback device and prints it. Frames are messages with their length in front
 * (spec/sync.md). Providers such as y-websocket do what is done here: step 1 at the beginning of each connection, every
 * update that did not come from there, awareness; when the connection ends, the clients it spoke for are removed.
 *
 * Custom messages: 101 what the other end has in the end; 102 the answer: what we have, if that is the same and all edits
 * were made, or nothing; 103 goodbye.
 */
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'

const [packages, seed, edits] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const require = createRequire(path.join(path.resolve(packages), 'package.json'))
const Y = require('yjs')
const sync = require('y-protocols/sync')
const awarenessProtocol = require('y-protocols/awareness')
const encoding = require('lib0/encoding')
const decoding = require('lib0/decoding')

let state = (seed * 2654435761 + 1) >>> 0 || 1
const below = n => {
  state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0
  return state % n
}

const doc = new Y.Doc()
doc.clientID = 2
const awareness = new awarenessProtocol.Awareness(doc)
const text = doc.getText('t'); const list = doc.getArray('a'); const map = doc.getMap('m')

let socket = null
let made = 0; let cut = 0; let lost = 0; let met = 0; let received = 0

function message (type, write) {
  const e = encoding.createEncoder()
  encoding.writeVarUint(e, type)
  write(e)
  return encoding.toUint8Array(e)
}
function send (m) {
  if (!socket) return
  const e = encoding.createEncoder()
  encoding.writeVarUint8Array(e, m)
  socket.write(encoding.toUint8Array(e))
}
const encodeAwareness = clients => message(1, e => encoding.writeVarUint8Array(e, awarenessProtocol.encodeAwarenessUpdate(awareness, clients)))

doc.on('update', (update, origin) => { if (origin !== 'net') send(message(0, e => sync.writeUpdate(e, update))) })
awareness.on('update', ({ added, updated, removed }, origin) => {
  const own = [...added, ...updated, ...removed].filter(c => origin !== 'net' || c === doc.clientID)
  if (own.length && origin !== 'closed') send(encodeAwareness(own))
})

/* All that must be equal in the end; clients in ascending order. The state as it is, and after loading it anew. */
function digest () {
  const e = encoding.createEncoder()
  const anew = new Y.Doc()
  encoding.writeVarUint8Array(e, Y.encodeStateAsUpdate(doc))
  Y.applyUpdate(anew, Y.encodeStateAsUpdate(doc))
  encoding.writeVarUint8Array(e, Y.encodeStateAsUpdate(anew))
  encoding.writeVarUint8Array(e, Y.encodeStateVector(doc))
  const clients = Array.from(awareness.states.keys()).sort((a, b) => a - b)
  encoding.writeVarUint8Array(e, awarenessProtocol.encodeAwarenessUpdate(awareness, clients))
  return encoding.toUint8Array(e)
}

function receive (frame) {
  received++
  const d = decoding.createDecoder(frame)
  while (decoding.hasContent(d)) {
    const type = decoding.readVarUint(d)
    if (type === 0) {
      const e = encoding.createEncoder()
      encoding.writeVarUint(e, 0)
      sync.readSyncMessage(d, e, doc, 'net', error => { throw error })
      if (encoding.length(e) > 1) send(encoding.toUint8Array(e))
    } else if (type === 1) {
      awarenessProtocol.applyAwarenessUpdate(awareness, decoding.readVarUint8Array(d), 'net')
    } else if (type === 3) {
      send(encodeAwareness(Array.from(awareness.states.keys())))
    } else if (type === 101) {
      const other = decoding.readVarUint8Array(d); const ours = made === edits ? digest() : new Uint8Array()
      const same = made === edits && Buffer.compare(other, ours) === 0
      send(message(102, e => encoding.writeVarUint8Array(e, same ? ours : new Uint8Array())))
    } else if (type === 103) {
      console.error(`node: ${made} edits, ${met} connections, ${cut} cut by node, ${lost} lost otherwise, ${received} frames received`)
      process.exit(0)
    } else {
      throw new Error('message ' + type)
    }
  }
}

const server = net.createServer(s => {
  let held = Buffer.alloc(0)
  socket = s
  met++
  s.setNoDelay(true)
  send(message(0, e => sync.writeSyncStep1(e, doc)))
  if (awareness.getLocalState() !== null) send(encodeAwareness([doc.clientID]))
  s.on('error', () => {})
  s.on('data', data => {
    if (socket !== s) return
    held = Buffer.concat([held, data])
    for (;;) {
      const d = decoding.createDecoder(held)
      let frame
      try { frame = decoding.readVarUint8Array(d) } catch { return } // not whole yet
      held = held.subarray(d.pos)
      receive(frame)
      if (socket !== s) return
    }
  })
  s.on('close', () => {
    if (socket === s) lost++
    leave(s)
  })
})
function leave (s) {
  if (socket !== s) return
  socket = null
  awarenessProtocol.removeAwarenessStates(awareness, Array.from(awareness.states.keys()).filter(c => c !== doc.clientID), 'closed')
}
server.listen(0, '127.0.0.1', () => console.log(server.address().port))

/* The offset, or the one before it if it is inside a surrogate pair. */
function whole (offset) {
  const s = text.toString()
  return /^[\udc00-\udfff]/.test(s.slice(offset)) && /[\ud800-\udbff]$/.test(s.slice(0, offset)) ? offset - 1 : offset
}

function edit () {
  const words = ['a', 'words ', 'é', 'ß', '日本', '\n', '😀', 'x👩‍👧', '🇩🇪']
  switch (below(9)) {
    case 0: if (text.length) { const at = whole(below(text.length)); text.delete(at, whole(Math.min(text.length, at + 1 + below(5))) - at) } else text.insert(0, 'x'); break
    case 1: if (text.length) { const at = whole(below(text.length)); text.format(at, whole(Math.min(text.length, at + 1 + below(6))) - at, { bold: below(2) ? true : null }) } else text.insert(0, 'y'); break
    case 2: map.set('k' + below(6), below(2) ? below(100) : 'v' + below(9)); break
    case 3: map.delete('k' + below(6)); map.set('last', 'node'); break
    case 4: list.insert(below(list.length + 1), [below(1000), 'node']); break
    case 5: if (list.length) list.delete(below(list.length), 1); else list.push([1]); break
    case 6: awareness.setLocalState({ name: 'node', at: made, cursor: { anchor: below(100), head: below(100) } }) // falls through
    default: text.insert(whole(below(text.length + 1)), words[below(words.length)])
  }
  made++
}

function work () {
  if (made < edits) {
    edit()
    /* In the middle of whatever is on its way. */
    if (socket && below(40) === 0) {
      const s = socket
      cut++
      leave(s)
      if (below(2)) s.resetAndDestroy ? s.resetAndDestroy() : s.destroy()
      else { s.write(Buffer.from([200, 1, 0, 2])); s.destroy() } // a frame that never ends
    }
  }
  setTimeout(work, below(4))
}
work()
setTimeout(() => { console.error('node: no end'); process.exit(1) }, 65000)
