import { type Details, ForetideError } from '../../../core/errors.ts'
import type { MessageCode } from '../../../core/messages/index.ts'

/** A line `field=value` of a model file. */
interface Entry {
  readonly value: string
  readonly line: number
}

/** Refuses a model file, naming the line. */
export function refuse(code: MessageCode & `lightgbm.${string}`, line: number, details: Details = {}): never {
  throw new ForetideError(code, { line, ...details }, { fault: 'badInput' })
}

/** Lines `field=value` that belong together: the head of a model, or one of its trees. */
export class Section {
  readonly line: number
  readonly #entries = new Map<string, Entry>()

  /** `line` is the number of its first line in the file. */
  constructor(line: number) {
    this.line = line
  }

  add(text: string, line: number): void {
    const cut = text.indexOf('=')
    this.#entries.set(cut < 0 ? text : text.slice(0, cut), { value: cut < 0 ? '' : text.slice(cut + 1), line })
  }

  has(field: string): boolean {
    return this.#entries.has(field)
  }

  lineOf(field: string): number {
    return this.#entries.get(field)?.line ?? this.line
  }

  text(field: string): string {
    return (this.#entries.get(field) ?? refuse('lightgbm.missing', this.line, { field })).value
  }

  /** Words of a field apart from each other by single spaces. */
  words(field: string): string[] {
    const text = this.text(field).trim()
    return text === '' ? [] : text.split(/\s+/)
  }

  /** A whole number, `least` or more. */
  whole(field: string, least: number): number {
    const value = this.text(field).trim()
    return this.#whole(field, value, least, Number.MAX_SAFE_INTEGER)
  }

  /** So many whole numbers from `least` to `most`. */
  wholes(field: string, count: number, least: number, most: number): number[] {
    return this.#counted(field, count).map((value) => this.#whole(field, value, least, most))
  }

  /** So many finite numbers. */
  numbers(field: string, count: number): number[] {
    return this.#counted(field, count).map((value) => {
      const number = numberOf(value)
      if (Number.isFinite(number)) return number
      const wanted = { wanted: 'a finite number', wantedZh: '有限的数' }
      return refuse('lightgbm.value', this.lineOf(field), { field, value, ...wanted })
    })
  }

  #counted(field: string, wanted: number): string[] {
    const words = this.words(field)
    if (words.length !== wanted) refuse('lightgbm.count', this.lineOf(field), { field, found: words.length, wanted })
    return words
  }

  #whole(field: string, value: string, least: number, most: number): number {
    const number = numberOf(value)
    if (Number.isInteger(number) && number >= least && number <= most) return number
    const range = most === Number.MAX_SAFE_INTEGER ? `≥ ${least}` : `${least} … ${most}`
    const wanted = { wanted: `a whole number ${range}`, wantedZh: `整数 ${range}` }
    return refuse('lightgbm.value', this.lineOf(field), { field, value, ...wanted })
  }
}

const numberOf = (text: string): number => (text === '' ? Number.NaN : Number(text))

/**
 * Parts a model file into its head, its trees and the parameters of its training, `[name: value]`, where they are told.
 *
 * Refuses a file that does not begin as a LightGBM text model does, or ends too soon.
 */
export function sectionsOf(text: string): {
  readonly head: Section
  readonly trees: readonly Section[]
  readonly parameters: ReadonlyMap<string, string>
} {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const first = lines[0]?.trim() ?? ''
  if (first !== 'tree') refuse('lightgbm.notModel', 1, { found: first.slice(0, 60), wanted: 'tree' })
  const head = new Section(1)
  const trees: Section[] = []
  let section = head
  let line = 1
  for (; line < lines.length; line++) {
    const content = (lines[line] as string).trimEnd()
    if (content === 'end of trees') break
    if (content === '') continue
    if (content.startsWith('Tree=')) {
      const wanted = `Tree=${trees.length}`
      if (content !== wanted) refuse('lightgbm.notModel', line + 1, { found: content.slice(0, 60), wanted })
      section = new Section(line + 1)
      trees.push(section)
    } else section.add(content, line + 1)
  }
  const wanted = head.has('tree_sizes') ? head.words('tree_sizes').length : trees.length
  if (line === lines.length || trees.length !== wanted) refuse('lightgbm.cut', line, { found: trees.length, wanted })
  const parameters = new Map<string, string>()
  for (; line < lines.length; line++) {
    const [, name, value] = /^\[(\w+): (.*)\]$/.exec((lines[line] as string).trimEnd()) ?? []
    if (name !== undefined) parameters.set(name, value as string)
  }
  return { head, trees, parameters }
}
