/* SPDX-License-Identifier: MIT */
/*
 * history.mjs - makes ../positions.txt with yjs: scenes about relative positions, in the lines of
 * ../../differential/history/record.mjs.
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
      Y.applyUpdate(this.doc, update)
    })
    this.positions = []
  }

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
