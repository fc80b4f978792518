import type { Calendar, Period } from '../../../core/calendar.ts'
import { at, type Panel } from '../../../core/panel.ts'
import type { Window } from '../../../core/window.ts'
import { blocksOf } from '../../../models/local-model.ts'

/** A column known ahead: of every past cell, and of every series and step of the horizon (`future[i · horizon + h]`). */
export interface KnownColumn {
  readonly name: string
  readonly past: Float64Array
  readonly future: Float64Array
}

/** Everything that a window shows and the cold start reads, its blocks joined. */
export interface History {
  readonly calendar: Calendar
  readonly cutoff: Period
  readonly horizon: number
  readonly digest: string
  readonly keys: readonly string[]
  readonly ids: readonly string[]
  readonly start: Int32Array
  readonly offsets: Int32Array
  readonly target: Float64Array
  readonly mask: Uint8Array
  /** Bits of the mask over the horizon: planned closures. */
  readonly closed: Uint8Array
  /** Numeric columns known ahead. */
  readonly known: readonly KnownColumn[]
  /** Past-only columns named like a price, where no price is known ahead. */
  readonly prices: ReadonlyMap<string, Float64Array>
  /** One text a series, undefined where missing. */
  readonly labels: ReadonlyMap<string, readonly (string | undefined)[]>
  /** One number a series. */
  readonly numbers: ReadonlyMap<string, Float64Array>
}

/** Names that columns of prices go by. */
export const PRICE = /price|价/i
/** The planned closures stand in the mask already. */
const CLOSED = 'closed'

/** Reads both sides of a window. */
export async function gather(window: Window): Promise<History> {
  const pasts: Panel[] = []
  const knowns: Panel[] = []
  for await (const [past, known] of blocksOf(window)) {
    pasts.push(past)
    knowns.push(known)
  }
  const ids = pasts.flatMap((p) => p.ids)
  const names = [...(knowns[0]?.columns.values() ?? [])].filter((c) => !c.categories && c.name !== CLOSED)
  const column = (panels: readonly Panel[], name: string) =>
    joined(panels.map((p) => p.columns.get(name)?.values ?? new Float64Array(p.target.length).fill(Number.NaN)))
  const own = [...(pasts[0]?.columns.values() ?? [])].filter((c) => !c.knownAhead && PRICE.test(c.name))
  const statics = [...(pasts[0]?.statics.values() ?? [])]
  return {
    calendar: window.calendar,
    cutoff: window.cutoff,
    horizon: window.horizon,
    digest: window.digest,
    keys: pasts[0]?.keys ?? [],
    ids,
    start: Int32Array.from(pasts.flatMap((p) => [...p.start])),
    offsets: offsetsOf(pasts),
    target: joined(pasts.map((p) => p.target)),
    mask: joinedBytes(pasts.map((p) => p.mask)),
    closed: joinedBytes(knowns.map((p) => p.mask)),
    known: names.map(({ name }) => ({ name, past: column(pasts, name), future: column(knowns, name) })),
    prices: new Map(own.map(({ name }) => [name, column(pasts, name)])),
    labels: new Map(
      statics.filter((s) => s.categories).map(({ name }) => [name, pasts.flatMap((p) => labelsOf(p, name))]),
    ),
    numbers: new Map(
      statics
        .filter((s) => !s.categories)
        .map(({ name }) => [
          name,
          joined(pasts.map((p) => p.statics.get(name)?.values ?? new Float64Array(p.ids.length).fill(Number.NaN))),
        ]),
    ),
  }
}

function labelsOf(panel: Panel, name: string): (string | undefined)[] {
  const column = panel.statics.get(name)
  return panel.ids.map((_, i) => column?.categories?.[at(column.values, i)])
}

function offsetsOf(panels: readonly Panel[]): Int32Array {
  const offsets = new Int32Array(panels.reduce((n, p) => n + p.ids.length, 1))
  let i = 0
  for (const panel of panels)
    for (let k = 0; k < panel.ids.length; k++, i++)
      offsets[i + 1] = at(offsets, i) + at(panel.offsets, k + 1) - at(panel.offsets, k)
  return offsets
}

function joined(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0] as Float64Array
  const all = new Float64Array(parts.reduce((n, p) => n + p.length, 0))
  let from = 0
  for (const part of parts) {
    all.set(part, from)
    from += part.length
  }
  return all
}

function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let from = 0
  for (const part of parts) {
    all.set(part, from)
    from += part.length
  }
  return all
}
