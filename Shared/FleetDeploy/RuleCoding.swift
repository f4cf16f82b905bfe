import FleetModel
import FleetSeries

/// Rules and contracts as directives carry them; the layout is in Shared/README.md.
enum RuleCoding {
    private static let textBytes = 64

    static func write(_ rule: ActivationRule, to writer: inout ByteWriter) {
        write(rule.navigation, to: &writer)
        writer.writeVarint(rule.longestFactAge.map { UInt64($0) + 1 } ?? 0)
        write(rule.windows, to: &writer)
        writer.writeByte(rule.needsAttendance ? 1 : 0)
        writer.writeVarint(rule.labels.count)
        for (name, value) in rule.labels.sorted(by: { precedes($0.key, $1.key) }) {
            writer.writeText(name)
            writer.writeText(value)
        }
        write(rule.notBefore, to: &writer)
        write(rule.notAfter, to: &writer)
    }

    static func activation(_ reader: inout ByteReader) throws -> ActivationRule {
        let navigation = try navigation(&reader)
        let age = try reader.readCount(limit: Int(UInt32.max) + 1)
        let windows = try windows(&reader)
        let needsAttendance = try flag(&reader)
        var labels: [String: String] = [:]
        for _ in 0..<(try reader.readCount(limit: ActivationRule.labelLimit)) {
            let name = try reader.readText(limit: textBytes)
            labels[name] = try reader.readText(limit: textBytes)
        }
        return ActivationRule(
            navigation: navigation,
            longestFactAge: age == 0 ? nil : UInt32(age - 1),
            windows: windows,
            needsAttendance: needsAttendance,
            labels: labels,
            notBefore: try moment(&reader),
            notAfter: try moment(&reader)
        )
    }

    static func write(_ rule: DownloadRule, to writer: inout ByteWriter) {
        writer.writeVarint(rule.bearers.count)
        for bearer in rule.bearers.sorted(by: precedes) { writer.writeText(bearer) }
        write(rule.navigation, to: &writer)
        write(rule.windows, to: &writer)
        write(rule.dailyBytes, to: &writer)
    }

    static func download(_ reader: inout ByteReader) throws -> DownloadRule {
        var bearers: Set<String> = []
        for _ in 0..<(try reader.readCount(limit: DownloadRule.bearerLimit)) {
            bearers.insert(try reader.readText(limit: textBytes))
        }
        return DownloadRule(
            bearers: bearers,
            navigation: try navigation(&reader),
            windows: try windows(&reader),
            dailyBytes: try number(&reader)
        )
    }

    static func write(_ contract: AcceptanceContract, to writer: inout ByteWriter) {
        writer.writeVarint(contract.probes.count)
        for probe in contract.probes {
            switch probe.question {
            case .command(let name):
                writer.writeByte(1)
                writer.writeText(name)
            case .http(let port, let path):
                writer.writeByte(2)
                writer.writeVarint(UInt64(port))
                writer.writeText(path)
            case .metric(let selector, let comparison, let bound):
                writer.writeByte(3)
                writer.writeText(selector)
                writer.writeByte(comparison.rawValue)
                writer.writeLittleEndian(bound.bitPattern)
            case .anomalies(let share):
                writer.writeByte(4)
                writer.writeVarint(UInt64(share))
            }
            writer.writeVarint(UInt64(probe.interval))
            writer.writeVarint(UInt64(probe.failures))
        }
        writer.writeVarint(UInt64(contract.soak))
        writer.writeVarint(UInt64(contract.deadMan))
        writer.writeByte(contract.atExpiry.rawValue)
    }

