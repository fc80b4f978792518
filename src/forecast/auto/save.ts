import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../../core/run.ts'
import { VERSION } from '../../core/version.ts'
import type { Dir, Manifest } from '../../models/model.ts'
import type { Selection } from '../../models/selection.ts'
import type { AutoFitted, AutoParts } from './auto-model.ts'
import { type AutoPreset, candidateNamed } from './candidates.ts'
import type { Learned } from './combine.ts'
import type { Decided } from './decided.ts'
import type { Profile } from './profile.ts'

const FILE = 'auto.json'

/** What is written beside the folders of members. */
interface Written {
  readonly profile: Profile
  readonly preset: AutoPreset
  readonly selection: Selection
  readonly members: readonly string[]
  readonly decided: Omit<Decided, 'weights' | 'overall' | 'points' | 'calibration'> & {
    readonly weights: readonly number[]
    readonly overall: readonly number[]
    readonly points: readonly number[]
    readonly calibration: Omit<Decided['calibration'], 'shift' | 'bias'> & {
      readonly shift: readonly number[]
      readonly bias: readonly number[]
    }
  }
}

/** Writes members into folders of their own, and what combines them beside. */
export async function saveAuto(name: string, parts: AutoParts, dir: Dir): Promise<Manifest> {
  await mkdir(dir.path, { recursive: true })
  const files = [FILE]
  for (const { name: member, fitted } of parts.members) {
    const path = join(dir.path, member)
    await mkdir(path, { recursive: true })
    const saved = await fitted.save({ path })
    files.push(`${member}/manifest.json`, ...saved.files.map((file) => `${member}/${file}`))
  }
  const { weights, overall, points, calibration, ...rest } = parts.decided
  const { shift, bias } = calibration
  const written: Written = {
    ...{ profile: parts.profile, preset: parts.preset, selection: parts.selection },
    members: parts.members.map((member) => member.name),
    decided: {
      ...rest,
      ...{ weights: [...weights], overall: [...overall], points: [...points] },
      calibration: { ...calibration, shift: [...shift], bias: [...bias] },
    },
  }
  await writeFile(join(dir.path, FILE), JSON.stringify(written))
  const manifest: Manifest = {
    ...{ model: name, version: VERSION, window: parts.window, files },
    options: { preset: parts.preset, aim: parts.decided.aim },
  }
  await writeFile(join(dir.path, 'manifest.json'), JSON.stringify(manifest, null, 2))
  return manifest
}

/** Reads back what {@link saveAuto} wrote. */
export async function loadAuto(
  name: string,
  dir: Dir,
  run: Run,
  make: (name: string, parts: AutoParts) => AutoFitted,
): Promise<AutoFitted> {
  const manifest = JSON.parse(await readFile(join(dir.path, 'manifest.json'), 'utf8')) as Manifest
  const { profile, preset, selection, members, decided } = JSON.parse(
    await readFile(join(dir.path, FILE), 'utf8'),
  ) as Written
  const { calibration } = decided
  const learned: Learned[] = []
  for (const member of members) {
    const model = candidateNamed(member, profile, preset, decided.aim)
    learned.push({ name: member, fitted: await model.load({ path: join(dir.path, member) }, run) })
  }
  return make(name, {
    ...{ profile, preset, selection, members: learned, window: manifest.window },
    decided: {
      ...decided,
      weights: Float64Array.from(decided.weights),
      overall: Float64Array.from(decided.overall),
      points: Float64Array.from(decided.points),
      calibration: {
        ...calibration,
        shift: Float64Array.from(calibration.shift),
        bias: Float64Array.from(calibration.bias),
      },
    },
  })
}
