import { at, type Panel, seriesParts } from '../../core/panel.ts'

/** A way to divide series into groups: the group of each series, and how many there are. */
export interface Grouping {
  readonly of: Int32Array
  readonly count: number
}

/**
 * Divides series by the values of keys and categorical statics together; without names, all are one group.
 *
 * @example
 * groupingOf(panelOf([{ id: 'a/tea', start: 0, values: [] }, { id: 'b/tea', start: 0, values: [] }],
 *   { calendar: new Calendar({ unit: 'day' }), keys: ['store', 'item'] }), ['item'])
 */
export function groupingOf(panel: Panel, names: readonly string[]): Grouping {
  const codes = new Map<string, number>()
  const parts = panel.ids.map(seriesParts)
  const of = Int32Array.from(panel.ids, (_, i) => {
    const label = names
      .map((name) => {
        const fixed = panel.statics.get(name)
        return fixed ? at(fixed.values, i) : (parts[i] as string[])[panel.keys.indexOf(name)]
      })
      .join('/')
    const code = codes.get(label) ?? codes.size
    codes.set(label, code)
    return code
  })
  return { of, count: codes.size }
}

/** Names of groupings worth trying: nothing (all series together), and each key and categorical static that gathers series. */
export function usualGroups(panel: Panel): string[][] {
  const statics = [...panel.statics.values()].filter(({ categories }) => categories !== undefined)
  const names = [...new Set([...panel.keys, ...statics.map(({ name }) => name)])]
  const seen = new Set<string>()
  const found: string[][] = []
  for (const name of names) {
    const { of, count } = groupingOf(panel, [name])
    const same = of.join()
    if (count > 1 && count <= panel.ids.length / 2 && !seen.has(same)) found.push([name])
    seen.add(same)
  }
  return panel.ids.length > 1 ? [[], ...found] : []
}
