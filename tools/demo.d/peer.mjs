/* SPDX-License-Identifier: MIT */
/*
 * peer.mjs - a live yjs peer on standard input and output, for tools/demo. One command a line, bytes in hexadecimal:
 *
 *   apply HEX      an update arrives                 -> ok
 *   type WORDS     the peer edits                    -> ok
 *   vector         its state vector                  -> HEX
 *   diff HEX       what lacks one with that vector   -> HEX
 *   state          its whole state                   -> HEX
 *   show           what it reads                     -> JSON
 */
import readline from 'node:readline'
import * as Y from 'yjs'

const doc = new Y.Doc()
const notes = doc.getText('notes')
const meta = doc.getMap('meta')
const todo = doc.getArray('todo')
const hex = bytes => Buffer.from(bytes).toString('hex')
const bytes = text => new Uint8Array(Buffer.from(text, 'hex'))

const commands = {
  apply: text => { Y.applyUpdate(doc, bytes(text)); return 'ok' },
  type: words => {
    doc.transact(() => {
      notes.insert(0, words)
      todo.push(['a song'])
      meta.set('edited by', 'yjs')
    })
    return 'ok'
  },
  vector: () => hex(Y.encodeStateVector(doc)),
  diff: text => hex(Y.encodeStateAsUpdate(doc, bytes(text))),
  state: () => hex(Y.encodeStateAsUpdate(doc)),
  show: () => JSON.stringify({ notes: notes.toJSON(), meta: meta.toJSON(), todo: todo.toJSON() })
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [, name, rest] = /^(\w+) ?(.*)$/.exec(line)
  process.stdout.write(commands[name](rest) + '\n')
}
