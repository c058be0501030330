/* SPDX-License-Identifier: MIT */
/*
 * history.mjs - makes ../positions.txt and ../snapshots.txt with yjs: scenes about relative positions and snapshots, in
 * the lines of ../../differential/history/record.mjs.
 */
import fs from 'node:fs'
import { Y } from '../../differential/yjs.mjs'
import { Recorder, hex } from '../../differential/history/record.mjs'

/* A document, its recorder, and what is asked of them. */
class Scene {
  constructor (write, name, roots, gc) {
    this.out = new Recorder(write)
    this.out.line('seed', name)
    this.out.line('doc', gc ? 0 : 1, 1000)
    this.doc = new Y.Doc({ gc })
    this.doc.clientID = 1000
    this.writer = new Y.Doc({ gc })
    this.writer.clientID = 1
    const get = { text: ['getText', 3], array: ['getArray', 1], map: ['getMap', 2], xml: ['getXmlFragment', 5] }
    for (const [root, kind] of Object.entries(roots)) {
      this.out.line('root', hex(root), get[kind][1])
      this[root] = this.writer[get[kind][0]](root)
      this.doc[get[kind][0]](root)
    }
    this.writer.on('update', update => {
      this.out.line('apply', hex(update))
      Y.applyUpdate(this.doc, update, 'net')
    })
    this.positions = []
    this.snapshots = []
  }

  /* The reader undoes what the writer does. */
  manage () {
    const roots = [...this.doc.share.values()]
    this.undo = new Y.UndoManager(roots, { trackedOrigins: new Set(['net']), captureTimeout: 0 })
    this.out.line('manager')
  }

  goBack (kind) { this.out.line('undo', kind, this.undo[kind]() === null ? 0 : 1) }

  /* The reader's copy of a root. */
  seen (root) { return this.doc.get(root) }
  position (type, index, assoc) { this.positions.push(this.out.position(this.positions.length, type, index, assoc)) }
  everywhere (type, assocs = [0, -1]) {
    for (let index = 0; index <= type.length; index++) for (const assoc of assocs) this.position(type, index, assoc)
  }

  ask () {
    this.positions.forEach((position, i) => {
      for (const follow of [true, false]) this.out.resolve(i, position, this.doc, follow)
    })
  }

  snap () { this.snapshots.push(this.out.snap(this.snapshots.length, this.doc)) }

  /* All texts, lists and maps in all states, and between each two. */
  past (...types) {
    const { out, snapshots } = this
    snapshots.forEach((snapshot, i) => {
      for (const type of types) {
        if (type instanceof Y.Text) out.delta(type, i, snapshot, '-', undefined, false)
        if (type instanceof Y.Array || type instanceof Y.XmlFragment) out.list(type, i, snapshot)
        if (!(type instanceof Y.Array) && !(type instanceof Y.XmlFragment && !(type instanceof Y.XmlElement))) out.map(type, i, snapshot)
        snapshots.slice(0, i).forEach((before, k) => {
          out.same(i, snapshot, k, before)
          for (const users of [true, false]) if (type instanceof Y.Text) out.delta(type, i, snapshot, k, before, users)
        })
      }
      out.contains(i, snapshot, Y.encodeStateAsUpdate(this.doc))
      out.past(i, snapshot, this.doc, true)
      out.past(i, snapshot, this.doc, false)
      out.restore(i)
      out.state(this.doc)
    })
  }

  end () {
    this.out.state(this.doc)
    this.out.line('end')
  }
}

const file = (name, scenes) => {
  let text = ''
  scenes(line => { text += line })
  fs.writeFileSync(new URL('../' + name, import.meta.url), text)
}

