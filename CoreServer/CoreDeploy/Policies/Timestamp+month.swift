import FleetModel

extension Timestamp {
    /// The first moment of its month, by UTC.
    var startOfMonth: Timestamp {
        let day = floored(to: .seconds(86_400)).milliseconds / 86_400_000
        return Timestamp(seconds: (day - CivilDate.of(dayNumber: day).day + 1) * 86_400)
    }
}
