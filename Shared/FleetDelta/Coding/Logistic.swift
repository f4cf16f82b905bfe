/// The tables that every model reads: made once, of integers and of the four basic operations alone, so that
/// they are the same on every machine.
///
/// Predictions come and go in the logistic domain, ln(p / (1 − p)) × 256, in −2047...2047 (Matt Mahoney, paq).
struct Logistic: @unchecked Sendable {
    static let shared = Logistic()

    /// The probability, in 1/65536, of x at index x + 2048: 22...65514.
    let squash: UnsafePointer<UInt16>
    /// x of a probability in 1/4096.
    let stretch: UnsafePointer<Int16>
    /// 65536 / (n + 1.5) at index n: how far the n-th decision moves a cell.
    let rates: UnsafePointer<UInt32>

    // `@unchecked Sendable`: three pointers to memory that is written here, before anyone else has them,
    // never again, and never given back.
    private init() {
        let squash = UnsafeMutablePointer<UInt16>.allocate(capacity: 4096)
        let stretch = UnsafeMutablePointer<Int16>.allocate(capacity: 4096)
        let rates = UnsafeMutablePointer<UInt32>.allocate(capacity: 1024)
        // e^(1/256) to the last bit of a Double; powers of it by multiplication.
        let step = 1.003913889338347573443609603903460281898
        var power = 1.0
        squash[2048] = 32_768
        for index in 1...2047 {
            power *= step
            let low = UInt16(65_536 / (1 + power) + 0.5)
            squash[2048 - index] = low
            squash[2048 + index] = UInt16(65_536 - Int(low))
        }
        squash[0] = squash[1]
        var next = 0
        for x in -2047...2047 {
            while next < 4096, next * 16 + 8 <= Int(squash[x + 2048]) {
                stretch[next] = Int16(x)
                next += 1
            }
        }
        while next < 4096 {
            stretch[next] = 2047
            next += 1
        }
        for count in 0..<1024 { rates[count] = UInt32(131_072 / (2 * count + 3)) }
        self.squash = UnsafePointer(squash)
        self.stretch = UnsafePointer(stretch)
        self.rates = UnsafePointer(rates)
    }
}
