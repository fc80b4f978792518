import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { CORPUS_SETS, corpusGrounds, SHARES } from '../bench/pretrained-lab.ts'
import { runOf } from '../src/core/run.ts'
import { loadPretrained, savePretrained } from '../src/models/pretrained/files.ts'
import { pretrain } from '../src/models/pretrained/pretrain.ts'

/**
 * Trains the model that is shipped, from a checkpoint where there is one:
 * `node scripts/train-swell.ts --data ../shared/data --steps 30000 --work /somewhere/swell-1`.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    /** Where the checkpoint and what came of it lie. */
    work: { type: 'string' },
    name: { type: 'string', default: 'swell-1' },
    steps: { type: 'string', default: '30000' },
    batch: { type: 'string', default: '256' },
    rate: { type: 'string', default: '0.001' },
    network: { type: 'string' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
    /** Folders: of a model to go on from, and of models to learn from, with commas between them. */
    from: { type: 'string' },
    teachers: { type: 'string' },
    truths: { type: 'string', default: '0.5' },
    /** Whether real sets end before the windows on which choices are made, or nothing real is learned from at all. */
    choosing: { type: 'boolean', default: false },
    synthetic: { type: 'boolean', default: false },
  },
})
const work = resolve(values.work ?? `${values.name}-training`)
const [steps, batch] = [Number(values.steps), Number(values.batch)]
mkdirSync(work, { recursive: true })
const grounds = await corpusGrounds(values.data, values.synthetic ? {} : SHARES, values.choosing)
let said = 0
const run = runOf({
  seed: Number(values.seed),
  threads: Number(values.threads),
  progress({ done, total, learning }) {
    if (!learning || Date.now() - said < 60_000) return
    said = Date.now()
    console.log(`${new Date().toISOString()} ${done}/${total} loss ${learning.loss.toFixed(5)}`)
  },
})
const { kept, trained } = await pretrain(
  {
    name: values.name,
    ...(values.network && { network: JSON.parse(values.network) as object }),
    ...(values.from && { from: (await loadPretrained(values.from)).kept }),
    ...(values.teachers && {
      teachers: await Promise.all(values.teachers.split(',').map(async (path) => (await loadPretrained(path)).kept)),
      truths: Number(values.truths),
    }),
    ...{ grounds, steps, batch, rate: Number(values.rate) },
    checkpoint: { folder: join(work, 'checkpoint'), every: 250 },
  },
  run,
)
const corpus = grounds.map(({ set, share, lastSeen, ground }) => ({
  ...{ set, share, lastSeen },
  series: ground.offsets.length - 1,
}))
const remarks = values.synthetic
  ? 'Nothing but synthetic series.'
  : `Real sets: ${CORPUS_SETS.join(', ')}, training parts only.`
await savePretrained(kept, join(work, 'model'), { corpus, steps, batch, seconds: trained.seconds, remarks })
writeFileSync(join(work, 'curve.json'), JSON.stringify(trained.curve))
console.log(
  `${values.name}: ${kept.weights.row.length} parameters, ${trained.seconds.toFixed(0)} s, loss ${trained.curve.at(-1)?.loss}`,
)
process.exit(0)
