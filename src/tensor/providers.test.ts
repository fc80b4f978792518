import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { runOf } from '../core/run.ts'
import { toOnnx } from './graph/emit.ts'
import { tensorGraph } from './graph/graph.ts'
import { mean, mul, sub } from './graph/operators.ts'
import type { Float } from './graph/value.ts'
import { dense } from './layers/dense.ts'
import { writeModel } from './onnx/write.ts'
import type { Provider } from './providers.ts'
import { session } from './runtime.ts'
import type { Network } from './train/network.ts'
import { predictorOf } from './train/predictor.ts'
import { type TrainOptions, train } from './train/train.ts'

const negated = () => {
  const x = tensorGraph().input('x', [2]) as Float
  return writeModel(toOnnx({ y: mul(x, -1) }))
}
/** One that no release of ONNX Runtime for this platform has. */
const elsewhere: Provider = process.platform === 'darwin' ? 'directml' : 'coreml'

test('the processor can be named, alone and after none', async () => {
  for (const providers of [['cpu'], []] as const) {
    const model = await session(negated(), { threads: 1, providers })
    const { y } = await model.run({ x: { type: 'float32', dims: [2], data: Float32Array.of(1, -2) } })
    expect(y?.data).toEqual(Float32Array.of(-1, 2))
    await model.dispose()
  }
})

test('a provider that the runtime was built without is refused with what there is, not left out', async () => {
  const failed = session(negated(), { providers: [elsewhere, 'cpu'] })
  await expect(failed).rejects.toMatchObject({ code: 'runtime.absent', details: { provider: elsewhere } })
  await expect(failed).rejects.toThrow(/it has cpu/)
})

/** Where the files of CUDA would be if they had been installed. */
const cuda = join(
  dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
  'bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so',
)
const lacksCuda = process.platform === 'linux' && process.arch === 'x64' && !existsSync(cuda)

test.skipIf(!lacksCuda)('CUDA without its files is refused with how to install it, in both languages', async () => {
  const error = await session(negated(), { providers: ['cuda', 'cpu'] }).catch((e) => e)
  expect(error).toMatchObject({ name: 'ForetideError', code: 'runtime.cuda' })
  for (const locale of ['en', 'zh'] as const) {
    expect(error.text(locale)).toContain('onnxruntime-node-install=cuda12')
    expect(error.text(locale)).toContain('shared library')
  }
})

test('a model that is broken is told from a provider that is', async () => {
  await expect(session(Uint8Array.of(1, 2, 3), { providers: ['cpu'] })).rejects.toMatchObject({ code: 'runtime.load' })
})

test('training and predicting go by the providers that are given', async () => {
  const network: Network = {
    inputs: { x: { shape: [1] } },
    labels: { y: { shape: [1] } },
    forward: (p, { x }) => ({ y: dense(p, x as Float, 1) }),
    loss({ y }, batch) {
      const error = sub(y as Float, batch.y as Float)
      return mean(mul(error, error))
    },
  }
  const source = {
    put(_: number, into: object) {
      const { x, y } = into as Record<'x' | 'y', Float32Array>
      for (const k of x.keys()) {
        x[k] = k / x.length
        y[k] = (3 * k) / x.length
      }
    },
  }
  const options: TrainOptions = { batch: 8, steps: 200, rate: 0.05, threads: 2 }
  const taught = (more: Partial<TrainOptions>) => train(network, source, { ...options, ...more }, runOf({ seed: 1 }))
  const { weights } = await taught({ providers: ['cpu'], lanes: 2 })
  const predictor = await predictorOf(network, weights, { batch: 1, threads: 1, providers: ['cpu'] })
  ;(predictor.inputs.x as Float32Array).fill(1)
  await predictor.run()
  const [slope, shift] = weights.row as unknown as readonly [number, number]
  expect(weights.row).toHaveLength(2)
  expect(slope).toBeGreaterThan(1)
  expect(predictor.outputs.y?.[0]).toBeCloseTo(slope + shift, 6)
  expect((await taught({ lanes: 2 })).weights).toEqual(weights)
  await predictor.dispose()
  for (const lanes of [1, 2])
    await expect(taught({ providers: [elsewhere], lanes })).rejects.toMatchObject({ code: 'runtime.absent' })
  await expect(predictorOf(network, weights, { providers: [elsewhere] })).rejects.toMatchObject({
    code: 'runtime.absent',
  })
})
