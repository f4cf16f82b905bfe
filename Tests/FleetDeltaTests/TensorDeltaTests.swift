import FleetDelta
import FleetTestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct TensorDeltaTests {
    private static func safetensors(
        _ tensors: [(name: String, type: String, bytes: [UInt8])],
        metadata: String = ""
    ) -> [UInt8] {
        var header = "{\(metadata)"
        var data: [UInt8] = []
        for (number, tensor) in tensors.enumerated() {
            header += number == 0 && metadata.isEmpty ? "" : ","
            header +=
                "\"\(tensor.name)\":{\"dtype\":\"\(tensor.type)\",\"shape\":[\(tensor.bytes.count)],"
                + "\"data_offsets\":[\(data.count),\(data.count + tensor.bytes.count)]}"
            data += tensor.bytes
        }
        header += "}"
        return bytes(UInt64(header.utf8.count), 8) + header.utf8 + data
    }

    private static func bytes(_ value: UInt64, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    /// A number's bits in each type.
    private static func element(_ value: Double, _ type: String) -> [UInt8] {
        switch type {
        case "F64": bytes(value.bitPattern, 8)
        case "F32": bytes(UInt64(Float(value).bitPattern), 4)
        case "BF16": bytes(UInt64((Float(value).bitPattern &+ 0x8000) >> 16), 2)
        case "F16": bytes(UInt64(Float16(value).bitPattern), 2)
        case "I64": bytes(UInt64(bitPattern: Int64(value * 1e6)), 8)
        case "I32": bytes(UInt64(UInt32(bitPattern: Int32(value * 1e6))), 4)
        case "I16": bytes(UInt64(UInt16(bitPattern: Int16(value * 1e5))), 2)
        default: bytes(UInt64(UInt8(bitPattern: Int8(max(-127, min(127, value * 1500))))), 1)
        }
    }

    private static func pair(
        _ type: String,
        _ count: Int,
        _ random: inout SeededGenerator
    ) -> (
        old: [UInt8], new: [UInt8]
    ) {
        var old: [UInt8] = []
        var new: [UInt8] = []
        for _ in 0..<count {
            let value = Content.normal(&random) * 0.02
            old += element(value, type)
            new += element(value + Content.normal(&random) * 0.0001, type)
        }
        return (old, new)
    }

    @Test(arguments: ["F64", "F32", "BF16", "F16", "I64", "I32", "I16", "I8"])
    func `fine-tuned numbers cost less than without the old ones`(type: String) throws {
        var random = SeededGenerator(seed: SeededGenerator.seed(name: "tensors of \(type)"))
        let weights = Self.pair(type, 1500, &random)
        try withTemporaryDirectory { directory in
            let pair = try Pair(
                directory,
                old: ["m.safetensors": Self.safetensors([("w", type, weights.old)])],
                new: ["m.safetensors": Self.safetensors([("w", type, weights.new)])]
            )
            #expect(try pair.decode() == pair.tree)
            #expect(pair.report.method == "tensor")
            let limits = [
                "F64": 0.85, "F32": 0.66, "BF16": 0.28, "F16": 0.45, "I64": 0.3, "I32": 0.55,
                "I16": 0.45, "I8": 0.2,
            ]
            #expect(Double(pair.delta.count) < Double(weights.new.count) * (limits[type] ?? 0))
        }
    }

    @Test(arguments: ["F64", "F32", "BF16", "F16"])
    func `every pattern of bits comes back, numbers or not`(type: String) throws {
        var random = SeededGenerator(seed: SeededGenerator.seed(name: "patterns of \(type)"))
        let size = ["F64": 8, "F32": 4][type] ?? 2
        let signs: [UInt64] = [0, 1 << UInt64(size * 8 - 1)]
        let exponents: [UInt64] = [
            0, 1, 0x7FF0_0000_0000_0000 >> UInt64(64 - size * 8),
            UInt64.max >> UInt64(65 - size * 8),
        ]
        let special = signs.flatMap { sign in exponents.map { Self.bytes($0 | sign, size) } }
        var old: [UInt8] = []
        var new: [UInt8] = []
        for _ in 0..<400 {
            old +=
                random.chance(0.5)
                ? special.randomElement(using: &random) ?? [] : Content.noise(size, &random)
            new +=
                random.chance(0.5)
                ? special.randomElement(using: &random) ?? [] : Content.noise(size, &random)
        }
        try withTemporaryDirectory { directory in
            let pair = try Pair(
                directory,
                old: ["m": Self.safetensors([("w", type, old)])],
                new: ["m": Self.safetensors([("w", type, new)])]
            )
            #expect(try pair.decode() == pair.tree)
        }
    }

    @Test func `tensors are found by name, whatever moved or grew around them`() throws {
        var random = SeededGenerator(seed: SeededGenerator.seed(name: "tensors that move"))
        let a = Self.pair("F32", 600, &random)
        let b = Self.pair("F16", 600, &random)
        let added = Self.pair("F32", 80, &random).new
        try withTemporaryDirectory { directory in
            let pair = try Pair(
                directory,
                old: ["m": Self.safetensors([("a", "F32", a.old), ("b", "F16", b.old)])],
                new: [
                    "m": Self.safetensors(
                        [("b", "F16", b.new), ("a", "F32", a.new + added)],
                        metadata: "\"__metadata__\":{\"epoch\":\"7\"}"
                    )
                ]
            )
            #expect(try pair.decode() == pair.tree)
            #expect(pair.report.methods[.tensor]?.content == a.new.count + b.new.count)
        }
    }

    @Test func `of a sparse change the unchanged numbers cost next to nothing`() throws {
        var random = SeededGenerator(seed: SeededGenerator.seed(name: "sparse tensors"))
        let weights = Self.pair("F32", 2000, &random)
        var new = weights.old
        for number in stride(from: 0, to: 2000, by: 400) {
            new[number * 4 + 1] &+= 7
        }
        try withTemporaryDirectory { directory in
            let pair = try Pair(
                directory,
                old: ["m": Self.safetensors([("w", "F32", weights.old)])],
                new: ["m": Self.safetensors([("w", "F32", new)])]
            )
            #expect(try pair.decode() == pair.tree)
            #expect(pair.delta.count < 120)
        }
    }

    @Test func `headers that lie are just bytes`() throws {
        var random = SeededGenerator(seed: 9)
        let weights = Self.pair("F32", 100, &random)
        let good = Self.safetensors([("w", "F32", weights.old)])
        for header in [
            "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,99999999999999999]}}",
            "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[400,0]}}", "{\"w\":{\"dtype\":\"F32\"",
            "{\"w\":[[[[", "{{{{", "{\"w",
        ] {
            let bad = Self.bytes(UInt64(header.utf8.count), 8) + header.utf8 + weights.new
            try withTemporaryDirectory { directory in
                let pair = try Pair(directory, old: ["m": good], new: ["m": bad])
                #expect(try pair.decode() == pair.tree)
            }
        }
    }
}
