/** Arrays on shared memory, so that worker threads and native code see them without a copy; zero-filled. */
export const sharedFloat64 = (length: number) => new Float64Array(new SharedArrayBuffer(length * 8))
export const sharedFloat32 = (length: number) => new Float32Array(new SharedArrayBuffer(length * 4))
export const sharedInt32 = (length: number) => new Int32Array(new SharedArrayBuffer(length * 4))
export const sharedUint8 = (length: number) => new Uint8Array(new SharedArrayBuffer(length))
