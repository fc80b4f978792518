import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { Calendar } from '../../core/calendar.ts'
import { askOf } from '../../core/forecast.ts'
import { panelOf } from '../../core/panel.ts'
import { type Progress, runOf } from '../../core/run.ts'
import { memorySource } from '../../store/source.ts'
import { latestWindow } from '../../store/window.ts'
import { boltLike, outward, SCALED, scaledLike } from './forecasters.case.ts'
import { hubOf } from './hub.ts'
import { outsideModel } from './outside.ts'
import { placeOf } from './place.ts'

const FOLDER = '/shop/bolt/resolve/main/onnx'
const MODEL = `${FOLDER}/model.onnx`
const SECRET = 'hf_never_to_be_seen'
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

type Answer = (request: IncomingMessage, response: ServerResponse) => void
let answers: Record<string, Answer> = {}
let asked: string[] = []
let cache = ''
const before = { ...process.env }

const server = createServer((request, response) => {
  asked.push(`${request.url}${request.headers.range ? ` ${request.headers.range}` : ''}`)
  const answer = answers[request.url ?? '']
  if (answer) answer(request, response)
  else response.writeHead(404).end('Entry not found')
})
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => new Promise((done) => server.close(done)))

beforeEach(async () => {
  answers = {}
  asked = []
  cache = await mkdtemp(join(tmpdir(), 'foretide-hub-'))
  Object.assign(process.env, { FORETIDE_HUB: address, FORETIDE_CACHE: cache, FORETIDE_HUB_TOKEN: SECRET })
})
afterEach(async () => {
  for (const name of ['FORETIDE_HUB', 'FORETIDE_CACHE', 'FORETIDE_HUB_TOKEN']) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  await rm(cache, { recursive: true, force: true })
})

/** Hands out a file, whole or from the byte asked for, and breaks off after so many bytes. */
function file(bytes: Uint8Array, { breaks = bytes.length, tag = sha256(bytes), linked = false } = {}): Answer {
  return (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': bytes.length - from,
      ...(tag && { [linked ? 'x-linked-etag' : 'etag']: `"${tag}"` }),
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    })
    response.write(bytes.subarray(from, Math.max(from, breaks)), () => {
      // What has been written is to arrive before the connection breaks.
      if (breaks < bytes.length) setTimeout(() => response.destroy(), 50)
      else response.end()
    })
  }
}

const window = latestWindow(
  memorySource(
    panelOf([{ id: 'tea', start: 0, values: [1, 2, 3, Number.NaN] }], { calendar: new Calendar({ unit: 'day' }) }),
  ),
  1,
)
/** The median that a model of the hub forecasts. */
async function median(from = 'hub:shop/bolt', run = runOf({ threads: 1 })): Promise<number | undefined> {
  const fitted = await outsideModel({ name: 'theirs', from }).fit(window, run)
  return (await fitted.forecast(window, askOf({ levels: [0.5] }), run)).quantiles[0]
}
const inCache = async () => (await readdir(cache, { recursive: true })).filter((name) => name.includes('.')).sort()
const kept = (name: string) => join(cache, 'hub', 'shop', 'bolt', 'main', 'onnx', name)

test('a model is fetched once, and afterwards asked for no more', async () => {
  answers[MODEL] = file(boltLike())
  const told: Progress[] = []
  expect(await median(undefined, runOf({ threads: 1, progress: (p) => told.push(p) }))).toBeCloseTo(2, 5)
  expect(asked).toEqual([MODEL, `${FOLDER}/foretide.json`])
  const size = boltLike().length
  expect(told).toContainEqual({ stage: 'shop/bolt: download', done: size, total: size })
  expect(await readFile(kept('model.onnx.sha256'), 'utf8')).toBe(`${sha256(boltLike())}  model.onnx\n`)
  asked = []
  expect(await median()).toBeCloseTo(2, 5)
  expect(asked).toEqual([])
})

test('revision, path, layout and data beside it are those of the repository', async () => {
  const at = '/shop/bolt/resolve/v2/small/net.onnx'
  answers[at] = file(scaledLike())
  answers['/shop/bolt/resolve/v2/small/foretide.json'] = file(Buffer.from(JSON.stringify(SCALED)))
  expect(await median('hub:shop/bolt@v2/small/net.onnx')).toBeCloseTo(2 * 1.12, 5)
  const { model, data } = outward('model.onnx_data')
  answers[MODEL] = file(model)
  answers[`${FOLDER}/model.onnx_data`] = file(data)
  expect(await median()).toBeCloseTo(2, 5)
  asked = []
  expect(await median()).toBeCloseTo(2, 5)
  expect(asked).toEqual([])
})

test.each([
  [404, 'outside.hubAbsent'],
  [401, 'outside.hubDenied'],
  [403, 'outside.hubDenied'],
  [500, 'outside.hubStatus'],
])('status %i is said as what it is, without the token', async (status, code) => {
  answers[MODEL] = (_, response) => response.writeHead(status).end()
  const error = await median().catch((thrown) => thrown)
  expect(error).toMatchObject({ code, message: expect.stringContaining(`${address}${MODEL}`) })
  expect(`${JSON.stringify(error)} ${error.stack} ${error.text('zh')}`).not.toContain(SECRET)
  expect(await inCache()).toEqual([])
})

test('a hub that is not there, and an address that is none', async () => {
  process.env.FORETIDE_HUB = 'http://127.0.0.1:1'
  await expect(median()).rejects.toMatchObject({ code: 'outside.hubBroken' })
  for (const wrong of ['models', 'ftp://models', `http://me:${SECRET}@127.0.0.1`]) {
    process.env.FORETIDE_HUB = wrong
    const error = await median().catch((thrown) => thrown)
    expect(error.code).toBe('outside.hub')
    expect(`${JSON.stringify(error)} ${error.stack}`).not.toContain(SECRET)
  }
  expect(hubOf({}).address).toBe('https://huggingface.co')
})

