import Foundation
import Testing

/// What a model's record says was under an alias.
enum ModelMoves {
    struct Move: Sendable, Equatable {
        let number: Int
        let from: Int?
        let to: Int?
        let promotion: Int?
        let actor: String
    }

    /// The oldest first, of all pages.
    static func all(
        of model: String,
        _ target: String,
        _ shore: Shore,
        token: String
    ) async throws -> [Move] {
        var moves: [Move] = []
        var cursor = ""
        while true {
            let page = try await shore.call(
                "/api/v1/models/\(model)/moves?target=\(target)&limit=100\(cursor)",
                token: token
            )
            let items = try #require(page.json["items"] as? [[String: Any]], "\(page.body)")
            moves += try items.map { item in
                Move(
                    number: try #require(item["number"] as? Int),
                    from: item["from_version"] as? Int,
                    to: item["to_version"] as? Int,
                    promotion: item["promotion"] as? Int,
                    actor: item["actor"] as? String ?? ""
                )
            }
            guard let next = page.json["next"] as? String else { return moves.reversed() }
            cursor = "&cursor=\(next)"
        }
    }

    /// Whether each begins where the one before it ended, from nothing on.
    static func isChain(_ moves: [Move]) -> Bool {
        moves.first?.from == nil
            && zip(moves, moves.dropFirst()).allSatisfy {
                $0.to == $1.from && $0.number < $1.number
            }
    }
}
