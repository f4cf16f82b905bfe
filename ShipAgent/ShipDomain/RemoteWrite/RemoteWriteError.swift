/// Why a request can't be read at all: nothing of it is taken in, and it fails again if it is sent
/// again.
package enum RemoteWriteError: Error, Sendable, Equatable, CustomStringConvertible {
    case truncated
    case varint
    case wireType
    case scatteredLabels
    case symbols
    case notUTF8
    case tooManySamples(limit: Int)
    case tooManySeries(limit: Int)
    case tooLong(limit: Int)

    package var description: String {
        switch self {
        case .truncated: "a message ends before its content does"
        case .varint: "a number has more than 64 bits"
        case .wireType: "a field has a type that does not exist"
        case .scatteredLabels: "the labels of a series do not stand together"
        case .symbols: "a label refers to a symbol that is not there"
        case .notUTF8: "a text is not UTF-8"
        case .tooManySamples(let limit): "there are more than \(limit) samples: send less at once"
        case .tooManySeries(let limit): "there are more than \(limit) series: send less at once"
        case .tooLong(let limit): "its labels are longer than \(limit) bytes: send less at once"
        }
    }
}
