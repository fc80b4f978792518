import { at } from '../../core/panel.ts'

/** After so many exchanges without fewer on the wrong side, one bottom at a time changes sides. */
const PATIENCE = 3
const MOST_EXCHANGES = 300

/**
 * The rule of exchange of Kim and Park (2011): all on the wrong side change it as long as they become fewer; after three times in vain
 * only the last of them does, which cannot go round in circles. Returns whether anything changed.
 */
export function exchangesOf(fixed: Uint8Array, tolerance: number): (wanted: Float64Array) => boolean {
  let fewest = fixed.length + 1
  let patience = PATIENCE
  let exchanges = 0
  return (wanted) => {
    const wrong: number[] = []
    for (let i = 0; i < fixed.length; i++)
      if (at(fixed, i) === 1 ? at(wanted, i) > tolerance : at(wanted, i) < -tolerance) wrong.push(i)
    if (wrong.length === 0 || exchanges++ > MOST_EXCHANGES) return false
    if (wrong.length < fewest) {
      fewest = wrong.length
      patience = PATIENCE
    } else patience--
    for (const i of patience >= 0 ? wrong : wrong.slice(-1)) fixed[i] = 1 - at(fixed, i)
    return true
  }
}
