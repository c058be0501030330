/* SPDX-License-Identifier: MIT */
/*
 * program.mjs START COUNT [steps] - random programs about positions and snapshots, with what yjs answered.
 *
 * A reader follows some writers, and in every second program it undoes what they did. From time to time it makes a
 * position or takes a snapshot, and all that it ever made are asked again later.
 */
import { Random } from '../random.mjs'
import { Y } from '../yjs.mjs'
import { Circle, rootNames, typesOf } from './random_doc.mjs'
import { Recorder, hex } from './record.mjs'

const kindNumbers = { getArray: 1, getMap: 2, getText: 3, getXmlFragment: 5 }

export class Program {
  constructor (seed, write) {
    this.random = new Random(seed, 77)
    this.out = new Recorder(write)
    this.positions = []
    this.out.line('seed', seed)
    const gc = this.random.one(2)
    this.out.line('doc', gc ? 0 : 1, 1000)
    for (const [name, get] of Object.entries(rootNames)) this.out.line('root', hex(name), kindNumbers[get])
    this.snapshots = []
    this.updates = []
    this.types = [] /* that were there when a snapshot was taken */
    this.circle = new Circle(this.random, gc, update => {
      this.updates.push(update)
      this.out.line('apply', hex(update))
    })
    this.reader = this.circle.reader
    const roots = Object.entries(rootNames).map(([name, get]) => this.reader[get](name))
    if (this.random.one(2)) {
      this.undo = new Y.UndoManager(roots, { trackedOrigins: new Set(['net']), captureTimeout: 0 })
      this.out.line('manager')
    }
  }

  /* The reader undoes what the writers did, or redoes it; sometimes they hear of it. */
  goBack () {
    const { random, undo } = this
    const kind = random.pick(['undo', 'undo', 'redo'])
    this.out.line('undo', kind, undo[kind]() === null ? 0 : 1)
    if (random.one(2)) {
      const writer = random.pick(this.circle.writers)
      Y.applyUpdate(writer, Y.encodeStateAsUpdate(this.reader, Y.encodeStateVector(writer)), 'net')
    }
  }

  remember (make) {
    const number = this.positions.length
    if (number < 48) this.positions.push(make(number))
  }

  makePosition () {
    const { random, out } = this
    const type = random.pick(typesOf(this.reader))
    const length = type instanceof Y.Map ? 0 : type.length
    const index = random.one(4) ? random.pick([0, length]) : random.below(length + 1)
    const assoc = random.pick([0, 0, -1, -1, 1, 5, -64, 9007199254740991])
    this.remember(number => out.position(number, type, index, assoc))
  }

  makeFromOther () {
    const { random, out } = this
    if (!this.positions.length) return
    const i = random.below(this.positions.length)
    const position = this.positions[i]
    if (random.one(2)) this.remember(number => out.decode(number, position))
    else this.remember(number => out.json(number, JSON.stringify(random.one(2) ? position : Y.relativePositionToJSON(position))))
    const j = random.below(this.positions.length)
    out.equal(i, position, j, this.positions[j])
    out.equal(i, position, this.positions.length - 1, this.positions[this.positions.length - 1])
  }

  makeAnywhere () {
    const { random } = this
    const clock = random.below(60)
    const client = random.pick([3, 700, 4294967297, 5])
    const id = { client, clock }
    this.remember(number => this.out.json(number, JSON.stringify({ [random.pick(['item', 'type'])]: id, assoc: random.pick([0, -1]) })))
  }

  ask () {
    this.positions.forEach((position, i) => this.out.resolve(i, position, this.reader, this.random.one(2)))
  }

  takeSnapshot () {
    const number = this.snapshots.length
    if (number >= 12) return
    this.snapshots.push(this.out.snap(number, this.reader))
    for (const type of typesOf(this.reader)) if (!this.types.includes(type)) this.types.push(type)
  }

  askPast () {
    const { random, out, reader, snapshots } = this
    if (!snapshots.length || !this.updates.length) return
    const a = random.below(snapshots.length)
    const b = random.below(snapshots.length)
    out.same(a, snapshots[a], b, snapshots[b])
    out.contains(a, snapshots[a], random.pick(this.updates))
    const types = this.types.filter(type => !reader.gc || !type._item || !type._item.deleted)
    const texts = types.filter(type => type instanceof Y.Text)
    const users = random.one(2)
    out.delta(random.pick(texts), a, snapshots[a], '-', undefined, users)
    if (a >= b) out.delta(random.pick(texts), a, snapshots[a], b, snapshots[b], users)
    out.delta(random.pick(texts), '-', undefined, a, snapshots[a], users)
    out.list(random.pick(types.filter(type => type instanceof Y.Array || type instanceof Y.XmlFragment)), b, snapshots[b])
    out.map(random.pick(types.filter(type => type instanceof Y.Map || type instanceof Y.XmlElement || type instanceof Y.Text)), b, snapshots[b])
    if (random.one(2)) out.past(a, snapshots[a], reader, random.one(2))
    if (random.one(2)) out.restore(b)
    if (random.one(3)) out.state(reader)
  }

  step () {
    const { random } = this
    if (this.undo && random.one(6)) this.goBack()
    if (random.one(8)) this.takeSnapshot()
    if (random.one(7)) this.askPast()
    this.circle.step()
    if (random.one(3)) this.makePosition()
    if (random.one(9)) this.makeFromOther()
    if (random.one(15)) this.makeAnywhere()
    if (random.one(6)) this.ask()
  }

  finish () {
    this.ask()
    this.askPast()
    this.out.state(this.reader)
    this.out.line('end')
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [start, count, steps] = [Number(process.argv[2] ?? 1), Number(process.argv[3] ?? 100), Number(process.argv[4] ?? 60)]
  let text = ''
  process.stdout.on('error', () => process.exit(1)) /* the other end has seen enough */
  for (let seed = start; seed < start + count; seed++) {
    const program = new Program(seed, line => { text += line })
    for (let i = 0; i < steps; i++) program.step()
    program.finish()
    if (!process.stdout.write(text)) await new Promise(resolve => process.stdout.once('drain', resolve))
    text = ''
  }
}
