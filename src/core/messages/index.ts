import { core } from './core.ts'
import { ingest } from './ingest.ts'

/** Every coded message, a table a room; the one place where errors are worded. */
export const MESSAGES = { ...core, ...ingest }
export type MessageCode = keyof typeof MESSAGES
