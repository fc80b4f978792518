import { ELEMENTS } from '../../tensor/onnx/model.ts'
import { WireReader } from '../../tensor/onnx/wire-reader.ts'

/** What a model says of one of its inputs or outputs; no `dims` where not even their number is known. */
export interface Head {
  readonly name: string
  /** Element type, or its number in ONNX where it is none of ours. */
  readonly type: string
  readonly dims?: readonly (number | string | null)[]
}

/** What an ONNX file says of itself: what goes in, what comes out, and which files beside it hold its data. */
export interface Header {
  readonly inputs: readonly Head[]
  readonly outputs: readonly Head[]
  readonly external: readonly string[]
}

interface Gathered {
  readonly inputs: Head[]
  readonly outputs: Head[]
  readonly initializers: Set<string>
  readonly external: Set<string>
}

/**
 * Reads what an ONNX model takes and gives. Unlike `readModel` it passes over what it does not need, functions and data outside of the file included:
 * other people's models have them, and it is the engine that runs them.
 *
 * Refuses bytes that are no whole ONNX model; nothing comes back where they are one of something else.
 */
export function readHeader(bytes: Uint8Array): Header | undefined {
  const from = new WireReader(bytes)
  const found: Gathered = { inputs: [], outputs: [], initializers: new Set(), external: new Set() }
  let [version, graphs] = [0, 0]
  while (from.next()) {
    if (from.field === 1) version = from.number()
    else if (from.field === 7) {
      readGraph(from.message(), found)
      graphs++
    } else from.skip()
  }
  if (version < 1 || graphs !== 1 || found.outputs.length === 0) return undefined
  // Older files list their weights among the inputs, too.
  const inputs = found.inputs.filter(({ name }) => !found.initializers.has(name))
  return { inputs, outputs: found.outputs, external: [...found.external].sort() }
}

function readGraph(from: WireReader, found: Gathered): void {
  while (from.next()) {
    if (from.field === 1) readNode(from.message(), found)
    else if (from.field === 5) readTensor(from.message(), found)
    else if (from.field === 11) found.inputs.push(readHead(from.message()))
    else if (from.field === 12) found.outputs.push(readHead(from.message()))
    else from.skip()
  }
}

/** Constants, and branches and loops, hold tensors in attributes. */
function readNode(from: WireReader, found: Gathered): void {
  while (from.next()) {
    if (from.field !== 5) {
      from.skip()
      continue
    }
    const attribute = from.message()
    while (attribute.next()) {
      const { field } = attribute
      if (field === 5 || field === 10) readTensor(attribute.message(), found)
      // What goes into and out of a branch is none of the model's own.
      else if (field === 6 || field === 11) readGraph(attribute.message(), { ...found, inputs: [], outputs: [] })
      else attribute.skip()
    }
  }
}

function readTensor(from: WireReader, found: Gathered): void {
  while (from.next()) {
    if (from.field === 8) found.initializers.add(from.string())
    else if (from.field === 13) {
      const entry = from.message()
      const pair = ['', '']
      while (entry.next()) {
        if (entry.field === 1 || entry.field === 2) pair[entry.field - 1] = entry.string()
        else entry.skip()
      }
      if (pair[0] === 'location') found.external.add(pair[1] as string)
    } else from.skip()
  }
}

const TYPES = new Map(Object.entries(ELEMENTS).map(([type, { code }]) => [code as number, type]))

function readHead(from: WireReader): Head {
  let name = ''
  let type = 'no tensor'
  let dims: (number | string | null)[] | undefined
  while (from.next()) {
    if (from.field === 1) name = from.string()
    else if (from.field === 2) {
      const kind = from.message()
      while (kind.next()) {
        if (kind.field !== 1) {
          kind.skip()
          continue
        }
        const tensor = kind.message()
        while (tensor.next()) {
          if (tensor.field === 1) {
            const code = tensor.number()
            type = TYPES.get(code) ?? `element type ${code}`
          } else if (tensor.field === 2) dims = readShape(tensor.message())
          else tensor.skip()
        }
      }
    } else from.skip()
  }
  return { name, type, ...(dims && { dims }) }
}

function readShape(from: WireReader): (number | string | null)[] {
  const dims: (number | string | null)[] = []
  while (from.next()) {
    if (from.field !== 1) {
      from.skip()
      continue
    }
    const dim = from.message()
    let size: number | string | null = null
    while (dim.next()) {
      if (dim.field === 1) size = dim.number()
      else if (dim.field === 2) size = dim.string()
      else dim.skip()
    }
    // Some exporters write a size that is not fixed as 0 or -1.
    dims.push(typeof size === 'number' && size < 1 ? null : size)
  }
  return dims
}