test('a download that broke goes on where it stopped, even where the hub was away in between', async () => {
  answers[MODEL] = file(boltLike(), { breaks: 1000 })
  await expect(median()).rejects.toMatchObject({ code: 'outside.hubBroken', details: { done: 1000 } })
  expect((await inCache()).map((name) => name.split('.').at(-1))).toEqual(['part'])
  process.env.FORETIDE_HUB = 'http://127.0.0.1:1'
  await expect(median()).rejects.toMatchObject({ code: 'outside.hubBroken' })
  process.env.FORETIDE_HUB = address
  answers[MODEL] = file(boltLike())
  asked = []
  expect(await median()).toBeCloseTo(2, 5)
  expect(asked[0]).toBe(`${MODEL} bytes=1000-`)
  expect(asked.filter((url) => url.startsWith(MODEL))).toHaveLength(1)
  expect(await readFile(kept('model.onnx'))).toEqual(Buffer.from(boltLike()))
  expect((await inCache()).some((name) => name.endsWith('.part'))).toBe(false)
})

test.each(['another file', 'a file without a name', 'a part that was damaged'])(
  'a download that broke starts over: %s',
  async (how) => {
    const named = how === 'a file without a name' ? { tag: '' } : {}
    answers[MODEL] = file(how === 'another file' ? randomBytes(5000) : boltLike(), { breaks: 1000, ...named })
    await expect(median()).rejects.toMatchObject({ code: 'outside.hubBroken' })
    const [part] = await inCache()
    if (how === 'a part that was damaged') await writeFile(join(cache, part as string), randomBytes(1000))
    // Its digest is the tag of the content, so that what is put together can be held against it.
    answers[MODEL] = file(boltLike(), { ...named, linked: how === 'a part that was damaged' })
    expect(await median()).toBeCloseTo(2, 5)
    expect(await readFile(kept('model.onnx'))).toEqual(Buffer.from(boltLike()))
    expect((await inCache()).some((name) => name.endsWith('.part'))).toBe(false)
  },
)

test('an interrupt stops a download, which is gone on with', async () => {
  const stop = new AbortController()
  answers[MODEL] = (_, response) => {
    const whole = boltLike()
    response.writeHead(200, { 'content-length': whole.length, etag: `"${sha256(whole)}"` })
    response.write(whole.subarray(0, 1000))
    // Not before these have come, however slow the machine.
    const looking = setInterval(async () => {
      const [part] = await inCache()
      if (!part || (await stat(join(cache, part))).size < 1000) return
      clearInterval(looking)
      stop.abort()
    }, 10)
  }
  await expect(median(undefined, runOf({ signal: stop.signal }))).rejects.toMatchObject({ code: 'run.interrupted' })
  answers[MODEL] = file(boltLike())
  asked = []
  expect(await median()).toBeCloseTo(2, 5)
  expect(asked[0]).toBe(`${MODEL} bytes=1000-`)
})

test('what is not what the hub says, or not any more what was fetched, is refused', async () => {
  answers[MODEL] = file(boltLike(), { tag: 'a'.repeat(64), linked: true })
  const wanted = { wanted: 'a'.repeat(64), found: sha256(boltLike()) }
  await expect(median()).rejects.toMatchObject({ code: 'outside.digest', details: wanted })
  expect(await inCache()).toEqual([])
  answers[MODEL] = file(boltLike(), { linked: true })
  expect(await median()).toBeCloseTo(2, 5)
  await writeFile(kept('model.onnx'), boltLike({ output: 'other' }))
  await expect(median()).rejects.toMatchObject({ code: 'outside.digest', details: { wanted: sha256(boltLike()) } })
})

test('the token goes to the hub, and not along to where its files lie', async () => {
  const seen: Record<string, string | undefined> = {}
  const store = createServer((request, response) => {
    seen.store = request.headers.authorization ?? 'none'
    file(boltLike())(request, response)
  })
  await new Promise<void>((done) => store.listen(0, '127.0.0.1', done))
  answers[MODEL] = (request, response) => {
    seen.hub = request.headers.authorization
    const location = `http://127.0.0.1:${(store.address() as AddressInfo).port}/blob?signature=x`
    response.writeHead(302, { location, 'x-linked-etag': `"${sha256(boltLike())}"` }).end()
  }
  expect(await median()).toBeCloseTo(2, 5)
  expect(seen).toEqual({ hub: `Bearer ${SECRET}`, store: 'none' })
  await new Promise((done) => store.close(done))
})

test('places of a hub are taken apart, and what would lead out of the cache is none', () => {
  const hub = { owner: 'a', name: 'b', revision: 'main', path: 'onnx/model.onnx' }
  expect(placeOf('hub:a/b')).toEqual({ hub })
  expect(placeOf('hub:a/b@v1/x/y.onnx')).toEqual({ hub: { ...hub, revision: 'v1', path: 'x/y.onnx' } })
  for (const wrong of [
    'hub:',
    'hub:a',
    'hub:../b',
    'hub:a/b@..',
    'hub:a/b/../m.onnx',
    'hub:a/b/x',
    'hub:a/b@c@d',
    'hub:a//m.onnx',
  ])
    expect(() => outsideModel({ name: 'theirs', from: wrong }), wrong).toThrow(
      expect.objectContaining({ code: 'outside.from' }),
    )
})
