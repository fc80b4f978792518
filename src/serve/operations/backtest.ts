import { z } from 'zod'
import type { Backtest } from '../../backtest/result.ts'
import { ForetideError, type Locale } from '../../core/errors.ts'
import { backtestWorkspace, horizonOf } from '../../pipeline.ts'
import { Workspace } from '../../store/workspace.ts'
import { operation } from '../operation.ts'
import { number, percent, table } from '../print.ts'
import { BACKTESTING, FORECASTING, forecastingOf } from './options.ts'

export const backtestOperation = operation({
  name: 'backtest',
  about: { en: 'forecast the past again and see which model does it best', zh: '重新预测历史，比较各模型的优劣' },
  options: z.strictObject({ ...FORECASTING, ...BACKTESTING }),
  async perform(options, _, { workspace, run }) {
    const opened = Workspace.open(workspace)
    const chosen = forecastingOf(options)
    // The notice that no backtest is run would only say the error below twice.
    const notice: typeof run.notice = (said) => said.code !== 'pipeline.noBacktest' && run.notice(said)
    const tested = await backtestWorkspace(opened, chosen, { ...run, notice })
    if (!tested) {
      const { lastObserved, first } = opened.source()
      throw new ForetideError(
        'pipeline.tooShort',
        { length: lastObserved - first + 1, horizon: horizonOf(opened, chosen) },
        { fault: 'badInput' },
      )
    }
    return tested
  },
  print: printLeaderboard,
})

/** The leaderboard, for people. */
export function printLeaderboard(tested: Backtest, locale: Locale): string {
  const { protocol } = tested
  const head =
    locale === 'zh'
      ? ['模型', 'WQL', 'WAPE', 'MASE', '偏差', '80% 覆盖', '已答', '秒']
      : ['model', 'WQL', 'WAPE', 'MASE', 'bias', 'in 80 %', 'answered', 'seconds']
  const rows = tested.leaderboard.map((row) =>
    row.failed
      ? [row.model, locale === 'zh' ? '失败' : 'failed', row.failed[locale]]
      : [
          row.model,
          number(row.wql, 4),
          percent(row.wape),
          number(row.mase, 3),
          percent(row.bias),
          percent(row.coverage['80']),
          percent(row.answered / Math.max(1, row.answered + row.refused), 0),
          number(row.fitSeconds + row.forecastSeconds, 1),
        ],
  )
  const about =
    locale === 'zh'
      ? `${protocol.windows.length} 个窗口，各预测 ${protocol.horizon} 个周期，${number(protocol.series)} 个序列；WQL 越低越好`
      : `${protocol.windows.length} windows of ${protocol.horizon} ${protocol.unit}s, ${number(protocol.series)} series; lower WQL is better`
  return `${table(head, rows)}\n\n${about}\n`
}
