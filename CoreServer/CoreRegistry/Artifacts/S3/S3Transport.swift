/// Carries signed requests to an S3-compatible store.
package protocol S3Transport: Sendable {
    /// - Returns: whatever the store answered; of its body no more than the limit.
    /// - Throws: where it can't be reached.
    func send(_ request: S3Request) async throws -> S3Answer
}

/// A request that is signed.
package struct S3Request: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        case file(FilePart)
    }

    package var method: String
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: Body
    /// Bytes of the answer's body, at most.
    package var answerLimit: Int
}

package struct S3Answer: Sendable {
    package let status: Int
    /// By names in lower case.
    package let headers: [String: String]
    package let body: [UInt8]

    package init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
