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

/* What this transaction did to one clock of an item. */
const added = ({ transaction }, item, at) => item.id.clock + at >= (transaction.beforeState.get(item.id.client) ?? 0)
const deleted = ({ transaction }, item, at) => Y.isDeleted(transaction.deleteSet, Y.createID(item.id.client, item.id.clock + at))

const clockName = (item, at) => `${item.id.client}:${item.id.clock + at}`

/* Are there clocks in an item to which different things were done? Before the observers of a transaction are called, yjs may
 * have merged its blocks with those of others. */
function isMixed (event, item) {
  for (let at = 1; at < item.length; at++) {
    if (added(event, item, at) !== added(event, item, 0) || deleted(event, item, at) !== deleted(event, item, 0)) return true
  }
  return false
}

function isMerged (event, key) {
  for (let item = event.target._map.get(key); item; item = item.left) if (isMixed(event, item)) return true
  return false
}

function isListMerged (event) {
  for (let item = event.target._start; item; item = item.right) if (isMixed(event, item)) return true
  return false
}

function addOp (ops, name, value) {
  const last = ops[ops.length - 1]
  if (last && name in last && (name !== 'insert' || typeof value === typeof last.insert)) {
    last[name] = Array.isArray(value) ? last[name].concat(value) : last[name] + value
  } else {
    ops.push({ [name]: value })
  }
}

/* What happened to a list, clock by clock: what event.delta would say if blocks had not been merged. null: that cannot be
 * told, because there are formats, or because something was collected. */
function exactDelta (event) {
  const ops = []
  const text = event.target instanceof Y.Text
  for (let item = event.target._start; item; item = item.right) {
    if (item.content instanceof Y.ContentFormat) return null
    const content = item.content.getContent()
    for (let at = 0; at < item.length; at++) {
      const [isNew, isGone] = [added(event, item, at), deleted(event, item, at)]
      if (isNew ? (text ? !isGone : !item.deleted) : false) {
        if (at >= content.length) return null
        if (!text) addOp(ops, 'insert', [content[at]])
        else if (item.content instanceof Y.ContentString) addOp(ops, 'insert', content[at])
        else ops.push({ insert: content[at] })
      } else if (!isNew && isGone) {
        addOp(ops, 'delete', 1)
      } else if (!isNew && !item.deleted) {
        addOp(ops, 'retain', 1)
      }
    }
  }
  if (ops.length > 0 && ops[ops.length - 1].retain) ops.pop()
  return ops
}

/* What became of a key, clock by clock: what event.keys would say if blocks had not been merged, and collected together.
 * values: what was in a clock, where that is known. */
function exactChange (event, key, values) {
  const value = (item, at) => values.get(clockName(item, at)) ?? item.content.getContent()[at]
  const last = event.target._map.get(key)
  let [item, at] = [last, last.length - 1]
  if (!added(event, item, at)) return deleted(event, item, at) ? { action: 'delete', oldValue: value(item, at) } : undefined
  while (item && added(event, item, at)) {
    if (at-- === 0) {
      item = item.left
      at = item ? item.length - 1 : 0
    }
  }
  const replaced = item !== null && deleted(event, item, at)
  const oldValue = replaced ? value(item, at) : undefined
  if (deleted(event, last, last.length - 1)) return replaced ? { action: 'delete', oldValue } : undefined
  return { action: replaced ? 'update' : 'add', oldValue }
}

function keysText (event, keys) {
  let text = ''
  keys.forEach(({ action, oldValue }, key) => {
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
    this.values = new Map() // of map entries, by client and clock: those that transactions inside observers have made
    this.excused = [] // numbers of the quirks where yjs was put right
    this.inside = () => {} // what the program does inside a call
    this.compares = () => {} // says whether a delta that is asked after a transaction inside an observer is compared
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

  noteValues (transaction) {
    transaction.changed.forEach((keys, type) => keys.forEach(key => {
      const item = key === null ? null : type._map.get(key)
      if (item) item.content.getContent().forEach((value, at) => this.values.set(clockName(item, at), value))
    }))
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
        if (transaction === null) this.noteValues(running)
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

  /* yjs keeps what it computed once; Yata computes anew, after what was done in the observers called meanwhile. */
  eventText (event, withDelta) {
    if (event.target._item?.deleted) return '{gone}' // deleted by an observer that was called before
    event._keys = event._changes = event._delta = event._path = null
    const list = event.transaction.changed.get(event.target).has(null)
    let text = `{${kindOf(event.target)}${list ? ' list' : ''} [${this.path(event).map(step => JSON.stringify(step)).join(',')}] `
    text += this.keys(event)
    if (withDelta) text += this.delta(event)
    return text + '}'
  }

  keys (event) {
    const asked = keysText(event, event.keys)
    const changed = [...event.transaction.changed.get(event.target)].filter(key => key !== null)
    if (!changed.some(key => isMerged(event, key))) return asked
    const exact = keysText(event, new Map(changed.map(key => [key, exactChange(event, key, this.values)]).filter(([, change]) => change)))
    if (asked !== exact) this.excuse(58)
    return exact
  }

  delta (event) {
    const merged = this.nested && isListMerged(event)
    const exact = merged ? exactDelta(event) : null
    if (this.nested) this.compares(!merged || exact !== null)
    if (merged) {
      if (exact !== null) this.excuse(58)
      return exact === null ? '' : deltaJson(exact)
    }
    this.asking = true
    const text = deltaJson(event.delta)
    this.asking = false
    return text
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
