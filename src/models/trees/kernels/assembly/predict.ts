// Rows go down trees eight at a time: each step of a row waits for memory, and the waits of eight overlap.
//
// A node is 16 bytes: f32 threshold, u16 place of its feature in a row (bytes), u16 1 if missing values go left, and the places
// of its children (u32, bytes from the first node), left and right. A leaf is its own child.

function child(nodes: usize, node: usize, right: usize): usize {
  return nodes + usize(load<u32>(node + (right << 2), 8))
}

/** The next node where no value is missing. */
function step(nodes: usize, node: usize, row: usize): usize {
  const value = load<f32>(row + usize(load<u16>(node, 4)))
  return child(nodes, node, usize(!(value <= load<f32>(node))))
}

/** The next node where a missing value (NaN) goes its node's way. */
function stepMissing(nodes: usize, node: usize, row: usize): usize {
  const value = load<f32>(row + usize(load<u16>(node, 4)))
  const threshold = load<f32>(node)
  const missingLeft = i32(load<u16>(node, 6))
  const above = i32(value > threshold)
  const notBelow = i32(!(value <= threshold))
  return child(nodes, node, usize(above | (notBelow & (1 - missingLeft))))
}

/**
 * Adds one tree's leaf values to the scores of `count` rows, a multiple of 8.
 *
 * `rows`: f32 values row by row, `stride` bytes each; `missing`: whether any may be NaN; `root`: address of the tree's first node;
 * `values`: `width` f64 for each node of the ensemble; `scores`: f64, `apart` bytes a row.
 */
export function addTree(
  nodes: usize,
  root: usize,
  rows: usize,
  stride: usize,
  count: usize,
  missing: bool,
  values: usize,
  width: usize,
  scores: usize,
  apart: usize,
): void {
  let row = rows
  let score = scores
  for (let done: usize = 0; done < count; done += 8) {
    let a = root
    let b = root
    let c = root
    let d = root
    let e = root
    let f = root
    let g = root
    let h = root
    let moved: usize = 1
    if (missing) {
      while (moved) {
        const a2 = stepMissing(nodes, a, row)
        const b2 = stepMissing(nodes, b, row + stride)
        const c2 = stepMissing(nodes, c, row + 2 * stride)
        const d2 = stepMissing(nodes, d, row + 3 * stride)
        const e2 = stepMissing(nodes, e, row + 4 * stride)
        const f2 = stepMissing(nodes, f, row + 5 * stride)
        const g2 = stepMissing(nodes, g, row + 6 * stride)
        const h2 = stepMissing(nodes, h, row + 7 * stride)
        moved = (a ^ a2) | (b ^ b2) | (c ^ c2) | (d ^ d2) | (e ^ e2) | (f ^ f2) | (g ^ g2) | (h ^ h2)
        a = a2
        b = b2
        c = c2
        d = d2
        e = e2
        f = f2
        g = g2
        h = h2
      }
    } else {
      while (moved) {
        const a2 = step(nodes, a, row)
        const b2 = step(nodes, b, row + stride)
        const c2 = step(nodes, c, row + 2 * stride)
        const d2 = step(nodes, d, row + 3 * stride)
        const e2 = step(nodes, e, row + 4 * stride)
        const f2 = step(nodes, f, row + 5 * stride)
        const g2 = step(nodes, g, row + 6 * stride)
        const h2 = step(nodes, h, row + 7 * stride)
        moved = (a ^ a2) | (b ^ b2) | (c ^ c2) | (d ^ d2) | (e ^ e2) | (f ^ f2) | (g ^ g2) | (h ^ h2)
        a = a2
        b = b2
        c = c2
        d = d2
        e = e2
        f = f2
        g = g2
        h = h2
      }
    }
    add(nodes, a, values, width, score)
    add(nodes, b, values, width, score + apart)
    add(nodes, c, values, width, score + 2 * apart)
    add(nodes, d, values, width, score + 3 * apart)
    add(nodes, e, values, width, score + 4 * apart)
    add(nodes, f, values, width, score + 5 * apart)
    add(nodes, g, values, width, score + 6 * apart)
    add(nodes, h, values, width, score + 7 * apart)
    row += 8 * stride
    score += 8 * apart
  }
}

function add(nodes: usize, leaf: usize, values: usize, width: usize, score: usize): void {
  let value = values + ((leaf - nodes) >> 1) * width
  for (let k: usize = 0; k < width; k++) {
    const at = score + (k << 3)
    store<f64>(at, load<f64>(at) + load<f64>(value))
    value += 8
  }
}
