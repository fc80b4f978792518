/**
 * Shapley values of so many players: each one's mean contribution over all orders in which they could come (Shapley, 1953).
 *
 * `worth(set)` says what a set of players, as bits, makes of every cell; it is asked once for each of the 2ⁿ sets. Contributions of each player add up to the worth of all less that of
 * none, cell by cell.
 *
 * @example
 * const worth = async (set) => Float64Array.of((set & 1 ? 4 : 0) + (set & 2 ? 2 : 0) + (set === 3 ? 1 : 0))
 * (await shapleyOf(2, worth)).map((own) => own[0]).join(' ') // → '4.5 2.5'
 */
export async function shapleyOf(
  players: number,
  worth: (set: number) => Promise<Float64Array>,
): Promise<readonly Float64Array[]> {
  const worths: Float64Array[] = []
  for (let set = 0; set < 1 << players; set++) worths.push(await worth(set))
  const [none] = worths as [Float64Array]
  return Array.from({ length: players }, (_, p) => {
    const own = new Float64Array(none.length)
    for (let set = 0; set < 1 << players; set++) {
      if ((set & (1 << p)) !== 0) continue
      const share = shareOf(players, set)
      const [before, after] = [worths[set] as Float64Array, worths[set | (1 << p)] as Float64Array]
      for (let k = 0; k < own.length; k++)
        own[k] = (own[k] as number) + share * ((after[k] as number) - (before[k] as number))
    }
    return own
  })
}

/** Share of orders in which exactly a set of players came before one that is not in it: s! (n − s − 1)! / n! */
function shareOf(players: number, set: number): number {
  let size = 0
  for (let bits = set; bits > 0; bits >>= 1) size += bits & 1
  let share = 1 / players
  for (let k = 1; k <= size; k++) share *= k / (players - k)
  return share
}
