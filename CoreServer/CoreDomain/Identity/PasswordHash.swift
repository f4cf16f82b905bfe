import Crypto
import CryptoExtras
import FoundationEssentials

/// A password as it is stored: scrypt (RFC 7914), with its parameters and salt in the text, so that
/// the cost can rise and old ones are still understood.
///
/// Written as `$scrypt$ln=15,r=8,p=1$SALT$DIGEST`, both in base64.
package struct PasswordHash: Sendable, CustomStringConvertible, CustomReflectable {
    /// What one check costs: 128 × r × 2^ln bytes of memory, and time in proportion times p.
    package struct Cost: Sendable, Equatable {
        let logRounds: Int
        let blockSize: Int
        let parallelism: Int

        /// 32 MiB and 80 to 90 ms of one core (`./Deploy/bench password`).
        ///
        /// N and r as in the list for scrypt of OWASP's Password Storage Cheat Sheet; p is 1 where the
        /// list has 3, so that a check stays below the 100 ms that scrypt's paper (Percival, 2009)
        /// gives an interactive login: attempts are throttled besides.
        package static let standard = Cost(logRounds: 15, blockSize: 8, parallelism: 1)

        package init(logRounds: Int, blockSize: Int, parallelism: Int) {
            self.logRounds = logRounds
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// What a stored text may ask of this process: 256 MiB at the most.
        var isBearable: Bool {
            (1...18).contains(logRounds) && (1...8).contains(blockSize)
                && (1...4).contains(parallelism)
        }
    }

    private static let digestBytes = 32

    package let cost: Cost
    private let salt: [UInt8]
    private let digest: [UInt8]

    /// Takes about 100 ms: `PasswordChecks` calls it on threads for that.
    ///
    /// - Parameter password: not empty.
    package init(of password: String, cost: Cost = .standard) throws {
        self.cost = cost
        salt = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
        digest = try Self.derive(password, salt, cost)
    }

    /// - Returns: `nil` where the text is not one of these.
    package init?(parsing text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        var numbers: [String: Int] = [:]
        for pair in parts[2].split(separator: ",") {
            let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, let number = Int(sides[1]) else { return nil }
            numbers[sides[0]] = number
        }
        guard let rounds = numbers["ln"], let block = numbers["r"], let parallel = numbers["p"],
            let salt = Data(base64Encoded: parts[3]), salt.count >= 16,
            let digest = Data(base64Encoded: parts[4]), digest.count == Self.digestBytes
        else { return nil }
        cost = Cost(logRounds: rounds, blockSize: block, parallelism: parallel)
        guard cost.isBearable else { return nil }
        self.salt = Array(salt)
        self.digest = Array(digest)
    }

    /// What is stored.
    package var text: String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)$"
            + "\(Data(salt).base64EncodedString())$\(Data(digest).base64EncodedString())"
    }

    /// Compares in constant time.
    package func matches(_ password: String) -> Bool {
        guard !password.isEmpty, let other = try? Self.derive(password, salt, cost) else {
            return false
        }
        return zip(digest, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) throws -> [UInt8]
    {
        guard !password.isEmpty else { throw DomainError(.invalid, "a password is not empty") }
        let key = try KDF.Scrypt.deriveKey(
            from: Array(password.utf8),
            salt: salt,
            outputByteCount: digestBytes,
            rounds: 1 << cost.logRounds,
            blockSize: cost.blockSize,
            parallelism: cost.parallelism
        )
        return key.withUnsafeBytes { Array($0) }
    }

    package var description: String { "<password hash>" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
