import FleetTestSupport
import Foundation

/// Files of a version: weights of which the next version changes few, and a word.
struct VersionFolder {
    let path: String
    let weights: [UInt8]

    init(_ path: String, word: String, weights: [UInt8]) throws {
        self.path = path
        self.weights = weights
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(weights).write(to: URL(fileURLWithPath: "\(path)/weights.bin"))
        try Data("\(word)\n".utf8).write(to: URL(fileURLWithPath: "\(path)/version"))
    }

    static func weights(_ count: Int, using random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// Every so many bytes another one.
    static func changed(_ weights: [UInt8], every step: Int) -> [UInt8] {
        var changed = weights
        for index in stride(from: 0, to: changed.count, by: step) { changed[index] ^= 0x5A }
        return changed
    }
}
