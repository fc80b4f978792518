import { describe, expect, test } from 'vitest'
import { ARCHITECTURES } from './architectures.ts'
import { learned, RULES } from './planted.case.ts'

/**
 * Shares of the mean's squared error that may be left. Of the wave not less than 0.02 can be: its noise of 0.1 is that of a variance of about 0.55.
 * What is doubled is no sum, so that a line keeps a part of it.
 */
const LEFT = { lag: 0.01, promotion: 0.02, season: 0.04 }
const LINE = { ...LEFT, promotion: 0.2 }

/** A week squeezed through one recurrent state is kept only roughly after so few steps. */
const SQUEEZED = { ...LEFT, lag: 0.5 }

const NARROW = { seq2seq: {}, tft: { width: 16, heads: 2 } }

/** Networks learn both with the linear way from the context to the answers and without it. */
const CASES = [
  ['dlinear', {}, LINE],
  ...(['cnnLstm', 'mlp', 'nhits', 'tcn', 'tide', 'transformer', 'tsmixer'] as const).flatMap((name) =>
    [true, false].map((skip) => [name, { skip, dropout: 0 }, LEFT] as const),
  ),
  ...(['seq2seq', 'tft'] as const).flatMap((name) =>
    [true, false].map((skip) => [name, { skip, dropout: 0, ...NARROW[name] }, skip ? LEFT : SQUEEZED] as const),
  ),
] as const

describe.each(CASES)('%s %o learns', (name, options, left) => {
  test.each(['lag', 'promotion', 'season'] as const)('the %s that was planted', async (rule) => {
    expect(await learned(ARCHITECTURES[name](options), RULES[rule])).toBeLessThan(left[rule])
  })
})
