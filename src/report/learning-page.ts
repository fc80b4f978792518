import type { Locale } from '../core/errors.ts'
import type { ReportTraining } from './data.ts'
import { htmlPage, said } from './html.ts'
import { learningPage } from './learning-client.ts'
import { trainingCharts } from './training-charts.ts'

/** A series, what was forecast of its newest periods, and what came. */
export interface LearningSample {
  readonly id: string
  readonly periods: readonly string[]
  readonly history: readonly (number | null)[]
  readonly came: readonly (number | null)[]
  readonly median: readonly number[]
  /** From the widest to the narrowest. */
  readonly bands: readonly { readonly low: readonly number[]; readonly high: readonly number[] }[]
}

/** How a model learned, and what it says now. */
export interface LearningData {
  readonly title: string
  readonly subtitle: string
  readonly training: readonly ReportTraining[]
  readonly samples: readonly LearningSample[]
}

/** Writes how a model learned as one self-contained page: its curve, and samples of what it says. */
export function renderLearning(data: LearningData, locale: Locale): string {
  const chart = (id: string) => `<div id="${id}" class="chart" role="img"></div>`
  const training = data.training.map((_, k) => chart(`training-${k}`)).join('')
  const samples = data.samples.map((_, k) => chart(`sample-${k}`)).join('')
  const body = `<section><h2 ${said('training')}></h2><p class="note" ${said('trainingNote')}></p>${training}</section>
${samples ? `<section><h2 ${said('samples')}></h2><p class="note" ${said('samplesNote')}></p><div class="two">${samples}</div></section>` : ''}`
  const script = `(${learningPage.toString()})(kit, data, (${trainingCharts.toString()})(kit, data))`
  return htmlPage({ title: data.title, subtitle: data.subtitle, nav: '', body, script, data }, locale)
}
