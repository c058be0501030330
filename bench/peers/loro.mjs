// SPDX-License-Identifier: MIT
// loro.mjs - Loro (WebAssembly) doing the work of bench/yffi, in its own formats: "v1" is all its updates, "v2" its
// snapshot, which it reads only when asked.
import { LoroDoc } from 'loro-crdt'
import { main, measure, patches, text } from './material.mjs'

const play = (history, how, doc) => {
  const all = patches(history)
  const content = doc.getText('text')
  let heard = 0
  if (how === 'update observer') doc.subscribeLocalUpdates(update => { heard += update.length })
  const measured = measure(all.length, () => {
    for (const { at, deleted, inserted } of all) {
      if (deleted) content.delete(at, deleted)
      if (inserted) content.insert(at, inserted)
      if (how !== 'one transaction') doc.commit()
    }
    doc.commit()
  })
  return { measured, heard }
}

const replay = (history, how) => check => {
  const doc = new LoroDoc()
  const { measured, heard } = play(history, how, doc)
  check(doc.getText('text').toString() === text(`${history}.text`), 'the text at the end is another')
  if (how === 'update observer') check(heard > patches(history).length, 'updates without content')
  doc.free()
  return measured
}

const MODES = { v1: 'update', v2: 'snapshot' }

const made = new Map()
const played = history => {
  if (!made.has(history)) {
    const doc = new LoroDoc()
    play(history, 'one transaction', doc)
    made.set(history, doc)
  }
  return made.get(history)
}

const encode = (history, format) => check => {
  const { result, ...measured } = measure(1, () => played(history).export({ mode: MODES[format] }))
  const again = new LoroDoc()
  again.import(result)
  check(again.getText('text').toString() === text(`${history}.text`), 'the state has another text')
  again.free()
  return { ...measured, bytes: result.length }
}

const load = (history, format) => check => {
  const state = played(history).export({ mode: MODES[format] })
  const doc = new LoroDoc()
  const measured = measure(1, () => doc.import(state))
  check(doc.getText('text').toString() === text(`${history}.text`), 'another text was loaded')
  doc.free()
  return { ...measured, bytes: state.length }
}

await main(row => {
  const [what, which, how] = row.split('/')
  switch (what) {
    case 'replay': return ['a transaction each', 'one transaction', 'update observer'].includes(how) && replay(which, how)
    case 'load': return load(which, how)
    case 'encode': return (check) => { played(which); return encode(which, how)(check) }
  }
})
