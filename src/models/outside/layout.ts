import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { ForetideError } from '../../core/errors.ts'
import { at } from '../../core/panel.ts'

const level = z.number().gt(0).lt(1)

export const layoutSchema = z.strictObject({
  /** Input that the past goes into, `[batch, periods]`. */
  context: z.string().min(1),
  /** Input that says which of these were observed, `[batch, periods]`; none unless given. */
  mask: z.string().min(1).optional(),
  /** Output that the quantiles come out of. */
  outputs: z.string().min(1),
  /** Quantile levels of that output, ascending. */
  levels: z
    .array(level)
    .min(1)
    .refine((levels) => levels.every((l, k) => k === 0 || l > at(levels, k - 1)), 'levels must ascend'),
  /** The most periods of the past that it looks at. */
  contextLength: z.int().min(1),
  /** Steps that it answers in one pass. */
  horizon: z.int().min(1),
  /** Order of the output's last two dimensions. */
  axes: z.enum(['quantiles-steps', 'steps-quantiles']).default('quantiles-steps'),
  /** What stands in the context where nothing was observed. */
  missing: z.enum(['nan', 'zero']).default('nan'),
  /** Whether the context is divided by its mean absolute value, and the answer multiplied by it. */
  scaling: z.enum(['none', 'mean']).default('none'),
})

/** How the tensors of a forecaster are to be understood. */
export type Layout = z.output<typeof layoutSchema>
/** A layout as it is written down. */
export type LayoutInput = z.input<typeof layoutSchema>

/** Layouts that are known by name. */
export const LAYOUTS = {
  /** Ansari et al., Chronos-Bolt (2024): scales by itself, takes NaN as missing, nine quantiles of 64 steps. */
  'chronos-bolt': {
    context: 'context',
    mask: 'mask',
    outputs: 'quantile_preds',
    levels: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
    contextLength: 2048,
    horizon: 64,
    axes: 'quantiles-steps',
    missing: 'nan',
    scaling: 'none',
  },
} as const satisfies Record<string, Layout>
export type LayoutName = keyof typeof LAYOUTS

/** Name of the file beside a model that gives its layout. */
export const LAYOUT_FILE = 'foretide.json'

/** Reads a layout from a file; nothing where there is none, refused where it is not one. */
export async function readLayout(file: string): Promise<Layout | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    return refuse(file, '', error.code ?? error.message)
  })
  return text === undefined ? undefined : layoutOf(file, text)
}

function layoutOf(file: string, text: string): Layout {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return refuse(file, '', 'JSON')
  }
  const { data, error } = layoutSchema.safeParse(read)
  if (data) return data
  const [issue] = error.issues
  const option = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
  return refuse(file, option, issue?.message ?? '')
}

function refuse(file: string, option: string, problem: string): never {
  throw new ForetideError('outside.layout', { file, option, problem }, { fault: 'usage' })
}
