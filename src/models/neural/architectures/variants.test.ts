import { describe, expect, test } from 'vitest'
import { at } from '../../../core/panel.ts'
import { Random } from '../../../core/random.ts'
import { gradients } from '../../../tensor/graph/gradients.ts'
import { concat, mul, reshape, sum } from '../../../tensor/graph/operators.ts'
import { inputsOf } from '../../../tensor/train/network.ts'
import type { Frame, View } from '../architecture.ts'
import { inputFields } from '../forecaster.ts'
import { architectureContract } from './architectures.case.ts'
import { ARCHITECTURES } from './architectures.ts'
import { cnnLstm } from './cnn-lstm.ts'
import { mlp } from './mlp.ts'
import { nhits } from './nhits.ts'
import { asked, changed, type Feeds, viewByChance, worked } from './running.case.ts'
import { tcn } from './tcn.ts'
import { tide } from './tide.ts'
import { transformer } from './transformer.ts'
import { tsmixer } from './tsmixer.ts'

// Knots far apart and windows longer than the context; layers of one unit, one period or normalised throughout; nothing to fall back on.
architectureContract(nhits, { stacks: [{ pool: 50, every: 50, blocks: 2 }], pooling: 'mean', skip: false })
architectureContract(mlp, { hidden: [8, 16, 16], norm: true, residual: false, skip: false })
architectureContract(tide, { hidden: 16, encoder: 1, decoder: 1, norm: true, skip: false })
architectureContract(tsmixer, { features: 8, hidden: 8, layers: 1, norm: false, skip: false })
architectureContract(tcn, { channels: 8, kernel: 4, layers: 2, skip: false })
architectureContract(cnnLstm, { filters: [8, 4], kernel: 1, units: 8, skip: false })

const FRAME: Frame = { batch: 2, context: 9, horizon: 4, past: 1, known: 2, statics: 1, categories: [3] }

describe('what is known of a step', () => {
  /** Whether other steps change with it, too, as the documentation of each says. */
  const OTHERS = {
    cnnLstm: false,
    dlinear: false,
    mlp: true,
    nhits: true,
    tcn: false,
    tide: true,
    transformer: false,
    tsmixer: true,
  }
  test.each(Object.entries(OTHERS))('%s: changes other steps: %s', async (name, others) => {
    const network = await asked(ARCHITECTURES[name as keyof typeof OTHERS](), FRAME, 2)
    const view = viewByChance(FRAME, Random.of(1, 'view'))
    const each = (FRAME.context + FRAME.horizon) * FRAME.known
    const place = (FRAME.context + 1) * FRAME.known
    const before = await network.ask(view)
    const after = await network.ask(changed(view, 'known', (k) => k % each === place))
    await network.close()
    const moved = [0, 2, 3].map((h) => Math.abs(at(after.data, 2 * h) - at(before.data, 2 * h)))
    if (others) expect(Math.max(...moved)).toBeGreaterThan(1e-4)
    else expect(moved).toEqual([0, 0, 0])
  })

  test.each(['seq2seq', 'tft', 'deepar'] as const)('%s: changes later steps, and no earlier one', async (name) => {
    const network = await asked(ARCHITECTURES[name](), FRAME, 2)
    const view = viewByChance(FRAME, Random.of(1, 'view'))
    const each = (FRAME.context + FRAME.horizon) * FRAME.known
    const before = await network.ask(view)
    const after = await network.ask(changed(view, 'known', (k) => k % each === (FRAME.context + 1) * FRAME.known))
    await network.close()
    const moved = [0, 1, 2, 3].map((h) => Math.abs(at(after.data, 2 * h) - at(before.data, 2 * h)))
    expect(moved[0]).toBe(0)
    for (const h of [1, 2, 3]) expect(moved[h]).toBeGreaterThan(1e-6)
  })
})

test('dilated convolutions see their whole reach, and no further', async () => {
  // Kernels of 2 with dilations 1, 2 and 4 look at 8 periods.
  const frame = { ...FRAME, context: 12 }
  const network = await asked(tcn({ layers: 3, skip: false }), frame, 1)
  const view = viewByChance(frame, Random.of(1, 'view'))
  const before = await network.ask(view)
  for (let t = 0; t < frame.context; t++) {
    const after = await network.ask(changed(view, 'target', (k) => k % frame.context === t))
    if (t < 4) expect(after.data).toEqual(before.data)
    else expect(Math.max(...after.data.map((x, k) => Math.abs(x - at(before.data, k))))).toBeGreaterThan(1e-6)
  }
  await network.close()
})

// Not `tft`: a bias of keys moves all scores alike, and says nothing.
const LEARNED = [
  'cnnLstm',
  'deepar',
  'dlinear',
  'gru',
  'lstm',
  'mlp',
  'nhits',
  'seq2seq',
  'tcn',
  'tide',
  'transformer',
  'tsmixer',
] as const
test.each(LEARNED)('every parameter of %s moves what is said', async (name) => {
  const names: string[] = []
  const { y } = await worked(
    (p) => {
      const view = inputsOf(p.graph, inputFields(FRAME), FRAME.batch) as unknown as View
      const { raw } = ARCHITECTURES[name](name === 'dlinear' ? {} : { dropout: 0 }).forward(p, view, FRAME, 2)
      names.push(...p.all.keys())
      const values = [...p.all.values()].map(({ value }) => value)
      const slopes = gradients(sum(mul(raw, raw)), values)
      return concat(slopes.map((slope) => reshape(sum(mul(slope, slope)), [1])))
    },
    viewByChance(FRAME, Random.of(1, 'view')),
    true,
  )
  expect(names.filter((_, k) => !(at(y, k) > 1e-9))).toEqual([])
})

test('a transformer does not look at patches in which nothing was observed', async () => {
  const frame = { ...FRAME, context: 21, past: 0, known: 0 }
  const network = await asked(transformer({ patch: 7, skip: false }), frame, 1)
  const view = viewByChance(frame, Random.of(1, 'view'))
  // Nothing was observed in the first patch of each example; whatever stands there, all zeros or not.
  const observed = {
    ...view,
    observed: { ...view.observed, data: Float32Array.from({ length: 42 }, (_, k) => (k % 21 < 7 ? 0 : 1)) },
  } as Feeds
  const before = await network.ask(observed)
  const after = await network.ask(changed(observed, 'target', (k) => k % 21 < 7))
  const seen = await network.ask(changed(observed, 'target', (k) => k % 21 === 8))
  await network.close()
  expect(after.data).toEqual(before.data)
  expect(seen.data).not.toEqual(before.data)
})