file('positions.txt', write => {
  for (const gc of [true, false]) {
    const t = new Scene(write, `text-gc-${gc}`, { t: 'text' }, gc)
    t.t.insert(0, 'aé😀b')
    t.t.format(1, 3, { bold: true })
    t.t.insertEmbed(2, { image: 1 })
    t.everywhere(t.seen('t'))
    t.ask()
    t.t.insert(1, 'X')
    t.t.insert(t.t.length, 'Y')
    t.ask()
    t.t.delete(2, 3)
    t.ask()
    t.t.delete(0, t.t.length)
    t.everywhere(t.seen('t'))
    t.ask()
    t.end()

    const n = new Scene(write, `nested-gc-${gc}`, { a: 'array', m: 'map' }, gc)
    n.a.insert(0, [1, new Y.Text('in'), 'x'])
    n.m.set('list', new Y.Array())
    n.m.get('list').insert(0, [1, 2])
    n.everywhere(n.seen('a'))
    n.everywhere(n.seen('a').get(1))
    n.everywhere(n.seen('m').get('list'))
    n.everywhere(n.seen('m'))
    n.ask()
    n.a.delete(1, 1)
    n.ask()
    n.m.set('list', 1)
    n.ask()
    n.end()

    const u = new Scene(write, `undone-gc-${gc}`, { t: 'text', a: 'array' }, gc)
    u.manage()
    u.t.insert(0, 'abé😀d')
    u.a.insert(0, [1, new Y.Array(), 2])
    u.a.get(1).insert(0, ['in', 'side'])
    u.everywhere(u.seen('t'))
    u.everywhere(u.seen('a'))
    u.everywhere(u.seen('a').get(1))
    u.t.delete(1, 4)
    u.a.delete(1, 1)
    u.ask()
    for (const kind of ['undo', 'undo', 'redo', 'redo', 'undo', 'undo', 'undo', 'redo']) {
      u.goBack(kind)
      u.ask()
    }
    u.end()

    const x = new Scene(write, `xml-gc-${gc}`, { x: 'xml' }, gc)
    x.x.insert(0, [new Y.XmlElement('p'), new Y.XmlText('é😀'), new Y.XmlElement('b')])
    x.x.get(0).insert(0, [new Y.XmlText('deep')])
    x.everywhere(x.seen('x'))
    x.everywhere(x.seen('x').get(1))
    x.everywhere(x.seen('x').get(0), [2, -3])
    x.ask()
    x.x.delete(0, 1)
    x.ask()
    x.end()
  }
})

file('snapshots.txt', write => {
  const t = new Scene(write, 'text', { t: 'text' }, false)
  t.snap()
  t.t.insert(0, 'aé😀b')
  t.snap()
  t.t.format(1, 3, { bold: true })
  t.t.insertEmbed(2, { image: 1 })
  t.snap()
  t.t.delete(1, 2)
  t.t.insert(0, 'X', { ychange: { user: 1, type: 'added' } })
  t.t.applyDelta([{ retain: 2 }, { insert: 'Y', attributes: { i: {} } }])
  t.snap()
  t.t.delete(0, t.t.length)
  t.snap()
  t.past(t.seen('t'))
  t.end()

  const n = new Scene(write, 'nested', { t: 'text', a: 'array', m: 'map', x: 'xml' }, false)
  n.a.insert(0, [1, new Y.Text('in'), 'x'])
  n.m.set('k', new Y.Map())
  n.m.get('k').set('é', 5)
  n.x.insert(0, [new Y.XmlElement('p'), new Y.XmlText('t')])
  n.x.get(0).setAttribute('k', 'v')
  n.x.get(0).insert(0, [new Y.XmlText('deep')])
  n.snap()
  const types = [n.seen('a'), n.seen('a').get(1), n.seen('m'), n.seen('m').get('k'), n.seen('x'), n.seen('x').get(0), n.seen('x').get(0).get(0)]
  n.a.push([2, 3])
  n.a.get(1).insert(1, '😀')
  n.m.get('k').set('é', 6)
  n.x.get(0).setAttribute('k', 'w')
  n.snap()
  n.a.delete(0, 2)
  n.m.set('k', 1)
  n.x.delete(0, 1)
  n.snap()
  n.m.delete('k')
  n.x.insert(0, [new Y.XmlElement('p')])
  n.snap()
  n.past(...types, n.seen('t'))
  n.end()

  const c = new Scene(write, 'collected', { t: 'text', a: 'array', m: 'map' }, true)
  c.t.insert(0, 'abcdef')
  c.m.set('k', 1)
  c.snap()
  c.t.delete(1, 2)
  c.m.set('k', 2)
  c.a.insert(0, [1, 2])
  c.snap()
  c.past(c.seen('t'), c.seen('a'), c.seen('m'))
  c.end()
})
