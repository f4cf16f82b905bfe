/// A value of `endpoints.json`: an address, or the process' number.
enum Endpoint: Decodable {
    case address(String)
    case number(Int)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else {
            self = .address(try container.decode(String.self))
        }
    }

    var port: Int? {
        guard case .address(let text) = self else { return nil }
        return text.split(separator: ":").last.flatMap { Int($0) }
    }
}
