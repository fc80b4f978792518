import { z } from 'zod'
import { ForetideError, type Locale } from '../../core/errors.ts'
import { costOf } from '../../forecast/search/choose.ts'
import type { Search, Trial } from '../../forecast/search/result.ts'
import type { ParameterValues } from '../../forecast/search/space.ts'
import { SEARCH_SPACES } from '../../forecast/search/spaces.ts'
import { TUNED } from '../../forecast/search/tuned.ts'
import { tuneWorkspace } from '../../pipeline.ts'
import { Workspace } from '../../store/workspace.ts'
import { help, operation, whole } from '../operation.ts'
import { number, percent, table } from '../print.ts'
import { BACKTESTING, FORECASTING } from './options.ts'

export const tuneOperation = operation({
  name: 'tune',
  about: { en: 'search for the parameters with which a model does best', zh: '搜索使模型表现最好的参数' },
  options: z.strictObject({
    model: z
      .string()
      .optional()
      .meta(help('the model to tune (see docs/tuning.md)', '要调参的模型（见 docs/tuning.md）', 'NAME')),
    trials: whole(1, 100_000)
      .optional()
      .meta(
        help('settings tried at most, the default included (default 30)', '最多尝试的设置数，含默认（默认 30）', 'N'),
      ),
    minutes: z.coerce
      .number()
      .gt(0)
      .optional()
      .meta(help('time at most, over all runs of the same search (default: no bound)', '总时间上限（默认不限）', 'M')),
    horizon: FORECASTING.horizon,
    windows: whole(1, 1000)
      .optional()
      .meta(help('past windows of the last round (default 3)', '最后一轮的历史窗口数（默认 3）', 'K')),
    step: BACKTESTING.step,
    gap: BACKTESTING.gap,
    holdBack: whole(0, 100_000)
      .optional()
      .meta(
        help(
          'latest periods left alone, so that a backtest on them stays honest (default: those of 3 windows)',
          '保留不用的最近周期数，使其上的回测保持公正（默认 3 个窗口）',
          'N',
        ),
      ),
    careful: z
      .boolean()
      .optional()
      .meta(help('keep the default unless the gain is beyond one standard error', '增益超过一个标准误才放弃默认参数')),
    metric: FORECASTING.metric,
    clean: FORECASTING.clean,
  }),
  async perform({ model, minutes, ...rest }, _, { workspace, run, say }) {
    if (model === undefined) {
      const example = 'foretide tune --model tsb --trials 20'
      const what = `--model ${Object.keys(SEARCH_SPACES).join('|')}`
      throw new ForetideError('usage.missing', { command: 'tune', what, example }, { fault: 'usage' })
    }
    const options = { ...rest, model, ...(minutes === undefined ? {} : { seconds: 60 * minutes }) }
    const made = await tuneWorkspace(Workspace.open(workspace), options, run)
    if (made.file === null) {
      say(`${outcomeOf(made.found, run.locale)}`)
      throw new ForetideError('run.interrupted')
    }
    return { ...made.found, file: made.file }
  },
  print: printSearch,
})

/** Settings printed; JSON has them all. */
const PRINTED = 10

const WORDS = {
  en: {
    head: ['', 'setting', 'seconds', 'parameters'],
    round: 'round',
    default: 'default',
    failed: 'failed',
    none: 'as they are',
  },
  zh: { head: ['', '设置', '秒', '参数'], round: '第 {r} 轮', default: '默认', failed: '失败', none: '保持原样' },
} as const

function printSearch(found: Search & { readonly file: string }, locale: Locale): string {
  const words = WORDS[locale]
  const rounds = found.rungs.map((_, r) =>
    locale === 'zh' ? words.round.replace('{r}', `${r + 1}`) : `${words.round} ${r + 1}`,
  )
  const order = [...found.trials].sort(
    (a, b) =>
      b.rungs.length - a.rungs.length ||
      costOf(found.metric, a.rungs.at(-1)?.score) - costOf(found.metric, b.rungs.at(-1)?.score) ||
      a.number - b.number,
  )
  const shown = order.filter((trial, k) => k < PRINTED || trial.number === 0)
  const [mark, setting, seconds, parameters] = words.head
  // Parameters come last: there may be many, and a line that wraps then spoils no column.
  const rows = shown.map((trial) => [
    trial.number === found.winner ? '→' : '',
    trial.number === 0 ? words.default : String(trial.number),
    ...rounds.map((_, r) => scoreOf(trial, r, locale)),
    number(trial.seconds, 1),
    trial.number === 0 ? '–' : parametersOf(trial.parameters, locale),
  ])
  const left = found.trials.length - shown.length
  const more = left > 0 ? (locale === 'zh' ? `…以及另外 ${left} 个设置\n` : `… and ${left} more settings\n`) : ''
  const head = [mark, setting, ...rounds, seconds, parameters]
  return `${table(head, rows, (c) => c > 1 && c < head.length - 1)}\n${more}\n${aboutOf(found, locale)}\n\n${outcomeOf(found, locale)}\n${usageOf(found, locale)}\n`
}

