import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ForetideError } from '../../core/errors.ts'
import { VERSION } from '../../core/version.ts'
import { writeModel } from '../../tensor/onnx/write.ts'
import { networkModel } from '../../tensor/train/predictor.ts'
import { readTensors, type StoredTensor, writeTensors } from '../../tensor/train/safetensors.ts'
import type { Place } from '../../tensor/train/step.ts'
import type { Dir, Fitted, Manifest, Model } from '../model.ts'
import { answer } from './answer.ts'
import { frameOf } from './examples/preparation.ts'
import { assembled, type Learned, learn, type Member } from './learned.ts'
import { type NeuralInput, neuralSettings } from './options.ts'

const FILE = 'state.json'
/** Examples that a saved network takes at once. */
const SAVED_BATCH = 32

type Saved = Omit<Learned, 'members'> & {
  readonly members: readonly (Pick<Member, 'curve'> & { places: readonly Place[] })[]
}

/**
 * A neural model across all series of a panel: an architecture and a head, trained on windows of all series with their covariates, answers of several
 * members averaged.
 *
 * Refuses options that there are not, panels in which nothing is observed, and horizons longer than the one that was learned.
 *
 * @example
 * const model = neuralModel({ name: 'my-mlp', architecture: { name: 'mlp', options: { hidden: [64] } }, training: { epochs: 5 } })
 */
export function neuralModel(input: NeuralInput): Model {
  const settings = neuralSettings(input)
  return {
    name: settings.name,
    needs: { minHistory: 1, knownAhead: 'used', crossSeries: true, missing: true },
    fit: async (window, run) => fittedOf(await learn(window, settings, run)),
    load: async (dir) => fittedOf(await loadLearned(dir)),
  }
}

/** A model that answers by what was learned, and saves itself. */
export function fittedOf(learned: Learned): Fitted {
  return {
    async forecast(window, ask, run) {
      const { horizon } = learned.preparation.settings
      if (window.horizon > horizon)
        throw new ForetideError(
          'neural.horizon',
          { model: learned.settings.name, asked: window.horizon, learned: horizon },
          { fault: 'usage' },
        )
      return await answer(learned, window, ask, run)
    },
    save: (dir) => save(learned, dir),
    training: learned.members.map(({ curve: rows }, k) => ({
      name: learned.members.length > 1 ? `${learned.settings.name} ${k + 1}` : learned.settings.name,
      rows,
    })),
  }
}

async function save(learned: Learned, dir: Dir): Promise<Manifest> {
  const { settings, preparation, members } = learned
  await mkdir(dir.path, { recursive: true })
  const { network } = assembled(settings, frameOf(preparation))
  const files = [FILE]
  for (const [k, { weights }] of members.entries()) {
    const tensors = new Map<string, StoredTensor>()
    for (const { name, shape, from, to } of weights.places)
      tensors.set(name, { type: 'F32', shape, data: weights.row.slice(from, to) })
    const stored = `weights-${k}.safetensors`
    const model = `network-${k}.onnx`
    await writeFile(join(dir.path, stored), writeTensors({ tensors, metadata: { model: settings.name } }))
    await writeFile(join(dir.path, model), writeModel(networkModel(network, weights, SAVED_BATCH)))
    files.push(stored, model)
  }
  const saved: Saved = {
    ...learned,
    members: members.map(({ curve, weights }) => ({ curve, places: weights.places })),
  }
  await writeFile(join(dir.path, FILE), JSON.stringify(saved))
  const manifest: Manifest = {
    model: settings.name,
    version: VERSION,
    options: settings,
    window: learned.window,
    files,
  }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

/** What a saved folder has learned: what it can be distilled or made smaller from. */
export async function loadLearned(dir: Dir): Promise<Learned> {
  const saved = JSON.parse(await readFile(join(dir.path, FILE), 'utf8')) as Saved
  const members: Member[] = []
  for (const [k, { curve, places }] of saved.members.entries()) {
    const file = join(dir.path, `weights-${k}.safetensors`)
    const { tensors } = readTensors(await readFile(file), file)
    const row = new Float32Array(places.at(-1)?.to ?? 0)
    for (const { name, shape, from } of places) {
      const stored = tensors.get(name)
      if (!stored) throw new ForetideError('training.weights', { name, shape: shape.join(' × ') })
      row.set(stored.data as Float32Array, from)
    }
    members.push({ curve, weights: { places, row } })
  }
  return { ...saved, members }
}
