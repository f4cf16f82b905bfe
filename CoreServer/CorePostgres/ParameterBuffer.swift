/// A statement's values in one buffer, and the pointers into it that libpq wants.
struct ParameterBuffer {
    private var bytes: [UInt8] = []
    /// Where each value starts; negative for null.
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    /// 1 for binary, 0 for text.
    private var formats: [Int32] = []

    var count: Int { offsets.count }

    init(_ values: [PostgresValue], at site: CallSite) throws(PostgresError) {
        for (index, value) in values.enumerated() {
            if case .null = value {
                offsets.append(-1)
                lengths.append(0)
                formats.append(1)
                continue
            }
            let start = bytes.count
            do throws(EncodingFailure) {
                try value.encode(into: &bytes)
            } catch {
                throw PostgresError(.invalidValue, "$\(index + 1): \(error.reason)", at: site)
            }
            // The protocol's own limit is 1 GB for a whole message; a length must fit at least.
            guard bytes.count - start <= 1 << 30 else {
                throw PostgresError(.invalidValue, "$\(index + 1) is larger than 1 GB", at: site)
            }
            offsets.append(start)
            lengths.append(Int32(bytes.count - start))
            if case .text = value {
                // libpq measures texts itself, up to a NUL.
                bytes.append(0)
                formats.append(0)
            } else {
                formats.append(1)
            }
        }
        // An empty array has no address to point to.
        if bytes.isEmpty { bytes.append(0) }
    }

    /// Lends values, lengths and formats in libpq's form.
    func withPointers<Value>(
        _ body: (
            UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Value
    ) -> Value {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { $0 < 0 ? nil : start?.advanced(by: $0) }
            return pointers.withUnsafeBufferPointer { pointers in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }
}
