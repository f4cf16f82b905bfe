import CoreDomain

extension ShipReport.Line {
    /// Without the values that no chart and no text can show.
    var finite: Self { Self(points: points.filter { $0.value.isFinite }) }
}
