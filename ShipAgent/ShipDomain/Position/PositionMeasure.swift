/// What is measured, and the series it becomes.
package enum PositionMeasure: String, CaseIterable, Sendable {
    case latitude = "hawser_position_latitude_degrees"
    case longitude = "hawser_position_longitude_degrees"
    /// 0 none, 1 GPS, 2 differential, 4 and 5 real-time kinematic, 6 estimated.
    case fixQuality = "hawser_position_fix_quality"
    case satellites = "hawser_position_satellites"
    case dilution = "hawser_position_horizontal_dilution"
    /// Knots, as the instruments count: another unit would turn their tenths into endless fractions.
    case speed = "hawser_speed_over_ground_knots"
    case course = "hawser_course_over_ground_degrees"
    case heading = "hawser_heading_degrees"
    /// The ship's clock minus that of the satellites, in tenths: the sentences' way takes as long.
    case clockOffset = "hawser_position_clock_offset_seconds"
}
