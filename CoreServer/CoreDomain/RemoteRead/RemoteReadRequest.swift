import FleetModel
import FleetSeries

/// What a Prometheus asks for by its remote read protocol.
package struct RemoteReadRequest: Sendable {
    package enum Form: Sendable {
        /// One message with all samples.
        case samples
        /// Frames of chunks as Prometheus stores them.
        case streamedChunks
    }

    package struct Query: Sendable {
        package let selector: SeriesSelector
        /// `nil` where only labels are asked for, at any time.
        package let range: TimeRange?
    }

    package let queries: [Query]
    package let form: Form

    /// A request is small: Prometheus sends one query of some matchers.
    package static let compressedLimit = 256 * 1024
    private static let decodedLimit = 1024 * 1024
    private static let queryLimit = 16

    /// - Parameter body: as it came, in snappy's block format.
    /// - Throws: `DomainError` `invalid`.
    package init(_ body: [UInt8]) throws {
        do {
            let message = try Snappy.decompress(body[...], limit: Self.decodedLimit)
            var reader = ProtobufReader(message[...])
            var queries: [Query] = []
            var form: Form?
            while let (field, value) = try reader.next() {
                switch field {
                case 1: queries.append(try Self.query(value.content))
                case 2: form = try form ?? Self.form(value)
                default: break
                }
                guard queries.count <= Self.queryLimit else {
                    throw DomainError(.invalid, "at most \(Self.queryLimit) queries at a time")
                }
            }
            self.queries = queries
            self.form = form ?? .samples
        } catch let error as DomainError {
            throw error
        } catch {
            throw DomainError(.invalid, "the body is no remote read request in snappy: \(error)")
        }
    }

    /// The first form in the client's order of preference that is known: 0 samples, 1 chunks.
    private static func form(_ value: ProtobufReader.Value) throws -> Form? {
        var forms: [UInt64] = []
        if case .bytes(let packed) = value {
            var reader = ByteReader(packed)
            while reader.remaining > 0 { forms.append(try reader.readVarint()) }
        } else {
            forms = [value.number]
        }
        for form in forms where form <= 1 { return form == 1 ? .streamedChunks : .samples }
        return nil
    }

    private static func query(_ message: ArraySlice<UInt8>) throws -> Query {
        var reader = ProtobufReader(message)
        var (start, end) = (Int64(0), Int64(0))
        var matchers: [LabelMatcher] = []
        var wantsLabelsOnly = false
        while let (field, value) = try reader.next() {
            switch field {
            case 1: start = value.integer
            case 2: end = value.integer
            case 3: matchers.append(try matcher(value.content))
            case 4: wantsLabelsOnly = try function(value.content) == "series"
            default: break
            }
            guard matchers.count <= SeriesSelector.matcherLimit else { break }
        }
        let selector = try SeriesSelector(matchers)
        guard !wantsLabelsOnly else { return Query(selector: selector, range: nil) }
        // Both ends belong to it, and may be the first and last moments that there are.
        let from = TableTime.clamped(start)
        let to = TableTime.clamped(end == .max ? end : end + 1)
        return Query(selector: selector, range: try TimeRange(from: from, to: to))
    }

    private static func matcher(_ message: ArraySlice<UInt8>) throws -> LabelMatcher {
        var reader = ProtobufReader(message)
        var (kind, name, text) = (UInt64(0), "", "")
        while let (field, value) = try reader.next() {
            switch field {
            case 1: kind = value.number
            case 2: name = try value.text()
            case 3: text = try value.text()
            default: break
            }
        }
        guard kind <= 3, let known = LabelMatcher.Kind(rawValue: Int(kind)) else {
            throw DomainError(.invalid, "a matcher of an unknown kind, \(kind)")
        }
        return try LabelMatcher(known, name, text)
    }

    /// The function that the samples are for, from the hints.
    private static func function(_ message: ArraySlice<UInt8>) throws -> String {
        var reader = ProtobufReader(message)
        while let (field, value) = try reader.next() {
            if field == 2 { return try value.text() }
        }
        return ""
    }
}
