import FleetTestSupport
import Testing

@Suite struct SeededGeneratorTests {
    /// Seed 0, from the reference implementations of SplitMix64 and xoshiro256**.
    @Test func `the numbers are those of the reference`() {
        var generator = SeededGenerator(seed: 0)

        #expect(generator.next() == 0x99EC_5F36_CB75_F2B4)
        #expect(generator.next() == 0xBF6E_1F78_4956_452A)
        #expect(generator.next() == 0x1A5F_849D_4933_E6E0)
    }

    @Test func `the same seed gives the same numbers, another one others`() {
        var first = SeededGenerator(seed: 1)
        var second = SeededGenerator(seed: 1)
        var third = SeededGenerator(seed: 2)

        let numbers = (0..<100).map { _ in first.next() }

        #expect(numbers == (0..<100).map { _ in second.next() })
        #expect(numbers != (0..<100).map { _ in third.next() })
    }

    @Test func `the exponential distribution has the mean it was asked for`() {
        var generator = SeededGenerator(seed: 5)

        let sum = (0..<20_000).reduce(0.0) { sum, _ in sum + generator.exponential(mean: 10) }

        #expect((9.7...10.3).contains(sum / 20_000))
    }
}
