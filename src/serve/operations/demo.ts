import { join } from 'node:path'
import { z } from 'zod'
import { importFiles } from '../../pipeline.ts'
import { simulate } from '../../simulate/simulate.ts'
import { Workspace } from '../../store/workspace.ts'
import { help, operation, whole } from '../operation.ts'
import { printRun, runAll } from './run.ts'

export const demoOperation = operation({
  name: 'demo',
  about: { en: 'simulate a marketplace, then everything of run on it', zh: '模拟一个市场，并对其执行 run 的全部步骤' },
  options: z.strictObject({
    items: whole(1, 5_000_000)
      .optional()
      .meta(help('products (default 60)', '商品数（默认 60）', 'N')),
    stores: whole(1, 100_000)
      .optional()
      .meta(help('shops (default 4)', '门店数（默认 4）', 'N')),
    days: whole(60, 36_600)
      .optional()
      .meta(help('days of history (default 730)', '历史天数（默认 730）', 'N')),
    horizon: whole(1, 730)
      .default(28)
      .meta(help('days ahead (default 28)', '预测天数（默认 28）', 'H')),
    dir: z
      .string()
      .default('foretide-demo')
      .meta(help('where the simulated files go', '模拟文件的位置', 'DIR')),
  }),
  async perform({ items, stores, days, horizon, dir }, _, context) {
    const { run, say } = context
    const given = { ...(items ? { items } : {}), ...(stores ? { stores } : {}), ...(days ? { days } : {}) }
    const made = await simulate({ preset: 'demo', ...given, horizon, locale: 'CN' }, dir, run)
    const files = made.tables.map((table) => table.path)
    say(run.locale === 'zh' ? `已模拟市场：${join(dir)}` : `A marketplace was simulated in ${dir}`)
    const workspace = Workspace.open(context.workspace === '.foretide' ? join(dir, '.foretide') : context.workspace)
    await importFiles(workspace, files, {}, run)
    const title = run.locale === 'zh' ? '模拟市场' : 'Simulated marketplace'
    return await runAll(workspace, { horizon }, { title, report: join(dir, 'report.html') }, context)
  },
  print: printRun,
})