    static func contract(_ reader: inout ByteReader) throws -> AcceptanceContract {
        var probes: [Probe] = []
        for _ in 0..<(try reader.readCount(limit: Probe.limit)) {
            let question = try question(&reader)
            probes.append(
                Probe(
                    question,
                    interval: UInt32(try reader.readCount(limit: Int(AcceptanceContract.longest))),
                    failures: UInt32(try reader.readCount(limit: 1000))
                )
            )
        }
        return AcceptanceContract(
            probes: probes,
            soak: UInt32(try reader.readCount(limit: Int(AcceptanceContract.longest))),
            deadMan: UInt32(try reader.readCount(limit: Int(AcceptanceContract.longest))),
            atExpiry: try value(AcceptanceContract.AtExpiry.init, &reader)
        )
    }

    private static func question(_ reader: inout ByteReader) throws -> Probe.Question {
        switch try reader.readByte() {
        case 1: return .command(try reader.readText(limit: textBytes))
        case 2:
            return .http(
                port: UInt16(try reader.readCount(limit: Int(UInt16.max))),
                path: try reader.readText(limit: Probe.textBytes)
            )
        case 3:
            return .metric(
                selector: try reader.readText(limit: Probe.textBytes),
                try value(Probe.Comparison.init, &reader),
                Double(bitPattern: try reader.readLittleEndian(UInt64.self))
            )
        case 4: return .anomalies(atMost: UInt32(try reader.readCount(limit: 1000)))
        case let kind: throw DirectiveRefusal(.malformed, "a probe of kind \(kind) is not known")
        }
    }

    // MARK: Parts

    static func write(_ moment: Timestamp?, to writer: inout ByteWriter) {
        writer.writeByte(moment == nil ? 0 : 1)
        if let moment { writer.writeSignedVarint(moment.milliseconds) }
    }

    static func moment(_ reader: inout ByteReader) throws -> Timestamp? {
        try flag(&reader) ? Timestamp(milliseconds: reader.readSignedVarint()) : nil
    }

    static func write(_ number: UInt64?, to writer: inout ByteWriter) {
        writer.writeByte(number == nil ? 0 : 1)
        if let number { writer.writeVarint(number) }
    }

    static func number(_ reader: inout ByteReader) throws -> UInt64? {
        try flag(&reader) ? reader.readVarint() : nil
    }

    static func flag(_ reader: inout ByteReader) throws -> Bool {
        switch try reader.readByte() {
        case 0: false
        case 1: true
        case let byte: throw DirectiveRefusal(.malformed, "\(byte) is neither yes nor no")
        }
    }

    static func value<Value>(_ make: (UInt8) -> Value?, _ reader: inout ByteReader) throws -> Value
    {
        let byte = try reader.readByte()
        guard let value = make(byte) else {
            throw DirectiveRefusal(.malformed, "\(byte) is no \(Value.self)")
        }
        return value
    }

    private static func write(
        _ navigation: Set<ShipFacts.Navigation>,
        to writer: inout ByteWriter
    ) {
        writer.writeByte(navigation.reduce(0) { $0 | 1 << $1.rawValue })
    }

    private static func navigation(
        _ reader: inout ByteReader
    ) throws -> Set<ShipFacts.Navigation> {
        let bits = try reader.readByte()
        return Set(ShipFacts.Navigation.allCases.filter { bits >> $0.rawValue & 1 == 1 })
    }

    private static func write(_ windows: [LocalWindow], to writer: inout ByteWriter) {
        writer.writeVarint(windows.count)
        for window in windows {
            writer.writeByte(window.weekdays)
            writer.writeVarint(window.start)
            writer.writeVarint(window.length)
        }
    }

    private static func windows(_ reader: inout ByteReader) throws -> [LocalWindow] {
        var windows: [LocalWindow] = []
        for _ in 0..<(try reader.readCount(limit: ActivationRule.windowLimit)) {
            let window = LocalWindow(
                weekdays: try reader.readByte(),
                start: try reader.readCount(limit: LocalWindow.minutesOfDay),
                length: try reader.readCount(limit: LocalWindow.minutesOfDay)
            )
            guard let window else { throw DirectiveRefusal(.malformed, "a window is none") }
            windows.append(window)
        }
        return windows
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
