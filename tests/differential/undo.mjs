/* SPDX-License-Identifier: MIT */
/*
 * undo.mjs - the programs of program.mjs with undo managers: steps make, use and free them, transactions have origins, and
 * a clock goes on. run.c does the same (undo.c); compared are, besides all that programs compare, the answers of undo and
 * redo, the lengths of the stacks and every event with its metadata.
 *
 * Undoing by ids is what undoContentIds of Yjs 14 does: a manager of the document with one step that has these ids.
 *
 * What yjs records and we do not (spec/quirks.md Q67, Q68) is kept from it by a filter: transactions that the library
 * makes by itself inside the end of another one, and those that change nothing.
 */
import { advance } from './clock.mjs'
import { Y } from './yjs.mjs'
import { Failure, Program } from './program.mjs'
import { Random } from './random.mjs'

export { Failure }

const origins = [null, null, null, 'me', 'you', 'skip']
const MOST = 6

const changesNothing = tr => tr.deleteSet.clients.size === 0 &&
  ![...tr.afterState].some(([client, clock]) => (tr.beforeState.get(client) ?? 0) !== clock)

/* 1: no types, 2: no unit whose clock is divisible by three */
const filters = [undefined, item => !(item.content instanceof Y.ContentType), item => item.id.clock % 3 !== 0]

class Manager {
  constructor (peer, number, options) {
    this.peer = peer
    this.number = number
    this.log = ''
    this.metas = 0
    this.um = new Y.UndoManager([], {
      doc: peer.doc,
      captureTimeout: options.timeout,
      trackedOrigins: new Set(options.origins),
      ignoreRemoteMapChanges: options.overwrite,
      deleteFilter: filters[options.filter] ?? (() => true),
      captureTransaction: tr => !tr.internal && !changesNothing(tr) && tr.origin !== 'skip'
    })
    const tell = (letter, e) => {
      const origin = e.origin === this.um ? 'own' : e.origin ?? ''
      if (letter === 'a') e.stackItem.meta.set('n', ++this.metas)
      this.log += `${letter}${e.type === 'undo' ? 0 : 1}:${e.stackItem.meta.get('n')}:${e.changedParentTypes.size}:${origin};`
    }
    this.um.on('stack-item-added', e => tell('a', e))
    this.um.on('stack-item-updated', e => tell('u', e))
    this.um.on('stack-item-popped', e => tell('p', e))
    this.um.on('stack-cleared', e => { this.log += `c${e.undoStackCleared ? 1 : 0}${e.redoStackCleared ? 1 : 0};` })
  }
}

export class UndoProgram extends Program {
  /* Undo inside observers is refused here, and recorded twice in yjs. */
  set nesting (_) {}
  get nesting () { return false }

  /* yjs makes empty transactions to clear a stack, and to undo nothing. */
  set stages (_) {}
  get stages () { return false }

  managing () {
    if (this.managers) return
    this.managers = []
    this.idSteps = 0
    this.made = 0
    for (const peer of this.peers) {
      this.json(peer) // yjs does not tell of changes of roots whose kind nobody has asked for
      peer.doc.on('beforeTransaction', tr => { tr.internal = peer.doc._transactionCleanups.length > 1 })
    }
    const rnd = new Random(this.seed, -3)
    for (let n = 1 + rnd.below(3); n > 0; n--) this.makeManager(rnd, rnd.pick(this.peers))
  }

  head2 (what, manager) {
    const { out } = this
    out.letter('^'); out.uint(what); out.uint(manager)
  }

  makeManager (rnd, peer) {
    const { out } = this
    const options = {
      timeout: rnd.pick([500, 500, 0, 100000]),
      overwrite: rnd.one(3),
      filter: rnd.one(4) ? 1 + rnd.below(2) : 0,
      origins: rnd.pick([[null], [null], ['me'], [null, 'me'], ['me', 'you', null]])
    }
    const manager = new Manager(peer, this.made++ % MOST, options)
    this.managers = this.managers.filter(m => m.number !== manager.number || (this.free(m), false))
    this.managers.push(manager)
    this.head2(0, manager.number); out.uint(peer.number)
    out.uint(options.timeout); out.uint(options.overwrite ? 1 : 0); out.uint(options.filter)
    out.uint(options.origins.length)
    for (const o of options.origins) out.string(o ?? '')
    if (rnd.one(3)) this.scopeDocument(manager)
    else for (let n = 1 + rnd.below(3); n > 0; n--) this.scopeType(rnd, manager)
  }

  free (manager) {
    manager.um.clear()
    manager.um.destroy()
    this.head2(6, manager.number)
  }

  scopeDocument (manager) {
    manager.um.addToScope(manager.peer.doc)
    this.head2(1, manager.number); this.out.uint(1)
  }

  scopeType (rnd, manager) {
    const target = this.target(rnd, manager.peer)
    manager.um.addToScope(target.type)
    this.head2(1, manager.number); this.out.uint(0)
    this.out.uint(manager.peer.number)
    this.path(target)
  }

  unscope (rnd, manager) {
    const { um } = manager
    const types = um.scope.filter(s => s instanceof Y.AbstractType)
    const at = rnd.below(types.length + 1)
    this.head2(2, manager.number); this.out.uint(at) // beyond the types: the document
    if (at < types.length) um.scope = um.scope.filter(s => s !== types[at])
    else um.scope = types
  }

