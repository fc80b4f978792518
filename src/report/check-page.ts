import type { Locale } from '../core/errors.ts'
import { checkPage } from './check-client.ts'
import type { CheckData } from './check-data.ts'
import { htmlPage, said } from './html.ts'

/** Writes what `check` found as one self-contained page. */
export function renderCheck(data: CheckData, locale: Locale): string {
  const chart = (id: string) => `<div id="${id}" class="chart small" role="img"></div>`
  const examples = data.examples.map((_, k) => `<h3 id="example-title-${k}"></h3>${chart(`example-${k}`)}`).join('')
  const body = `<section><h2 ${said('quality')}></h2><p class="note" ${said('qualityNote')}></p>
<div class="two"><div><h3 ${said('shares')}></h3>${chart('shares')}</div><div><h3 ${said('coverage')}></h3>${chart('coverage')}</div></div></section>
<section><h2 ${said('findings')}></h2><div class="scroll"><table id="findings"></table></div><p class="why" id="quarantine"></p></section>
${examples ? `<section><h2 ${said('worthLooking')}></h2>${examples}</section>` : ''}`
  const subtitle = `${data.files.join(', ')} · ${data.span}`
  return htmlPage(
    {
      title: locale === 'zh' ? '数据质量' : 'Data quality',
      subtitle,
      nav: '',
      body,
      script: `(${checkPage.toString()})(kit, data)`,
      data,
    },
    locale,
  )
}
