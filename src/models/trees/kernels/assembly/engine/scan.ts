/**
 * The best split of a numeric column without any special rule: returns GL² / (HL + l2) + GR² / (HR + l2) at its best, or −1.
 *
 * `histogram`: pairs of f64; `numbers`: bins of numbers; `missing`: 1 if one more bin follows, for missing values; `least`: what
 * either side's hessian must reach. All in units of the quantised sums. Writes bin, direction of missing values (1: left), GL and
 * HL to `out` as f64. Of equal splits the one with missing values on the left and the highest threshold is taken, as LightGBM does.
 */
export function scan(
  histogram: usize,
  numbers: i32,
  missing: i32,
  g: f64,
  h: f64,
  l2: f64,
  least: f64,
  out: usize,
): f64 {
  let best: f64 = -1
  const most = h - least
  const regular = f64x2.splat(l2)
  for (let direction = missing; direction >= 0; direction--) {
    let gl: f64 = 0
    let hl: f64 = 0
    if (direction) {
      gl = load<f64>(histogram + (usize(numbers) << 4))
      hl = load<f64>(histogram + (usize(numbers) << 4), 8)
    }
    const last = missing && !direction ? numbers : numbers - 1
    const ties = !missing || direction
    for (let bin = 0; bin < last; bin++) {
      const at = histogram + (usize(bin) << 4)
      gl += load<f64>(at)
      hl += load<f64>(at, 8)
      if (hl < least) continue
      if (hl > most) break
      const gs = f64x2.replace_lane(f64x2.splat(gl), 1, g - gl)
      const hs = f64x2.replace_lane(f64x2.splat(hl), 1, h - hl)
      const both = f64x2.div(f64x2.mul(gs, gs), f64x2.add(hs, regular))
      const gain = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1)
      if (gain > best || (ties && gain === best)) {
        best = gain
        store<f64>(out, bin)
        store<f64>(out, direction, 8)
        store<f64>(out, gl, 16)
        store<f64>(out, hl, 24)
      }
    }
  }
  return best
}
