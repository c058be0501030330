/* SPDX-License-Identifier: MIT */
/* protocol.mjs - messages of y-protocols 1.0.7, written to tests/vectors/protocol.txt. */
import { createRequire } from 'module'
import { writeFileSync } from 'fs'

const require = createRequire(new URL('../../differential/package.json', import.meta.url))
const Y = require('yjs')
const sync = require('y-protocols/sync')
const auth = require('y-protocols/auth')
const encoding = require('lib0/encoding')
globalThis.setInterval = () => 0
globalThis.clearInterval = () => {}
const awareness = require('y-protocols/awareness')

const lines = []
const hex = b => Buffer.from(b).toString('hex') || '-'
const line = (kind, a, b) => lines.push(`${kind} ${hex(a)} ${hex(b)}`)
const message = (type, write) => {
  const e = encoding.createEncoder()
  encoding.writeVarUint(e, type)
  write(e)
  return encoding.toUint8Array(e)
}

/* state TEXT UPDATE: set by client 1 once, then encoded */
for (const json of ['{}', '{"n":"x"}', '{"user":{"name":"é😀","color":"#ff0000"},"cursor":{"anchor":{"type":null,"tname":"t","item":{"client":1,"clock":2},"assoc":0}}}',
  '{"b":1,"2":2,"a":3,"1":4}', '[1,-1,1.5,1e21,1e-7,0.1,123456789012345680000,9007199254740993,-0]', '"\\u0000\\u001f\\n\\"\\\\\\u2028\\/"',
  '{"a":{"b":{"c":[null,true,false,[],{}]}}}', '{"__proto__":1,"constructor":2}', '{"x":1,"x":2}', ' { "spaces" : [ 1 , 2 ] } ', 'null', 'true', '7', '"text"']) {
  const a = new awareness.Awareness(Object.assign(new Y.Doc(), { clientID: 1 }))
  a.setLocalState(JSON.parse(json))
  line('state', Buffer.from(json), awareness.encodeAwarenessUpdate(a, [1]))
}

/* modify UPDATE UPDATE: each state becomes {"state": ...} */
{
  const a = new awareness.Awareness(Object.assign(new Y.Doc(), { clientID: 2 ** 40 }))
  a.setLocalState({ b: 1, 0: 'x' })
  const update = awareness.encodeAwarenessUpdate(a, [2 ** 40])
  line('modify', update, awareness.modifyAwarenessUpdate(update, state => ({ state })))
}

/* step1 STATE MESSAGE, step2 STATE MESSAGE, update UPDATE MESSAGE, denied REASON MESSAGE */
const doc = new Y.Doc()
doc.clientID = 1
doc.getText('t').insert(0, 'hello ' + 'long '.repeat(40))
doc.getMap('m').set('k', { v: [1, 'x'] })
doc.getText('t').delete(3, 20)
const state = Y.encodeStateAsUpdate(doc)
line('step1', state, message(0, e => sync.writeSyncStep1(e, doc)))
line('step2', state, message(0, e => sync.writeSyncStep2(e, doc)))
line('update', state, message(0, e => sync.writeUpdate(e, state)))
for (const reason of ['', 'permission denied', 'naïve 😀']) line('denied', Buffer.from(reason), message(2, e => auth.writePermissionDenied(e, reason)))

writeFileSync(new URL('../protocol.txt', import.meta.url), lines.join('\n') + '\n')
