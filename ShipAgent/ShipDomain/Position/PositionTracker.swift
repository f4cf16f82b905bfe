import FleetModel

/// Keeps the newest of everything that sentences tell, and forgets what is old.
///
/// A machine without I/O: sentences and times go in, values come out.
package struct PositionTracker: Sendable {
    private struct Reading {
        var value: Double
        var at: ContinuousClock.Instant
    }

    /// How long a value counts after it was heard last.
    private let staleAfter: Duration
    private var readings: [PositionMeasure: Reading] = [:]

    package init(staleAfter: Duration) {
        self.staleAfter = staleAfter
    }

    /// - Parameters:
    ///   - now: when it came.
    ///   - clock: the same by the ship's clock, to be compared with the satellites'.
    /// - Returns: whether it is a kind of sentence that is understood.
    @discardableResult
    package mutating func heard(
        _ sentence: NMEASentence,
        at now: ContinuousClock.Instant,
        clock: Timestamp
    ) -> Bool {
        func set(_ measure: PositionMeasure, _ value: Double?) {
            if let value { readings[measure] = Reading(value: value, at: now) }
        }
        func set(_ place: Coordinates?) {
            guard let place else { return }
            set(.latitude, place.latitude)
            set(.longitude, place.longitude)
        }
        func compare(_ time: Timestamp?) {
            guard let time else { return }
            set(.clockOffset, ((clock - time).inSeconds * 10).rounded() / 10)
        }
        switch sentence.kind {
        case "RMC":
            // A: valid. A receiver without a fix may repeat its last place.
            guard sentence[1] == "A", sentence[11] != "N" else { return true }
            set(sentence.coordinates(at: 2))
            set(.speed, sentence.number(6, in: 0...200))
            set(.course, sentence.number(7, in: 0...360))
            compare(sentence.time(0, day: sentence.date(8)))
        case "GGA":
            guard let quality = sentence.number(5, in: 0...8) else { return true }
            set(.fixQuality, quality)
            set(.satellites, sentence.number(6, in: 0...99))
            guard quality > 0 else { return true }
            set(.dilution, sentence.number(7, in: 0...99.9))
            set(sentence.coordinates(at: 1))
        case "GLL":
            guard sentence[5] == "A", sentence[6] != "N" else { return true }
            set(sentence.coordinates(at: 0))
        case "VTG":
            guard sentence[8] != "N" else { return true }
            set(.course, sentence[1] == "T" ? sentence.number(0, in: 0...360) : nil)
            set(.speed, sentence[5] == "N" ? sentence.number(4, in: 0...200) : nil)
        case "HDT":
            set(.heading, sentence[1] == "T" ? sentence.number(0, in: 0...360) : nil)
        case "ZDA":
            compare(sentence.time(0, day: sentence.date(day: 1, month: 2, year: 3)))
        default:
            return false
        }
        return true
    }

    /// What counts at this moment.
    package mutating func values(
        at now: ContinuousClock.Instant
    ) -> [PositionMeasure: Double] {
        readings = readings.filter { now - $0.value.at <= staleAfter }
        return readings.mapValues(\.value)
    }
}
