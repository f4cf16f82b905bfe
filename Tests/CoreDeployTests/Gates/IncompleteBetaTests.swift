import Testing

@testable import CoreDeploy

/// The incomplete beta function, against scipy 1.17.1's `scipy.special.betainc(a, b, x)`.
struct IncompleteBetaTests {
    @Test(arguments: [
        (0.05, 0.1, 4.9, 0.8892120220361982), (0.05, 1.1, 5.9, 0.2215071317988166),
        (0.05, 1.1, 20.9, 0.6170649356682487), (0.95, 1.9, 0.1, 0.19331438350460345),
        (0.95, 11.9, 3.1, 0.9749646901880555), (0.5, 2.0, 3.0, 0.6875),
        (0.01, 0.02, 1.98, 0.9298323836707508), (0.99, 9801.98, 120.02, 0.9773263199146457),
        (0.95, 950_000, 50_000, 0.49945085804934625), (0.95, 9501.9, 500.1, 0.494508996842707),
        (0.3, 0.5, 0.5, 0.36901011956554536), (1e-6, 2.0, 1000, 5.00166791716715e-07),
        (0.2, 200, 700, 0.05162622982317228), (0.999, 5000.5, 0.002, 2.3005783361895247e-06),
    ])
    func `it is what scipy says`(_ x: Double, _ a: Double, _ b: Double, _ expected: Double) {
        let value = IncompleteBeta.value(x, a, b)
        // The logarithms of gamma at 10^6 are 10^7: nine digits are left of them.
        let accuracy = a + b > 100_000 ? 1e-8 : a + b > 1000 ? 1e-10 : 1e-11
        #expect(abs(value - expected) <= accuracy * max(expected, 1e-3), "\(value)")
    }

    @Test(arguments: [(2.0, 3.0), (0.1, 4.9), (57.5, 3.25)])
    func `it goes from 0 to 1 and never down`(_ a: Double, _ b: Double) {
        #expect(IncompleteBeta.value(0, a, b) == 0)
        #expect(IncompleteBeta.value(1, a, b) == 1)
        let values = (0...1000).map { IncompleteBeta.value(Double($0) / 1000, a, b) }
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 + 1e-14 })
        #expect(values.allSatisfy { (0...1).contains($0) })
    }
}