  undo (rnd, manager, redo) {
    const { out } = this
    const { um, peer } = manager
    let item
    try {
      item = redo ? um.redo() : um.undo()
    } catch (e) {
      throw new Failure(e.message)
    }
    this.head2(redo ? 4 : 3, manager.number); out.uint(item ? 1 : 0)
    this.take(peer)
    this.look(manager)
    this.check(rnd, peer)
  }

  /* Some ids of the document and beyond: of each client a few runs. */
  someIds (rnd, peer) {
    const ids = Y.createDeleteSet()
    for (const [client, structs] of peer.doc.store.clients) {
      if (rnd.one(2)) continue
      const last = structs[structs.length - 1]
      const runs = []
      for (let clock = rnd.below(8); clock <= last.id.clock + last.length && runs.length < 4; clock += 1 + rnd.below(12)) {
        const len = 1 + rnd.below(9)
        runs.push({ clock, len })
        clock += len
      }
      if (runs.length) ids.clients.set(client, runs)
    }
    return ids
  }

  undoIds (rnd, peer) {
    const { out } = this
    const all = [this.someIds(rnd, peer), this.someIds(rnd, peer)]
    const filter = rnd.one(4) ? 1 + rnd.below(2) : 0
    const overwrite = rnd.one(3)
    /* What is in both is passed over. */
    const without = (a, b) => {
      const ids = Y.createDeleteSet()
      a.clients.forEach((runs, client) => {
        const left = []
        for (const { clock, len } of runs)
          for (let c = clock; c < clock + len; c++) if (!Y.isDeleted(b, { client, clock: c })) {
            const last = left[left.length - 1]
            if (last && last.clock + last.len === c) last.len++
            else left.push({ clock: c, len: 1 })
          }
        if (left.length) ids.clients.set(client, left)
      })
      return ids
    }
    const um = new Y.UndoManager([], {
      doc: peer.doc, trackedOrigins: new Set(), ignoreRemoteMapChanges: overwrite, deleteFilter: filters[filter] ?? (() => true), captureTransaction: tr => !tr.internal && !changesNothing(tr)
    })
    um.addToScope(peer.doc)
    um.undoStack.push({ insertions: without(all[0], all[1]), deletions: without(all[1], all[0]), meta: new Map() })
    let item
    try {
      item = um.undo()
      um.clear()
      um.destroy()
    } catch (e) {
      throw new Failure(e.message)
    }
    this.head2(12, peer.number); out.uint(item ? 1 : 0); out.uint(filter); out.uint(overwrite ? 1 : 0)
    for (const ids of all) {
      out.uint(ids.clients.size)
      ids.clients.forEach((runs, client) => {
        out.uint(client); out.uint(runs.length)
        for (const { clock, len } of runs) { out.uint(clock); out.uint(len) }
      })
    }
    this.take(peer)
    this.check(rnd, peer)
  }

  look (manager) {
    const { out } = this
    this.head2(5, manager.number)
    out.uint(manager.um.undoStack.length); out.uint(manager.um.redoStack.length)
    out.string(manager.log)
    manager.log = ''
  }

  /* Of all transactions of one step. */
  origin () { return this.as ?? null }

  step (rnd) {
    this.managing()
    this.as = rnd.pick(origins)
    const ms = rnd.pick([0, 10, 100, 400, 600])
    advance(ms)
    this.out.letter('^'); this.out.uint(8); this.out.uint(ms)
    if (rnd.one(30) || this.managers.length === 0) this.makeManager(rnd, rnd.pick(this.peers))
    const manager = rnd.pick(this.managers)
    const { um, number } = manager
    const byIds = new Random(this.seed, 7919 + this.idSteps++)
    if (byIds.one(12)) this.undoIds(byIds, byIds.pick(this.peers))
    switch (rnd.below(20)) {
      case 0: case 1: case 2: case 3: case 4: case 5: return this.undo(rnd, manager, false)
      case 6: case 7: case 8: return this.undo(rnd, manager, true)
      case 9:
        um.stopCapturing()
        this.head2(9, number)
        break
      case 10: {
        if (rnd.below(3)) break
        const [undo, redo] = rnd.pick([[true, true], [true, false], [false, true]])
        this.head2(10, number); this.out.uint(undo ? 1 : 0); this.out.uint(redo ? 1 : 0)
        um.clear(undo, redo)
        this.look(manager)
        break
      }
      case 11:
        if (rnd.below(3)) break
        if (rnd.one(2)) this.scopeType(rnd, manager)
        else if (rnd.one(2)) this.scopeDocument(manager)
        else this.unscope(rnd, manager)
        break
      case 12: {
        if (rnd.below(3)) break
        const origin = rnd.pick(origins)
        const add = rnd.one(2)
        if (add) um.addTrackedOrigin(origin)
        else um.removeTrackedOrigin(origin)
        this.head2(11, number); this.out.uint(add ? 1 : 0); this.out.string(origin ?? '')
        break
      }
      case 13:
        if (rnd.one(6)) {
          this.managers = this.managers.filter(m => m !== manager)
          this.free(manager)
        }
    }
    super.step(rnd)
    for (const m of this.managers) this.look(m)
  }

  /* After all have everything: undo what can be undone, redo it, and again all have everything. */
  finish (rnd) {
    this.managing()
    super.finish(rnd)
    for (const manager of this.managers) {
      for (let i = 0; manager.um.canUndo() && i < 20; i++) this.undo(rnd, manager, false)
      for (let i = rnd.below(20); manager.um.canRedo() && i > 0; i--) this.undo(rnd, manager, true)
    }
    super.finish(rnd)
    for (const manager of this.managers) manager.um.destroy()
  }
}
