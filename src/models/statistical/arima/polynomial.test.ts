import fc from 'fast-check'
import { expect, test } from 'vitest'
import { difference, differenceCoefficients, orderText } from './order.ts'
import { armaOf, expand, fromPartial, impulse, rootsBeyond } from './polynomial.ts'

const free = (most: number) => fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: most })

test('any free numbers give a stationary autoregression: its response to a shock dies out', () => {
  fc.assert(
    fc.property(free(5), (numbers) => {
      const phi = new Float64Array(numbers.length)
      fromPartial(Float64Array.from(numbers), 0, numbers.length, phi, 1)
      expect(rootsBeyond(phi, 1)).toBe(true)
      // Partial autocorrelations up to tanh 1 leave a root no nearer to 1 than about (1 − tanh 1)⁵, so that even that shock is gone by then.
      const response = impulse(phi, 60_000)
      expect(Math.abs(response.at(-1) as number)).toBeLessThan(1e-3)
    }),
    { numRuns: 50 },
  )
})

test('roots beyond a radius: agrees with roots that are known', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.2, max: 3, noNaN: true }), { minLength: 1, maxLength: 4 }),
      fc.double({ min: 0.5, max: 2, noNaN: true }),
      (roots, radius) => {
        fc.pre(roots.every((root) => Math.abs(root - radius) > 2e-2))
        let polynomial = [1]
        for (const root of roots) {
          const next = new Array<number>(polynomial.length + 1).fill(0)
          polynomial.forEach((c, i) => {
            next[i] = (next[i] as number) + c
            next[i + 1] = (next[i + 1] as number) - c / root
          })
          polynomial = next
        }
        const coefficients = Float64Array.from(polynomial.slice(1), (c) => -c)
        expect(rootsBeyond(coefficients, radius)).toBe(roots.every((root) => root > radius))
      },
    ),
  )
})

test('seasonal and plain polynomials multiply', () => {
  const arma = armaOf({ p: 1, d: 0, q: 1, P: 1, D: 0, Q: 1, m: 4, constant: false })
  arma.ar[0] = 0.5
  arma.sar[0] = 0.2
  arma.ma[0] = 0.3
  arma.sma[0] = -0.4
  expand(arma, 4)
  // (1 − 0.5B)(1 − 0.2B⁴) and (1 + 0.3B)(1 − 0.4B⁴).
  expect([...arma.phi]).toEqual([0.5, 0, 0, 0.2, -0.1])
  expect([...arma.theta]).toEqual([0.3, 0, 0, -0.4, -0.12])
})

test('differences are undone by their coefficients', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 20, maxLength: 30 }), (values) => {
      const order = { d: 1, D: 1, m: 4 }
      const w = difference(Float64Array.from(values), order)
      const back = differenceCoefficients(order)
      w.forEach((v, i) => {
        const t = i + back.length
        const past = back.reduce((sum, c, j) => sum + c * (values[t - 1 - j] as number), 0)
        expect(v + past).toBeCloseTo(values[t] as number, 9)
      })
    }),
  )
})

test('an order reads as in the literature', () => {
  const order = { p: 1, d: 1, q: 2, P: 0, D: 0, Q: 1, m: 12, constant: true }
  expect(orderText(order)).toBe('ARIMA(1,1,2)(0,0,1)[12] with drift')
  expect(orderText({ ...order, d: 0, m: 1, Q: 0 })).toBe('ARIMA(1,0,2) with mean')
  expect(orderText({ ...order, d: 2, Q: 0 })).toBe('ARIMA(1,2,2)')
})
