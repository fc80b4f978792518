import { createHash } from 'node:crypto'
import { backtest } from '../../backtest/backtest.ts'
import type { Keep } from '../../backtest/keep.ts'
import { ForetideError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Model } from '../../models/model.ts'
import type { SearchSettings } from './options.ts'
import { optionsOf } from './place.ts'
import { keyOf } from './propose.ts'
import type { Failure, RungScore } from './result.ts'
import type { Source } from './sample.ts'
import type { ParameterValues } from './space.ts'

/** What all candidates are tried on at a rung. */
export interface Stage {
  readonly source: Source
  readonly cutoffs: readonly number[]
  /** Whether the windows of the rung before it are among these, series and all, so that they are not computed again. */
  readonly goesOn: boolean
}

/** What became of a candidate at a rung. */
export interface Verdict extends RungScore {
  readonly failed: Failure | null
}

/**
 * Tries a candidate at a rung; an error of the model is a verdict too, only an interrupt goes on up.
 *
 * The verdict is kept when it is there, and every finished window of it before, so that nothing is computed twice. Its seconds are
 * those of the windows, whenever they were computed, so that an interrupted search has spent what an uninterrupted one has.
 */
export async function tryAt(
  make: (options: Record<string, unknown>) => Model,
  values: ParameterValues,
  { source, cutoffs }: Omit<Stage, 'goesOn'>,
  settings: SearchSettings,
  keep: Keep,
  run: Run,
): Promise<Verdict> {
  const { keep: _, fallback = [], ...rest } = settings.backtest
  const asked = { ...rest, fallback: fallback.map(({ name }) => name) }
  const tag = { values: keyOf(values), seed: run.seed, version: VERSION, asked }
  const key = digestOf({ ...tag, cutoffs, data: source.digest, metric: settings.metric })
  const kept = await keep.get(key)
  if (kept) return JSON.parse(new TextDecoder().decode(kept)) as Verdict
  const verdict = await judge(make, values, { source, cutoffs }, settings, keptUnder(keep, digestOf(tag)), run)
  await keep.put(key, new TextEncoder().encode(JSON.stringify(verdict)))
  return verdict
}

async function judge(
  make: (options: Record<string, unknown>) => Model,
  values: ParameterValues,
  { source, cutoffs }: Omit<Stage, 'goesOn'>,
  settings: SearchSettings,
  keep: Keep,
  run: Run,
): Promise<Verdict> {
  const { metric } = settings
  const began = run.now().getTime()
  const failure = (failed: Failure): Verdict => {
    const seconds = (run.now().getTime() - began) / 1000
    return { score: null, windows: [], unanswered: 0, seconds, failed }
  }
  // Of what a candidate says only the windows it has come through matter to the search; the rest would be noise.
  const progress: Run['progress'] = (said) => said.stage === 'backtest' && run.progress(said)
  const quiet: Run = { ...run, progress, notice: () => {} }
  let model: Model
  try {
    model = make(optionsOf(values))
  } catch (error) {
    return failure({ cutoff: null, ...wordsOf(error) })
  }
  const options = { ...settings.backtest, cutoffs, minHistory: 1, keep }
  const { leaderboard, windows } = await backtest(source, [model], options, quiet)
  const row = leaderboard[0]
  if (!row || row.failed) return failure(row?.failed ?? { cutoff: null, en: '', zh: '' })
  const worked = row.fitSeconds + row.forecastSeconds
  return {
    score: row[metric],
    windows: windows.map((window) => window[metric]),
    unanswered: row.unanswered,
    seconds: Math.max(worked, (run.now().getTime() - began) / 1000),
    failed: null,
  }
}

function wordsOf(error: unknown): { en: string; zh: string } {
  if (error instanceof ForetideError) return { en: error.text('en'), zh: error.text('zh') }
  const message = error instanceof Error ? error.message : String(error)
  return { en: message, zh: message }
}

const digestOf = (what: object) => createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32)

const keptUnder = (keep: Keep, tag: string): Keep => ({
  get: (key) => keep.get(digestOf({ tag, key })),
  put: (key, bytes) => keep.put(digestOf({ tag, key }), bytes),
})

/** Keeps results as long as the search goes on: windows of one rung are then not computed again for the next. */
export function memoryKeep(): Keep {
  const held = new Map<string, Uint8Array>()
  return {
    get: async (key) => held.get(key),
    put: async (key, bytes) => void held.set(key, bytes),
  }
}