const scoreOf = (trial: Trial, r: number, locale: Locale) =>
  trial.failed && r === trial.rungs.length - 1
    ? WORDS[locale].failed
    : trial.rungs[r]
      ? number(trial.rungs[r].score, 4)
      : ''

/** Parameters in a line, by the last part of their names: the file and JSON have them whole. */
const parametersOf = (values: ParameterValues, locale: Locale) =>
  Object.entries(values)
    .map(([name, value]) => `${name.slice(name.lastIndexOf('.') + 1)} ${value}`)
    .join(', ') || WORDS[locale].none

const counted = (count: number, what: string) => `${number(count)} ${what}${count === 1 ? '' : 's'}`

/** What was tried, on what. */
function aboutOf(
  { rungs, trials, seconds, metric, horizon, unit, holdBack, seen, stopped }: Search,
  locale: Locale,
): string {
  const name = metric.toUpperCase()
  const failed = trials.filter((trial) => trial.failed).length
  if (locale === 'zh') {
    const parts = rungs.map(
      ({ cutoffs, series, tried }, r) =>
        `第 ${r + 1} 轮：${tried} 个设置，${cutoffs.length} 个窗口，${number(series)} 个序列`,
    )
    const why = { time: '时间用完，部分计划未尝试。', exhausted: '所有取值都已试过。', interrupted: '已中断。' }
    return [
      `${name}，预测期 ${horizon}。${parts.join('；')}。`,
      `共尝试 ${trials.length} 个设置，用时 ${number(seconds, 1)} 秒${failed ? `，${failed} 个失败（原因见 --json）` : ''}。${stopped ? why[stopped] : ''}`,
      holdBack > 0
        ? `${seen} 之后的 ${holdBack} 个周期未被使用，其上的回测仍然公正。`
        : `数据已用到 ${seen} 为止：回测结果会偏乐观。`,
    ].join('\n')
  }
  const parts = rungs.map(
    ({ cutoffs, series, tried }, r) =>
      `round ${r + 1}: ${counted(tried, 'setting')} on ${counted(cutoffs.length, 'window')} of ${number(series)} series`,
  )
  const why = {
    time: ' Time ran out before everything planned was tried.',
    exhausted: ' There were no other values to try.',
    interrupted: ' Interrupted.',
  }
  return [
    `${name} at horizon ${horizon}; ${parts.join('; ')}`,
    `${counted(trials.length, 'setting')} tried in ${number(seconds, 1)} s${failed ? `, ${failed} failed (--json says why)` : ''}.${stopped ? why[stopped] : ''}`,
    holdBack > 0
      ? `The ${holdBack} ${unit}s after ${seen} were not looked at: a backtest on them stays honest.`
      : `Data was looked at up to ${seen}: a backtest on it will be flattered.`,
  ].join('\n')
}

/** What came of it, in a sentence. */
function outcomeOf({ winner, parameters, gain, metric }: Search, locale: Locale): string {
  const name = metric.toUpperCase()
  const [score, before] = [number(gain.score, 4), number(gain.byDefault, 4)]
  if (winner === 0)
    return locale === 'zh'
      ? `没有找到优于默认参数的设置（${name} ${score}），保持默认。`
      : `No setting tried is better than the default (${name} ${score}); it stays.`
  const share = gain.share === null ? '' : percent(gain.share)
  const chosen = parametersOf(parameters, locale)
  return locale === 'zh'
    ? `最佳：${chosen}。${name} ${score}，默认 ${before}${share && `，改善 ${share}`}；${gain.windows} 个窗口中 ${gain.better} 个更好。`
    : `Best: ${chosen}. ${name} ${score} against ${before} of the default${share && `, ${share} better`}; better in ${gain.better} of ${gain.windows} windows.`
}

function usageOf({ model, winner, horizon, file }: Search & { readonly file: string }, locale: Locale): string {
  const lines = [locale === 'zh' ? `已写入 ${file}` : `Written to ${file}`]
  if (winner > 0) {
    const check = `foretide backtest --models ${model},${model}${TUNED} --horizon ${horizon}`
    const use = `foretide forecast --models ${model}${TUNED} --horizon ${horizon}`
    lines.push(...(locale === 'zh' ? [`检验：${check}`, `使用：${use}`] : [`Check it:  ${check}`, `Use it:    ${use}`]))
  }
  return lines.join('\n')
}
