import type { Layout } from './statistics.ts'

/** The sums of one group of cells: first of those in stock, then of the censored ones, a row of {@link Layout.width} each. */
export type Sums = Float64Array

/** Sums by family (such as `step`) and label (such as `3`). */
export type Tally = Map<string, Map<string, Sums>>

/** Adds the sums of one tally to another, group by group; the order of merging sets the order of additions and nothing else. */
export function mergeTally(into: Tally, from: Tally): Tally {
  for (const [family, groups] of from) {
    let held = into.get(family)
    if (!held) {
      held = new Map()
      into.set(family, held)
    }
    for (const [label, sums] of groups) {
      const present = held.get(label)
      if (!present) held.set(label, sums.slice())
      else for (let k = 0; k < sums.length; k++) present[k] = (present[k] as number) + (sums[k] as number)
    }
  }
  return into
}

/** The rows of a group: of all its cells, and of those in stock alone. */
export function rowsOf(sums: Sums, layout: Layout): { readonly all: Float64Array; readonly inStock: Float64Array } {
  const inStock = sums.subarray(0, layout.width)
  const all = inStock.slice()
  for (let k = 0; k < layout.width; k++) all[k] = (all[k] as number) + (sums[layout.width + k] as number)
  return { all, inStock }
}

/** A tally as bytes: a JSON head with its labels, then the numbers as little-endian doubles. */
export function tallyToBytes(tally: Tally): Uint8Array {
  const head: Record<string, string[]> = {}
  const rows: Sums[] = []
  for (const [family, groups] of tally) {
    head[family] = [...groups.keys()]
    rows.push(...groups.values())
  }
  const width = rows[0]?.length ?? 0
  const text = new TextEncoder().encode(JSON.stringify({ width, head }))
  const bytes = new Uint8Array(4 + text.length + rows.length * width * 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, text.length, true)
  bytes.set(text, 4)
  let offset = 4 + text.length
  for (const row of rows)
    for (const value of row) {
      view.setFloat64(offset, value, true)
      offset += 8
    }
  return bytes
}

/** Reads what {@link tallyToBytes} wrote, to the last bit. */
export function tallyFromBytes(bytes: Uint8Array): Tally {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(0, true)
  const { width, head } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as {
    width: number
    head: Record<string, string[]>
  }
  let offset = 4 + length
  const tally: Tally = new Map()
  for (const [family, labels] of Object.entries(head)) {
    const groups = new Map<string, Sums>()
    for (const label of labels) {
      const sums = new Float64Array(width)
      for (let k = 0; k < width; k++, offset += 8) sums[k] = view.getFloat64(offset, true)
      groups.set(label, sums)
    }
    tally.set(family, groups)
  }
  return tally
}
