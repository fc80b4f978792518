import type { Message } from '../errors.ts'

export const ingest = {} satisfies Record<string, Message>
