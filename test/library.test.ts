import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { LOCALES } from '../src/core/errors.ts'
import * as library from '../src/index.ts'
import { OPERATIONS } from '../src/serve/operations/index.ts'
import { commandHelp, overview } from '../src/serve/usage.ts'
import * as engine from '../src/tensor/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'foretide-library-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The fenced blocks of a Markdown file in one language. */
const blocksOf = (file: string, language: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, named, text]) =>
    named === language ? [text as string] : [],
  )

/** Three months of two items, weekends busier. */
function salesCsv(): string {
  const rows = ['date,item,units']
  for (const [item, base] of [['tea', 20] as const, ['rice', 8] as const])
    for (let t = 0; t < 91; t++) {
      const day = new Date(Date.UTC(2026, 0, 5 + t)).toISOString().slice(0, 10)
      rows.push(`${day},${item},${base + (t % 7 > 4 ? base : 0) + ((t * 5) % 4)}`)
    }
  return `${rows.join('\n')}\n`
}

/** Runs a program in a folder that has Foretide installed, and sales in it. */
async function runIn(name: string, code: string): Promise<string> {
  const at = join(folder, name)
  mkdirSync(join(at, 'node_modules'), { recursive: true })
  symlinkSync(root, join(at, 'node_modules', 'foretide'), 'junction')
  writeFileSync(join(at, 'sales.csv'), salesCsv())
  writeFileSync(join(at, 'program.ts'), code)
  const args = ['--conditions=source', 'program.ts']
  return (await promisify(execFile)(process.execPath, args, { cwd: at })).stdout
}

test.each(['README.md', 'README.zh-CN.md', 'docs/automatic.md'])(
  'the programs of %s run as they stand',
  async (file) => {
    const blocks = blocksOf(file, 'ts')
    expect(blocks.length).toBeGreaterThan(0)
    for (const [i, block] of blocks.entries()) {
      expect(block.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
      const printed = await runIn(`${file}-${i}`, block)
      expect(printed).toMatch(/\d{4}-\d{2}-\d{2}.*\d+\.\d/)
    }
  },
  300_000,
)

test('the engine is there by itself for a program that has Foretide installed', async () => {
  const code = `import { gradients, mul, session, sum, tensorGraph, toOnnx, writeModel } from 'foretide/tensor'
const x = tensorGraph().input('x', [2])
const [slope] = gradients(sum(mul(x, x)), [x])
const model = await session(writeModel(toOnnx({ slope })), { threads: 1 })
console.log(...(await model.run({ x: { type: 'float32', dims: [2], data: Float32Array.of(3, -4) } })).slope.data)`
  expect(await runIn('engine', code)).toBe('6 -8\n')
})

/** The docstring examples of a file: lines of code, and before `// →` expressions with their results. */
function examplesOf(text: string): string[][] {
  return [...text.matchAll(/^[ \t]*\* @example\n((?:[ \t]*\* ?.*\n)*?)[ \t]*\*\//gm)]
    .map(([, body]) => (body as string).split('\n').flatMap((line) => line.replace(/^\s*\* ?/, '').trimEnd() || []))
    .filter((lines) => lines.some((line) => line.includes('// →')))
}

const sources = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => !file.endsWith('.test.ts'))
  .flatMap((file) => examplesOf(readFileSync(join(root, file), 'utf8')).map((lines) => ({ file, lines })))

test('there are stated results to check', () => {
  expect(sources.length).toBeGreaterThanOrEqual(15)
})

const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => (...values: unknown[]) => Promise<void>

test.each(sources)('the example in $file gives what it states', async ({ file, lines }) => {
  const scope = { ...engine, ...library, ...((await import(join(root, file))) as Record<string, unknown>) }
  const stated: { readonly found: unknown; readonly text: string }[] = []
  const state = (found: unknown, text: string) => stated.push({ found, text })
  const body = lines.map((line) => {
    const [, code, result] = /^;?(.*?) \/\/ → (.*)$/.exec(line) ?? []
    return code === undefined ? line : `__state(${code}, ${JSON.stringify(result)});`
  })
  await new AsyncFunction('__state', ...Object.keys(scope), body.join('\n'))(state, ...Object.values(scope))
  for (const { found, text } of stated) {
    const given = ArrayBuffer.isView(found) ? Array.from(found as Float64Array) : found
    // A result is a literal; anything else would be a description, which cannot be checked.
    expect(given, inspect(given)).toEqual(new Function(`return (${text})`)())
  }
})

const CLI_PAGE = {
  en: {
    title: '# Command line\n\n[中文](#命令行)',
    lead: "In a checkout, `npm run foretide -- COMMAND …` runs a command; as a package, `npx foretide COMMAND …`. People's text and progress go to stderr, results to stdout; with `--json` that is one JSON document and nothing else. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 bad input, 130 interrupted. `NO_COLOR` and output that is no terminal are respected.\n\nThis page is what `--help` prints; `npx vitest run test/library.test.ts -u` writes it anew.",
  },
  zh: {
    title: '# 命令行',
    lead: '在源码目录中用 `npm run foretide -- COMMAND …` 运行命令；作为软件包则用 `npx foretide COMMAND …`。提示与进度写到 stderr，结果写到 stdout；加 `--json` 时只有一个 JSON 文档。退出码：0 完成，1 失败，2 用法错误，3 数据有误，130 被中断。',
  },
} as const

test('docs/cli.md is what --help prints', async () => {
  const page = LOCALES.map((locale) => {
    const { title, lead } = CLI_PAGE[locale]
    const blocks = OPERATIONS.map(
      (o) => `## ${o.name}${locale === 'en' ? '' : ` (${locale})`}\n\n\`\`\`text\n${commandHelp(o, locale)}\`\`\`\n`,
    )
    return `${title}\n\n${lead}\n\n\`\`\`text\n${overview(OPERATIONS, locale)}\`\`\`\n\n${blocks.join('\n')}`
  }).join('\n')
  await expect(page).toMatchFileSnapshot('../docs/cli.md')
})

const pages = globSync(['*.md', 'docs/**/*.md', 'bench/**/README.md'], { cwd: root }).filter(
  (file) => !file.includes('node_modules') && !file.includes('venv'),
)

test.each(pages)('the links of %s lead to files', (file) => {
  const links = [...readFileSync(join(root, file), 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
    ([, to]) => to as string,
  )
  const broken = links.filter((to) => !/^https?:/.test(to) && !existsSync(join(root, dirname(file), to)))
  expect(broken).toEqual([])
})

test('every registered model has its line in docs/models.md', () => {
  const text = readFileSync(join(root, 'docs/models.md'), 'utf8')
  expect(library.MODEL_INFOS.map(({ name }) => name).filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})

test('every metric has its line in docs/metrics.md', () => {
  const text = readFileSync(join(root, 'docs/metrics.md'), 'utf8')
  expect(Object.keys(library.METRICS).filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})

test('every dependency has its line in docs/dependencies.md', () => {
  const text = readFileSync(join(root, 'docs/dependencies.md'), 'utf8')
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >
  const names = Object.keys({ ...dependencies, ...devDependencies })
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})

test('every bench has its line in docs/benchmarks.md', () => {
  const text = readFileSync(join(root, 'docs/benchmarks.md'), 'utf8')
  const names = globSync('bench/{spine,trees,neural,pretrained,forecast}/*.ts', { cwd: root }).map((file) =>
    file.replaceAll('\\', '/').slice(6, -3),
  )
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})
