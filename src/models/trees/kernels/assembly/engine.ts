// What the training engine runs in WebAssembly: see the files for each.
export { compact } from './engine/compact'
export { greatest, quantise, sums } from './engine/gradient'
export { histogram, merge } from './engine/histogram'
export { partition } from './engine/partition'
export { scan } from './engine/scan'
export { addByTree, addToRows } from './engine/score'
