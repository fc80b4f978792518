/** What stands between the pretrained model and the name of one of a workspace's own. */
export const OWN = '@'
const FAMILY = 'swell'
/** What stands there for something else: `NAME@tuned`, `NAME@demand`. */
const TAKEN: ReadonlySet<string> = new Set(['tuned', 'demand', 'coherent'])

/** The name in `swell@NAME`, a model that a workspace has learned; undefined for all other names. */
export function ownName(model: string): string | undefined {
  const [family, name, ...rest] = model.split(OWN)
  return family === FAMILY && name && rest.length === 0 && !TAKEN.has(name) ? name : undefined
}

/** Whether a text will do as the name of a model in a workspace: it becomes a folder. */
export const isOwnName = (name: string): boolean =>
  /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(name) && !TAKEN.has(name)
