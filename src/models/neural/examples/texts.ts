import { type Panel, seriesParts } from '../../../core/panel.ts'

/** Where the values of a category of series come from. */
export interface CategorySource {
  readonly name: string
  readonly from: 'static' | 'key' | 'identity'
}

/** The value that series `i` has of a category as text, by which codes of different panels agree; undefined where it has none. */
export function textsOf(panel: Panel, { name, from }: CategorySource): (i: number) => string | undefined {
  if (from === 'identity') return (i) => panel.ids[i]
  if (from === 'key') {
    const part = panel.keys.indexOf(name)
    return (i) => seriesParts(panel.ids[i] as string)[part]
  }
  const column = panel.statics.get(name)
  return (i) => {
    const value = column?.values[i] ?? Number.NaN
    if (Number.isNaN(value)) return undefined
    return column?.categories ? column.categories[value] : String(value)
  }
}

/** A static column or key by its name; undefined where the panel has neither. */
export function sourceOf(panel: Panel, name: string): CategorySource | undefined {
  if (panel.statics.has(name)) return { name, from: 'static' }
  return panel.keys.includes(name) ? { name, from: 'key' } : undefined
}
