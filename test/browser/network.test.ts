import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, extname, join, normalize } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Random } from '../../src/core/random.ts'
import { runOf } from '../../src/core/run.ts'
import type { Manifest } from '../../src/models/model.ts'
import { type NeuralName, neuralNamed } from '../../src/models/neural/presets.ts'
import { SWELL_1 } from '../../src/models/pretrained/model.ts'
import { simulatePanel } from '../../src/simulate/panel.ts'
import { memorySource } from '../../src/store/source.ts'
import { latestWindow } from '../../src/store/window.ts'
import type { Tensor } from '../../src/tensor/onnx/model.ts'
import { readModel } from '../../src/tensor/onnx/read.ts'
import { session } from '../../src/tensor/runtime.ts'

const BROWSER = process.env.FORETIDE_CHROMIUM ?? '/usr/bin/chromium'
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
const RUNTIME = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'))
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
}
const PAGE = '<!doctype html><link rel="icon" href="data:,"><title>network</title>'
/** A dense one, a recurrent one, and one that mixes. */
const NAMES: readonly NeuralName[] = ['mlp', 'gru', 'lstm', 'tsmixer']

/** What a page is given for one input. */
interface Sent {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: readonly number[]
}

/** Loads a network and runs it: a function of the page, that knows nothing of us. */
const PREDICT = `async ([file, feeds]) => {
  const ort = await import('/runtime/ort.wasm.min.mjs')
  ort.env.wasm.wasmPaths = '/runtime/'
  ort.env.wasm.numThreads = 1
  const model = await ort.InferenceSession.create(file)
  const arrays = { float32: Float32Array.from.bind(Float32Array), int64: (data) => BigInt64Array.from(data, BigInt) }
  const given = Object.fromEntries(Object.entries(feeds).map(([name, { type, dims, data }]) => [name, new ort.Tensor(type, arrays[type](data), dims)]))
  const outputs = await model.run(given)
  return Object.fromEntries(Object.entries(outputs).map(([name, { dims, data }]) => [name, { dims: [...dims], data: [...data] }]))
}`

describe.skipIf(!existsSync(BROWSER))(
  `saved networks in a browser (skipped where there is no ${BROWSER}; set FORETIDE_CHROMIUM)`,
  () => {
    let folder: string
    let browser: Browser
    let server: Server
    let page: Page
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'foretide-browser-'))
      server = createServer((request, response) => {
        const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
        const file = path.startsWith('/runtime/') ? join(RUNTIME, path.slice(9)) : join(folder, path)
        const found = path !== '/' && existsSync(file)
        response.writeHead(found || path === '/' ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'text/html' })
        response.end(found ? readFileSync(file) : PAGE)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      browser = await chromium.launch({ executablePath: BROWSER, headless: true, args: ARGS })
      page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    })
    afterAll(async () => {
      await browser?.close()
      server?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    test.each(NAMES)('%s says there what it says in Node', { timeout: 120_000 }, async (name) => {
      const { panel } = simulatePanel({ preset: 'tiny', seed: 3, horizon: 0 })
      const training = { leastSteps: 40, mostSteps: 40, batch: 32 }
      const model = neuralNamed(name, { training, examples: { context: 21 } })
      const run = runOf({ seed: 1, threads: 1 })
      const path = join(folder, name)
      const fitted = await model.fit(latestWindow(memorySource(panel), 7), run)
      const { files }: Manifest = await fitted.save({ path })
      const network = files.find((file) => file.endsWith('.onnx')) as string
      await expectSame(`${name}/${network}`)
    })

    test('the pretrained model says there what it says in Node', { timeout: 120_000 }, async () => {
      cpSync(SWELL_1, join(folder, 'swell'), { recursive: true })
      await expectSame('swell/network.onnx')
    })

    /** Runs a network of the folder here and in the page, on the same inputs. */
    async function expectSame(file: string): Promise<void> {
      const bytes = readFileSync(join(folder, file))
      const random = Random.of(2, file)
      const sent: Record<string, Sent> = {}
      for (const { name: input, type, dims } of readModel(bytes).graph.inputs) {
        const shape = dims as readonly number[]
        const size = shape.reduce((a, b) => a * b, 1)
        const value = type === 'int64' ? () => 0 : input === 'observed' ? () => 1 : () => Math.fround(random.normal())
        sent[input] = { type, dims: shape, data: Array.from({ length: size }, value) }
      }
      const here = await session(bytes, { threads: 1 })
      const expected = await here.run(
        Object.fromEntries(
          Object.entries(sent).map(([input, { type, dims, data }]) => [
            input,
            {
              type,
              dims,
              data: type === 'int64' ? BigInt64Array.from(data, BigInt) : Float32Array.from(data),
            } as Tensor,
          ]),
        ),
      )
      await here.dispose()
      const there = (await page.evaluate(`(${PREDICT})(${JSON.stringify([`/${file}`, sent])})`)) as Record<string, Sent>
      expect(Object.keys(there).sort()).toEqual(Object.keys(expected).sort())
      for (const [output, tensor] of Object.entries(expected)) {
        const { dims, data } = there[output] as Sent
        expect(dims).toEqual([...tensor.dims])
        const own = tensor.data as Float32Array
        expect(own.some((x) => x !== own[0])).toBe(true)
        const apart = Math.max(...data.map((x, k) => Math.abs(x - (own[k] as number)) / Math.max(1, Math.abs(x))))
        expect(apart).toBeLessThan(1e-5)
      }
    }
  },
)
