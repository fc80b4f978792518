/** The greatest absolute value among f32 values. */
export function greatest(values: usize, from: usize, to: usize): f32 {
  let most = f32x4.splat(0)
  let at = values + (from << 2)
  const end = values + (to << 2)
  for (; at + 16 <= end; at += 16) most = f32x4.max(most, f32x4.abs(v128.load(at)))
  let single = max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  )
  for (; at < end; at += 4) single = max(single, abs(load<f32>(at)))
  return single
}

/** Gradients and hessians are rounded to so many steps. */
const STEPS: i32 = 32767

/**
 * Rounds gradients and hessians (f32) to 16 bits each, up or down by chance so that sums stay right on average; the chance is a
 * hash of row and seed (Shi et al., Quantized Training of Gradient Boosting Decision Trees, 2022).
 *
 * Gradient in the upper half of an i32, hessian in the lower. `hessianScale` 0 stands for hessians of 1.
 */
export function quantise(
  gradients: usize,
  hessians: usize,
  packed: usize,
  from: usize,
  to: usize,
  scale: f64,
  hessianScale: f64,
  seed: u32,
): void {
  for (let row = from; row < to; row++) {
    let hash = (u32(row) ^ seed) * 0x9e3779b1
    hash = (hash ^ (hash >> 15)) * 0x85ebca77
    hash ^= hash >> 13
    const up = f64(hash & 0xffff) * (1.0 / 65536.0)
    const g = i32(floor(f64(load<f32>(gradients + (row << 2))) * scale + up))
    let h: i32 = 1
    if (hessianScale !== 0) {
      const upper = f64(hash >> 16) * (1.0 / 65536.0)
      h = min(STEPS, i32(floor(f64(load<f32>(hessians + (row << 2))) * hessianScale + upper)))
    }
    store<i32>(packed + (row << 2), (min(STEPS, g) << 16) | h)
  }
}

/** Sums of gradient and hessian (f32) over the rows `order[from … to)`, in their order, written to `out` as f64. */
export function sums(order: usize, from: usize, to: usize, gradients: usize, hessians: usize, out: usize): void {
  let g: f64 = 0
  let h: f64 = 0
  for (let k = from; k < to; k++) {
    const row = usize(load<u32>(order + (k << 2))) << 2
    g += f64(load<f32>(gradients + row))
    h += f64(load<f32>(hessians + row))
  }
  store<f64>(out, g)
  store<f64>(out, h, 8)
}
