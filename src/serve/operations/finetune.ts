import { z } from 'zod'
import type { Locale } from '../../core/errors.ts'
import { finetuneWorkspace } from '../../pipeline.ts'
import { Workspace } from '../../store/workspace.ts'
import { help, operation, whole } from '../operation.ts'
import { number, percent } from '../print.ts'
import { FORECASTING } from './options.ts'

type Made = Awaited<ReturnType<typeof finetuneWorkspace>>

export const finetuneOperation = operation({
  name: 'finetune',
  about: { en: 'learn on from the pretrained model on your data', zh: '在您的数据上继续训练预训练模型' },
  options: z.strictObject({
    from: z
      .string()
      .optional()
      .meta(
        help(
          'swell, a model learned here, or a folder (default swell)',
          'swell、此处学过的模型或文件夹（默认 swell）',
          'NAME',
        ),
      ),
    out: z
      .string()
      .optional()
      .meta(help('its name: use it as swell@NAME (default mine)', '名称：以 swell@NAME 使用（默认 mine）', 'NAME')),
    parts: z
      .enum(['heads', 'adapters', 'all'])
      .optional()
      .meta(
        help(
          'what learns: the last layers, adapters beside all, or all weights (default all)',
          '学习的部分：末层、低秩适配器或全部权重（默认 all）',
          'heads|adapters|all',
        ),
      ),
    masked: whole(0, 1_000_000)
      .optional()
      .meta(
        help('steps of telling hidden patches of the past before (default 0)', '之前先做多少步遮盖重建（默认 0）', 'N'),
      ),
    steps: whole(1, 1_000_000)
      .optional()
      .meta(help('steps at most (default 400)', '最多步数（默认 400）', 'N')),
    batch: whole(2, 65_536)
      .optional()
      .meta(help('examples of a step (default 128)', '每步样本数（默认 128）', 'N')),
    rate: z.coerce
      .number()
      .gt(0)
      .optional()
      .meta(help('learning rate (default 0.0003)', '学习率（默认 0.0003）', 'X')),
    rehearse: z.coerce
      .number()
      .min(0)
      .max(0.9)
      .optional()
      .meta(
        help(
          'share of synthetic examples, against forgetting (default 0)',
          '合成样本的比例，防止遗忘（默认 0）',
          'SHARE',
        ),
      ),
    refit: z
      .boolean()
      .optional()
      .meta(help('learn from the newest periods too, once it is known how long', '确定步数后连最新周期一起学习')),
    horizon: FORECASTING.horizon,
  }),
  perform: (options, _, { workspace, run }) => finetuneWorkspace(Workspace.open(workspace), options, run),
  print: (made: Made, locale: Locale) => {
    const { name, folder, page, before, after, steps, horizon } = made
    const gain = percent(before > 0 ? (before - after) / before : 0)
    const [from, to] = [number(before, 4), number(after, 4)]
    if (locale === 'zh')
      return steps > 0
        ? `最新 ${horizon} 期（留出）的损失：${from} → ${to}，降低 ${gain}，共 ${steps} 步。\n已写入 ${folder}\n图表：${page}\n使用：foretide forecast --models ${name} --horizon ${horizon}\n`
        : `最新 ${horizon} 期（留出）的损失没有低于 ${from}：模型保持原样。\n已写入 ${folder}\n图表：${page}\n`
    return steps > 0
      ? `Loss on the newest ${horizon} periods, held out: ${from} → ${to}, ${gain} less, after ${number(steps)} steps.\nWritten to ${folder}\nCharts: ${page}\nUse it:  foretide forecast --models ${name} --horizon ${horizon}\n`
      : `Loss on the newest ${horizon} periods, held out, did not fall below ${from}: the model stays as it was.\nWritten to ${folder}\nCharts: ${page}\n`
  },
})
