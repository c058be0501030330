/* SPDX-License-Identifier: MIT */
/*
 * observe.mjs - observers of types and of transactions, whose calls are written down in order, as observe.c does.
 *
 *   2{3 list [0,"k"] ("a",update,1,2)[{"retain":1}]}     observer 2 of a type: kind, path, keys, delta
 *   2[{...}{...}]                                        a deep one
 *   A b o c e z                                          the stages of a transaction (include/yata/event.h)
 *   u                                                    an update event
 */
import { Y, flat, kindOf, valueJson, deltaJson } from './yjs.mjs'

const stages = {
  beforeAllTransactions: 'A', beforeTransaction: 'b', beforeObserverCalls: 'o', afterTransaction: 'c',
  afterTransactionCleanup: 'e', afterAllTransactions: 'z'
}

const simple = v => v === undefined ? 'undefined' : v instanceof Y.AbstractType ? 'type' + (v._item.deleted ? '' : kindOf(v)) : valueJson(v)

function keysText (event) {
  let text = ''
  event.keys.forEach(({ action, oldValue }, key) => {
    text += `(${JSON.stringify(key)},${action}`
    if (action !== 'add') text += ',' + simple(oldValue)
    if (action !== 'delete') {
      const item = event.target._map.get(key)
      text += ',' + simple(item.content.getContent()[item.length - 1])
    }
    text += ')'
  })
  return text
}

export class Observers {
  /* measure: the length of a string in the unit of offsets. */
  constructor (doc, measure) {
    this.doc = doc
    this.measure = measure
    this.log = ''
    this.watches = [] // { number, stop }
    this.asking = false
    this.asked = new WeakSet() // transactions that yjs opened because somebody asked for a delta
    this.excused = [] // numbers of the quirks where yjs was put right
    this.inside = () => {} // what the program does inside a call
    this.nested = false // a transaction was made inside an observer since the last comparison
  }

  excuse (quirk) { this.excused.push(quirk) }

  /* What yjs remembers of places in a type (search markers) is wrong inside an observer, until it has called those of the
   * same type. */
  forgetPlaces (type) {
    const markers = type._searchMarker
    if (!markers) return
    const place = item => {
      let index = 0
      for (let left = item.left; left; left = left.left) if (!left.deleted && left.countable) index += left.length
      return index
    }
    if (markers.some(marker => marker.p.deleted || marker.index !== place(marker.p))) this.excuse(48)
    markers.length = 0
  }

  /* Reading a delta opens a transaction in yjs always, in Yata only if there is something to remove. */
  observeStages () {
    for (const [name, letter] of Object.entries(stages)) {
      this.doc.on(name, transaction => {
        if (name.endsWith('AllTransactions')) { this.log += letter; return }
        if (name === 'beforeTransaction' && this.asking) { this.asked.add(transaction); return }
        if (this.asked.has(transaction) && transaction.deleteSet.clients.size === 0) return
        this.log += letter
        if (name === 'afterTransaction') this.log += (transaction.local ? '' : '-') + (transaction.origin ?? '')
      })
    }
  }

  /* A transaction made inside an observer has the state at the end of its body as its end. yjs takes the state at the
   * time of its observers instead, when later ones may have added to it, and then has an update event even if it did
   * nothing. */
  exactEnds () {
    const { doc } = this
    const ends = new WeakMap()
    let running = doc._transaction
    Object.defineProperty(doc, '_transaction', {
      get: () => running,
      set: transaction => {
        if (transaction === null) ends.set(running, new Map([...doc.store.clients.keys()].map(client => [client, Y.getState(doc.store, client)])))
        running = transaction
      }
    })
    doc.on('beforeObserverCalls', transaction => {
      const end = ends.get(transaction)
      if ([...transaction.afterState].some(([client, clock]) => end.get(client) !== clock)) this.excuse(58)
      transaction.afterState = end
    })
  }

  /* After transactions inside observers the deltas of yjs lack what it has merged with older blocks meanwhile: observe.c
   * counts those that are not compared.
   * yjs keeps what it computed once; Yata computes anew, after what was done in the observers called meanwhile. */
  eventText (event, withDelta) {
    if (event.target._item?.deleted) return '{gone}' // deleted by an observer that was called before
    event._keys = event._changes = event._delta = event._path = null
    const list = event.transaction.changed.get(event.target).has(null)
    let text = `{${kindOf(event.target)}${list ? ' list' : ''} [${this.path(event).map(step => JSON.stringify(step)).join(',')}] `
    text += keysText(event)
    if (withDelta && !this.nested) {
      this.asking = true
      text += deltaJson(event.delta)
      this.asking = false
    }
    return text + '}'
  }

  /* With places in texts in the unit of offsets. */
  path (event) {
    let type = event.target
    const path = event.path.slice()
    for (let i = path.length - 1; i >= 0; i--) {
      type = type._item.parent
      if (type instanceof Y.Text && typeof path[i] === 'number') path[i] = this.measure(flat(type).slice(0, path[i]))
    }
    return path
  }

  observe (type, number, deep, withDelta) {
    const call = events => {
      if (deep && events.length === 0) return // all were deleted by observers that were called before
      this.log += number
      this.log += deep ? '[' + events.map(event => this.eventText(event, withDelta)).join('') + ']' : this.eventText(events, withDelta)
      this.inside()
    }
    if (deep) type.observeDeep(call)
    else type.observe(call)
    this.watches.push({ number, stop: () => deep ? type.unobserveDeep(call) : type.unobserve(call) })
  }

  unobserve (rnd) {
    const [watch] = this.watches.splice(rnd.below(this.watches.length), 1)
    watch.stop()
    return watch.number
  }
}
