/// What is wrong with a line of an exposition.
package enum ExpositionFault: Error, Equatable, Sendable {
    case bodyTooLong(limit: Int)
    case lineTooLong(limit: Int)
    case tooManySamples(limit: Int)
    case lineStart
    case emptyLine
    case carriageReturn
    case metadata
    case kind
    case labelName
    case equalsSign
    case labelValue
    case labelEnd
    case unterminatedText
    case unterminatedLabels
    case noName
    case secondName
    case repeatedLabel
    case notUTF8
    case tooManyLabels(limit: Int)
    case labelNameTooLong(limit: Int)
    case labelValueTooLong(limit: Int)
    case space
    case value
    case valueOutOfRange
    case timestamp
    case exemplar
    case lineEnd
    case afterEnd
    case noEnd
}

extension ExpositionFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .bodyTooLong(let limit): "the exposition is longer than \(limit) bytes"
        case .lineTooLong(let limit): "the line is longer than \(limit) bytes"
        case .tooManySamples(let limit): "there are more than \(limit) samples"
        case .lineStart: "a line starts with a metric's name, '{' or '#'"
        case .emptyLine: "OpenMetrics has no empty lines"
        case .carriageReturn: "a line ends with a line feed alone, not a carriage return"
        case .metadata: "HELP, TYPE and UNIT are followed by a metric's name and a text"
        case .kind: "the metric type is unknown"
        case .labelName: "a label's name is missing or has a character that it can't have"
        case .equalsSign: "a label's name is followed by '='"
        case .labelValue: "a label's value is in quotation marks"
        case .labelEnd: "a label is followed by ',' or '}'"
        case .unterminatedText: "a quotation mark has no partner on its line"
        case .unterminatedLabels: "'{' has no '}' on its line"
        case .noName: "the series has no metric name"
        case .secondName: "the series has two metric names"
        case .repeatedLabel: "a label's name occurs twice in a series"
        case .notUTF8: "a name or value is not UTF-8"
        case .tooManyLabels(let limit): "the series has more than \(limit) labels"
        case .labelNameTooLong(let limit): "a label's name is longer than \(limit) bytes"
        case .labelValueTooLong(let limit): "a label's value is longer than \(limit) bytes"
        case .space: "a single space separates a series from its value"
        case .value: "the value is missing or not a decimal number"
        case .valueOutOfRange: "the value is beyond the range of a double"
        case .timestamp: "the timestamp is not a number in range"
        case .exemplar: "the exemplar is malformed"
        case .lineEnd: "something follows the sample on its line"
        case .afterEnd: "something follows '# EOF'"
        case .noEnd: "the exposition does not end with '# EOF'"
        }
    }
}
