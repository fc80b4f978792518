import { z } from 'zod'
import type { Locale } from '../../core/errors.ts'
import { pretrainWorkspace } from '../../pipeline.ts'
import { Workspace } from '../../store/workspace.ts'
import { help, operation, whole } from '../operation.ts'
import { number, percent } from '../print.ts'

type Made = Awaited<ReturnType<typeof pretrainWorkspace>>

export const pretrainOperation = operation({
  name: 'pretrain',
  about: { en: 'train a model from nothing on synthetic series and yours', zh: '用合成序列与您的序列从零训练模型' },
  options: z.strictObject({
    out: z
      .string()
      .optional()
      .meta(help('its name: use it as swell@NAME (default own)', '名称：以 swell@NAME 使用（默认 own）', 'NAME')),
    steps: whole(1, 100_000_000)
      .optional()
      .meta(help('steps (default 20000: hours)', '步数（默认 20000：数小时）', 'N')),
    batch: whole(2, 65_536)
      .optional()
      .meta(help('examples of a step (default 256)', '每步样本数（默认 256）', 'N')),
    rate: z.coerce
      .number()
      .gt(0)
      .optional()
      .meta(help('highest learning rate (default 0.001)', '最高学习率（默认 0.001）', 'X')),
    share: z.coerce
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta(
        help(
          'share of examples from your data (default 0.5, 0 without data)',
          '来自您数据的样本比例（默认 0.5，无数据时为 0）',
          'SHARE',
        ),
      ),
    holdBack: whole(0, 100_000)
      .optional()
      .meta(help('latest periods not learned from (default 0)', '不参与学习的最近周期数（默认 0）', 'N')),
    width: whole(8, 4096)
      .optional()
      .meta(help('numbers of a token (default 128)', '每个片段的维数（默认 128）', 'N')),
    layers: whole(1, 64)
      .optional()
      .meta(help('layers (default 4)', '层数（默认 4）', 'N')),
    heads: whole(1, 64)
      .optional()
      .meta(help('heads of attention, which divide the width (default 4)', '注意力头数，须整除维数（默认 4）', 'N')),
    hidden: whole(8, 16_384)
      .optional()
      .meta(help('units of the feed-forward part (default 384)', '前馈部分单元数（默认 384）', 'N')),
  }),
  perform({ width, layers, heads, hidden, ...options }, _, { workspace, run }) {
    const sizes = Object.entries({ width, layers, heads, hidden }).filter(([, size]) => size !== undefined)
    return pretrainWorkspace(Workspace.open(workspace), { ...options, network: Object.fromEntries(sizes) }, run)
  },
  print: ({ name, folder, page, parameters, seconds, share, curve }: Made, locale: Locale) => {
    const loss = number(curve.at(-1)?.loss ?? Number.NaN, 4)
    const [count, time, part] = [number(parameters), number(seconds, 0), percent(share)]
    return locale === 'zh'
      ? `${count} 个参数，用时 ${time} 秒，最终损失 ${loss}，${part} 的样本来自工作区。\n已写入 ${folder}\n图表：${page}\n使用：foretide forecast --models ${name}\n`
      : `${count} parameters in ${time} s, final loss ${loss}, ${part} of the examples from the workspace.\nWritten to ${folder}\nCharts: ${page}\nUse it:  foretide forecast --models ${name}\n`
  },
})
