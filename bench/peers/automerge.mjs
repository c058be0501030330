// SPDX-License-Identifier: MIT
// automerge.mjs - Automerge (WebAssembly) doing the work of bench/yffi, in its own format. A change for each patch takes
// it minutes in the longest history: bench/compare.py asks for short ones.
import * as Automerge from '@automerge/automerge'
import { main, measure, patches, text } from './material.mjs'

const edit = (doc, { at, deleted, inserted }) => Automerge.splice(doc, ['text'], at, deleted, inserted)

const play = (history, together) => {
  const all = patches(history)
  let doc = Automerge.from({ text: '' })
  const measured = measure(all.length, () => {
    if (together) doc = Automerge.change(doc, d => { for (const p of all) edit(d, p) })
    else for (const p of all) doc = Automerge.change(doc, d => edit(d, p))
  })
  return { doc, measured }
}

const replay = (history, together) => check => {
  const { doc, measured } = play(history, together)
  check(doc.text === text(`${history}.text`), 'the text at the end is another')
  return measured
}

const made = new Map()
const played = history => {
  if (!made.has(history)) made.set(history, play(history, true).doc)
  return made.get(history)
}

const encode = history => check => {
  const doc = played(history)
  const { result, ...measured } = measure(1, () => Automerge.save(doc))
  check(Automerge.load(result).text === text(`${history}.text`), 'the state has another text')
  return { ...measured, bytes: result.length }
}

const load = history => check => {
  const state = Automerge.save(played(history))
  const { result, ...measured } = measure(1, () => Automerge.load(state))
  check(result.text === text(`${history}.text`), 'another text was loaded')
  return { ...measured, bytes: state.length }
}

await main(row => {
  const [what, which, how] = row.split('/')
  switch (`${what}/${how}`) {
    case 'replay/a transaction each': return replay(which, false)
    case 'replay/one transaction': return replay(which, true)
    case 'load/v1': return load(which)
    case 'encode/v1': return encode(which)
  }
})
