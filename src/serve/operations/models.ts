import { z } from 'zod'
import { MODEL_INFOS } from '../../forecast/named.ts'
import { operation } from '../operation.ts'
import { table } from '../print.ts'

export const modelsOperation = operation({
  name: 'models',
  about: { en: 'list the models', zh: '列出所有模型' },
  options: z.strictObject({}),
  perform: async () => MODEL_INFOS,
  print: (infos, locale) =>
    `${table(
      locale === 'zh' ? ['模型', '类别', '说明'] : ['model', 'family', 'what it is'],
      infos.map((m) => [m.name, m.family, m.about[locale]]),
      () => false,
    )}\n`,
})
