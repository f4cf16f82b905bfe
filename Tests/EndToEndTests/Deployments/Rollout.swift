/// A deployment as `hawser deploy` shows it.
struct Rollout: Decodable {
    struct Ship: Decodable {
        let ship: String
        let wave: Int
        let state: String
        let reason: String
        let method: String
        let bytes: Int
        let running: String?
    }

    struct Event: Decodable {
        let kind: String
        let wave: Int?
        let ship: String?
        let from: String
        let to: String
        let reason: String
    }

    struct Plan: Decodable {
        struct Totals: Decodable {
            let ships: Int
            let bytes: Int
        }

        let totals: Totals
    }

    let id: Int
    let name: String
    let state: String
    let reason: String
    let digest: String
    let planDigest: String
    let plan: Plan
}
