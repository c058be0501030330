/* SPDX-License-Identifier: MIT */
/*
 * yjs.mjs - the oracle: the pinned packages, and how the tests print shared types as JSON.
 *
 * Other generators import the packages from here, so that there is one node_modules and one place with versions.
 * The JSON is that of include/yata/value.h: what JSON lacks has a fixed spelling, map keys keep the order in which
 * they were first set (JavaScript objects would move integer-like keys to the front).
 */
import * as Y from 'yjs'
import * as encoding from 'lib0/encoding'
import * as decoding from 'lib0/decoding'

export { Y, encoding, decoding }

export const kinds = { untyped: 0, array: 1, map: 2, text: 3, xmlElement: 4, xmlFragment: 5, xmlHook: 6, xmlText: 7 }

export function kindOf (type) {
  if (type instanceof Y.XmlText) return kinds.xmlText
  if (type instanceof Y.Text) return kinds.text
  if (type instanceof Y.XmlHook) return kinds.xmlHook
  if (type instanceof Y.Map) return kinds.map
  if (type instanceof Y.XmlElement) return kinds.xmlElement
  if (type instanceof Y.XmlFragment) return kinds.xmlFragment
  if (type instanceof Y.Array) return kinds.array
  return kinds.untyped
}

const constructors = [null, Y.Array, Y.Map, Y.Text, Y.XmlElement, Y.XmlFragment, Y.XmlHook, Y.XmlText]

export const getRoot = (doc, name, kind) => doc.get(name, constructors[kind])
export const makeType = (kind, name) =>
  kind === kinds.xmlElement || kind === kinds.xmlHook ? new constructors[kind](name) : new constructors[kind]()

/* The text with one character for each embed: indexes into it are those of the type. */
export const flat = text => text.toDelta().map(op => typeof op.insert === 'string' ? op.insert : '\u0001').join('')

/* The types that live in a type, each with the step that leads there: an index, a key, or how many embedded types of a
 * text come before it. */
export function typesIn (type) {
  const found = []
  type._map.forEach((item, key) => {
    if (!item.deleted && item.content.type) found.push([item.content.type, { key }])
  })
  if (type instanceof Y.Text) {
    let embedded = 0
    for (let item = type._start; item; item = item.right) {
      if (!item.deleted && item.content.type) found.push([item.content.type, { embedded: embedded++ }])
    }
  } else if (!(type instanceof Y.Map)) {
    type.toArray().forEach((v, index) => { if (v instanceof Y.AbstractType) found.push([v, { index }]) })
  }
  return found
}

/* The entries of a map, or the attributes of a text or an element. */
export function entriesJson (type) {
  const entries = []
  type._map.forEach((item, key) => {
    if (!item.deleted) entries.push([key, item.content.getContent()[item.length - 1]])
  })
  return objectJson(entries)
}

const member = (key, json) => JSON.stringify(key) + ':' + json

/* undefined: leave it out (in objects) or null (in arrays). */
export function valueJson (v) {
  if (v === undefined) return undefined
  if (typeof v === 'bigint') return v.toString()
  if (v === null || typeof v !== 'object') return JSON.stringify(v)
  if (v instanceof Uint8Array) return '{"$binary":"' + Buffer.from(v).toString('base64') + '"}'
  if (v instanceof Y.Doc) return '{"$doc":' + JSON.stringify(v.guid) + '}'
  if (v instanceof Y.AbstractType) return typeJson(v)
  if (Array.isArray(v)) return '[' + v.map(x => valueJson(x) ?? 'null').join(',') + ']'
  return objectJson(Object.entries(v))
}

function objectJson (entries) {
  const out = []
  for (const [key, v] of entries) {
    const json = valueJson(v)
    if (json !== undefined) out.push(member(key, json))
  }
  return '{' + out.join(',') + '}'
}

/* A delta, of a text or of a list. */
export function deltaJson (ops) {
  return '[' + ops.map(op => {
    const attributes = op.attributes ? ',"attributes":' + valueJson(op.attributes) : ''
    const what = op.insert !== undefined ? '"insert":' + valueJson(op.insert) : op.retain ? `"retain":${op.retain}` : `"delete":${op.delete}`
    return '{' + what + attributes + '}'
  }).join(',') + ']'
}

export function typeJson (type) {
  switch (kindOf(type)) {
    case kinds.map:
    case kinds.xmlHook:
      return entriesJson(type)
    case kinds.array:
      return valueJson(type.toArray())
    default:
      return JSON.stringify(type.toString())
  }
}
