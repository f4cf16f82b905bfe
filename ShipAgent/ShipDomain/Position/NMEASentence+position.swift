import FleetModel

/// What the fields of a sentence mean.
extension NMEASentence {
    /// `5419.3890,N,01008.1234,E` from this field on, in degrees; `nil` where it is not in order.
    func coordinates(at index: Int) -> Coordinates? {
        guard
            let latitude = degrees(index, digits: 2, positive: "N", negative: "S", limit: 90),
            let longitude = degrees(index + 2, digits: 3, positive: "E", negative: "W", limit: 180)
        else { return nil }
        return Coordinates(latitude: latitude, longitude: longitude)
    }

    private func degrees(
        _ index: Int,
        digits: Int,
        positive: String,
        negative: String,
        limit: Double
    ) -> Double? {
        let text = self[index]
        guard number(index, in: 0...18_000) != nil, text.utf8.count > digits + 1,
            let whole = Double(text.prefix(digits)), let minutes = Double(text.dropFirst(digits)),
            (0..<60).contains(minutes), whole + minutes / 60 <= limit
        else { return nil }
        // A millionth of a degree is 11 cm, less than any of this is worth; more digits cost bytes.
        let value = ((whole + minutes / 60) * 1e6).rounded() / 1e6
        switch self[index + 1] {
        case positive: return value
        case negative: return 0 - value
        default: return nil
        }
    }

    /// `hhmmss.ss` on a day, as UTC.
    func time(_ index: Int, day: Int64?) -> Timestamp? {
        let text = self[index]
        guard let day, number(index, in: 0...240_000) != nil, text.utf8.count >= 6,
            let hour = Int64(text.prefix(2)), hour < 24,
            let minute = Int64(text.dropFirst(2).prefix(2)), minute < 60,
            let second = Double(text.dropFirst(4)), second < 61
        else { return nil }
        let ofDay = hour * 3_600_000 + minute * 60_000 + Int64((second * 1000).rounded())
        return Timestamp(milliseconds: day * 86_400_000 + ofDay)
    }

    /// `ddmmyy`, of this century.
    func date(_ index: Int) -> Int64? {
        let text = self[index]
        guard text.utf8.count == 6, let day = Int64(text.prefix(2)),
            let month = Int64(text.dropFirst(2).prefix(2)), let year = Int64(text.suffix(2)),
            day > 0, month > 0, year >= 0
        else { return nil }
        return CivilDate.dayNumber(year: 2000 + year, month: month, day: day)
    }

    /// Day, month and year in three fields.
    func date(day: Int, month: Int, year: Int) -> Int64? {
        guard let day = number(day, in: 1...31), let month = number(month, in: 1...12),
            let year = number(year, in: 2000...2200)
        else { return nil }
        return CivilDate.dayNumber(year: Int64(year), month: Int64(month), day: Int64(day))
    }
}
