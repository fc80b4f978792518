import { ForetideError } from '../../core/errors.ts'

const MOST_HOPS = 10
const SHA256 = /^"?([0-9a-f]{64})"?$/

/** What a hub answers, with what it says of the content on the way there. */
export interface Answered {
  readonly response: Response
  /** SHA-256 of the whole file, where the hub tells it. */
  readonly sha256?: string
  /** Names the content: the same name, the same bytes. */
  readonly tag?: string
}

/** How a hub is asked. */
interface Asked {
  readonly token?: string | undefined
  /** First byte that is wanted; the whole file unless given. */
  readonly from?: number
  readonly signal: AbortSignal
}

/** Asks for a file, and follows where it is said to be. The token goes to the hub itself alone, and never along to where its files lie. */
export async function request(address: string, { token, from = 0, signal }: Asked): Promise<Answered> {
  const hub = new URL(address)
  let url = hub
  let linked: string | null = null
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    const response = await fetch(url, {
      redirect: 'manual',
      signal,
      headers: {
        // Packed in transit, its length would not be that of the file.
        'accept-encoding': 'identity',
        ...(token !== undefined && url.origin === hub.origin && { authorization: `Bearer ${token}` }),
        ...(from > 0 && { range: `bytes=${from}-` }),
      },
    })
    linked ??= response.headers.get('x-linked-etag')
    const next = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || next === null) {
      const sha256 = SHA256.exec(linked ?? '')?.[1]
      const tag = linked ?? response.headers.get('etag')
      return { response, ...(sha256 && { sha256 }), ...(tag !== null && !tag.startsWith('W/') && { tag }) }
    }
    await response.body?.cancel()
    url = new URL(next, url)
  }
  throw new ForetideError('outside.hubStatus', { url: address, status: 310 })
}

/** Refuses an answer without a file; whether there is one. */
export function hasFile(url: string, { status }: Response): boolean {
  if (status === 404 || status === 410) return false
  if (status === 401 || status === 403)
    throw new ForetideError('outside.hubDenied', { url, status }, { fault: 'usage' })
  if (status !== 200 && status !== 206) throw new ForetideError('outside.hubStatus', { url, status })
  return true
}
