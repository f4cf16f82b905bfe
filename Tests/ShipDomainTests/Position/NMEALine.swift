/// Makes sentences for tests.
enum NMEALine {
    /// With dollar sign and checksum.
    static func make(_ body: String) -> String {
        let sum = body.utf8.reduce(0, ^)
        let digits = String(sum, radix: 16, uppercase: true)
        return "$\(body)*\(digits.count == 1 ? "0" : "")\(digits)"
    }

    static func tagged(_ body: String) -> String { "\\s:GPS1,c:1577836800*5B\\" + make(body) }
}
