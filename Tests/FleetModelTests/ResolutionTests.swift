import FleetModel
import FleetTestSupport
import Testing

struct ResolutionTests {
    @Test(arguments: ["0.05", "0.000000000001", "1", "25", "100", "999999000000000000", "12.5"])
    func `a resolution is written as it is read`(text: String) throws {
        let resolution = try #require(Resolution(text))
        #expect(resolution.description == text)
    }

    @Test(arguments: [
        "", ".", "0", "0.0", "-1", "+1", "1e3", "1.2.3", "1234567", "0.0000000000001", "½",
    ])
    func `what is no positive decimal within the limits is no resolution`(text: String) {
        #expect(Resolution(text) == nil)
    }

    @Test func `zeros at the end don't count`() {
        #expect(Resolution("0.50") == Resolution(coefficient: 5, exponent: -1))
        #expect(Resolution(coefficient: 1000, exponent: 0) == Resolution("1000"))
    }

    @Test func `samples become the nearest multiples`() throws {
        let twentieth = try #require(Resolution("0.05"))
        #expect(twentieth.rounded(21.4372) == 21.45)
        #expect(twentieth.rounded(-0.02) == 0)
        #expect(twentieth.rounded(-0.02).sign == .plus)
        #expect(twentieth.rounded(-0.03) == -0.05)
        let hundred = try #require(Resolution("100"))
        #expect(hundred.rounded(1_234_567) == 1_234_600)
    }

    @Test func `what is no number, or too large to count, stays`() throws {
        let resolution = try #require(Resolution("0.001"))
        #expect(resolution.rounded(.nan).bitPattern == Double.nan.bitPattern)
        #expect(resolution.rounded(StaleMarker.value).bitPattern == StaleMarker.bits)
        #expect(resolution.rounded(.infinity) == .infinity)
        #expect(resolution.rounded(1.23456e200) == 1.23456e200)
    }

    @Test func `rounding twice changes nothing, and never moves a sample by more than half a step`()
        throws
    {
        let seed = UInt64.random(in: 0...9999)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let coefficient = UInt32.random(in: 1...9999, using: &generator)
            let exponent = Int.random(in: -9...6, using: &generator)
            let resolution = try #require(
                Resolution(coefficient: coefficient, exponent: exponent)
            )
            let step = try #require(Double(resolution.description))
            let value = Double.random(in: -1e6...1e6, using: &generator)
            let rounded = resolution.rounded(value)
            #expect(resolution.rounded(rounded) == rounded, "seed \(seed)")
            #expect(abs(rounded - value) <= step * 0.500001, "seed \(seed)")
        }
    }
}
